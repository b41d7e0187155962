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
} from "./object/mm.ts";
export { Pin } from "./object/pin.ts";
export type { PageView, PteView } from "./object/views.ts";
export type { Capacity, Change, KernelAnswers, MmStep } from "./object/world.ts";
export * from "./paths.ts";
export { mmSchema } from "./state.ts";
