/** The words that several reports share, so that they never say the same thing differently. */
import { reorderings } from "../mm/reorderings.ts";
import type { CheckResult } from "../verdict/result.ts";
import type { Outcome } from "./check-report.ts";

/** 1204 -> "1,204". Written out because a locale would change the report. */
export function grouped(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 step", "2 steps" */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "complete", "unknown beyond 1,000 states", or what else cut the search: "interrupted". */
export function reach({ complete, bound }: Pick<CheckResult, "complete" | "bound">): string {
  if (complete) {
    return "complete";
  }
  const words = bound ?? "its bound";
  return /^\d|bound$/.test(words) ? `unknown beyond ${words}` : words;
}

/** "sequential memory", or "weak memory (pin-after-recheck)" where not all reorderings are meant. */
export function memoryWords({ memory }: Pick<CheckResult, "memory">): string {
  const some = memory.reorderings.length < reorderings.length;
  const named = memory.order === "weak" && some ? ` (${memory.reorderings.join(", ")})` : "";
  return `${memory.order} memory${named}`;
}

/** The verdict in one word for a cell or a line. */
export function verdictWord(outcome: Outcome): string {
  if (outcome.judgement === "not-run") {
    return "not run";
  }
  if (outcome.judgement === "not-modelled") {
    return "not modelled";
  }
  return outcome.result?.verdict ?? "unknown";
}

/** "Never" */
export function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** A rig's name in a table: of a .deb or an image the file alone, for paths are longer than lines. */
export function rigWord(rig: string): string {
  return rig.startsWith("debian:") ? rig : rig.slice(rig.lastIndexOf("/") + 1);
}
