/**
 * Forks and the pins they found, in order of time, for drawing. Only so many are kept as a picture
 * can show; the findings count them all.
 */
import { childFate, viewRegistration } from "./rules/views.ts";
import type { Registration } from "./state/pins.ts";
import type { ForkRecord } from "./state/world.ts";

export type ForkSafety = "hazardous" | "unknown" | "safe";

export interface TimelineFork {
  readonly pid: number;
  readonly name: string | undefined;
  readonly child: number | undefined;
  readonly line: number;
  /** Microseconds; NaN where the recording has no clock. */
  readonly time: number;
  /** When the child executed, exited or was last known to live. */
  readonly childEnd: number | undefined;
  readonly fate: "lives" | "execs" | "exits";
  readonly safety: ForkSafety;
}

export interface TimelinePin {
  readonly pid: number;
  readonly what: string;
  readonly line: number;
  readonly bytes: number;
  readonly from: number;
  readonly to: number | undefined;
}

export interface Timeline {
  readonly forks: readonly TimelineFork[];
  readonly pins: readonly TimelinePin[];
}

const keptMax = 200;

export class TimelineKeeper {
  readonly #forks: { readonly fork: ForkRecord; readonly safety: ForkSafety }[] = [];
  readonly #pins = new Set<Registration>();

  add(fork: ForkRecord, safety: ForkSafety): void {
    if (this.#forks.length >= keptMax) return;
    this.#forks.push({ fork, safety });
    for (const registration of fork.pins.keys()) {
      if (this.#pins.size < keptMax) this.#pins.add(registration);
    }
  }

  timeline(): Timeline {
    const forks = this.#forks.map(({ fork, safety }) => ({
      pid: fork.process.pid,
      name: fork.process.name,
      child: fork.childTid,
      line: fork.begin.line,
      time: fork.begin.time,
      childEnd: (fork.childExec ?? fork.childExit)?.time,
      fate: childFate(fork),
      safety,
    }));
    const pins = [...this.#pins].map((registration) => {
      const { pid, what, line, bytes } = viewRegistration(registration);
      const { begin, ended } = registration;
      return { pid, what, line, bytes, from: begin.time, to: ended?.time };
    });
    return { forks: forks.sort((a, b) => a.time - b.time), pins };
  }
}
