/** Verdicts, advice and outputs, with a model that is made up: it loses on "old" unless advised. */
import { describe, expect, test } from "vitest";
import { drawAuditJson } from "../../src/audit/output/json.ts";
import { drawAuditSarif } from "../../src/audit/output/sarif.ts";
import { drawAudit } from "../../src/audit/output/text.ts";
import { failing, makeReport } from "../../src/audit/report.ts";
import type { Model } from "../../src/audit/verdicts.ts";
import { audit, end, forkAndExit, pinned, register, ring, start } from "./trace.ts";

const none: ReadonlySet<string> = new Set();
const hazard = `${pinned}\n${forkAndExit}\n${end}`;
const advised = `${start}\n${ring}\n100 1.00035 madvise(0x7f0000100000, 65536, MADV_DONTFORK) = 0\n${register}\n${forkAndExit}\n${end}`;

function modelOf(kernels: readonly string[], asked: string[] = []): Model {
  return {
    kernels,
    lineage: kernels,
    ask: (text, kernel) => {
      asked.push(`${kernel} ${text.split("\n")[0]}`);
      const lost = kernel === "old" && !text.includes("DONTFORK") && !text.includes("shared");
      return lost ? { verdict: "always", run: ["P0: fork(P1);"] } : { verdict: "never" };
    },
  };
}

describe("the model decides", () => {
  test("verdicts, advice that is proved, in order of least change, the run", () => {
    const report = makeReport(audit(hazard), modelOf(["old", "new"]), none);
    const [finding] = report.findings;
    expect(finding?.verdicts).toEqual({ old: "always", new: "never" });
    expect(finding?.advice.map((advice) => [advice.edit, advice.provedFor])).toEqual([
      ["dontfork", ["old"]],
      ["shared", ["old"]],
      ["kernel", []],
    ]);
    expect(finding?.run).toEqual({ kernel: "old", steps: ["P0: fork(P1);"] });
    expect(report.forks.hazardousOn).toEqual({ old: 1, new: 0 });
    expect(failing(report, "medium")).toHaveLength(1);
  });

  test("what no target kernel loses is told and does not fail", () => {
    const report = makeReport(audit(hazard), modelOf(["new"]), none);
    expect(report.findings.map(({ rule, applies, severity }) => [rule, applies, severity])).toEqual(
      [["PIN-FORK-PRIVATE", false, "info"]],
    );
    expect(failing(report, "info")).toEqual([]);
  });

  test("equal shapes are asked once", () => {
    const asked: string[] = [];
    const twice = `${hazard}\n${hazard.replaceAll("100 ", "300 ").replaceAll("101", "301").replaceAll("/bin/demo", "/bin/other")}`;
    expect(makeReport(audit(twice), modelOf(["old", "new"], asked), none).findings).toHaveLength(2);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("advice is needless exactly where no target kernel loses without it", () => {
    const rules = (kernels: readonly string[]) =>
      makeReport(audit(advised), modelOf(kernels), none).findings.map((finding) => finding.rule);
    expect(rules(["new"])).toEqual(["DONTFORK-NEEDLESS"]);
    expect(rules(["old", "new"])).toEqual([]);
  });

  test("without a model there is neither verdict nor advice", () => {
    const [finding] = makeReport(audit(hazard), undefined, none).findings;
    expect([finding?.verdicts, finding?.advice]).toEqual([{}, []]);
  });

  test("a baseline hides what it knows, by an id that does not depend on pids or lines", () => {
    const first = makeReport(audit(hazard), undefined, none);
    const ids = new Set(first.findings.map((finding) => finding.id));
    const again = `noise\n${hazard.replaceAll("100 ", "700 ").replaceAll("101", "701")}`;
    const second = makeReport(audit(again), undefined, ids);
    expect([second.findings.length, second.known]).toEqual([0, 1]);
  });
});

describe("outputs", () => {
  const report = makeReport(audit(hazard), modelOf(["old", "new"]), none);

  test("JSON has the promised names", () => {
    const json = JSON.parse(drawAuditJson(report, "1.2.3"));
    expect(json.schema).toBe(1);
    expect(json.findings[0]).toMatchObject({
      rule: "PIN-FORK-PRIVATE",
      severity: "high",
      confidence: "certain",
      fork: { line: 7, call: "clone", child: "exits" },
      verdicts: { old: "always", new: "never" },
      occurrences: [{ line: 7, pid: 100 }],
    });
    expect(json.findings[0].pins[0]).toMatchObject({ kind: "io_uring", line: 6, bareBytes: 65536 });
    expect(json.blindSpots).toEqual([]);
    expect(json.forks).toMatchObject({ total: 1, safe: 0, hazardous: 1 });
  });

  test("SARIF is 2.1.0 with rules, places and fingerprints", () => {
    const sarif = JSON.parse(drawAuditSarif(report, "1.2.3"));
    expect(sarif.version).toBe("2.1.0");
    const [run] = sarif.runs;
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual([
      "PIN-FORK-PRIVATE",
    ]);
    expect(run.results[0].level).toBe("error");
    expect(run.results[0].locations[0].physicalLocation.region.startLine).toBe(7);
    expect(run.results[0].partialFingerprints["pinfold/v1"]).toBe(report.findings[0]?.id);
  });

  test("text tells who, which lines, the strip, why and what to do", () => {
    const text = drawAudit(report);
    for (const words of [
      "/bin/demo (pid 100), test.strace:7",
      "io_uring registered buffers, 64 KiB, test.strace:6",
      "kernels: old LOST | new ok",
      "why (shortest run on old)",
      "do: madvise(MADV_DONTFORK)",
      "1 of 1 forks hazardous",
    ]) {
      expect(text).toContain(words);
    }
  });

  test("silence is not safety when the recording is blind", () => {
    const late = "100 1.1 clone(child_stack=NULL, flags=SIGCHLD) = 101";
    expect(drawAudit(makeReport(audit(late), undefined, none))).toContain("inconclusive");
  });
});
