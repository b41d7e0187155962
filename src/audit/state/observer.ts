/** What the state tells the rules: things that happened which a rule may make a finding of. */
import type { Moment, Range } from "../event.ts";
import type { OpenFile, Splice } from "./descriptors.ts";
import type { Registration } from "./pins.ts";
import type { ForkRecord, Process } from "./world.ts";

export interface Observer {
  /** A fork's interval is over, its I/O has ended and its child has executed or gone. */
  settled(fork: ForkRecord): void;
  /** CLONE_VM without CLONE_THREAD: vfork, posix_spawn. */
  spawned(fork: ForkRecord, pinned: number): void;
  holeFault(process: Process, signal: string, address: number, hole: Range, at: Moment): void;
  ringUsedByChild(process: Process, file: OpenFile, at: Moment): void;
  staleUse(process: Process, registration: Registration, at: Moment): void;
  outlivedClose(
    process: Process,
    registrations: readonly Registration[],
    closed: Moment,
    at: Moment,
  ): void;
  splicedThenUnmapped(process: Process, splice: Splice, at: Moment): void;
  lateForkInit(process: Process, registration: Registration, at: Moment): void;
  readOnlyPinOfShared(process: Process, registration: Registration, sharers: number): void;
  adviceLeak(process: Process, ranges: number, bytes: number, at: Moment): void;
}
