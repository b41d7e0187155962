/** How far a search looked, in words. */

export interface Searched {
  readonly depth: number;
  readonly operations: readonly string[];
  readonly pages: readonly string[];
  readonly bound: string | undefined;
  /** The words of --ops and the kinds of pages, where they are known. */
  readonly families?: readonly string[];
  readonly kinds?: readonly string[];
}

/** "programs of up to 6 of 27 operations (write, pin, fork) over 2 pages (anon)" */
export function searchedText({ depth, operations, pages, families, kinds }: Searched): string {
  const over = `${pages.length} page${pages.length === 1 ? "" : "s"}`;
  const words = families === undefined ? "" : ` (${families.join(", ")})`;
  const of = kinds === undefined ? "" : ` (${kinds.join(", ")})`;
  return `programs of up to ${depth} of ${operations.length} operations${words} over ${over}${of}`;
}

/** Why it did not look further than it was asked to; undefined if it did. */
export function boundText({ bound }: Pick<Searched, "bound">): string | undefined {
  switch (bound) {
    case undefined:
      return undefined;
    case "enough":
      return "stopped at the limit of tests; longer programs were not looked at";
    case "interrupted":
      return "interrupted";
    case "frames":
      return "some programs wanted more page frames than the model has";
    default:
      return "too many states";
  }
}
