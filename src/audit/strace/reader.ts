/**
 * Reads strace's text line by line and tells an EventSink what happened. It joins `<unfinished ...>`
 * with `<... resumed>`, lines cut in two by strace's own messages or by the program's output, finds
 * out who an unprefixed line belongs to, and attaches stack frames that follow a call. Lines that
 * decide nothing are skipped after a walk over their prefix and name: a log is mostly those.
 */
import type { EventSink, Moment, TraceEvent } from "../event.ts";
import { ownText } from "../trace-source.ts";
import type { CallContext, CallRule, EventBody } from "./call.ts";
import { callRules, callRulesByHash } from "./calls.ts";
import { noCounts, type ReaderCounts } from "./counts.ts";
import { gluedCall, isProse, later, pendingTail, restOfCall } from "./phrases.ts";
import { isClock, type Prefix, readPrefix, timeOf } from "./prefix.ts";
import { splitFrom } from "./split.ts";
import { numberOf, returnOf } from "./value.ts";

/** The thread whose lines carry no pid, until a line tells its number. */
export const unnamedThread = 0;

interface Pending {
  readonly name: string;
  readonly text: string;
  readonly begin: Moment;
  /** A second line of the same call may carry it to another tid (execve of a thread). */
  readonly rule: CallRule;
}

const letGo = "<detached ...>";
const noFrames: string[] = [];
const day = 86400e6;

/** Reads one strace log (or one file of a `-ff` set, whose thread is then given). */
export class StraceReader implements CallContext {
  readonly counts: ReaderCounts = noCounts();
  readonly segments = new Map<number, number>();
  /** Calls that any line showed, to tell a filtered trace from an idle program. */
  readonly seenNames = new Set<string>();
  /** Some line told which thread it is of. */
  sawPrefix = false;
  #sink: EventSink;
  #source: number;
  #fixedTid: number;
  #order: () => number;
  #prefix: Prefix = { tid: -1, timeStart: 0, timeEnd: 0, body: 0 };
  #pending = new Map<number, Pending>();
  #tid = unnamedThread;
  #rootNamed = false;
  #announced = new Set<number>();
  #partial: { tid: number; text: string; begin: Moment } | undefined;
  #stack: string[] | undefined;
  #clock = Number.NaN;
  #days = 0;
  #relative = 0;
  #line = 0;
  #now = Number.NaN;
  /** Stamps tell microseconds: coarser ones cannot be set against -T. */
  #fine = false;
  #next = Number.NaN;

  constructor(sink: EventSink, source: number, order: () => number, fixedTid = -1) {
    this.#sink = sink;
    this.#source = source;
    this.#order = order;
    this.#fixedTid = fixedTid;
  }

  fileKind(descriptor: { readonly number: number; readonly path: string | undefined }) {
    return this.#sink.fileKind(this.#tid, descriptor);
  }

  environment(): void {
    this.counts.environments++;
  }

  /** One line, text[start, end) without its newline; `next` is the time of its thread's next line. */
  line(text: string, start: number, end: number, next = Number.NaN): void {
    this.#next = next;
    this.counts.lines++;
    this.#line++;
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    if (stop === start) return;
    const first = text.charCodeAt(start);
    if (first === 32 && this.#isContinuationOfCall(text, start, stop)) return;
    const prefix = this.#prefix;
    readPrefix(text, start, stop, prefix);
    const body = prefix.body;
    const code = text.charCodeAt(body);
    if (text.charCodeAt(stop - 2) === 46 && text.startsWith(letGo, stop - letGo.length))
      this.#detached(text.slice(start, stop));
    if ((code >= 97 && code <= 122) || code === 95 || code === 63)
      this.#callLine(text, start, body, stop);
    else if (code === 60) this.#resumedLine(text, start, body, stop);
    else if (code === 43) this.#endLine(text, start, body, stop);
    else if (code === 45) this.#signalLine(text, start, body, stop);
    else this.#otherLine(text, start, stop);
  }

  /** Lines that were begun and never ended count as cut off. */
  finish(): void {
    if (this.#partial !== undefined) this.#malformed(this.#partial.text, this.#partial.begin);
    this.#partial = undefined;
  }

  // Stack frames (` > lib(func+0x1) [0x2]`) and hex dumps (` | 00000 ...`).
  #isContinuationOfCall(text: string, start: number, end: number): boolean {
    if (text.charCodeAt(start + 2) !== 32) return false;
    const mark = text.charCodeAt(start + 1);
    if (mark === 124) return true;
    if (mark !== 62) return false;
    if (this.#stack !== undefined && this.#stack.length < 64)
      this.#stack.push(ownText(text.slice(start + 3, end)));
    return true;
  }

  #moment(text: string): Moment {
    return { order: this.#order(), source: this.#source, line: this.#line, time: this.#time(text) };
  }

  #time(text: string): number {
    const { timeStart, timeEnd } = this.#prefix;
    if (timeEnd <= timeStart) return this.#now;
    const time = timeOf(text, timeStart, timeEnd);
    this.#fine = text.charCodeAt(timeEnd - 7) === 46 || timeEnd - timeStart > 18;
    if (isClock(text, timeStart)) {
      if (time + day / 2 < this.#clock) this.#days += day;
      this.#clock = time;
      this.#now = time + this.#days;
    } else if (time < 1e14) {
      this.#relative += time;
      this.#now = this.#relative;
    } else this.#now = time;
    return this.#now;
  }

  /** Who this line belongs to; tells the sink that the thread lives. */
  #enterThread(text: string, body: number): void {
    let tid = this.#fixedTid >= 0 ? this.#fixedTid : this.#prefix.tid;
    if (this.#prefix.tid >= 0) this.sawPrefix = true;
    if (tid < 0) tid = this.#unprefixedThread();
    else if (!this.#rootNamed && this.#fixedTid < 0) tid = this.#nameRoot(tid, text, body);
    if (tid === this.#tid && this.#entered && !this.#sink.watching) return;
    this.#tid = tid;
    this.#entered = true;
    this.#sink.seen(tid, this.#moment(text));
  }

  #entered = false;

  /** strace drops the prefix while only one thread is left, and before the first child. */
  #unprefixedThread(): number {
    return (
      this.#sink.soleThread() ?? (this.#sink.knows(unnamedThread) ? unnamedThread : this.#root)
    );
  }

  #root = unnamedThread;

  /** The first prefixed line of somebody who is no known child names the thread of the bare lines. */
  #nameRoot(tid: number, text: string, body: number): number {
    if (!this.#sink.knows(unnamedThread)) {
      this.#rootNamed = true;
      this.#root = tid;
      return tid;
    }
    if (this.#sink.knows(tid) || this.#announced.has(tid)) return tid;
    const waiting = this.#pending.get(unnamedThread);
    const resumes = text.startsWith("<... ", body);
    if (waiting !== undefined && !resumes) return tid;
    if (waiting === undefined && this.#sink.forkOpen(unnamedThread)) return tid;
    this.#sink.rename(unnamedThread, tid);
    const pending = this.#pending.get(unnamedThread);
    if (pending !== undefined) {
      this.#pending.delete(unnamedThread);
      this.#pending.set(tid, pending);
    }
    this.#rootNamed = true;
    this.#root = tid;
    return tid;
  }

  #callLine(text: string, start: number, body: number, end: number): void {
    let hash = 0;
    let at = body;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 40) break;
      hash = (Math.imul(hash, 31) + code) | 0;
      if (at - body > 40) break;
    }
    if (text.charCodeAt(at) !== 40 || at === body || text.charCodeAt(at - 1) === 32) {
      this.#otherLine(text, start, end);
      return;
    }
    if (!this.#inStyle(text, start, body)) {
      this.#otherLine(text, start, end);
      return;
    }
    this.#stack = undefined;
    if (this.#partial !== undefined) this.#dropPartial();
    this.#enterThread(text, body);
    this.counts.calls++;
    const rule = callRulesByHash.get(hash);
    if (rule === undefined || !text.startsWith(rule.name, body)) {
      if (this.#sink.watching) this.#sink.call(this.#tid, text.slice(body, at));
      return;
    }
    if (this.#sink.watching) this.#sink.call(this.#tid, rule.name);
    this.#names(rule.name);
    if (rule.gated === true && !this.#passesGate(text, at + 1)) return;
    const call = text.slice(body, end);
    if (rule.skip?.(call, this.#fdTaken) === true) return;
    this.counts.decoded++;
    this.#decode(rule, ownText(call), this.#moment(text), undefined);
  }

  #timed = false;
  #numbered = false;
  #salvaging = false;

  /**
   * strace stamps every line or none, and writes the pid before every line of a file or (`[pid N]`)
   * only where it helps. A line that looks like a call and lacks what the others have is the program's.
   */
  #inStyle(text: string, start: number, body: number): boolean {
    const { tid, timeStart, timeEnd } = this.#prefix;
    const timed = timeEnd > timeStart;
    const numbered = tid >= 0 && text.charCodeAt(start) !== 91;
    const begins = text.startsWith("execve(", body);
    if (begins && this.#fixedTid < 0) {
      this.#timed = timed;
      this.#numbered = numbered;
    }
    if (this.#salvaging) return true;
    if ((this.#timed && !timed) || (this.#numbered && !numbered)) return false;
    this.#timed = timed;
    this.#numbered = numbered;
    return true;
  }

  readonly #fdTaken = (number: number) => this.#sink.special(this.#tid, number, "", 0);

  #lastName = "";
  #names(name: string): void {
    if (name === this.#lastName) return;
    this.#lastName = name;
    if (this.seenNames.has(name)) return;
    this.seenNames.add(name);
    this.#sink.saw(name);
  }

  /** Whether something hangs on the descriptor that stands first among the arguments. */
  #passesGate(text: string, from: number): boolean {
    let at = from;
    let number = 0;
    if (text.charCodeAt(at) === 48 && text.charCodeAt(at + 1) === 120) {
      number = Number.parseInt(text.slice(at, at + 10), 16);
    } else {
      let code = text.charCodeAt(at);
      if (code < 48 || code > 57) return false;
      while (code >= 48 && code <= 57) {
        number = number * 10 + code - 48;
        code = text.charCodeAt(++at);
      }
    }
    return this.#sink.special(this.#tid, number, text, at);
  }

  /** A whole or unfinished call; `earlier` is its first half when this is the second. */
  #decode(rule: CallRule, text: string, now: Moment, earlier: Pending | undefined): void {
    const begin = earlier?.begin ?? now;
    const open = text.indexOf("(");
    const tail = text.endsWith(">") ? pendingTail(text) : undefined;
    if (tail !== undefined) {
      const pending = { name: rule.name, text: text.slice(0, tail.at), begin, rule };
      this.#pending.set(tail.newTid ?? this.#tid, pending);
      if (tail.newTid !== undefined) this.#sink.moveThread(this.#tid, tail.newTid);
      if (earlier === undefined) this.#emitBegin(rule, pending.text, open, now);
      return;
    }
    const { args, after } = splitFrom(text, open + 1, text.length);
    const returned = after < 0 ? undefined : returnOf(text, after, text.length);
    if (returned === undefined) {
      if (after > 0 && earlier === undefined && isProse(text.slice(after))) this.#notACall(text);
      else this.#cutCall(text, begin);
      return;
    }
    if (earlier === undefined) this.#emitBegin(rule, text, open, now, args);
    const end =
      this.#fine && (rule.begin !== undefined || rule.timed === true)
        ? later(text, now, begin)
        : now;
    const call = { name: rule.name, args, returned, context: this };
    const event = rule.end(call);
    if (event === undefined) return;
    const bounded =
      !(end.time > begin.time) && this.#next > begin.time && now.order === begin.order;
    if (bounded && (event.kind === "transferEnd" || event.kind === "forkEnd")) {
      this.#emit({ ...event, loose: true }, begin, { ...end, time: this.#next }, true);
    } else this.#emit(event, begin, end, rule.stack === true);
  }

  #emitBegin(
    rule: CallRule,
    text: string,
    open: number,
    now: Moment,
    known?: readonly string[],
  ): void {
    if (rule.begin === undefined) return;
    const args = known ?? splitFrom(text, open + 1, text.length).args;
    const event = rule.begin({ name: rule.name, args: args, returned: undefined, context: this });
    if (event !== undefined) this.#emit(event, now, now, false);
  }

  #emit(event: EventBody, begin: Moment, end: Moment, wantsStack: boolean): void {
    const stack: string[] = wantsStack ? [] : noFrames;
    if (wantsStack) this.#stack = stack;
    // The body is this call's own object: filling it in is half the cost of copying it.
    const whole = event as { -readonly [K in keyof TraceEvent]: TraceEvent[K] };
    whole.tid = this.#tid;
    whole.begin = begin;
    whole.end = end;
    whole.stack = stack;
    this.#sink.event(whole as TraceEvent);
  }

  /** A call without an end on its line: output may have cut it, the next line may go on. */
  #cutCall(text: string, begin: Moment): void {
    if (text.endsWith(letGo)) return;
    const message = text.search(/strace: (?:Process|\[)/);
    const kept = message < 0 ? text : text.slice(0, message);
    if (message >= 0) this.#toolMessage(text.slice(message));
    this.#partial = { tid: this.#tid, text: kept, begin };
  }

  /** A program's own words may look like a call: `fork() failed`. */
  #notACall(text: string): void {
    this.counts.calls--;
    this.counts.decoded--;
    this.counts.foreign++;
    this.#sink.note({ reason: "foreign", at: this.#foreignMoment(), text: text.slice(0, 60) });
  }

  #dropPartial(): void {
    const partial = this.#partial;
    this.#partial = undefined;
    if (partial !== undefined) this.#malformed(partial.text, partial.begin);
  }

  #malformed(text: string, at: Moment): void {
    this.counts.malformed++;
    this.#sink.note({ reason: "malformed", at, text: text.slice(0, 120) });
  }

  #resumedLine(text: string, start: number, body: number, end: number): void {
    if (!text.startsWith("<... ", body)) {
      this.#otherLine(text, start, end);
      return;
    }
    const resumed = text.indexOf(" resumed>", body);
    if (resumed < 0 || resumed > end) {
      this.#otherLine(text, start, end);
      return;
    }
    this.#stack = undefined;
    this.#enterThread(text, body);
    const pending = this.#pending.get(this.#tid);
    const name = text.slice(body + 5, resumed);
    const rule = callRules.get(name);
    if (rule === undefined) return;
    if (pending === undefined || pending.name !== name) {
      if (rule.gated === true || (rule.begin !== undefined && name.startsWith("exit"))) return;
      this.#orphan(rule, text.slice(resumed + 9, end), text);
      return;
    }
    this.#pending.delete(this.#tid);
    this.counts.decoded++;
    this.#decode(rule, pending.text + text.slice(resumed + 9, end), this.#moment(text), pending);
  }

  /** Its beginning was before the recording, or lost: only its result speaks. */
  #orphan(rule: CallRule, rest: string, text: string): void {
    const at = this.#moment(text);
    // In a -ff set the call of a thread that executes begins in its own file and ends in the leader's.
    const moved = this.#fixedTid >= 0 && rule.name === "execve";
    if (!moved) {
      this.counts.orphans++;
      this.#sink.note({ reason: "orphan", at, text: `${rule.name} resumed` });
    }
    if (!/clone|fork|exec/.test(rule.name)) return;
    this.#decode(rule, `${rule.name}(${rest.replace(/^, /, "")}`, at, undefined);
  }

  #endLine(text: string, start: number, body: number, end: number): void {
    const words = text.slice(body, end);
    const superseded = /^\+\+\+ superseded by execve in pid (\d+)/.exec(words);
    const killed = /^\+\+\+ killed by (SIG\w+)/.exec(words);
    if (superseded === null && killed === null && !words.startsWith("+++ exited")) {
      this.#otherLine(text, start, end);
      return;
    }
    this.#stack = undefined;
    this.#enterThread(text, body);
    const now = this.#moment(text);
    if (superseded !== null) {
      const by = Number(superseded[1]);
      this.#emit({ kind: "superseded", by }, now, now, false);
      const execve = this.#pending.get(by);
      if (execve !== undefined) this.#pending.set(this.#tid, execve);
      this.#pending.delete(by);
      return;
    }
    this.#pending.delete(this.#tid);
    this.#emit({ kind: "gone", signal: killed?.[1] }, now, now, false);
  }

  #signalLine(text: string, start: number, body: number, end: number): void {
    if (!text.startsWith("--- ", body)) {
      this.#otherLine(text, start, end);
      return;
    }
    this.#enterThread(text, body);
    const signal = /^--- (SIG\w+) \{.*?si_addr=(0x[0-9a-f]+|NULL)/.exec(text.slice(body, end));
    if (signal === null) return;
    const now = this.#moment(text);
    const fault = signal[1] as string;
    if (fault === "SIGSEGV" || fault === "SIGBUS") {
      this.#emit({ kind: "fault", signal: fault, address: numberOf(signal[2]) }, now, now, true);
    }
  }

  #toolMessage(text: string): void {
    const attached = /Process (\d+) attached/.exec(text);
    if (attached !== null) {
      // Before any line of its own, the one attached is the process that was asked for (-p).
      if (this.counts.calls === 0 && this.#root === unnamedThread) this.#root = Number(attached[1]);
      else this.#announced.add(Number(attached[1]));
      this.#sink.announced(Number(attached[1]), this.#moment(text));
    }
    if (/Process \d+ detached/.test(text)) this.#detached(text);
  }

  #detached(text: string): void {
    this.#sink.note({ reason: "detached", at: this.#moment(text), text: text.slice(0, 80) });
  }

  /** Anything else: the second half of a cut line, strace's own words, the program's output. */
  #otherLine(text: string, start: number, end: number): void {
    const words = text.slice(start, end);
    const partial = this.#partial;
    if (partial !== undefined && this.#joins(partial, words)) return;
    const message = words.search(/strace: (?:Process|\[)/);
    if (message >= 0) {
      this.#prefix.timeEnd = this.#prefix.timeStart;
      this.#toolMessage(words.slice(message));
      return;
    }
    this.counts.foreign++;
    const glued = gluedCall.exec(words);
    if (glued !== null) this.#salvage(words.slice(glued.index));
    else
      this.#sink.note({ reason: "foreign", at: this.#foreignMoment(), text: words.slice(0, 60) });
  }

  #foreignMoment(): Moment {
    return { order: this.#order(), source: this.#source, line: this.#line, time: this.#now };
  }

  /** The program wrote without a newline and strace went on in the same line. */
  #salvage(words: string): void {
    this.#line--;
    this.counts.lines--;
    this.#salvaging = true;
    this.line(words, 0, words.length);
    this.#salvaging = false;
  }

  /** ` <unfinished ...>`, `, child_tidptr=0x1) = 5`, `) = 0x2b0b` after a message or output. */
  #joins(partial: { tid: number; text: string; begin: Moment }, words: string): boolean {
    const rest = restOfCall(words);
    if (rest === undefined) return false;
    const rule = callRules.get(partial.text.slice(0, partial.text.indexOf("(")));
    if (rule === undefined) return false;
    this.#partial = undefined;
    this.#tid = partial.tid;
    this.#decode(rule, partial.text + rest, partial.begin, undefined);
    return true;
  }
}
