/**
 * Programs with one racing pair: P0 does one thing while another thread of P0, or the kernel by
 * itself, does another, at the granularity of atomic steps; then P0 goes on in order and shows what
 * came of it. Each program is litmus text, shortest first; a pinned page comes before a plain one.
 */
import { expand, parseFile, type Test } from "../litmus/index.ts";
import type { Outcome } from "./outcome.ts";

export interface RacingProgram {
  readonly test: Test;
  /** What a bad end of it is. */
  readonly outcome: Outcome;
  /** "anon: fork(P1); || h = pin(x, WRITE | FAST);" */
  readonly pair: string;
  readonly length: number;
}

/** Half of a pair: who does it, and what it is about. */
interface Half {
  readonly text: string;
  readonly by: "P0" | "P0.T1" | "K0";
  readonly needs: "fork" | undefined;
  /** The pin it takes, and whether the device may write through it. */
  readonly pins: "write" | "read" | undefined;
}

const ownHalves: readonly Half[] = [
  half("fork(P1);", "P0", "fork"),
  half("clear_refs(P0);", "P0"),
  half("mprotect(x, R); mprotect(x, RW);", "P0"),
  half("madvise(x, DONTNEED);", "P0"),
  half("uffd_wp(x);", "P0"),
  half("may reclaim(x);", "K0"),
  half("may khugepaged(x);", "K0"),
  half("may migrate(x);", "K0"),
  half("may numa_hint(x);", "K0"),
];

const otherHalves: readonly Half[] = [
  half("h = pin(x, WRITE | FAST);", "P0.T1", undefined, "write"),
  half("h = pin(x, FAST);", "P0.T1", undefined, "read"),
  half("h = get(x, WRITE | FAST);", "P0.T1", undefined, "write"),
  half("h = pin(x, WRITE);", "P0.T1", undefined, "write"),
  half("x = 3;", "P0.T1"),
];

function half(
  text: string,
  by: Half["by"],
  needs: Half["needs"] = undefined,
  pins: Half["pins"] = undefined,
): Half {
  return { text, by, needs, pins };
}

interface Ending {
  /** What P0 does afterwards. */
  readonly text: string;
  /** What the child does, if one is born. */
  readonly child: string;
  readonly condition: string;
  readonly outcome: Outcome;
  readonly needs: "write" | "read" | "fork";
}

const endings: readonly Ending[] = [
  ending("x = 1; dma_write(h, 5); r0 = x;", "P0:r0 = 1", "lost DMA write", "write"),
  ending("r1 = x; x = 1; dma_write(h, 5); r0 = x;", "P0:r0 = 1", "lost DMA write", "write"),
  ending("x = 1; r0 = dma_read(h);", "P0:r0 = 0", "stale device read", "read"),
  {
    ...ending("x = 1; signal(written);", "P1:r0 = 1", "leak", "fork"),
    child: "await(written); r0 = x;",
  },
];

function ending(text: string, condition: string, outcome: Outcome, needs: Ending["needs"]): Ending {
  return { text, child: "", condition, outcome, needs };
}

/** Kinds of pages on which races are looked at unless somebody says otherwise. */
export const racingKinds: readonly string[] = ["anon", "hugetlb"];

/** Every program over pages of `kind`, shortest first. */
export function racingPrograms(kind: string): readonly RacingProgram[] {
  const handle = kind.includes("thp") || kind === "hugetlb" ? "h[0]" : "h";
  const programs = otherHalves.flatMap((other) =>
    ownHalves.flatMap((own) =>
      endings
        .filter((end) => fits(end, own, other))
        .map((end) => programOf(kind, handle, own, other, end)),
    ),
  );
  return [...programs].sort((one, two) => one.length - two.length);
}

/** A device writes through a pin for writing; it reads through any. */
function fits({ needs }: Ending, own: Half, { pins }: Half): boolean {
  if (needs === "fork") return own.needs === "fork";
  return needs === "read" ? pins !== undefined : pins === "write";
}

function programOf(
  kind: string,
  handle: string,
  own: Half,
  other: Half,
  end: Ending,
): RacingProgram {
  const after = end.text.replaceAll("(h", `(${handle}`);
  const child = own.needs === "fork" ? [`P1 { ${end.child} }`] : [];
  const racing = own.by === "P0" ? own.text : "";
  const actors =
    own.by === "K0" && other.pins
      ? [`P0 { ${other.text} ${after} }`, `K0 { ${own.text} }`]
      : [
          `P0 { ${racing} await(done); ${after} }`,
          `P0.T1 { ${other.text} signal(done); }`,
          ...(own.by === "K0" ? [`K0 { ${own.text} }`] : []),
        ];
  const text = `Linux RACE
{ page x = ${kind}; }
${[...actors, ...child].join("\n")}
exists (${end.condition})
`;
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error(`A racing program does not parse: ${text}`);
  const test = expand(parsed.value)[0]!;
  const statements = test.actors.map((actor) => actor.statements.length);
  const length = statements.reduce((sum, count) => sum + count, 0);
  return { test, outcome: end.outcome, pair: `${kind}: ${own.text} || ${other.text}`, length };
}
