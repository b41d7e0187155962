/** Names of tests as names in C. */

/** `MPROTECT+pin` becomes `mprotect_pin`; a name that is taken gets a number. */
export function identifier(name: string, taken: Set<string>): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const base = /^[a-z]/.test(plain) ? plain : `test_${plain}`;
  let unique = base;
  for (let number = 2; taken.has(unique); number++) unique = `${base}_${number}`;
  taken.add(unique);
  return unique;
}
