/** Emission of C: what other floors use. */
export type { EmitOptions } from "./context.ts";
export { emitC } from "./emit.ts";
