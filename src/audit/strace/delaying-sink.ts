/**
 * A line is printed when its call returns but stamped when it was entered. Where whole lines of
 * several threads were put together by time, a long call's end is held back until other threads have
 * come that far. In a log that strace wrote in one go nothing is ever held for long.
 */
import type {
  DescriptorRef,
  EventSink,
  FileKind,
  Moment,
  ReaderNote,
  TraceEvent,
} from "../event.ts";

/** The clock of -T and the clock of the stamps may differ by so much. */
const jitterUs = 5;

/** Effects at return that another thread's calls may overlap. */
const heldBack = new Set<TraceEvent["kind"]>([
  "transferEnd",
  "reap",
  "enter",
  "destroyContext",
  "movePipe",
  "remoteEnd",
]);

/** Passes events on, those that end later when their time has come. */
export class DelayingSink implements EventSink {
  readonly #sink: EventSink;
  readonly #held: TraceEvent[] = [];

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  get watching(): boolean {
    return this.#sink.watching;
  }

  event(event: TraceEvent): void {
    if (this.#held.length > 0) this.advance(event.begin.time);
    if (!heldBack.has(event.kind) || !(event.end.time > event.begin.time)) {
      this.#sink.event(event);
      return;
    }
    const at = this.#held.findIndex((other) => other.end.time > event.end.time);
    if (at < 0) this.#held.push(event);
    else this.#held.splice(at, 0, event);
  }

  /** Releases what has ended by `time`. */
  advance(time: number): void {
    while (this.#held.length > 0 && !((this.#held[0] as TraceEvent).end.time > time + jitterUs)) {
      this.#sink.event(this.#held.shift() as TraceEvent);
    }
  }

  seen(tid: number, at: Moment): void {
    if (this.#held.length > 0) this.advance(at.time);
    this.#sink.seen(tid, at);
  }
  call(tid: number, name: string): void {
    this.#sink.call(tid, name);
  }
  saw(name: string): void {
    this.#sink.saw(name);
  }
  announced(tid: number, at: Moment): void {
    this.#sink.announced(tid, at);
  }
  rename(from: number, to: number): void {
    this.#sink.rename(from, to);
  }
  moveThread(from: number, to: number): void {
    this.#sink.moveThread(from, to);
  }
  knows(tid: number): boolean {
    return this.#sink.knows(tid);
  }
  soleThread(): number | undefined {
    return this.#sink.soleThread();
  }
  forkOpen(tid: number): boolean {
    return this.#sink.forkOpen(tid);
  }
  special(tid: number, number: number, text: string, at: number): boolean {
    return this.#sink.special(tid, number, text, at);
  }
  fileKind(tid: number, descriptor: DescriptorRef): FileKind | undefined {
    return this.#sink.fileKind(tid, descriptor);
  }
  note(note: ReaderNote): void {
    this.#sink.note(note);
  }
}
