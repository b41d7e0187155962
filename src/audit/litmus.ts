/**
 * A finding as a litmus test: one page, the parent, the child, the device. What the trace does not
 * show, a store by the parent after the fork, is assumed; it is what the program is there for. Advice
 * is an edit of the same test, so that it can be asked whether it helps.
 */
import type { Shape } from "./finding.ts";

/** Advice in order of least change to a program. */
export const edits = [
  "finish",
  "spawn",
  "dontfork",
  "unregister",
  "order",
  "touch",
  "shared",
] as const;
export type Edit = (typeof edits)[number];

export const editWords: Readonly<Record<Edit, string>> = {
  finish: "Let direct I/O finish before the fork.",
  spawn: "Use posix_spawn or vfork and exec at once instead of fork.",
  dontfork: "madvise(MADV_DONTFORK) the whole buffer, rounded out to pages, before the fork.",
  unregister: "Unregister before the fork and register again after it.",
  order: "Fork before registering.",
  touch: "Write to each page before pinning it.",
  shared: "Use shared memory (MAP_SHARED or a memfd) for the buffer.",
};

/** Which edits make sense for a shape; the model decides whether they help. */
export function editsFor(shape: Shape): readonly Edit[] {
  switch (shape.kind) {
    case "pin":
      return shape.child === "execs"
        ? ["spawn", "dontfork", "unregister", "order", "shared"]
        : ["dontfork", "unregister", "order", "shared"];
    case "direct read":
      return shape.child === "execs"
        ? ["finish", "spawn", "dontfork", "shared"]
        : ["finish", "dontfork", "shared"];
    case "vmsplice":
      return shape.child === "execs" ? ["spawn", "dontfork", "shared"] : ["dontfork", "shared"];
    case "read-only pin":
      return ["touch", "shared"];
    case "vmsplice child":
      return ["dontfork"];
    case "direct write":
      return [];
  }
}

function registration(shape: Shape): string {
  switch (shape.by) {
    case "io_uring":
    case "provided ring":
    case "ring memory":
      return "io_uring_register(x)";
    case "rdma":
      return `ibv_reg_mr(x, ${shape.writable ? "WRITE" : "READ"})`;
    case "xdp":
      return "xdp_umem(x)";
    case "vfio":
      return `vfio_map(x, ${shape.writable ? "WRITE" : "READ"})`;
  }
}

interface Program {
  readonly parent: readonly string[];
  readonly thread?: readonly string[];
  readonly child: readonly string[];
  readonly exists: string;
  readonly title: string;
}

function childOf(shape: Shape): readonly string[] {
  if (shape.child === "exits") return ["exit();"];
  return shape.child === "execs" ? ["exec();"] : [];
}

/** The kernel reads a provided ring, so what is lost there is what the program writes. */
function deviceReads(shape: Shape): boolean {
  return !shape.writable || shape.by === "provided ring";
}

function pinProgram(shape: Shape, edit: Edit | undefined): Program {
  const register = `h = ${registration(shape)};`;
  const reads = deviceReads(shape);
  const use = reads ? ["x = 1;", "r0 = dma_read(h);"] : ["x = 1;", "dma_write(h, 2);", "r0 = x;"];
  const exists = reads ? "P0:r0 = 0" : "P0:r0 = 1";
  const title = reads
    ? "the device reads the page the program has left"
    : "what the device writes does not reach the program";
  const spawn = edit === "spawn";
  const fork = spawn ? "vfork(P1);" : "fork(P1);";
  const child = spawn ? ["exec();"] : childOf(shape);
  const advise = edit === "dontfork" ? ["madvise(x, DONTFORK);"] : [];
  if (edit === "order") return { parent: [fork, register, ...use], child, exists, title };
  if (edit === "unregister") {
    const again = register.replace("h =", "g =");
    return { parent: [again, "unpin(g);", fork, register, ...use], child, exists, title };
  }
  if (shape.racing && edit === undefined) {
    return {
      parent: [fork, "await(pinned);", ...use],
      thread: [register, "signal(pinned);"],
      child,
      exists,
      title,
    };
  }
  return { parent: [...advise, register, fork, ...use], child, exists, title };
}

function readProgram(shape: Shape, edit: Edit | undefined): Program {
  const spawn = edit === "spawn";
  const fork = spawn ? "vfork(P1);" : "fork(P1);";
  const child = spawn ? ["exec();"] : childOf(shape);
  const title = "what a direct read brings does not reach the program";
  const exists = "P0:r0 = 1";
  if (edit === "finish") {
    return {
      parent: ["x = 1;", "h = read_direct(x);", "complete(h, 2);", fork, "r0 = x;"],
      child,
      exists,
      title,
    };
  }
  const advise = edit === "dontfork" ? ["madvise(x, DONTFORK);"] : [];
  const parent = [...advise, "h = read_direct(x);", fork, "x = 1;", "complete(h, 2);", "r0 = x;"];
  return { parent, child, exists, title };
}

function spliceProgram(shape: Shape, edit: Edit | undefined): Program {
  const spawn = edit === "spawn";
  const advise = edit === "dontfork" ? ["madvise(x, DONTFORK);"] : [];
  return {
    parent: [
      ...advise,
      "h = vmsplice(x);",
      spawn ? "vfork(P1);" : "fork(P1);",
      "x = 1;",
      "r0 = dma_read(h);",
    ],
    child: spawn ? ["exec();"] : childOf(shape),
    exists: "P0:r0 = 0",
    title: "the pipe's reader sees the bytes from before a later store",
  };
}

function spliceChildProgram(edit: Edit | undefined): Program {
  const advise = edit === "dontfork" ? ["madvise(x, DONTFORK);"] : [];
  return {
    parent: [...advise, "fork(P1);", "await(gone);", "x = 1;", "signal(written);"],
    child: [
      "h = vmsplice(x);",
      "munmap(x);",
      "signal(gone);",
      "await(written);",
      "r0 = dma_read(h);",
    ],
    exists: "P1:r0 = 1",
    title: "the child reads what its parent writes later",
  };
}

function readOnlyProgram(shape: Shape, edit: Edit | undefined): Program {
  const touch = edit === "touch" ? ["x = 5;"] : [];
  const stale = edit === "touch" ? "P0:r0 = 5" : "P0:r0 = 0";
  return {
    parent: [
      "fork(P1);",
      ...touch,
      `h = ${registration({ ...shape, writable: false })};`,
      "x = 1;",
      "r0 = dma_read(h);",
    ],
    child: [],
    exists: stale,
    title: "the device reads the page the program has left",
  };
}

function programOf(shape: Shape, edit: Edit | undefined): Program | undefined {
  switch (shape.kind) {
    case "pin":
      return pinProgram(shape, edit);
    case "direct read":
      return readProgram(shape, edit);
    case "vmsplice":
      return spliceProgram(shape, edit);
    case "vmsplice child":
      return spliceChildProgram(edit);
    case "read-only pin":
      return readOnlyProgram(shape, edit);
    case "direct write":
      return undefined;
  }
}

/** Only what changes the program: an advised pin is asked without its advice. */
export function shapeKey(shape: Shape): string {
  const { kind, by, page, writable, child, racing } = shape;
  return `${kind} ${by} ${page} ${writable ? "w" : "r"} ${child}${racing ? " racing" : ""}`;
}

/** The test's name: letters, digits, dashes. */
export function nameOf(shape: Shape, edit: Edit | undefined): string {
  const words = `audit ${shapeKey(shape)} ${edit ?? ""}`.trim();
  return words.replace(/[^A-Za-z0-9]+/g, "-");
}

/** The litmus text of a finding, edited as the advice says; undefined where the model has no word for it. */
export function litmusOf(shape: Shape, edit?: Edit): string | undefined {
  const program = programOf(shape, edit);
  if (program === undefined) return undefined;
  const page = edit === "shared" ? "shared anon" : shape.page;
  const lines = [
    `Linux ${nameOf(shape, edit)}`,
    `"From a recorded program: ${program.title}."`,
    `{ page x = ${page}; }`,
    `P0 { ${program.parent.join(" ")} }`,
  ];
  if (program.thread !== undefined) lines.push(`P0.T1 { ${program.thread.join(" ")} }`);
  lines.push(`P1 { ${program.child.join(" ")} }`, `exists (${program.exists})`);
  return `${lines.join("\n")}\n`;
}
