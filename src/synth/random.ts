/**
 * Random litmus tests. Most have the shape around which everything turns: memory is pinned, its
 * owner forks, and somebody writes it later; the rest wander. What a test is made of is drawn from
 * what a real kernel can be asked from user space, so that few of them have to be skipped there.
 */
import { parseFile, type Test } from "../litmus/index.ts";
import {
  childStatements,
  forcedAction,
  kernelActions,
  spineStatements,
  threadStatements,
  vforkedStatements,
  wanderingStatements,
  withEvent,
  withWait,
} from "./random/actors.ts";
import { Draw } from "./random/draw.ts";
import { declarationOf, newSheet, type Page, pageOf, type Sheet } from "./random/sheet.ts";
import { kinds, movable, shares } from "./random/words.ts";

/** `count` tests; the same seed gives the same ones. */
export function randomTests(count: number, seed: number): readonly Test[] {
  return Array.from({ length: count }, (_, index) => randomTest(seed, index));
}

/** The test of this number in the sequence of a seed. */
export function randomTest(seed: number, index: number): Test {
  const name = `random-${seed}-${index}`;
  const draw = new Draw((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0);
  const parsed = parseFile(randomText(name, draw));
  if (!parsed.ok) {
    const [first] = parsed.diagnostics;
    throw new Error(`assert: ${name} does not parse: ${first?.message}`);
  }
  const { declarations, ...rest } = parsed.value;
  return { ...rest, declarations: declarations.filter((one) => one.kind === "page") };
}

/** The statements of each actor. */
interface Cast {
  readonly parent: readonly string[];
  readonly thread: readonly string[];
  readonly child: readonly string[];
  readonly grandchild: readonly string[];
  readonly kernel: readonly string[];
}

function randomText(name: string, draw: Draw): string {
  const hole = draw.chance(shares.move);
  const twins = !hole && draw.chance(shares.twins);
  const pages = hole ? drawPair(draw) : twins ? drawTwins() : drawPages(draw);
  const sheet = newSheet(draw, pages, hole);
  const cast = castOf(sheet, twins);
  const actors = Object.entries({
    ...{ P0: cast.parent, "P0.T1": cast.thread, P1: cast.child },
    ...{ P2: cast.grandchild, K0: cast.kernel },
  });
  const born = cast.parent.some((one) => one.includes("fork(P1)")) ? ["P1"] : [];
  if (cast.child.some((one) => one.includes("fork(P2)"))) born.push("P2");
  const alive = (actor: string) => actor === "P0" || born.includes(actor);
  return [
    `Linux ${name}`,
    ...poolLine(sheet),
    `{ ${pages.map(declarationOf).join(" ")} }`,
    ...actors
      .filter(([actor, statements]) => statements.length > 0 || alive(actor))
      .map(([actor, statements]) => `${actor} { ${statements.join(" ")} }`),
    // The emitted tables hold so many observed values.
    `locations [${[...sheet.observed, ...partsSeen(pages, born)].slice(0, 47).join("; ")}]`,
    `exists (${pages[0]!.parts[0]} = 0)`,
    "",
  ].join("\n");
}

function partsSeen(pages: readonly Page[], born: readonly string[]): readonly string[] {
  const parts = pages.flatMap((page) => page.parts);
  const inChildren = born.flatMap((child) => {
    const seen = child === "P1" ? parts : pages[0]!.parts;
    return seen.map((part) => `${child}:${part}`);
  });
  return [...parts, ...inChildren];
}

function castOf(sheet: Sheet, twins: boolean): Cast {
  const { draw } = sheet;
  const spine = draw.chance(shares.spine);
  const first = spine ? spineStatements(sheet) : wanderingStatements(sheet);
  const vforks = first.some((one) => one.includes("vfork(P1)"));
  const forks = !vforks && first.some((one) => one.includes("fork(P1)"));
  // Who is waited for has to end.
  const exits = first.includes("wait(P1);") ? 100 : 10;
  const own = forks ? childStatements(sheet, "P1", exits) : [];
  // A move that waits for whoever holds the page goes on when he lets go.
  const born = first.some((one) => one.includes("uffd_move")) ? released(sheet, own) : own;
  const eventful = forks && draw.chance(shares.event);
  const [told, child] = eventful ? withEvent(sheet, first, born) : [first, born];
  const forksAgain = child.some((one) => one.includes("fork(P2)"));
  const grandchild = forksAgain ? childStatements(sheet, "P2", 10) : [];
  const vforked = vforks ? vforkedStatements(sheet) : child;
  const leaves = forks && draw.chance(shares.leave) && !sheet.handles.some((one) => one.direct);
  if (leaves) {
    return { parent: [...told, "exit();"], thread: [], child, grandchild, kernel: [] };
  }
  const thread = draw.chance(shares.thread) ? threadStatements(sheet) : [];
  const forced = forcedAction(sheet, twins);
  const kernel = forced === undefined ? kernelActions(sheet) : [forced, "signal(done);"];
  const merges = kernel.some((action) => action.includes("ksm"));
  const advice = merges ? ["madvise(x, MERGEABLE);", "madvise(y, MERGEABLE);"] : [];
  const waits = forced === undefined ? told : withWait(sheet, told, twins ? 1 : told.length);
  const parent = [...advice, ...waits];
  return { parent, thread, child: vforked, grandchild, kernel };
}

/** The pool has what the mappings reserve, and hardly more. */
function poolLine({ draw, pages }: Sheet): readonly string[] {
  const huge = pages.filter(({ kind }) => kind.includes("hugetlb"));
  if (huge.length === 0 || !draw.chance(shares.pool)) return [];
  const cached = huge.filter(({ kind }) => kind.includes("private")).length;
  return [`Hugetlb-pool=${huge.length + cached + draw.below(3)}`];
}

function drawPages(draw: Draw): readonly Page[] {
  const count = draw.chance(shares.secondPage) ? 2 : draw.chance(shares.thirdPage) ? 3 : 1;
  // To share a part a helper forks, which write-protects the other page as well.
  const kind = () => {
    const drawn = draw.of(kinds);
    return count > 1 && drawn.startsWith("partially") ? "pte-mapped thp" : drawn;
  };
  return ["x", "y", "z"].slice(0, count).map((name) => pageOf(name, kind()));
}

function released({ draw, handles }: Sheet, child: readonly string[]): readonly string[] {
  if (handles.length === 0 || handles[0]!.direct || child.length === 0) return child;
  return draw.chance(95) ? ["unpin(h0);", ...child] : child;
}

/** They hold the same. */
function drawTwins(): readonly Page[] {
  return ["x", "y"].map((name) => pageOf(name, "anon"));
}

function drawPair(draw: Draw): readonly Page[] {
  const [from, hole] = draw.of(movable);
  return [pageOf("x", from), pageOf("y", hole)];
}
