/**
 * The classes of pages that a fork may find: each a declaration, what happens to the page before
 * the fork, and which page of the declaration is looked at. The fork is the last statement of P0.
 */
import { expand, parseFile, type Test } from "../litmus/index.ts";

export interface PageClass {
  /** "pinned anon page": as a report names it. */
  readonly name: string;
  readonly test: Test;
  /** The place in P0's address space of the page that is looked at. */
  readonly at: number;
  /** A device holds it at the time of the fork. */
  readonly pinned: boolean;
}

interface ClassText {
  readonly name: string;
  readonly pages: string;
  readonly before?: string;
  readonly at?: number;
}

/** The mapping has its anon_vma, so that fork walks it; only the page that was read is there. */
const cached = "x[0] = 1; r0 = x[1];";

const classTexts: readonly ClassText[] = [
  { name: "anon", pages: "x = anon" },
  { name: "anon, the process pinned once", pages: "x = anon", before: "h = pin(x); unpin(h);" },
  { name: "anon, shared with a child", pages: "x = anon", before: "fork(P1);" },
  { name: "anon, read-only", pages: "x = readonly anon" },
  { name: "anon, clean (MADV_FREE)", pages: "x = anon", before: "madvise(x, FREE);" },
  { name: "anon, pinned", pages: "x = anon", before: "h = pin(x, WRITE);" },
  {
    name: "anon, pinned and clean",
    pages: "x = anon",
    before: "h = pin(x, WRITE); madvise(x, FREE);",
  },
  {
    name: "page cache, other pages were written",
    pages: "x[2] = untouched private file",
    before: `${cached} madvise(x[0], DONTNEED);`,
    at: 1,
  },
  {
    name: "zero page, other pages were written",
    pages: "x[2] = untouched anon",
    before: `${cached} madvise(x[0], DONTNEED);`,
    at: 1,
  },
  { name: "shared memory", pages: "x = shmem" },
  { name: "thp, mapped by a PMD", pages: "x = thp" },
  { name: "thp, mapped by a PMD, pinned", pages: "x = thp", before: "h = pin(x, WRITE);" },
  { name: "thp, mapped by PTEs", pages: "x = pte-mapped thp" },
  { name: "hugetlb", pages: "x = hugetlb" },
  { name: "hugetlb, pinned", pages: "x = hugetlb", before: "h = pin(x, WRITE);" },
];

let made: readonly PageClass[] | undefined;

/** Every class, read once. */
export function pageClasses(): readonly PageClass[] {
  made ??= classTexts.map(({ name, pages, before = "", at = 0 }) => ({
    name,
    test: forking(pages, before),
    at,
    pinned: before.startsWith("h = pin(x, WRITE);"),
  }));
  return made;
}

function forking(pages: string, before: string): Test {
  const earlier = before.includes("fork(P1)");
  const text = `Linux COST
{ page ${pages}; }
P0 { ${before} fork(${earlier ? "P2" : "P1"}); }
P1 { }
${earlier ? "P2 { }" : ""}
exists (true)
`;
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error(`A class of pages does not parse: ${text}`);
  return expand(parsed.value)[0]!;
}
