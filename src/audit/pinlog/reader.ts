/** Reads a pinlog and tells the same events as the strace reader does. */
import type { Buffer, DescriptorRef, EventSink, Moment, TraceEvent } from "../event.ts";
import type { EventBody } from "../strace/call.ts";
import { adviceNames, flags } from "../strace/constants.ts";
import { hasFlag } from "../strace/value.ts";
import { ownText } from "../trace-source.ts";
import { type PinlogEvent, pinlogEvent } from "./schema.ts";

/** Descriptors of events that do not name one: one made-up file of each kind a process. */
const verbsDescriptor = 1_000_001;
const directDescriptor = 1_000_002;
const ringContext = 1_000_003;

function ref(number: number | undefined, fallback: number): DescriptorRef {
  return { number: number ?? fallback, path: undefined };
}

type Ev<K extends PinlogEvent["ev"]> = Extract<PinlogEvent, { readonly ev: K }>;

function mapBody(event: Ev<"mmap">): EventBody {
  const file = event.fd === undefined || event.fd < 0 ? undefined : ref(event.fd, 0);
  return {
    kind: "map",
    range: { start: event.addr, end: event.addr + event.len },
    shared: hasFlag(event.flags, flags.MAP_SHARED),
    writable: hasFlag(event.prot ?? flags.PROT_WRITE, flags.PROT_WRITE),
    huge: hasFlag(event.flags, flags.MAP_HUGETLB),
    anonymous: hasFlag(event.flags, flags.MAP_ANONYMOUS),
    file,
  };
}

function registerBody(
  by: "io_uring" | "rdma" | "xdp",
  descriptor: DescriptorRef,
  buffers: readonly Buffer[],
  writable: boolean,
  handle: number | undefined,
): EventBody {
  return {
    kind: "register",
    by,
    descriptor,
    buffers,
    writable,
    slots: undefined,
    handle,
    moreUnseen: 0,
  };
}

function openBody(descriptor: number, fileKind: "ring" | "direct", sqpoll: boolean): EventBody {
  return {
    kind: "open",
    descriptor,
    path: undefined,
    fileKind,
    cloexec: true,
    hugetlb: false,
    sqpoll,
  };
}

export class PinlogReader {
  readonly counts = { lines: 0, malformed: 0, events: 0 };
  readonly #sink: EventSink;
  readonly #source: number;
  readonly #order: () => number;
  #stack: string[] = [];
  #inStack = false;
  #asked = new Map<number, { readonly fd: number; readonly buffers: Buffer[] }>();
  #unregistering = new Map<number, number>();
  #transfers = new Map<number, EventBody>();

  constructor(sink: EventSink, source: number, order: () => number) {
    this.#sink = sink;
    this.#source = source;
    this.#order = order;
    sink.saw("pipe_read");
  }

  line(text: string, start: number, end: number): void {
    this.counts.lines++;
    const line = text.slice(start, end).trim();
    if (line === "stk>" || line === "stk<") this.#inStack = line === "stk>";
    else if (line === "") return;
    else if (this.#inStack) this.#stack.push(ownText(line));
    else if (line.startsWith("{")) this.#object(line);
    else this.#malformed(line, "foreign");
  }

  #moment(time: number | undefined): Moment {
    const at = time === undefined ? Number.NaN : time / 1000;
    return { order: this.#order(), source: this.#source, line: this.counts.lines, time: at };
  }

  #malformed(line: string, reason: string): void {
    if (reason === "malformed") this.counts.malformed++;
    this.#sink.note({ reason, at: this.#moment(undefined), text: line.slice(0, 120) });
  }

  #object(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#malformed(line, "malformed");
      return;
    }
    const parsed = pinlogEvent.safeParse(value);
    if (!parsed.success) {
      this.#malformed(line, "malformed");
      return;
    }
    this.counts.events++;
    this.#take(parsed.data);
  }

  #emit(
    event: {
      readonly pid: number;
      readonly tid?: number | undefined;
      readonly t?: number | undefined;
    },
    body: EventBody,
  ): void {
    const at = this.#moment(event.t);
    this.#stack = [];
    const tid = event.tid ?? event.pid;
    this.#sink.event({ ...body, tid, begin: at, end: at, stack: this.#stack } as TraceEvent);
  }

  #take(event: PinlogEvent): void {
    if (event.ev === "begin") return;
    if (event.ev === "lost") {
      this.#sink.note({
        reason: "lost",
        at: this.#moment(event.t),
        text: "the recorder lost events",
      });
      return;
    }
    const tid = event.tid ?? event.pid;
    this.#sink.seen(tid, this.#moment(event.t));
    switch (event.ev) {
      case "newtask":
        this.#emit(event, {
          kind: "forkBegin",
          call: "newtask",
          flags: event.flags,
          setTid: event.child,
        });
        this.#emit(event, {
          kind: "forkEnd",
          call: "newtask",
          flags: event.flags,
          child: event.child,
          ...(event.pinned_vm === undefined ? {} : { pinnedPages: event.pinned_vm }),
        });
        return;
      case "uring_reg":
        this.#ask(tid, event.fd, { address: event.addr, length: event.len });
        return;
      case "uring_reg_ret":
        this.#registered(event, tid);
        return;
      case "uring_unreg":
        this.#unregistering.set(tid, event.fd);
        return;
      case "uring_unreg_ret":
        this.#unregistered(event, tid);
        return;
      case "uring_sqe":
      case "uring_cqe":
      case "dio":
      case "dio_end":
        this.#transfer(event, tid);
        return;
      default: {
        const body = bodyOf(event);
        if (body !== undefined) this.#emit(event, body);
      }
    }
  }

  #ask(tid: number, fd: number, buffer: Buffer): void {
    const asked = this.#asked.get(tid);
    if (asked?.fd === fd) asked.buffers.push(buffer);
    else this.#asked.set(tid, { fd, buffers: [buffer] });
  }

  #registered(event: Ev<"uring_reg_ret">, tid: number): void {
    const asked = this.#asked.get(tid);
    this.#asked.delete(tid);
    if (asked === undefined || event.ret < 0) return;
    this.#emit(event, registerBody("io_uring", ref(asked.fd, 0), asked.buffers, true, undefined));
  }

  #unregistered(event: Ev<"uring_unreg_ret">, tid: number): void {
    const fd = this.#unregistering.get(tid);
    this.#unregistering.delete(tid);
    if (fd === undefined || event.ret < 0) return;
    this.#emit(event, {
      kind: "unregister",
      descriptor: ref(fd, 0),
      handle: undefined,
      what: "buffers",
    });
  }

  #transfer(
    event: Ev<"uring_sqe"> | Ev<"uring_cqe"> | Ev<"dio"> | Ev<"dio_end">,
    tid: number,
  ): void {
    if (event.ev === "uring_cqe") {
      this.#emit(event, { kind: "reap", context: ringContext, data: [event.data ?? 0], count: 1 });
      return;
    }
    if (event.ev === "dio_end") {
      const begun = this.#transfers.get(tid);
      this.#transfers.delete(tid);
      if (begun?.kind === "transferBegin") {
        this.#emit(event, { ...begun, kind: "transferEnd", result: event.ret ?? 1 });
      }
      return;
    }
    const buffers = [{ address: event.addr, length: event.len }];
    const descriptor = ref(undefined, directDescriptor);
    const read = event.read ?? (event.ev === "dio" ? event.rw !== 1 : true);
    if (event.ev === "uring_sqe" && event.direct !== true) return;
    this.#emit(event, openBody(directDescriptor, "direct", false));
    if (event.ev === "uring_sqe") {
      const request = { descriptor, read, write: !read, data: event.data ?? 0, buffers };
      this.#emit(event, { kind: "submit", context: ringContext, requests: [request] });
      return;
    }
    const body: EventBody = { kind: "transferBegin", call: "dio", descriptor, read, buffers };
    this.#transfers.set(tid, { ...body });
    this.#emit(event, body);
  }
}

/** Events that stand for themselves. */
function bodyOf(event: PinlogEvent): EventBody | undefined {
  switch (event.ev) {
    case "exec":
      return { kind: "exec", file: event.file, newTid: undefined };
    case "exit":
      return { kind: "gone", signal: undefined };
    case "mmap":
      return mapBody(event);
    case "munmap":
      return { kind: "unmap", range: { start: event.addr, end: event.addr + event.len } };
    case "mremap":
      return {
        kind: "remap",
        from: { start: event.addr, end: event.addr + event.len },
        to: { start: event.to, end: event.to + event.to_len },
        keep: false,
      };
    case "madvise": {
      const advice = adviceNames[String(event.adv)];
      if (advice === undefined) return undefined;
      const range = { start: event.addr, end: event.addr + event.len };
      return { kind: "advise", range, advice: advice as never, partial: false };
    }
    case "close":
      return { kind: "close", first: event.fd, last: event.fd, cloexecOnly: false, unshare: false };
    case "dup":
      return { kind: "duplicate", from: ref(event.fd, 0), to: event.to, cloexec: false };
    case "uring_setup":
      return openBody(event.fd, "ring", hasFlag(event.flags ?? 0, flags.IORING_SETUP_SQPOLL));
    case "reg_mr":
      return registerBody(
        "rdma",
        ref(event.fd, verbsDescriptor),
        [{ address: event.addr, length: event.len }],
        event.access === undefined || hasFlag(event.access, 1),
        event.handle,
      );
    case "dereg_mr":
      return {
        kind: "unregister",
        descriptor: ref(event.fd, verbsDescriptor),
        handle: event.handle,
        what: "region",
      };
    case "xdp_umem":
      return registerBody(
        "xdp",
        ref(event.fd, 0),
        [{ address: event.addr, length: event.len }],
        true,
        undefined,
      );
    case "vmsplice":
      return {
        kind: "splicePages",
        descriptor: ref(event.fd, 0),
        bytes: event.len,
        buffers: [{ address: event.addr, length: event.len }],
      };
    case "pipe_read":
      return pipeReadBody(event.fd, event.len);
    default:
      return undefined;
  }
}

function pipeReadBody(descriptor: number, result: number): EventBody {
  const of = ref(descriptor, 0);
  return { kind: "transferEnd", call: "read", descriptor: of, read: true, buffers: [], result };
}
