/**
 * The sink that readers talk to: finds the thread of each event and hands both to the file that
 * knows what such an event changes. It also answers the readers' questions about who is alive.
 */
import type {
  DescriptorRef,
  EventSink,
  FileKind,
  Moment,
  ReaderNote,
  TraceEvent,
} from "../event.ts";
import { flags } from "../strace/constants.ts";
import { hasFlag } from "../strace/value.ts";
import { ownText } from "../trace-source.ts";
import * as files from "./files.ts";
import { handle } from "./handlers.ts";
import * as lives from "./lives.ts";
import type { Observer } from "./observer.ts";
import { makeWorld, type Thread, type World } from "./world.ts";

/** Forks that wait for the end of a child nobody saw are settled as they are beyond this many. */
const unsettledMax = 4096;
const notesKept = 50;
/** Calls that show what leaves a pipe. */
const readCalls = new Set(["read", "readv", "pipe_read"]);
const waits = new Set(["wait4", "waitid", "waitpid"]);

export class Tracker implements EventSink {
  readonly world: World = makeWorld();
  readonly #observer: Observer;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  get watching(): boolean {
    return this.world.awaiting > 0;
  }

  seen(tid: number, at: Moment): void {
    this.world.now = at;
    const thread = this.#thread(tid);
    const fork = thread.process.fork;
    if (fork !== undefined && !fork.copied && fork.childThread === thread)
      lives.closeInterval(this.world, fork);
  }

  #thread(tid: number): Thread {
    return lives.threadOf(this.world, tid);
  }

  /** The first call after a fork returned: a parent that waits at once writes nothing. */
  call(tid: number, name: string): void {
    const thread = this.world.threads.get(tid);
    const fork = thread?.returned;
    if (thread === undefined || fork === undefined) return;
    fork.waitedAtOnce = waits.has(name);
    thread.returned = undefined;
    this.world.awaiting--;
  }

  saw(name: string): void {
    if (readCalls.has(name)) this.world.readsSeen = true;
  }

  announced(_tid: number, at: Moment): void {
    this.world.now = at;
  }

  rename(from: number, to: number): void {
    const thread = this.world.threads.get(from);
    if (thread === undefined) return;
    this.world.threads.delete(from);
    thread.tid = to;
    this.world.threads.set(to, thread);
    if (thread.process.pid === from) (thread.process as { pid: number }).pid = to;
  }

  moveThread(from: number, to: number): void {
    lives.moveThread(this.world, from, to);
  }

  knows(tid: number): boolean {
    return this.world.threads.has(tid);
  }

  soleThread(): number | undefined {
    if (this.world.threads.size !== 1) return undefined;
    for (const tid of this.world.threads.keys()) return tid;
    return undefined;
  }

  forkOpen(tid: number): boolean {
    return this.world.threads.get(tid)?.fork !== undefined;
  }

  special(tid: number, number: number, text: string, at: number): boolean {
    const slots = this.world.threads.get(tid)?.process.files.slots;
    if (slots?.has(number) === true) return true;
    if (this.world.lateProcesses === 0 || text.charCodeAt(at) !== 60) return false;
    return lateSpecial.some((path) => text.startsWith(path, at + 1));
  }

  fileKind(tid: number, descriptor: DescriptorRef): FileKind | undefined {
    const thread = this.world.threads.get(tid);
    return thread === undefined ? undefined : files.lookup(this.world, thread, descriptor)?.kind;
  }

  note(note: ReaderNote): void {
    const { noteCounts, notes } = this.world;
    noteCounts.set(note.reason, (noteCounts.get(note.reason) ?? 0) + 1);
    if (notes.length < notesKept) notes.push({ ...note, text: ownText(note.text) });
  }

  event(event: TraceEvent): void {
    const world = this.world;
    world.now = event.end;
    const thread = this.#thread(event.tid);
    if (
      thread.transfer !== undefined &&
      event.kind !== "transferEnd" &&
      event.begin.order > thread.transfer.begin.order
    ) {
      // The return of the transfer was lost; it cannot still run while its thread does other things.
      thread.transfer = undefined;
    }
    handle(world, thread, event, this.#observer);
    if (world.unsettled.size > unsettledMax) {
      for (const fork of world.unsettled) {
        lives.settleIfDone(world, fork, this.#observer, true);
        break;
      }
    }
  }

  /** The trace is over: whatever still runs is judged as it stands. */
  finish(): void {
    for (const fork of [...this.world.unsettled])
      lives.settleIfDone(this.world, fork, this.#observer, true);
    for (const fork of [...this.world.openForks]) {
      if (fork.childTid === undefined || hasFlag(fork.flags, flags.CLONE_VM)) continue;
      fork.end = fork.begin;
      lives.settleIfDone(this.world, fork, this.#observer, true);
    }
  }
}

const lateSpecial = [
  "/dev/infiniband/",
  "anon_inode:[io_uring]",
  "XDP:[",
  "/dev/nvidia",
  "/dev/vfio/",
  "anon_inode:kvm-vm",
];
