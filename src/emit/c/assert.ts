/** A programmer's error, told at once. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assert: ${message}`);
}
