/** The memory manager: its state, its paths, its machine. */
export { type Decisions, decisions } from "./decisions.ts";
export { type EntryName, entryNames, pathFiles } from "./entries.ts";
export { mmMachine } from "./machine.ts";
export { mmSchema } from "./state.ts";
