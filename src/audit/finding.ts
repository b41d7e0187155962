/**
 * What the auditor answers, as data: findings, blind spots, counts of forks. Words are put to it
 * by src/audit/output, verdicts and advice by the model that the caller hands in.
 */
import type { Moment, PinInterface, Range } from "./event.ts";
import type { RuleId } from "./rules/catalog.ts";

export type Severity = "high" | "medium" | "low" | "info";
export const severities: readonly Severity[] = ["info", "low", "medium", "high"];

/** Certain: seen in the trace. Likely: one thing is assumed. Possible: something unseen decides. */
export type Confidence = "certain" | "likely" | "possible";

export interface Place {
  readonly source: number;
  readonly line: number;
  /** Seconds on the trace's clock; undefined when it has none. */
  readonly time: number | undefined;
}

export interface ForkView extends Place {
  readonly call: string;
  readonly flags: number | undefined;
  readonly stack: readonly string[];
  readonly threads: number;
  /** What the child did: ran on, executed a program, exited, or was not seen. */
  readonly child: "lives" | "execs" | "exits";
  readonly childPid: number | undefined;
  readonly waitedAtOnce: boolean;
}

export interface PinView extends Place {
  readonly kind: PinInterface | "direct read" | "direct write" | "vmsplice" | "opaque";
  readonly what: string;
  readonly pid: number;
  readonly bytes: number;
  readonly bareBytes: number;
  readonly bare: readonly Range[];
  readonly covered: readonly Range[];
  readonly stack: readonly string[];
}

export interface ProcessView {
  readonly pid: number;
  readonly name: string | undefined;
}

/** What decides a verdict, and nothing else: equal shapes are asked once. */
export interface Shape {
  readonly kind:
    | "pin"
    | "direct read"
    | "direct write"
    | "vmsplice"
    | "vmsplice child"
    | "read-only pin";
  readonly by: PinInterface;
  readonly page: "anon" | "thp" | "hugetlb" | "private file";
  readonly writable: boolean;
  readonly child: "lives" | "execs" | "exits";
  /** The registration was under way while another thread forked. */
  readonly racing: boolean;
  /** The pinned page is advised (asked to learn whether the advice is needed). */
  readonly advised: boolean;
}

export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Counts its fork as hazardous. */
  readonly hazardous: boolean;
  readonly process: ProcessView;
  readonly at: Place;
  readonly fork: ForkView | undefined;
  readonly pins: readonly PinView[];
  readonly message: string;
  /** What would settle the doubt, or soften the blow. */
  readonly remarks: readonly string[];
  readonly shape: Shape | undefined;
  readonly callsite: string;
}

export interface BlindSpot {
  readonly kind: string;
  readonly message: string;
  /** How to record so that it is seen. */
  readonly advice: string;
  readonly process: ProcessView | undefined;
  readonly at: Place | undefined;
  /** Forks whose safety it leaves open. */
  readonly forks: number;
}

export function placeOf(at: Moment): Place {
  return {
    source: at.source,
    line: at.line,
    time: Number.isNaN(at.time) ? undefined : at.time / 1e6,
  };
}
