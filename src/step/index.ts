/** How a path is written, and how it becomes step functions over one flat state. */
export { compile, compileText, decisionNumbers, fieldNumbers, type CompileResult } from "./compile.ts";
export type { Diagnostic, Fix, Note, Result, Span } from "./diagnostic.ts";
export { Blocked, choose, type Path, self, start, until } from "./dialect.ts";
export type { Emitted, EntryDescription, StepDescription } from "./emit.ts";
export {
  type ActorProgram,
  type Compiled,
  decisionTable,
  machine,
  type Machine,
  model,
  type Model,
  type ModelOptions,
  type ProgramStatement,
  type Row,
  type StepFunction,
} from "./machine.ts";
export {
  type Answers,
  cellName,
  type Cells,
  type DecisionValue,
  layout,
  type Layout,
  objects,
  type ObjectClass,
  questions,
  type Schema,
  withWorld,
  world,
  type World,
} from "./objects.ts";
export type { SourceFile } from "./source.ts";
