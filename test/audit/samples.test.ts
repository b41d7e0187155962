/**
 * Recorded programs and what is true of each: which forks are hazardous and which rules say so. A
 * safe one must stay silent, so every row is both a green and, for all other rules, a red.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { auditTrace } from "../../src/audit/audit.ts";

const folder = new URL("../fixtures/audit/samples/", import.meta.url);

interface Truth {
  readonly name: string;
  readonly hazardous: number;
  readonly rules: readonly string[];
  readonly blind?: readonly string[];
}

const truths: readonly Truth[] = [
  { name: "t01", hazardous: 1, rules: ["PIN-FORK-PRIVATE"] },
  { name: "t02", hazardous: 0, rules: [] },
  { name: "t03", hazardous: 0, rules: [] },
  { name: "t05", hazardous: 0, rules: [] },
  { name: "t12", hazardous: 2, rules: ["PIN-FORK-PRIVATE"] },
  { name: "t20", hazardous: 0, rules: [] },
  { name: "t21", hazardous: 1, rules: ["PIN-FORK-PARTIAL"] },
  { name: "t30", hazardous: 1, rules: ["DIO-FORK-RACE"] },
  { name: "t42", hazardous: 0, rules: ["VMSPLICE-CHILD"] },
  { name: "t43", hazardous: 1, rules: ["PIN-FORK-PRIVATE"] },
  { name: "t51", hazardous: 0, rules: ["PIN-UNKNOWN"], blind: ["device-ioctl"] },
  { name: "t60", hazardous: 0, rules: [] },
  { name: "t61", hazardous: 1, rules: ["PIN-FORK-PRIVATE"] },
  { name: "t69", hazardous: 0, rules: [] },
];

describe("recorded programs", () => {
  test.each(truths)("$name", ({ name, hazardous, rules, blind }) => {
    const files = readdirSync(folder).filter((file) => file.startsWith(`${name}.strace`));
    const sources = files.map((file) => ({
      name: file,
      chunks: [readFileSync(new URL(file, folder), "latin1")],
    }));

    const report = auditTrace(sources);

    // Whether advice is needless only the model can say.
    const found = report.findings.filter((finding) => finding.rule !== "DONTFORK-NEEDLESS");
    expect([...new Set(found.map((finding) => finding.rule))]).toEqual(rules);
    expect(report.forks.hazardous).toBe(hazardous);
    expect(report.blindSpots.map((spot) => spot.kind)).toEqual(blind ?? []);
    expect(report.notes).toEqual([]);
  });

  test("t21 by BPF: half of the buffer is advised", () => {
    const chunks = [readFileSync(new URL("t21.jsonl", folder), "latin1")];
    const report = auditTrace([{ name: "t21.jsonl", chunks }]);
    expect(report.findings.map((finding) => finding.rule)).toEqual(["PIN-FORK-PARTIAL"]);
    expect([report.forks.hazardous, report.blindSpots]).toEqual([1, []]);
  });
});
