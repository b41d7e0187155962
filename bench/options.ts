/** The command line of the benches: `--name value` and `--name`. */
export function flag(given: readonly string[], name: string): boolean {
  return given.includes(`--${name}`);
}

export function numberOf(given: readonly string[], name: string, otherwise: number): number {
  const at = given.indexOf(`--${name}`);
  if (at < 0) return otherwise;
  const value = Number(given[at + 1]);
  if (!Number.isInteger(value)) throw new Error(`--${name} wants a whole number`);
  return value;
}
