/** Emission of C: what other floors use. */
export type { EmitOptions, Needs } from "./context.ts";
export { type Emitted, emitC } from "./emit.ts";
export { compilerFlags, rdmaCompilerFlags, rdmaLinkerFlags } from "./flags.ts";
export { runtimeText } from "./runtime/index.ts";
export { moduleInterface } from "./runtime/module.ts";
