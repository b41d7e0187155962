/** The rules at work: hears from the state what happened and reports what is wrong with it. */
import type { Moment, Range } from "../event.ts";
import { type Finding, type PinView, placeOf } from "../finding.ts";
import type { OpenFile, Splice } from "../state/descriptors.ts";
import type { Observer } from "../state/observer.ts";
import type { Registration } from "../state/pins.ts";
import type { ForkRecord, Process } from "../state/world.ts";
import { TimelineKeeper } from "../timeline.ts";
import { baseShape, type FindingParts, forkFinding, type RuleContext } from "./context.ts";
import { judgeRemotes, judgeSplices, judgeTransfers } from "./io-at-fork.ts";
import {
  judgeBlindness,
  judgeHoles,
  judgeMemorySlots,
  judgeOpaque,
  judgeRings,
} from "./others-at-fork.ts";
import { judgePins } from "./pins-at-fork.ts";
import { callsiteOf, formatRange, viewProcess, viewRegistration, viewSplice } from "./views.ts";

const forkRules: readonly ((context: RuleContext, fork: ForkRecord) => void)[] = [
  judgePins,
  judgeTransfers,
  judgeSplices,
  judgeRemotes,
  judgeOpaque,
  judgeRings,
  judgeHoles,
  judgeMemorySlots,
  judgeBlindness,
];

/** Forks counted by what is known of them. */
export interface ForkCounts {
  total: number;
  hazardous: number;
  /** Neither hazardous nor known to be safe. */
  unknown: number;
  /** vfork, posix_spawn: share the address space and copy nothing. */
  spawns: number;
}

/** A child that outlives its parent's close by less is only on its way out. */
const outliveUs = 5000;

export class Judge implements Observer {
  readonly forks: ForkCounts = { total: 0, hazardous: 0, unknown: 0, spawns: 0 };
  readonly timeline = new TimelineKeeper();
  readonly #context: RuleContext;
  #hazard = false;
  #doubt = false;
  #reporting: RuleContext;
  #outlived: {
    readonly process: Process;
    readonly registrations: readonly Registration[];
    readonly at: Moment;
  }[] = [];

  constructor(context: RuleContext) {
    this.#context = context;
    this.#reporting = {
      ...context,
      report: (finding) => {
        this.#hazard ||= finding.hazardous;
        this.#doubt ||= finding.confidence === "possible";
        context.report(finding);
      },
      blind: (spot) => {
        this.#doubt = true;
        context.blind(spot);
      },
    };
  }

  settled(fork: ForkRecord): void {
    this.#hazard = false;
    this.#doubt = false;
    for (const rule of forkRules) rule(this.#reporting, fork);
    this.forks.total++;
    if (this.#hazard) this.forks.hazardous++;
    else if (this.#doubt) this.forks.unknown++;
    this.timeline.add(fork, this.#hazard ? "hazardous" : this.#doubt ? "unknown" : "safe");
    this.#checkOutlived(fork.begin, fork);
  }

  spawned(fork: ForkRecord, pinned: number): void {
    this.forks.spawns++;
    if (!this.#context.explain || pinned === 0) return;
    this.#context.report(
      forkFinding(fork, {
        rule: "SAFE-SPAWN",
        severity: "info",
        confidence: "certain",
        message: `${fork.call} shares the address space: ${pinned} registration(s) stay as they are.`,
      }),
    );
  }

  holeFault(process: Process, signal: string, address: number, hole: Range, at: Moment): void {
    this.#report(process, at, {
      rule: "DONTFORK-CHILD-FAULT",
      severity: "high",
      confidence: "certain",
      message: `${signal} at 0x${address.toString(16)}: ${formatRange(hole)} was advised MADV_DONTFORK when this process was forked.`,
    });
  }

  ringUsedByChild(process: Process, file: OpenFile, at: Moment): void {
    this.#report(process, at, {
      rule: "RING-USED-BY-CHILD",
      severity: "high",
      confidence: "certain",
      message: `A child of process ${file.pid} submits to the ring that process made (line ${file.opened.line}).`,
    });
  }

  staleUse(process: Process, registration: Registration, at: Moment): void {
    const stale = registration.stale;
    this.#report(process, at, {
      rule: "STALE-REGISTRATION",
      severity: "medium",
      confidence: "certain",
      pins: [viewRegistration(registration)],
      message: `The ring is used although registered memory was unmapped (${stale === undefined ? "" : `${formatRange(stale.range)}, line ${stale.at.line}`}).`,
    });
  }

  outlivedClose(
    process: Process,
    registrations: readonly Registration[],
    _closed: Moment,
    at: Moment,
  ): void {
    if (this.#outlived.length < 64) this.#outlived.push({ process, registrations, at });
  }

  /** Told at each later fork and at the end: do the pins still stand? */
  #checkOutlived(now: Moment, fork: ForkRecord | undefined): void {
    if (this.#outlived.length === 0) return;
    this.#outlived = this.#outlived.filter((entry) => {
      const live = entry.registrations.filter(
        (one) => one.ended === undefined || one.ended.time - entry.at.time > outliveUs,
      );
      const first = live[0];
      const forked =
        fork !== undefined && fork.begin.order > entry.at.order && fork.process === entry.process;
      const over = now.time - entry.at.time > outliveUs || fork === undefined;
      if (first === undefined) return !over;
      if (!forked && !over) return true;
      this.#report(entry.process, entry.at, {
        rule: "REG-OUTLIVES-CLOSE",
        severity: "medium",
        confidence: "certain",
        pins: live.map(viewRegistration),
        message: `The ${first.file.kind} is closed here, but a forked child holds it: its pins stay.`,
      });
      return false;
    });
  }

  splicedThenUnmapped(process: Process, splice: Splice, at: Moment): void {
    const fork = process.fork;
    this.#report(process, at, {
      rule: "VMSPLICE-CHILD",
      severity: "high",
      confidence: "certain",
      pins: [viewSplice(splice)],
      message:
        "A child spliced inherited private memory into a pipe and unmapped it: it can read what its parent writes later.",
      shape: fork === undefined ? undefined : { ...baseShape(fork), kind: "vmsplice child" },
    });
  }

  lateForkInit(process: Process, registration: Registration, at: Moment): void {
    this.#report(process, at, {
      rule: "LATE-FORK-INIT",
      severity: "medium",
      confidence: "likely",
      pins: [viewRegistration(registration)],
      message: `ibv_fork_init probes MADV_DONTFORK after memory was registered (line ${registration.begin.line}): it fails and protects nothing.`,
    });
  }

  readOnlyPinOfShared(process: Process, registration: Registration, sharers: number): void {
    this.#report(process, registration.begin, {
      rule: "PIN-AFTER-FORK-RO",
      severity: "medium",
      confidence: "possible",
      pins: [viewRegistration(registration)],
      message: `Memory is pinned for reading while ${sharers} forked process(es) may still share it: the next write leaves the pin behind.`,
      shape: {
        kind: "read-only pin",
        by: registration.by,
        page: "anon",
        writable: false,
        child: "lives",
        racing: false,
        advised: false,
      },
    });
  }

  adviceLeak(process: Process, ranges: number, bytes: number, at: Moment): void {
    this.#report(process, at, {
      rule: "DONTFORK-LEAK",
      severity: "medium",
      confidence: "likely",
      message: `${ranges} ranges (${bytes} bytes) are advised MADV_DONTFORK without a live registration, and their number grows.`,
    });
  }

  finish(now: Moment): void {
    this.#checkOutlived(now, undefined);
  }

  #report(process: Process, at: Moment, parts: FindingParts): void {
    const view = viewProcess(process);
    const pins: readonly PinView[] = parts.pins ?? [];
    const finding: Finding = {
      rule: parts.rule,
      severity: parts.severity,
      confidence: parts.confidence,
      hazardous: false,
      process: view,
      at: placeOf(at),
      fork: undefined,
      pins,
      message: parts.message,
      remarks: parts.remarks ?? [],
      shape: parts.shape,
      callsite: callsiteOf(view, parts.rule, pins[0]?.stack ?? []),
    };
    this.#context.report(finding);
  }
}
