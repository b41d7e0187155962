/**
 * A test's statements as calls of the memory manager's paths. One statement of the test may be
 * several of the program (a device waits for its handle first); `origin` leads back.
 */
import type {
  Actor,
  Argument,
  Call,
  PageDeclaration,
  Place,
  Statement,
  Test,
} from "../litmus/ast.ts";
import { FOLL_FAST, FOLL_FORCE, FOLL_LONGTERM, FOLL_PIN, FOLL_WRITE } from "../mm/grab.ts";
import {
  BY_FLAGS,
  IBV_REG_MR,
  IO_URING_REGISTER,
  READ_DIRECT,
  VFIO_MAP,
  VMSPLICE,
  XDP_UMEM,
} from "../mm/interfaces.ts";
import { HIGH, LOW, WHOLE } from "../mm/page.ts";
import { NO_REGISTER } from "../mm/syscall.ts";
import { VM_MERGEABLE } from "../mm/vma.ts";
import type { ActorProgram, ProgramStatement } from "../step/index.ts";
import { encoded } from "./data-words.ts";
import { findHandle, type Names, placeOf, placeRange, registering } from "./names.ts";
import { repetitions } from "./repeated.ts";

export interface TestProgram {
  readonly actors: readonly ActorProgram[];
  /** Per actor, per program statement: the index of the test's statement it belongs to. */
  readonly origin: readonly (readonly number[])[];
  /** What the model leaves out and the test asks for, each named once. */
  readonly notModelled: readonly string[];
}

interface Context {
  readonly test: Test;
  readonly names: Names;
  readonly actor: Actor;
  readonly index: number;
  readonly process: number;
  readonly missing: Set<string>;
}

const gupBits: Readonly<Record<string, number>> = {
  WRITE: FOLL_WRITE,
  FORCE: FOLL_FORCE,
  LONGTERM: FOLL_LONGTERM,
  FAST: FOLL_FAST,
};
const vmDontcopy = 0x40;
const vmWipeonfork = 0x80;

export function programOf(test: Test, names: Names): TestProgram {
  const missing = new Set<string>();
  const origin: number[][] = [];
  const actors = test.actors.map((actor, index): ActorProgram => {
    const process = Math.max(0, names.processes.indexOf(actor.process));
    const context: Context = { test, names, actor, index, process, missing };
    const statements: ProgramStatement[] = [];
    const from: number[] = [];
    actor.statements.forEach((statement, i) => {
      for (const one of withFailures(
        statement,
        actor.statements[i - 1],
        index,
        lower(statement, context),
      )) {
        statements.push(one);
        from.push(i);
      }
    });
    origin.push(from);
    const startsAtOnce =
      actor.role === "device" || actor.role === "kernel" || actor.process === "P0";
    return { name: actor.name, statements, startsAtOnce };
  });
  if (names.words.tooMany) missing.add("so many different halves of words");
  return { actors, origin, notModelled: [...missing] };
}

/** `may fail alloc;` holds for the one statement after it. */
function withFailures(
  statement: Statement,
  before: Statement | undefined,
  actor: number,
  lowered: readonly ProgramStatement[],
): readonly ProgramStatement[] {
  const set = (value: number) => ({ entry: "may_fail_alloc", arguments: [actor, value] });
  if (statement.kind === "mayFail") return [set(1)];
  return before?.kind === "mayFail" ? [...lowered, set(0)] : lowered;
}

function lower(statement: Statement, c: Context): readonly ProgramStatement[] {
  switch (statement.kind) {
    case "mayFail":
      return [];
    case "store": {
      const { at } = placeRange(statement.place, c.names.pages);
      const half = halfNumber(statement.place);
      return [
        {
          entry: "store",
          arguments: [c.process, at, half, encoded(c.names.words, statement.value)],
        },
      ];
    }
    case "load": {
      const { at } = placeRange(statement.place, c.names.pages);
      const half = halfNumber(statement.place);
      return [{ entry: "load", arguments: [c.process, at, half, register(statement.register, c)] }];
    }
    case "call":
      return lowerCall(statement, c);
  }
}

/** Which part of a page's word a place speaks of. */
export function halfNumber(place: Place): number {
  if (place.half === undefined) return WHOLE;
  return place.half === "lo" ? LOW : HIGH;
}

function register(name: string | undefined, c: Context): number {
  return name === undefined ? NO_REGISTER : c.names.registers.indexOf(`${c.actor.name}:${name}`);
}

function lowerCall(call: Call, c: Context): readonly ProgramStatement[] {
  if (registering.has(call.operation)) return [registration(call, c)];
  const simple = simpleCall(call, c);
  if (simple !== undefined) return simple;
  c.missing.add(`the operation ${call.operation}`);
  return [];
}

function registration(call: Call, c: Context): ProgramStatement {
  const { at, count } = placeRange(placeOf(call)!, c.names.pages);
  const handle = c.names.handles.find((one) => one.call === call)!;
  const place = [c.process, at, count, handle.index, handle.first];
  const flags = words(call).reduce((bits, word) => bits | (gupBits[word] ?? 0), 0);
  const asked = call.operation === "pin" ? flags | FOLL_PIN : flags;
  const through = interfaces[call.operation] ?? BY_FLAGS;
  return {
    entry: "registration",
    arguments: [...place, through, asked, repetitions(call, c.test)],
  };
}

const interfaces: Readonly<Record<string, number>> = {
  ibv_reg_mr: IBV_REG_MR,
  io_uring_register: IO_URING_REGISTER,
  xdp_umem: XDP_UMEM,
  vfio_map: VFIO_MAP,
  vmsplice: VMSPLICE,
  read_direct: READ_DIRECT,
};

function words(call: Call): readonly string[] {
  return call.arguments.flatMap((argument) => (argument.kind === "flags" ? argument.flags : []));
}

type Lower = (call: Call, c: Context) => readonly ProgramStatement[];

const one = (entry: string, ...args: number[]): readonly ProgramStatement[] => [
  { entry, arguments: args },
];

/** A system call on a range of pages; the register for its result comes last. */
const onRange =
  (entry: string, ...extra: number[]): Lower =>
  (call, c) => {
    const { at, count } = placeRange(placeOf(call)!, c.names.pages);
    return one(entry, c.process, at, count, ...extra, register(call.result, c));
  };

/** What the kernel does to the page as P0 maps it; `each` page of a range in turn, or its first. */
function kernelAction(entry: string, each: boolean): Lower {
  return (call, c) => {
    const { at, count } = placeRange(placeOf(call)!, c.names.pages);
    const may = call.force === "must" ? 0 : 1;
    return Array.from({ length: each ? count : 1 }, (_, i) => ({
      entry,
      arguments: [0, at + i, may],
    }));
  };
}

function placesOf(call: Call): readonly Place[] {
  return call.arguments.flatMap((a) => (a.kind === "place" ? [a.place] : []));
}

function declaredKind(name: string, c: Context): PageDeclaration["pageKind"] | undefined {
  return c.names.pages.find((page) => page.name === name)?.declaration.pageKind;
}

/** A system call on two ranges of the same length. */
function fromTo(entry: string, call: Call, c: Context): readonly ProgramStatement[] {
  const [from, into] = placesOf(call).map((place) => placeRange(place, c.names.pages));
  if (from!.count === into!.count)
    return one(entry, c.process, from!.at, from!.count, into!.at, register(call.result, c));
  c.missing.add(`${entry} between ranges of different lengths`);
  return [];
}

const calls: Readonly<Record<string, Lower>> = {
  fork: (call, c) => one("fork", c.process, processArgument(call, c), register(call.result, c)),
  vfork: (call, c) => one("vfork", c.process, processArgument(call, c), register(call.result, c)),
  exit: (_, c) => one("exit", c.process),
  exec: (_, c) => one("exec", c.process),
  wait: (call, c) => one("wait", processArgument(call, c)),
  signal: (call, c) => one("signal", eventArgument(call, c)),
  await: (call, c) => one("await_event", eventArgument(call, c)),
  munmap: onRange("munmap"),
  mremap: onRange("mremap"),
  uffd_wp: onRange("uffd_wp"),
  uffd_continue: onRange("uffd_continue"),
  mremap_dontunmap: (call, c) => {
    const kinds = placesOf(call).map(({ name }) => declaredKind(name, c));
    if (kinds[0] === kinds[1] && (kinds[0] === "anon" || kinds[0] === "thp"))
      return fromTo("mremap_dontunmap", call, c);
    c.missing.add("mremap_dontunmap between other pages than two anon or two thp");
    return [];
  },
  uffd_move: (call, c) => fromTo("uffd_move", call, c),
  mprotect: (call, c) => onRange("mprotect", words(call).includes("RW") ? 1 : 0)(call, c),
  madvise: (call, c) => advise(call, c),
  clear_refs: (call, c) => one("clear_refs", processArgument(call, c), register(call.result, c)),
  process_vm_writev: (call, c) => remote(processArgument(call, c), 0, call, c),
  proc_mem_write: (call, c) => remote(c.process, 1, call, c),
  dma_write: (call, c) => device("dma_write", call, c, valueArgument(call, c)),
  dma_read: (call, c) => device("dma_read", call, c, register(call.result, c)),
  unpin: (call, c) => {
    const handle = findHandle(c.names, handleArgument(call).name);
    return one("unregister_pages", handle.index, handle.first, handle.count);
  },
  complete: (call, c) => {
    const handle = findHandle(c.names, handleArgument(call).name);
    if (valueArgument(call, c) === undefined) return notModelled(call, c);
    return [
      ...device("dma_write", call, c, valueArgument(call, c)),
      ...one("unregister_pages", handle.index, handle.first, handle.count),
    ];
  },
  writeback: (call, c) => onObject("writeback", call, c),
  truncate: (call, c) => onObject("truncate", call, c),
  speculative_ref: kernelAction("speculative_ref", false),
  lru_batch: kernelAction("lru_batch", false),
  reclaim: kernelAction("reclaim", true),
  migrate: kernelAction("migrate", true),
  numa_hint: kernelAction("numa_hint", true),
  khugepaged: kernelAction("khugepaged", false),
  ksm: (call, c) => {
    const [first, second] = call.arguments.flatMap((a) => (a.kind === "place" ? [a.place] : []));
    const { at } = placeRange(first!, c.names.pages);
    const { at: other } = placeRange(second!, c.names.pages);
    return one("ksm", 0, at, other, call.force === "must" ? 0 : 1);
  },
};

function simpleCall(call: Call, c: Context): readonly ProgramStatement[] | undefined {
  return Object.hasOwn(calls, call.operation) ? calls[call.operation]!(call, c) : undefined;
}

function notModelled(call: Call, c: Context): readonly ProgramStatement[] {
  c.missing.add(`the operation ${call.operation}`);
  return [];
}

function onObject(entry: string, call: Call, c: Context): readonly ProgramStatement[] {
  const { at } = placeRange(placeOf(call)!, c.names.pages);
  return one(entry, at, call.force === "must" ? 0 : 1);
}

function advise(call: Call, c: Context): readonly ProgramStatement[] {
  const [advice] = words(call);
  switch (advice) {
    case "DONTFORK":
      return onRange("madvise_fork", 0, vmDontcopy)(call, c);
    case "DOFORK":
      return onRange("madvise_fork", vmDontcopy, 0)(call, c);
    case "WIPEONFORK":
      return onRange("madvise_fork", 0, vmWipeonfork)(call, c);
    case "DONTNEED":
      return onRange("madvise_dontneed")(call, c);
    case "FREE":
      return onRange("madvise_free")(call, c);
    case "PAGEOUT":
      return onRange("madvise_pageout")(call, c);
    case "COLLAPSE":
      return onRange("madvise_collapse")(call, c);
    case "POPULATE_READ":
      return onRange("madvise_populate", 0)(call, c);
    case "POPULATE_WRITE":
      return onRange("madvise_populate", 1)(call, c);
    case "MERGEABLE":
      return onRange("madvise_fork", 0, VM_MERGEABLE)(call, c);
    default:
      c.missing.add(`madvise(${advice})`);
      return [];
  }
}

function remote(
  target: number,
  force: number,
  call: Call,
  c: Context,
): readonly ProgramStatement[] {
  const place = placeOf(call)!;
  const { at } = placeRange(place, c.names.pages);
  const value = valueArgument(call, c) ?? 0;
  const half = halfNumber(place);
  return one("remote_write", target, at, half, value, force, register(call.result, c));
}

/** In a device's program the transfer waits for its handle; in a process it is done or skipped. */
function device(
  entry: string,
  call: Call,
  c: Context,
  value: number | undefined,
): readonly ProgramStatement[] {
  const { name, index } = handleArgument(call);
  const handle = findHandle(c.names, name);
  const transfer = { entry, arguments: [handle.first + (index ?? 0), value ?? 0] };
  if (c.actor.role !== "device") return [transfer];
  return [{ entry: "await_handle", arguments: [handle.index] }, transfer];
}

function argument<K extends Argument["kind"]>(
  call: Call,
  kind: K,
): Extract<Argument, { kind: K }> | undefined {
  return call.arguments.find((one): one is Extract<Argument, { kind: K }> => one.kind === kind);
}

function processArgument(call: Call, c: Context): number {
  return c.names.processes.indexOf(argument(call, "process")!.process);
}

function eventArgument(call: Call, c: Context): number {
  return c.names.events.indexOf(argument(call, "event")!.event);
}

function valueArgument(call: Call, c: Context): number | undefined {
  const given = argument(call, "value");
  return given === undefined ? undefined : encoded(c.names.words, given.value);
}

function handleArgument(call: Call): { readonly name: string; readonly index: number | undefined } {
  return argument(call, "handle")!.handle;
}
