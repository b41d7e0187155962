/**
 * What a kernel actor does to pages of some kinds and the model does not: as data, so that a verdict can
 * say it. Without this the actor would do nothing, and "never" would mean nothing.
 */
import type { Call, PageDeclaration, Test } from "../litmus/ast.ts";

interface LeftOut {
  readonly operation: string;
  readonly kinds: readonly string[];
  /** Modifiers under which the page is not of that kind any more. */
  readonly unless: readonly string[];
  readonly what: string;
}

const cacheKinds = ["shared anon", "shmem", "file"] as const;
const hugetlbFiles = ["shared hugetlb", "private hugetlb"] as const;
const compoundKinds = ["thp", "hugetlb", "two-page folio", ...hugetlbFiles] as const;
const byEntries = ["pte-mapped", "wiped around", "mremapped half", "partially shared"] as const;

export const leftOut: readonly LeftOut[] = [
  { operation: "migrate", kinds: compoundKinds, unless: [], what: "migration of huge pages" },
  { operation: "truncate", kinds: hugetlbFiles, unless: [], what: "truncation of hugetlb files" },
  {
    operation: "migrate",
    kinds: cacheKinds,
    unless: [],
    what: "migration of the page cache's pages",
  },
  {
    operation: "numa_hint",
    kinds: ["thp"],
    unless: byEntries,
    what: "NUMA hints of PMD-mapped huge pages",
  },
];

/** What of `test` the model leaves out, each named once. */
export function leftOutOf(test: Test): readonly string[] {
  const calls = callsOf(test);
  const found = calls.flatMap((one) => leftOutOfCall(one, test));
  return [...new Set([...found, ...(writesThroughReading(calls) ? [throughReading] : [])])];
}

const callsOf = ({ actors }: Test): readonly Call[] =>
  actors.flatMap(({ statements }) => statements.filter((one) => one.kind === "call"));

/** Data written where nothing was prepared for it: the family of Dirty Pipe. */
export const throughReading = "writes through a reference that was taken for reading";

const askedFor: readonly string[] = ["pin", "get", "ibv_reg_mr", "vfio_map", "vmsplice"];
const deviceWrites: readonly string[] = ["dma_write", "post", "complete"];

function writesThroughReading(calls: readonly Call[]): boolean {
  const taken = calls.filter(({ operation }) => askedFor.includes(operation));
  const reads = new Set(taken.filter((one) => !asksToWrite(one)).map(({ result }) => result));
  for (const one of taken) if (asksToWrite(one)) reads.delete(one.result);
  return calls.some(
    ({ operation, arguments: given }) =>
      deviceWrites.includes(operation) &&
      given.some((one) => one.kind === "handle" && reads.has(one.handle.name)),
  );
}

function asksToWrite({ arguments: given }: Call): boolean {
  return given.some((one) => one.kind === "flags" && one.flags.some((flag) => /WRITE/.test(flag)));
}

function leftOutOfCall(call: Call, test: Test): readonly string[] {
  const places = call.arguments.flatMap((a) => (a.kind === "place" ? [a.place.name] : []));
  const pages = test.declarations.filter(({ name }) => places.includes(name));
  return leftOut
    .filter(({ operation }) => operation === call.operation)
    .filter((one) => pages.some((page) => concerns(one, page)))
    .map(({ what }) => what);
}

function concerns({ kinds, unless }: LeftOut, { pageKind, modifiers }: PageDeclaration): boolean {
  if (typeof pageKind !== "string" || !kinds.includes(pageKind)) return false;
  return !modifiers.some((modifier) => unless.includes(modifier));
}
