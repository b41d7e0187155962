/**
 * Lenses: the alphabets that a search goes through when nobody says what to look for. Each is
 * narrow enough to be searched deep in a second or two; together they cover what the kernels of the
 * lineage decide differently.
 */

import type { Kernel } from "../kernels/index.ts";
import type { AlphabetOptions } from "./alphabet.ts";
import { KnownClasses } from "./classes.ts";
import { type DiffOptions, type DiffResult, defaultLimit, diff, type Telling } from "./diff.ts";

export interface Lens extends AlphabetOptions {
  readonly depth: number;
}

export const lenses: readonly Lens[] = [
  {
    pages: 1,
    depth: 5,
    families: ["write", "rdma", "fork", "failing-fork", "exit", "dma", "mprotect"],
  },
  {
    pages: 1,
    depth: 5,
    families: ["write", "pin", "vmsplice", "fork", "exit", "dma", "softdirty", "free"],
  },
  {
    kinds: ["thp"],
    depth: 5,
    families: ["write", "rdma", "vmsplice", "munmap", "fork", "exit", "dma"],
  },
  {
    kinds: ["zero"],
    pages: 1,
    depth: 4,
    families: ["write", "read", "longterm", "rdma", "vfio", "fork", "dma"],
  },
  {
    pages: 1,
    depth: 4,
    families: ["write", "get", "uring", "xdp", "vfio", "direct", "force", "fork", "dma", "unpin"],
  },
  {
    pages: 2,
    depth: 4,
    families: ["write", "pin", "munmap", "dontneed", "dontfork", "fork", "dma"],
  },
  {
    kinds: ["hugetlb"],
    depth: 4,
    families: ["write", "pin", "vmsplice", "munmap", "fork", "exit", "dma"],
  },
  {
    pages: 1,
    depth: 4,
    families: ["write", "read", "pin", "vmsplice", "pageout", "free", "fork", "exit", "dma"],
  },
  {
    kinds: ["swapped anon"],
    pages: 1,
    depth: 4,
    families: ["write", "read", "pin", "vmsplice", "fork", "exit", "dma"],
  },
  {
    kinds: ["pte-mapped thp"],
    depth: 4,
    families: ["write", "pin", "vmsplice", "collapse", "mremap", "fork", "exit", "dma"],
  },
  {
    pages: 1,
    depth: 4,
    families: ["write", "pin", "rdma", "uffd", "mprotect", "fork", "dma"],
  },
  {
    kinds: ["file", "private file"],
    pages: 1,
    depth: 4,
    families: ["write", "read", "longterm", "rdma", "uring", "vfio", "fork", "dma"],
  },
  {
    kinds: ["readonly anon", "readonly private file"],
    pages: 1,
    depth: 3,
    families: ["read", "force", "rdma", "uring", "vfio", "direct", "fork", "dma"],
  },
];

export interface LensesResult {
  readonly kernels: readonly [string, string];
  readonly tests: readonly Telling[];
  readonly complete: boolean;
  readonly searches: readonly DiffResult[];
}

/** diff through every lens; a cause and outcome that an earlier lens found is not told again. */
export function diffThroughLenses(
  one: Kernel,
  other: Kernel,
  options: Pick<DiffOptions, "limit" | "machine" | "otherMachine" | "interrupted"> & {
    readonly depth?: number;
  } = {},
): LensesResult {
  const searches: DiffResult[] = [];
  const known = new KnownClasses();
  for (const lens of lenses) {
    const left = (options.limit ?? Number.POSITIVE_INFINITY) - known.size;
    if (left <= 0) break;
    const depth = options.depth ?? lens.depth;
    searches.push(
      diff(one, other, { ...options, ...lens, depth, known, limit: Math.min(left, defaultLimit) }),
    );
  }
  return {
    kernels: [one.name, other.name],
    tests: searches.flatMap(({ tests }) => tests),
    complete: searches.length === lenses.length && searches.every(({ complete }) => complete),
    searches,
  };
}
