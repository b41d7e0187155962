/**
 * Random litmus tests. Most have the shape around which everything turns: memory is pinned, its
 * owner forks, and somebody writes it later; the rest wander. What a test is made of is drawn from
 * what a real kernel can be asked from user space, so that few of them have to be skipped there.
 */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { parseFile, type Test } from "../litmus/index.ts";

/** One choice among weighted ones. */
type Weighted<T> = readonly (readonly [weight: number, value: T])[];

const kinds: Weighted<string> = [
  [26, "anon"],
  [8, "swapped anon"],
  [4, "readonly anon"],
  [5, "untouched anon"],
  [5, "zero"],
  [15, "thp"],
  [12, "pte-mapped thp"],
  [4, "wiped around thp"],
  [3, "readonly thp"],
  [2, "swapped thp"],
  [1, "untouched thp"],
  [3, "huge zero"],
  [2, "mremapped half thp"],
  [2, "partially shared thp"],
  [1, "swapped wiped around thp"],
  [10, "hugetlb"],
  [3, "untouched hugetlb"],
  [18, "readonly hugetlb"],
  [3, "shared hugetlb"],
  [2, "private hugetlb"],
  [1, "untouched private hugetlb"],
  [4, "private shmem"],
  [3, "untouched private shmem"],
  [5, "shared anon"],
  [5, "shmem"],
  [3, "untouched shmem"],
  [1, "file"],
  [2, "private file"],
  [1, "untouched private file"],
];

/** `P` is the process, `x` the page, `h` the handle, `r` a register, `n` a fresh number. */
const pins: Weighted<string> = [
  [5, "h = io_uring_register(x);"],
  [4, "h = ibv_reg_mr(x, READ | WRITE);"],
  [3, "h = ibv_reg_mr(x, READ);"],
  [3, "h = vmsplice(x);"],
  [2, "h = pin(x, WRITE | LONGTERM);"],
  [1, "h = pin(x, LONGTERM);"],
  [1, "h = pin(x, WRITE | LONGTERM | FAST);"],
  [1, "h = get(x, WRITE);"],
  [1, "h = pin(x, WRITE | FORCE);"],
  [1, "h = vfio_map(x, READ | WRITE);"],
  [1, "h = vfio_map(x, READ);"],
  [2, "h = read_direct(x);"],
  [2, "h = xdp_umem(x);"],
];

/** Of memory that may be read only: by force, which is no matter of course. */
const forcedPins: Weighted<string> = [
  [2, "h = pin(x, WRITE | FORCE);"],
  [1, "h = pin(x, WRITE | LONGTERM | FORCE);"],
  [1, "h = ibv_reg_mr(x, READ);"],
];

const memory: Weighted<string> = [
  [10, "x = n;"],
  [9, "r = x;"],
  [3, "mprotect(x, R);"],
  [3, "mprotect(x, RW);"],
  [4, "mprotect(x, R); mprotect(x, RW);"],
  [2, "madvise(x, DONTFORK);"],
  [4, "madvise(x, DOFORK);"],
  [1, "madvise(x, WIPEONFORK);"],
  [2, "madvise(x, DONTNEED);"],
  [1, "madvise(x, FREE);"],
  [10, "madvise(x, FREE); madvise(x, PAGEOUT);"],
  [2, "mremap(x);"],
  [1, "munmap(x);"],
  [2, "madvise(x, PAGEOUT);"],
  [4, "madvise(x, COLLAPSE);"],
  [1, "clear_refs(P);"],
  [1, "proc_mem_write(x, n);"],
  [2, "uffd_wp(x);"],
  [1, "uffd_continue(x);"],
  [1, "uffd_wp(x); mremap(x);"],
];

/** What the kernel does by itself to a base page of P0's: `y` is another one. */
const kernel: Weighted<string> = [
  [4, "may reclaim(x);"],
  [2, "may migrate(x);"],
  [1, "may ksm(x, y);"],
  [2, "may numa_hint(x);"],
];

/** In so many of a hundred tests of small pages NUMA balancing's scan comes to one, and P0 waits for it. */
const hints = 18;

/** What a process does to its child. */
const remote: Weighted<string> = [[1, "process_vm_writev(P1, x, n);"]];

/** What moves to a hole of the same shape by userfaultfd. */
const movable: Weighted<readonly [from: string, hole: string]> = [
  [3, ["anon", "untouched anon"]],
  [1, ["swapped anon", "untouched anon"]],
  [2, ["thp", "untouched thp"]],
  [8, ["pte-mapped thp", "untouched thp"]],
];

/** In so many of a hundred tests a page moves. */
const moves = 7;

const device: Weighted<string> = [
  [5, "dma_write(h, n);"],
  [4, "r = dma_read(h);"],
  [1, "unpin(h);"],
];

class Draw {
  readonly #generator: RandomGenerator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  below(bound: number): number {
    return uniformInt(this.#generator, 0, bound - 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(choices: Weighted<T>): T {
    const sum = choices.reduce((total, [weight]) => total + weight, 0);
    let left = this.below(sum);
    for (const [weight, value] of choices) {
      if (left < weight) return value;
      left -= weight;
    }
    throw new Error("assert: the weights add up to their sum");
  }
}

interface Page {
  readonly name: string;
  readonly kind: string;
  /** The parts of it that statements name. */
  readonly parts: readonly string[];
}

interface Handle {
  readonly name: string;
  readonly reads: boolean;
  readonly pipe: boolean;
  /** Of a direct read a device does one thing: it ends it. */
  readonly direct: boolean;
  inFlight: boolean;
}

/** What is being written: names are handed out in order, registers and handles belong to a process. */
interface Sheet {
  readonly draw: Draw;
  readonly pages: readonly Page[];
  readonly handles: Handle[];
  readonly observed: string[];
  registers: number;
  value: number;
  /** The second page is a hole that the first may move to. */
  readonly hole: boolean;
}

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

function randomText(name: string, draw: Draw): string {
  const hole = draw.chance(moves);
  const pages = hole ? drawPair(draw) : drawPages(draw);
  const sheet: Sheet = {
    draw,
    pages,
    hole,
    handles: [],
    observed: [],
    registers: 0,
    value: 0,
  };
  const parent = draw.chance(75) ? spineStatements(sheet) : wanderingStatements(sheet);
  const forks = parent.some((statement) => statement.includes("fork(P1)"));
  // Who is waited for has to end.
  const exits = parent.includes("wait(P1);") ? 100 : 10;
  const child = forks ? childStatements(sheet, "P1", exits) : [];
  const forksAgain = child.some((statement) => statement.includes("fork(P2)"));
  const grandchild = forksAgain ? childStatements(sheet, "P2", 10) : [];
  const thread = draw.chance(5) ? [step(sheet, "P0.T1", memory)] : [];
  const hinted = isBasePage(pages[0]!) && draw.chance(hints);
  const actions = hinted
    ? ["must numa_hint(x);", "signal(hinted);"]
    : isBasePage(pages[0]!) && draw.chance(15)
      ? [kernelAction(sheet)]
      : isApart(pages[0]!) && draw.chance(20)
        ? ["may khugepaged(x);"]
        : [];
  const first = hinted ? withWait(sheet, parent) : parent;
  const merges = actions.some((action) => action.includes("ksm"));
  const advice = merges ? ["madvise(x, MERGEABLE);", "madvise(y, MERGEABLE);"] : [];
  const observed = [
    ...sheet.observed,
    ...pages.flatMap(({ parts }) => parts),
    ...(forks ? pages.flatMap(({ parts }) => parts.map((part) => `P1:${part}`)) : []),
    ...(forksAgain ? pages[0]!.parts.map((part) => `P2:${part}`) : []),
  ];
  return [
    `Linux ${name}`,
    `{ ${pages.map(({ name: page, kind }) => `page ${page} = ${kind};`).join(" ")} }`,
    `P0 { ${[...advice, ...first].join(" ")} }`,
    ...(thread.length > 0 ? [`P0.T1 { ${thread.join(" ")} }`] : []),
    ...(forks ? [`P1 { ${child.join(" ")} }`] : []),
    ...(forksAgain ? [`P2 { ${grandchild.join(" ")} }`] : []),
    ...(actions.length > 0 ? [`K0 { ${actions.join(" ")} }`] : []),
    // The emitted tables hold so many observed values.
    `locations [${observed.slice(0, 47).join("; ")}]`,
    `exists (${pages[0]!.parts[0]} = 0)`,
    "",
  ].join("\n");
}

/** P0 waits for the hint before it does the rest: a store, a pin, a fork meet it. */
function withWait({ draw }: Sheet, statements: readonly string[]): readonly string[] {
  const place = draw.below(Math.max(1, statements.length - 1));
  return [...statements.slice(0, place), "await(hinted);", ...statements.slice(place)];
}

/** Reclaim, migration and KSM of other memory are for the model only. */
function isBasePage({ kind }: Page): boolean {
  return /^(swapped |readonly |untouched )?anon$/.test(kind);
}

/** What khugepaged may put together again. */
function isApart({ kind }: Page): boolean {
  return kind === "pte-mapped thp" || kind === "wiped around thp";
}

function kernelAction({ draw, pages }: Sheet): string {
  const form = draw.of(kernel);
  const both = pages.length === 2 && pages.every(({ kind }) => kind === "anon");
  return form.includes("ksm") && !both ? "may reclaim(x);" : form;
}

function drawPages(draw: Draw): readonly Page[] {
  const count = draw.chance(25) ? 2 : 1;
  // To share a part a helper forks, which write-protects the other page as well.
  const kind = () => {
    const drawn = draw.of(kinds);
    return count > 1 && drawn.startsWith("partially") ? "pte-mapped thp" : drawn;
  };
  return ["x", "y"].slice(0, count).map((name) => pageOf(name, kind()));
}

function drawPair(draw: Draw): readonly Page[] {
  const [from, hole] = draw.of(movable);
  return [pageOf("x", from), pageOf("y", hole)];
}

function pageOf(name: string, kind: string): Page {
  // Of a page wiped around only the first part is there.
  const huge = /thp|hugetlb/.test(kind) && !kind.startsWith("wiped");
  return { name, kind, parts: huge ? [`${name}[0]`, `${name}[1]`] : [pageText(name, kind)] };
}

function pageText(name: string, kind: string): string {
  return kind.startsWith("wiped") ? `${name}[0]` : name;
}

/** Pin, fork, a later write, with other statements between them. */
function spineStatements(sheet: Sheet): readonly string[] {
  const { draw } = sheet;
  const page = sheet.pages[0]!;
  const before = some(sheet, "P0", 2);
  const pinFirst = draw.chance(75);
  const early = pinFirst ? [] : some(sheet, "P0", 1);
  const pin = makePin(sheet, page);
  const fork = forkText(sheet, "P0", "P1");
  const write = fill(sheet, "P0", "x = n;", page);
  const first = pinFirst ? [pin, ...some(sheet, "P0", 1), fork] : [fork, ...early, pin];
  const visit = draw.chance(6) ? [step(sheet, "P0", remote)] : [];
  const wait = draw.chance(25) ? ["wait(P1);"] : [];
  const move = sheet.hole ? [moveText(sheet)] : [];
  const between = [...visit, ...wait, ...move, ...some(sheet, "P0", 1)];
  return [...before, ...first, ...between, write, ...ending(sheet, "P0")];
}

function wanderingStatements(sheet: Sheet): readonly string[] {
  const { draw } = sheet;
  const statements = some(sheet, "P0", 3);
  if (draw.chance(45)) statements.push(makePin(sheet, sheet.pages[0]!));
  statements.push(...some(sheet, "P0", 1));
  if (draw.chance(85)) statements.push(forkText(sheet, "P0", "P1"));
  if (sheet.hole) statements.push(moveText(sheet));
  return [...statements, ...some(sheet, "P0", 3), ...ending(sheet, "P0")];
}

/** `exits`: in so many of a hundred the process ends before the test does. */
function childStatements(sheet: Sheet, process: string, exits: number): readonly string[] {
  const { draw } = sheet;
  const statements = some(sheet, process, 2);
  if (draw.chance(15)) statements.push(makePin(sheet, sheet.pages[0]!, process));
  if (process === "P1" && draw.chance(12)) statements.push(forkText(sheet, "P1", "P2"));
  statements.push(...some(sheet, process, 1));
  return draw.chance(exits) ? [...statements, "exit();"] : statements;
}

/** What the device and the process see at the end. */
function ending(sheet: Sheet, process: string): readonly string[] {
  const { draw, handles } = sheet;
  if (handles.length === 0) return [];
  const chosen = draw.chance(70) ? device : memory;
  const steps = [step(sheet, process, chosen)];
  if (draw.chance(50)) steps.push(step(sheet, process, device));
  for (const handle of handles) if (handle.inFlight) steps.push(completed(sheet, handle));
  return steps;
}

function completed(sheet: Sheet, handle: Handle): string {
  handle.inFlight = false;
  sheet.value++;
  return `complete(${handle.name}, ${sheet.value});`;
}

/** Up to `most` statements of any sort. */
function some(sheet: Sheet, process: string, most: number): string[] {
  const { draw, handles } = sheet;
  return Array.from({ length: draw.below(most + 1) }, () =>
    step(sheet, process, handles.length > 0 && draw.chance(25) ? device : memory),
  );
}

function step(sheet: Sheet, process: string, choices: Weighted<string>): string {
  const { draw, pages } = sheet;
  const page = pages[draw.below(pages.length)]!;
  const form = draw.of(choices);
  // Only around huge pages is there anything to collapse.
  const fits =
    (!form.includes("COLLAPSE") || page.kind.includes("thp")) &&
    (!form.includes("uffd_wp") || canWatch(sheet, process));
  return fill(sheet, process, fits ? form : "x = n;", page);
}

/** A hole that one descriptor watches takes no page that another one moves: docs/findings.md. */
function canWatch(sheet: Sheet, process: string): boolean {
  return !process.includes(".T") && !sheet.hole;
}

function makePin(sheet: Sheet, page: Page, process = "P0"): string {
  const { draw, handles } = sheet;
  const name = `h${handles.length}`;
  const forces = page.kind.startsWith("readonly") && draw.chance(85);
  const drawn = draw.of(forces ? forcedPins : pins);
  // A process does not end while its read is on the way, and only P0 is sure to end it.
  const form = drawn.includes("direct") && process !== "P0" ? "h = io_uring_register(x);" : drawn;
  const text = form.replace("h", name).replace("x", page.name);
  handles.push({
    name,
    reads: !/WRITE|uring|direct|xdp/.test(form),
    pipe: form.includes("vmsplice"),
    direct: form.includes("direct"),
    inFlight: form.includes("direct"),
  });
  sheet.observed.push(`${name}.errno`);
  return text;
}

function forkText(sheet: Sheet, parent: string, child: string): string {
  const register = newRegister(sheet, parent);
  return `${register} = fork(${child});`;
}

/** All of the page, or a part of it. */
function moveText(sheet: Sheet): string {
  const { draw, pages } = sheet;
  const places = pages.map(({ name, parts }) => (parts.length > 1 ? `${name}[1]` : name));
  const [from, to] = draw.chance(50) ? places : pages.map(({ name }) => name);
  return `${newRegister(sheet, "P0")} = uffd_move(${from}, ${to});`;
}

function newRegister(sheet: Sheet, process: string): string {
  const register = `r${sheet.registers}`;
  sheet.registers++;
  sheet.observed.push(`${process}:${register}`);
  return register;
}

function takesApart(form: string, { kind }: Page): boolean {
  return /FREE|PAGEOUT/.test(form) && kind.includes("thp");
}

/** A form with its letters replaced by names. */
function fill(sheet: Sheet, process: string, form: string, page: Page): string {
  const { draw, handles } = sheet;
  const advice = /^(madvise|mprotect|mremap|munmap)|mremap/.test(form);
  // Reclaim and lazy freeing of a part take a huge page apart.
  const whole = advice && !(takesApart(form, page) && draw.chance(40));
  const part = whole ? page.name : page.parts[draw.below(page.parts.length)]!;
  let text = form.replace(/\bx\b/g, part);
  if (/\bh\b/.test(form)) {
    const handle = handles[draw.below(handles.length)]!;
    if (handle.inFlight && process === "P0") return completed(sheet, handle);
    if (handle.direct) return fill(sheet, process, "x = n;", page);
    // A device does not write through what it may only read.
    if (handle.reads && form.startsWith("dma_write"))
      return fill(sheet, process, "r = dma_read(h);", page);
    text = text.replace(/\bh\b/, handle.name);
  }
  text = text.replace("(P)", `(${process.replace(".T1", "")})`);
  if (/\bn\b/.test(form)) {
    sheet.value++;
    text = text.replace(/\bn\b/, String(sheet.value));
  }
  if (/\br\b/.test(form)) text = text.replace(/\br\b/, newRegister(sheet, process));
  return text;
}
