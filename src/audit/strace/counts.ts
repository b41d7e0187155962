/** What a reader has counted of its log. */
export interface ReaderCounts {
  lines: number;
  /** Lines that are no strace line: the program's output, tool messages. */
  foreign: number;
  /** Lines that begin like a call and never end. */
  malformed: number;
  /** `<... resumed>` without its beginning. */
  orphans: number;
  calls: number;
  decoded: number;
  /** Environments that are printed whole. */
  environments: number;
}

export function noCounts(): ReaderCounts {
  const lines = { lines: 0, foreign: 0, malformed: 0, orphans: 0 };
  return { ...lines, calls: 0, decoded: 0, environments: 0 };
}
