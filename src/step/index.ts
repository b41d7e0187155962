/**
 * How a path is written, and what a compiled machine is. The compiler itself is in compile.ts, apart,
 * because it brings a parser that a shipped machine has no use for.
 */
export type { Diagnostic, Fix, Note, Result, Span } from "./diagnostic.ts";
export { Blocked, choose, type Path, self, start, until } from "./dialect.ts";
export type { Emitted, EntryDescription, StepDescription } from "./emit.ts";
export {
  type ActorProgram,
  type Compiled,
  decisionTable,
  type LoadedStatement,
  type Machine,
  type Model,
  type ModelOptions,
  machine,
  model,
  type ProgramStatement,
  type Row,
  type StepFunction,
} from "./machine.ts";
export {
  type Answers,
  type Cells,
  cellName,
  type DecisionValue,
  type Layout,
  layout,
  type ObjectClass,
  objects,
  questions,
  type Schema,
  type World,
  withWorld,
  world,
} from "./objects.ts";
export type { SourceFile } from "./source.ts";
export type { Traced, TracedStep, TracedSteps, Tracer } from "./traced.ts";
