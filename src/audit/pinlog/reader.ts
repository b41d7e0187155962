/** Reads a pinlog and tells the same events as the strace reader does. */
import type { Buffer, DescriptorRef, EventSink, Moment, TraceEvent } from "../event.ts";
import { LeastFirst } from "../queue.ts";
import type { EventBody } from "../strace/call.ts";
import { ownText } from "../trace-source.ts";
import { bodyOf, directDescriptor, openBody, ref, registerBody, ringRef } from "./body.ts";
import { isKnownEvent, type PinlogEvent, pinlogEvent } from "./schema.ts";

/** io_uring requests are reaped by their own number, whichever ring they went through. */
const ringContext = 1_000_003;

/** Recorders empty one buffer a processor: so many events may stand before an older one. */
const heldMax = 1 << 16;

interface Held {
  readonly event: PinlogEvent;
  readonly time: number;
  readonly line: number;
  readonly stack: string[];
}

/** Equal times keep the order of their lines. */
function isBefore(a: Held, b: Held): boolean {
  return a.time < b.time || (a.time === b.time && a.line < b.line);
}

type Ev<K extends PinlogEvent["ev"]> = Extract<PinlogEvent, { readonly ev: K }>;

export class PinlogReader {
  readonly counts = { lines: 0, malformed: 0, events: 0 };
  readonly #sink: EventSink;
  readonly #source: number;
  readonly #order: () => number;
  readonly #held = new LeastFirst<Held>([], isBefore);
  #heldCount = 0;
  #lastTime = Number.NEGATIVE_INFINITY;
  #now: Held | undefined;
  #stack: string[] = [];
  #inStack = false;
  #asked = new Map<number, { readonly ring: DescriptorRef; readonly buffers: Buffer[] }>();
  #unregistering = new Map<number, DescriptorRef>();
  #forking = new Map<number, string>();
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
    else if (/^Lost \d+ events/.test(line)) this.#malformed(line, "lost");
    else if (/^Attaching \d+ probes/.test(line)) return;
    else this.#malformed(line, "foreign");
  }

  #moment(time: number | undefined): Moment {
    const at = time === undefined ? Number.NaN : time / 1000;
    const line = this.#now?.line ?? this.counts.lines;
    return { order: this.#order(), source: this.#source, line, time: at };
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
    if (!isKnownEvent(value)) {
      this.#malformed(line, "unknown event");
      return;
    }
    const parsed = pinlogEvent.safeParse(value);
    if (!parsed.success) {
      this.#malformed(line, "malformed");
      return;
    }
    this.counts.events++;
    this.#hold(parsed.data);
  }

  #hold(event: PinlogEvent): void {
    const time = event.ev === "begin" ? undefined : event.t;
    this.#lastTime = time ?? this.#lastTime;
    this.#stack = [];
    const held = { event, time: this.#lastTime, line: this.counts.lines, stack: this.#stack };
    this.#held.add(held);
    this.#heldCount++;
    if (this.#heldCount > heldMax) this.#release();
  }

  #release(): void {
    const least = this.#held.least;
    if (least === undefined) return;
    this.#held.settle(false);
    this.#heldCount--;
    this.#now = least;
    this.#take(least.event);
    this.#now = undefined;
  }

  /** No more lines: what was held for its turn has it. */
  finish(): void {
    while (this.#heldCount > 0) this.#release();
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
    const tid = event.tid ?? event.pid;
    const stack = this.#now?.stack ?? [];
    this.#sink.event({ ...body, tid, begin: at, end: at, stack } as TraceEvent);
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
    if (event.ev === "exec" && tid !== event.pid) {
      // A thread that executes takes the leader's number.
      this.#sink.moveThread(tid, event.pid);
      this.#emit(
        { ...event, tid: event.pid },
        { kind: "exec", file: event.file, newTid: undefined },
      );
      return;
    }
    this.#sink.seen(tid, this.#moment(event.t));
    switch (event.ev) {
      case "fork":
      case "fork_failed":
      case "newtask":
        this.#fork(event, tid);
        return;
      case "uring_reg":
        this.#ask(tid, ringRef(event.fd, event.slot), { address: event.addr, length: event.len });
        return;
      case "uring_reg_ret":
        this.#registered(event, tid);
        return;
      case "uring_unreg":
        this.#unregistering.set(tid, ringRef(event.fd, event.slot));
        return;
      case "uring_unreg_ret":
        this.#unregistered(event, tid);
        return;
      case "uring_drain":
        this.#emit(event, { kind: "destroyContext", context: ringContext });
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

  #ask(tid: number, ring: DescriptorRef, buffer: Buffer): void {
    const asked = this.#asked.get(tid);
    if (asked?.ring.number === ring.number) asked.buffers.push(buffer);
    else this.#asked.set(tid, { ring, buffers: [buffer] });
  }

  /** Where only the new task is told, the fork begins and ends with it. */
  #fork(event: Ev<"fork"> | Ev<"fork_failed"> | Ev<"newtask">, tid: number): void {
    const call = event.ev === "fork" ? event.call : (this.#forking.get(tid) ?? "newtask");
    const begun = this.#forking.delete(tid);
    if (event.ev === "fork") {
      this.#forking.set(tid, call);
      this.#emit(event, { kind: "forkBegin", call, flags: undefined, setTid: undefined });
      return;
    }
    if (event.ev === "fork_failed") {
      if (begun) this.#emit(event, { kind: "forkEnd", call, flags: undefined, child: undefined });
      return;
    }
    const { flags, child, pinned_vm } = event;
    if (!begun) this.#emit(event, { kind: "forkBegin", call, flags, setTid: child });
    const pinned = pinned_vm === undefined ? {} : { pinnedPages: pinned_vm };
    this.#emit(event, { kind: "forkEnd", call, flags, child, ...pinned });
  }

  /** A recorder may list the first buffers only, or none: then it tells the ring and the number. */
  #registered(event: Ev<"uring_reg_ret">, tid: number): void {
    const asked = this.#asked.get(tid);
    this.#asked.delete(tid);
    const ring =
      asked?.ring ?? (event.fd === undefined ? undefined : ringRef(event.fd, event.slot));
    if (ring === undefined || event.ret < 0) return;
    const buffers = asked?.buffers ?? [];
    const body = registerBody("io_uring", ring, buffers, true, undefined);
    const count = event.n ?? buffers.length;
    const slots = event.first === undefined ? undefined : { first: event.first, count };
    const moreUnseen = Math.max(0, count - buffers.length);
    this.#emit(event, { ...body, slots, moreUnseen } as EventBody);
  }

  #unregistered(event: Ev<"uring_unreg_ret">, tid: number): void {
    const descriptor = this.#unregistering.get(tid);
    this.#unregistering.delete(tid);
    if (descriptor === undefined || event.ret < 0) return;
    this.#emit(event, { kind: "unregister", descriptor, handle: undefined, what: "buffers" });
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
