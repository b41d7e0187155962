/**
 * Every operation a litmus test may call: who may call it, what it takes, what it gives, and what it
 * means. The checker, the documentation and the completion of editors read this one table.
 */
import type { Actor } from "./ast.ts";

export type Role = Actor["role"];

export type ArgumentShape =
  /** A declared page; `halves` where `x.lo` and `x.hi` make sense too. */
  | { readonly kind: "page"; readonly halves: boolean }
  | { readonly kind: "process" }
  | { readonly kind: "handle" }
  | { readonly kind: "event" }
  | { readonly kind: "value"; readonly optional: boolean }
  /** Words from a list: exactly one, or any number joined by `|`. */
  | {
      readonly kind: "flags";
      readonly words: readonly string[];
      readonly many: boolean;
      readonly optional: boolean;
    };

export interface Operation {
  readonly name: string;
  /** What may stand left of `=`. A handle or an errno may be ignored, a value read may not. */
  readonly result: "none" | "register" | "handle";
  readonly resultRequired: boolean;
  /** `h.post(2)`: written behind its handle, which is the first argument in the AST. */
  readonly method: boolean;
  readonly arguments: readonly ArgumentShape[];
  readonly callers: readonly Role[];
  /** Whether `times N` may follow. */
  readonly repeatable: boolean;
  readonly meaning: string;
}

const tasks: readonly Role[] = ["process", "thread"];
const tasksAndDevices: readonly Role[] = ["process", "thread", "device"];
const everyone: readonly Role[] = ["process", "thread", "device", "kernel"];
const kernelOnly: readonly Role[] = ["kernel"];

const page: ArgumentShape = { kind: "page", halves: false };
const word: ArgumentShape = { kind: "page", halves: true };
const process: ArgumentShape = { kind: "process" };
const handle: ArgumentShape = { kind: "handle" };
const event: ArgumentShape = { kind: "event" };
const value: ArgumentShape = { kind: "value", optional: false };
const optionalValue: ArgumentShape = { kind: "value", optional: true };
const gupFlags: ArgumentShape = {
  kind: "flags",
  words: ["WRITE", "LONGTERM", "FORCE", "FAST"],
  many: true,
  optional: true,
};
const access: ArgumentShape = {
  kind: "flags",
  words: ["READ", "WRITE"],
  many: true,
  optional: false,
};
const protection: ArgumentShape = {
  kind: "flags",
  words: ["R", "RW"],
  many: false,
  optional: false,
};
const advice: ArgumentShape = {
  kind: "flags",
  words: [
    "DONTFORK",
    "DOFORK",
    "WIPEONFORK",
    "DONTNEED",
    "FREE",
    "PAGEOUT",
    "COLLAPSE",
    "MERGEABLE",
    "POPULATE_READ",
    "POPULATE_WRITE",
  ],
  many: false,
  optional: false,
};

type Shape = Partial<Operation> & Pick<Operation, "name" | "arguments" | "meaning">;

function operation(shape: Shape): Operation {
  return {
    result: "none",
    resultRequired: false,
    method: false,
    callers: tasks,
    repeatable: false,
    ...shape,
  };
}

/** A system call whose result is 0 or an errno. */
function call(name: string, shapes: readonly ArgumentShape[], meaning: string): Operation {
  return operation({ name, arguments: shapes, meaning, result: "register" });
}

/** A system call that takes references to pages and gives a handle on them. */
function pinner(name: string, shapes: readonly ArgumentShape[], meaning: string): Operation {
  return operation({ name, arguments: shapes, meaning, result: "handle" });
}

function kernelAction(name: string, shapes: readonly ArgumentShape[], meaning: string): Operation {
  return operation({ name, arguments: shapes, meaning, callers: kernelOnly });
}

export const operations: readonly Operation[] = [
  call("fork", [process], "A child begins, with a copy of the caller's memory; 0 or an errno."),
  call(
    "vfork",
    [process],
    "A child begins in the caller's memory; the caller waits for its exec or exit.",
  ),
  operation({
    name: "exit",
    arguments: [],
    meaning: "The process ends; its memory is given back.",
  }),
  operation({ name: "wait", arguments: [process], meaning: "Waits until the child has ended." }),
  operation({
    name: "exec",
    arguments: [],
    meaning:
      "The process starts another program: its memory goes, and what is opened close-on-exec.",
  }),
  call("munmap", [page], "Unmaps the page."),
  call(
    "mprotect",
    [page, protection],
    "Makes the page read-only (R) or readable and writable (RW).",
  ),
  call("madvise", [page, advice], "Gives the kernel advice on the page, or an order."),
  call("mremap", [page], "Moves the page's mapping to another address; the name follows it."),
  call(
    "mremap_dontunmap",
    [page, page],
    "Moves what the first page maps to the second's place; the first stays mapped, and empty.",
  ),
  call("uffd_wp", [page], "Write-protects the page through userfaultfd."),
  call(
    "uffd_move",
    [page, page],
    "Moves the first page to the second's place, a hole, by userfaultfd.",
  ),
  call("uffd_continue", [page], "Maps the shared memory's page through userfaultfd."),
  call(
    "clear_refs",
    [process],
    "Clears the soft-dirty bits of the process: its pages are write-protected.",
  ),
  {
    ...pinner("pin", [page, gupFlags], "Takes FOLL_PIN references as a driver does."),
    repeatable: true,
  },
  {
    ...pinner("get", [page, gupFlags], "Takes FOLL_GET references as a driver does."),
    repeatable: true,
  },
  pinner("ibv_reg_mr", [page, access], "Registers the page as an RDMA memory region."),
  pinner("io_uring_register", [page], "Registers the page as an io_uring fixed buffer."),
  pinner("vmsplice", [page], "Puts the page into a pipe without copying it."),
  pinner("xdp_umem", [page], "Registers the page as packet memory of an AF_XDP socket."),
  pinner("vfio_map", [page, access], "Maps the page for a device behind an IOMMU."),
  pinner("read_direct", [page], "Starts an O_DIRECT read into the page; complete(h, v) ends it."),
  operation({
    name: "dma_write",
    arguments: [handle, value],
    callers: tasksAndDevices,
    meaning: "The device writes the value through the handle.",
  }),
  operation({
    name: "dma_read",
    arguments: [handle],
    callers: tasksAndDevices,
    result: "register",
    resultRequired: true,
    meaning: "The device reads through the handle.",
  }),
  operation({
    name: "post",
    arguments: [handle, value],
    callers: tasksAndDevices,
    method: true,
    meaning: "Starts a device write of the value; h.complete() ends it.",
  }),
  operation({
    name: "complete",
    arguments: [handle, optionalValue],
    callers: tasksAndDevices,
    meaning:
      "Ends what was started: h.complete() a posted write, complete(h, v) a direct read that brings v.",
  }),
  operation({ name: "unpin", arguments: [handle], meaning: "Gives the references back." }),
  call("process_vm_writev", [process, word, value], "Writes into another process's memory."),
  call("proc_mem_write", [word, value], "Writes the own page through /proc/self/mem."),
  operation({
    name: "signal",
    arguments: [event],
    callers: everyone,
    meaning: "The event has happened from now on.",
  }),
  operation({
    name: "await",
    arguments: [event],
    callers: everyone,
    meaning: "Waits until the event has happened.",
  }),
  kernelAction("reclaim", [page], "Reclaim takes the page: it goes to swap."),
  kernelAction("ksm", [page, page], "KSM merges the two pages if they are equal."),
  kernelAction("khugepaged", [page], "khugepaged collapses the pages around into a huge page."),
  kernelAction("migrate", [page], "The page moves to another frame."),
  kernelAction(
    "numa_hint",
    [page],
    "NUMA balancing makes the page's entry inaccessible for a hint.",
  ),
  kernelAction(
    "writeback",
    [page],
    "The page's file gets its data; the page is clean and write-protected.",
  ),
  kernelAction(
    "truncate",
    [page],
    "The page's file is cut short: the page is unmapped everywhere.",
  ),
  kernelAction(
    "lru_batch",
    [page],
    "The page waits in a batch of its CPU, which holds a reference.",
  ),
  kernelAction("speculative_ref", [page], "Somebody takes a reference for a moment and drops it."),
];

const byName = new Map(operations.map((entry) => [entry.name, entry]));

/** The operation of a name, or undefined. */
export function findOperation(name: string): Operation | undefined {
  return byName.get(name);
}

/** The operations that an actor of a role may call, in the table's order. */
export function operationsOf(role: Role): readonly Operation[] {
  return operations.filter((entry) => entry.callers.includes(role));
}

/** How an operation is written, from its shape. */
export function usage(operation: Operation): string {
  const shown = operation.arguments.map(shownShape);
  if (!operation.method) return `${operation.name}(${shown.join(", ")})`;
  return `${shown[0]}.${operation.name}(${shown.slice(1).join(", ")})`;
}

function shownShape(shape: ArgumentShape): string {
  switch (shape.kind) {
    case "page":
      return "x";
    case "process":
      return "P1";
    case "handle":
      return "h";
    case "event":
      return "e";
    case "value":
      return "2";
    case "flags":
      return shape.words[0]!;
  }
}

/** What people write who come from the kernel, from C or from herd, and what it is called here. */
export const otherNames: ReadonlyMap<string, string> = new Map([
  ["WRITE_ONCE", "x = 1;"],
  ["READ_ONCE", "r0 = x;"],
  ["smp_store_release", "x = 1;"],
  ["smp_load_acquire", "r0 = x;"],
  ["pin_user_pages", "h = pin(x, WRITE);"],
  ["pin_user_pages_fast", "h = pin(x, WRITE | FAST);"],
  ["pin_user_pages_remote", "h = pin(x, WRITE);"],
  ["get_user_pages", "h = get(x, WRITE);"],
  ["get_user_pages_fast", "h = get(x, WRITE | FAST);"],
  ["unpin_user_page", "unpin(h);"],
  ["unpin_user_pages", "unpin(h);"],
  ["put_page", "unpin(h);"],
  ["ibv_dereg_mr", "unpin(h);"],
  ["io_uring_unregister", "unpin(h);"],
  ["waitpid", "wait(P1);"],
  ["wait4", "wait(P1);"],
  ["_exit", "exit();"],
  ["exit_group", "exit();"],
  ["execve", "exec();"],
  ["clone", "fork(P1);"],
  ["clone3", "fork(P1);"],
  ["memset", "x = 1;"],
]);

/** Flags as the headers spell them, and the word for them here. */
export const otherFlags: ReadonlyMap<string, string> = new Map([
  ["PROT_READ", "R"],
  ["READ", "R"],
  ["PROT_WRITE", "RW"],
  ["WRITE", "RW"],
  ["IBV_ACCESS_LOCAL_WRITE", "WRITE"],
  ["IBV_ACCESS_REMOTE_WRITE", "WRITE"],
  ["IBV_ACCESS_REMOTE_READ", "READ"],
  ["R", "READ"],
  ["W", "WRITE"],
  ["RW", "READ | WRITE"],
  ["RDONLY", "READ"],
]);
