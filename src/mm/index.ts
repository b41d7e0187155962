/**
 * The memory manager: as objects (`createMm`), as paths under their kernel names, and as the
 * machine that the explorer steps.
 */
export { type Decisions, decisions } from "./decisions.ts";
export { type EntryName, entryNames, pathFiles } from "./entries.ts";
export { mmMachine } from "./machine.ts";
export {
  type Advice,
  createMm,
  type ForkOptions,
  type MappingKind,
  Mm,
  type MmOptions,
  type PinOptions,
} from "./mm-object.ts";
export type { PageView, PteView } from "./mm-views.ts";
export type { Capacity, Change, KernelAnswers, MmStep } from "./mm-world.ts";
export * from "./paths.ts";
export { Pin } from "./pin-object.ts";
export { mmSchema } from "./state.ts";
