/**
 * What a trace says, whatever recorded it: one event per system call that can make, move or end a
 * mapping, a descriptor, a pin, a process. The strace reader and the pinlog reader both speak it;
 * the state (src/audit/state) hears nothing else.
 */

/** A line of an input. `order` counts lines over all inputs as they were merged. */
export interface Moment {
  readonly order: number;
  /** Index into the report's inputs. */
  readonly source: number;
  readonly line: number;
  /** Microseconds on the trace's own clock, or NaN when the trace has no times. */
  readonly time: number;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A buffer as the program named it; the address is undefined where the recorder could not see it. */
export interface Buffer {
  readonly address: number | undefined;
  readonly length: number | undefined;
}

/** What a path or a call tells of an open file, as far as pins care. */
export type FileKind =
  | "ring"
  | "xdp"
  | "uverbs"
  | "gpu"
  | "vfio"
  | "kvm"
  | "pipe"
  | "direct"
  | "plain";

interface Base {
  readonly tid: number;
  /** When the call was entered. */
  readonly begin: Moment;
  /** When it returned (the same line if nothing came between). */
  readonly end: Moment;
  /** Stack frames, innermost first; the reader fills it from lines that come after. */
  readonly stack: string[];
}

/** How a descriptor was written in the trace: its number, and what `-y` says it is. */
export interface DescriptorRef {
  readonly number: number;
  readonly path: string | undefined;
  /** The number is a slot of the thread's registered rings, not a descriptor. */
  readonly registered?: boolean;
}

export type TraceEvent = Base &
  (
    | {
        readonly kind: "forkBegin";
        readonly call: string;
        readonly flags: number | undefined;
        readonly setTid: number | undefined;
      }
    | {
        readonly kind: "forkEnd";
        readonly call: string;
        readonly flags: number | undefined;
        readonly child: number | undefined;
        readonly pinnedPages?: number;
        readonly loose?: boolean;
      }
    | {
        readonly kind: "exec";
        readonly file: string | undefined;
        /** The variable in its environment that switches fork protection on, where that was printed. */
        readonly protection?: string | undefined;
        readonly newTid: number | undefined;
      }
    | { readonly kind: "exit"; readonly group: boolean }
    | { readonly kind: "gone"; readonly signal: string | undefined }
    | { readonly kind: "superseded"; readonly by: number }
    | { readonly kind: "fault"; readonly signal: string; readonly address: number | undefined }
    | {
        readonly kind: "map";
        readonly range: Range;
        readonly shared: boolean;
        readonly writable: boolean;
        readonly huge: boolean;
        readonly anonymous: boolean;
        readonly file: DescriptorRef | undefined;
      }
    | { readonly kind: "unmap"; readonly range: Range }
    | { readonly kind: "remap"; readonly from: Range; readonly to: Range; readonly keep: boolean }
    | { readonly kind: "break"; readonly top: number }
    | { readonly kind: "protect"; readonly range: Range; readonly writable: boolean }
    | {
        readonly kind: "advise";
        readonly range: Range;
        readonly advice: Advice;
        readonly partial: boolean;
      }
    | {
        readonly kind: "open";
        readonly descriptor: number;
        readonly path: string | undefined;
        readonly fileKind: FileKind;
        readonly cloexec: boolean;
        readonly hugetlb: boolean;
        readonly sqpoll: boolean;
        /** The number is a slot of registered rings: there is no descriptor at all. */
        readonly registered?: boolean;
        /** Memory of the program that the ring itself lies in (IORING_SETUP_NO_MMAP): it stays pinned. */
        readonly memory?: readonly Buffer[];
      }
    | {
        readonly kind: "pipe";
        readonly reader: number;
        readonly writer: number;
        readonly cloexec: boolean;
      }
    | {
        readonly kind: "close";
        readonly first: number;
        readonly last: number;
        readonly cloexecOnly: boolean;
        readonly unshare: boolean;
      }
    | {
        readonly kind: "duplicate";
        readonly from: DescriptorRef;
        readonly to: number;
        readonly cloexec: boolean;
      }
    | { readonly kind: "setCloexec"; readonly descriptor: number; readonly on: boolean }
    | { readonly kind: "setDirect"; readonly descriptor: DescriptorRef; readonly on: boolean }
    | { readonly kind: "sendDescriptors"; readonly descriptors: readonly number[] }
    | { readonly kind: "receiveDescriptors"; readonly descriptors: readonly DescriptorRef[] }
    | {
        readonly kind: "register";
        readonly by: PinInterface;
        readonly descriptor: DescriptorRef;
        readonly buffers: readonly Buffer[];
        readonly writable: boolean;
        readonly slots: SlotChange | undefined;
        readonly handle: number | undefined;
        readonly moreUnseen: number;
      }
    | {
        readonly kind: "unregister";
        readonly descriptor: DescriptorRef;
        readonly handle: number | undefined;
        readonly what: "buffers" | "provided" | "region";
      }
    | { readonly kind: "shareUmem"; readonly descriptor: DescriptorRef; readonly from: number }
    | { readonly kind: "opaqueRegister"; readonly descriptor: DescriptorRef; readonly what: string }
    | { readonly kind: "memorySlot"; readonly descriptor: DescriptorRef; readonly range: Range }
    | {
        readonly kind: "ringFds";
        readonly descriptor: DescriptorRef;
        readonly pairs: readonly { readonly slot: number; readonly descriptor: number }[];
        readonly add: boolean;
      }
    | {
        readonly kind: "enter";
        readonly descriptor: DescriptorRef;
        readonly asked: number;
        readonly submitted: number;
        readonly waited: number;
      }
    | {
        readonly kind: "transferBegin";
        readonly call: string;
        readonly descriptor: DescriptorRef;
        readonly read: boolean;
        readonly buffers: readonly Buffer[];
      }
    | {
        readonly kind: "transferEnd";
        readonly call: string;
        readonly descriptor: DescriptorRef;
        readonly read: boolean;
        readonly buffers: readonly Buffer[];
        readonly result: number | undefined;
        /** When it returned was not recorded: some time before its thread's next line. */
        readonly loose?: boolean;
      }
    | {
        readonly kind: "submit";
        readonly context: number;
        readonly requests: readonly AioRequest[];
      }
    | {
        readonly kind: "reap";
        readonly context: number;
        readonly data: readonly number[];
        readonly count: number;
      }
    | { readonly kind: "destroyContext"; readonly context: number }
    | {
        readonly kind: "splicePages";
        readonly descriptor: DescriptorRef;
        readonly bytes: number;
        readonly buffers: readonly Buffer[];
      }
    | {
        readonly kind: "movePipe";
        readonly from: DescriptorRef;
        readonly to: DescriptorRef;
        readonly bytes: number;
        readonly copy: boolean;
      }
    | { readonly kind: "remoteBegin"; readonly target: number; readonly write: boolean }
    | { readonly kind: "remoteEnd"; readonly target: number; readonly write: boolean }
    | { readonly kind: "unshareFiles" }
  );

export type Advice = "DONTFORK" | "DOFORK" | "WIPEONFORK" | "KEEPONFORK" | "DONTNEED" | "HUGEPAGE";

export type PinInterface = "io_uring" | "rdma" | "xdp" | "vfio" | "provided ring" | "ring memory";

/** A registration that replaces some slots of a ring's table (BUFFERS_UPDATE). */
export interface SlotChange {
  /** Undefined where the call's structure was not printed: any slot may have changed. */
  readonly first: number | undefined;
  readonly count: number;
}

export interface AioRequest {
  readonly descriptor: DescriptorRef;
  readonly read: boolean;
  readonly write: boolean;
  readonly data: number;
  readonly buffers: readonly Buffer[];
}

export type EventOf<K extends TraceEvent["kind"]> = Extract<TraceEvent, { readonly kind: K }>;

/** Something a reader could not make sense of, or could not see. */
export interface ReaderNote {
  readonly reason: string;
  readonly at: Moment;
  readonly text: string;
}

/** What the readers talk to. */
export interface EventSink {
  /** True while some thread's next call, whatever it is, is of interest. */
  readonly watching: boolean;
  /** A line of this thread was read: it lives. */
  seen(tid: number, at: Moment): void;
  /** Told for every call while `watching`. */
  call(tid: number, name: string): void;
  event(event: TraceEvent): void;
  /** Told once for every name of a decoded call. */
  saw(name: string): void;
  /** The recorder said that this thread was attached. */
  announced(tid: number, at: Moment): void;
  /** The thread called `from` so far turned out to be `to`. */
  rename(from: number, to: number): void;
  /** A thread takes over the leader's tid (execve of a thread that is not the leader). */
  moveThread(from: number, to: number): void;
  knows(tid: number): boolean;
  /** The only thread alive, if there is only one. */
  soleThread(): number | undefined;
  /** Whether this thread is inside a fork. */
  forkOpen(tid: number): boolean;
  /** Whether something hangs on descriptor `number`; text[at] follows the number in the line. */
  special(tid: number, number: number, text: string, at: number): boolean;
  fileKind(tid: number, descriptor: DescriptorRef): FileKind | undefined;
  note(note: ReaderNote): void;
}
