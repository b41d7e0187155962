/**
 * Threads, processes, mms and forks of a trace. Everything dies here when it dies there: exited
 * processes, closed files and settled forks are dropped, so a log of any length needs the memory
 * of its live processes only.
 */
import type { FileKind, Moment, Range, ReaderNote } from "../event.ts";
import { AddressSpace } from "./address-space.ts";
import type { Files, OpenFile, Splice } from "./descriptors.ts";
import type { Registration, Transfer } from "./pins.ts";

export interface Mm {
  readonly id: number;
  readonly space: AddressSpace;
  readonly registrations: Set<Registration>;
  /** Attached while it ran: mappings and pins from before are unknown. */
  readonly late: boolean;
  /** Followed from execve on: what is mapped nowhere is the program's own image or stack. */
  readonly exact: boolean;
  /** MADV_DONTFORK ranges of the parent at birth: holes here. */
  readonly holes: readonly Range[];
  /** The mm it was copied from, while memory of that time may still be shared. */
  readonly parent: Mm | undefined;
  users: number;
  /** When the last of its registrations ended: the kernel may unpin some time after a close. */
  released: Moment | undefined;
  /** Some mapping call of its own was recorded. */
  mapsSeen: boolean;
  heapTop: number | undefined;
  /** Live children that were copied from it and have neither exited nor executed. */
  readonly copies: Set<Mm>;
  /** vmsplice by this mm of memory that it inherited. */
  splicedInherited: Splice | undefined;
  adviseCalls: number;
  undoCalls: number;
  /** The page that ibv_fork_init() probes: advised, to be un-advised at once. */
  probe: { readonly range: Range; readonly at: Moment } | undefined;
  memorySlots: { readonly range: Range; readonly at: Moment }[];
}

export interface Process {
  readonly id: number;
  readonly pid: number;
  readonly parent: Process | undefined;
  readonly born: Moment | undefined;
  readonly fork: ForkRecord | undefined;
  name: string | undefined;
  /** The variable of its environment that switches fork protection on. */
  protection: string | undefined;
  mm: Mm;
  files: Files;
  threads: number;
  alive: boolean;
}

export interface Thread {
  tid: number;
  process: Process;
  alive: boolean;
  /** Registered ring descriptors (IORING_REGISTER_RING_FDS) by slot. */
  readonly ringSlots: Map<number, OpenFile>;
  /** The fork it is in, from entry to return. */
  fork: ForkRecord | undefined;
  /** The fork it returned from, until its next call. */
  returned: ForkRecord | undefined;
  /** Transfers entered and not returned from. */
  transfer: Transfer | undefined;
  remote: { readonly target: number; readonly begin: Moment } | undefined;
  moved: boolean;
}

/** What a registration looked like to a fork. */
export interface PinSnapshot {
  readonly registration: Registration;
  /** Private and un-advised: the hazard. */
  readonly bare: readonly Range[];
  readonly covered: readonly Range[];
  readonly shared: readonly Range[];
  /** Parts whose address nobody saw, and what the mappings say of them. */
  readonly unseen: "none" | "private" | "ambiguous" | "covered";
  readonly unseenBytes: number;
  /** Nothing of the registration was printed: there may be less in it than it seems. */
  readonly pointerOnly: boolean;
  readonly hugetlb: boolean;
  readonly hugeAdvice: boolean;
  readonly filePrivate: boolean;
  /** Mappings were not recorded here: private is an assumption. */
  readonly assumed: boolean;
  /** Followed from its start, but no mapping call was recorded at all. */
  readonly unrecorded: boolean;
  /** The registration was still being made when fork ran. */
  readonly racing: boolean;
}

export interface TransferSnapshot {
  readonly transfer: Transfer;
  readonly where: "private" | "ambiguous" | "covered";
  readonly addressKnown: boolean;
  readonly bare: readonly Range[];
  readonly assumed: boolean;
}

export interface SpliceSnapshot {
  readonly splice: Splice;
  readonly where: "private" | "ambiguous" | "covered";
}

export interface ForkRecord {
  readonly id: number;
  readonly call: string;
  flags: number | undefined;
  /** The pid asked for by clone3's set_tid. */
  readonly wanted: number | undefined;
  readonly tid: number;
  readonly process: Process;
  readonly mm: Mm;
  readonly begin: Moment;
  end: Moment | undefined;
  /** The copy is over: the call returned or the child ran. */
  copied: boolean;
  /** The line at which the copy was over. */
  closed: number;
  /** Until when (on the trace's clock) a merged log says the call ran. */
  until: number;
  /** `until` is a bound: when the call returned was not recorded. */
  loose: boolean;
  stack: readonly string[];
  readonly pins: Map<Registration, PinSnapshot>;
  readonly transfers: Map<Transfer, TransferSnapshot>;
  readonly splices: SpliceSnapshot[];
  /** Reads were not recorded: what was spliced may have been read. */
  readonly drainsUnseen: boolean;
  readonly opaque: { readonly file: OpenFile; readonly what: string; readonly at: Moment }[];
  readonly rings: {
    readonly file: OpenFile;
    readonly mapped: boolean;
    readonly inFlight: number;
    readonly sqpoll: boolean;
    readonly leaked: boolean;
  }[];
  readonly remotes: Moment[];
  readonly memorySlots: readonly { readonly range: Range; readonly at: Moment }[];
  readonly unknownContexts: number;
  readonly advisedRanges: number;
  readonly holeRisk: Range | undefined;
  readonly directFiles: number;
  readonly threads: number;
  /** Pages the kernel itself counted as pinned at this fork, where the recorder asked it. */
  witness: number | undefined;
  child: Process | undefined;
  childTid: number | undefined;
  childThread: Thread | undefined;
  failed: boolean;
  waitedAtOnce: boolean;
  childExec: Moment | undefined;
  childExit: Moment | undefined;
  childCalls: number;
  settled: boolean;
}

export interface World {
  readonly threads: Map<number, Thread>;
  readonly mms: Set<Mm>;
  readonly processes: Set<Process>;
  /** Forks entered whose child is not known yet. */
  readonly openForks: ForkRecord[];
  /** Forks whose interval may still overlap something that begins now. */
  readonly recentForks: ForkRecord[];
  /** Forks whose child's life is not over. */
  readonly unsettled: Set<ForkRecord>;
  readonly transfers: Set<Transfer>;
  readonly contexts: Map<string, Transfer[]>;
  /** Descriptors on their way through a socket. */
  readonly mailed: OpenFile[];
  /** Threads that have called exit_group: a quiet log never says that they are gone. */
  readonly leaving: Thread[];
  readonly notes: ReaderNote[];
  readonly noteCounts: Map<string, number>;
  now: Moment;
  sequence: number;
  /** Processes that were alive before the recording and have not executed since. */
  lateProcesses: number;
  /** CLONE_THREAD children. */
  threadsMade: number;
  /** Forks that found a file opened with O_DIRECT. */
  directForks: number;
  /** Reads are recorded, so what leaves a pipe is known. */
  readsSeen: boolean;
  /** Threads that returned from a fork and have not made their next call. */
  awaiting: number;
}

export function makeWorld(): World {
  return {
    threads: new Map(),
    mms: new Set(),
    processes: new Set(),
    openForks: [],
    recentForks: [],
    unsettled: new Set(),
    transfers: new Set(),
    contexts: new Map(),
    mailed: [],
    leaving: [],
    notes: [],
    noteCounts: new Map(),
    now: { order: 0, source: 0, line: 0, time: Number.NaN },
    sequence: 0,
    lateProcesses: 0,
    threadsMade: 0,
    directForks: 0,
    readsSeen: false,
    awaiting: 0,
  };
}

export function makeMm(
  world: World,
  how: Partial<Mm> & { readonly late: boolean; readonly exact: boolean },
): Mm {
  const mm: Mm = {
    id: ++world.sequence,
    space: new AddressSpace(),
    registrations: new Set(),
    holes: [],
    parent: undefined,
    users: 1,
    mapsSeen: false,
    released: undefined,
    heapTop: undefined,
    copies: new Set(),
    splicedInherited: undefined,
    adviseCalls: 0,
    undoCalls: 0,
    probe: undefined,
    memorySlots: [],
    ...how,
  };
  world.mms.add(mm);
  return mm;
}

/** What fork makes of an mm: the mappings without MADV_DONTFORK, none of the pins. */
export function forkMm(world: World, parent: Mm): Mm {
  const copy = makeMm(world, {
    late: false,
    exact: parent.exact,
    mapsSeen: parent.mapsSeen,
    space: parent.space.fork(),
    holes: parent.space.vmas.filter((vma) => vma.dontfork),
    parent,
    heapTop: parent.heapTop,
  });
  parent.copies.add(copy);
  return copy;
}

export function makeOpenFile(
  world: World,
  process: Process,
  how: {
    readonly kind: FileKind;
    readonly path: string | undefined;
    readonly sqpoll: boolean;
    readonly assumed: boolean;
  },
): OpenFile {
  return {
    id: ++world.sequence,
    kind: how.kind,
    path: how.path,
    mm: process.mm.id,
    owner: process.id,
    pid: process.pid,
    opened: world.now,
    sqpoll: how.sqpoll,
    direct: how.kind === "direct",
    tableReferences: 0,
    registrations: new Set(),
    opaque: [],
    inFlight: 0,
    lastSubmit: undefined,
    pipe: how.kind === "pipe" ? { segments: [] } : undefined,
    leaked: false,
    assumed: how.assumed,
  };
}
