/** What a rule may know beyond the fork it judges, and the finding it starts from. */
import type { BlindSpot, Confidence, Finding, Severity, Shape } from "../finding.ts";
import type { ForkRecord } from "../state/world.ts";
import type { RuleId } from "./catalog.ts";
import { callsiteOf, childFate, viewFork, viewProcess } from "./views.ts";

export interface RuleContext {
  /** Bytes from which a fork that copies them is worth a warning. */
  readonly copyThreshold: number;
  readonly explain: boolean;
  /** What switches fork protection on in every process, as `NAME=value`. */
  readonly protection: string | undefined;
  report(finding: Finding): void;
  blind(spot: BlindSpot): void;
}

export interface FindingParts {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: string;
  readonly hazardous?: boolean;
  readonly pins?: Finding["pins"];
  readonly remarks?: readonly string[];
  readonly shape?: Shape | undefined;
}

/** A finding about a fork: who, where and what the child did are the fork's. */
export function forkFinding(fork: ForkRecord, parts: FindingParts): Finding {
  const process = viewProcess(fork.process);
  const view = viewFork(fork);
  return {
    rule: parts.rule,
    severity: parts.severity,
    confidence: parts.confidence,
    hazardous: parts.hazardous ?? false,
    process,
    at: { source: view.source, line: view.line, time: view.time },
    fork: view,
    pins: parts.pins ?? [],
    message: parts.message,
    remarks: parts.remarks ?? [],
    shape: parts.shape,
    callsite: callsiteOf(process, fork.call, fork.stack),
  };
}

export function baseShape(fork: ForkRecord): Shape {
  return {
    kind: "pin",
    by: "io_uring",
    page: "anon",
    writable: true,
    child: childFate(fork),
    racing: false,
    advised: false,
  };
}
