/** Written by `npm run mutation`; see equal.ts. */
export const equalRows: readonly string[] = [];
