/**
 * What the searches for equal flips go through: every lens of diff, deeper, and the kinds of pages and
 * operations that only single decisions are about.
 */
import { type Lens, lenses } from "./lenses.ts";

/** Kinds of pages that the racing programs are about. */
export const flipRaceKinds: readonly string[] = [
  ...["anon", "hugetlb", "swapped anon", "shared anon", "shmem", "zero"],
];

/** Operations of the longest program. */
export const flipDepth = 6;

const more: readonly Omit<Lens, "depth">[] = [
  { kinds: ["swapped anon"], pages: 1, swap: "zram", families: ["write", "read", "pin", "fork"] },
  { pages: 1, swap: "zram", families: ["write", "read", "get", "pageout", "fork", "exit", "dma"] },
  { kinds: ["wiped around thp"], families: ["write", "get", "pin", "fork", "exit", "dma"] },
  { kinds: ["pte-mapped thp"], families: ["write", "get", "free", "pageout", "fork", "exit"] },
  { kinds: ["thp"], families: ["write", "get", "mprotect", "free", "softdirty", "fork", "exit"] },
  { kinds: ["huge zero"], families: ["write", "read", "pin", "fork", "exit", "dma"] },
  { kinds: ["two-page folio"], families: ["write", "pin", "get", "fork", "exit", "dma"] },
  {
    kinds: ["untouched readonly private shmem"],
    pages: 1,
    families: ["read", "force", "procmem", "continue", "dontneed", "fork", "dma"],
  },
  {
    kinds: ["shmem"],
    pages: 1,
    families: ["write", "continue", "uffd", "dontneed", "pin", "longterm", "uring", "fork", "dma"],
  },
  { kinds: ["shared hugetlb"], families: ["write", "pin", "uring", "munmap", "fork", "exit"] },
  {
    kinds: ["private hugetlb"],
    families: ["write", "read", "pin", "force", "fork", "exit", "dma"],
  },
];

export const flipLenses: readonly Lens[] = [...lenses, ...more].map((lens) => ({
  ...lens,
  depth: flipDepth,
}));
