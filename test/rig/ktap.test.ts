import { describe, expect, it } from "vitest";
import { readKtap } from "../../src/rig/ktap.ts";

describe("readKtap", () => {
  it("reads nested tests with their parents", () => {
    const report = readKtap(
      [
        "KTAP version 1",
        "1..2",
        "  KTAP version 1",
        "  1..3",
        "  ok 1 PFW+write",
        "  not ok 2 PFW+ro+fast",
        "  ok 3 PFW+thp # SKIP no THP",
        "# PFW: model says Never",
        "not ok 1 PFW",
        "ok 2 FW",
      ].join("\n"),
    );
    expect(report.planned).toBe(2);
    expect(report.tests.map((test) => [test.name, test.ok])).toEqual([
      ["PFW", false],
      ["FW", true],
    ]);
    const inner = report.tests[0]?.tests ?? [];
    expect(inner.map((test) => test.ok)).toEqual([true, false, true]);
    expect(inner[2]).toMatchObject({ name: "PFW+thp", directive: "SKIP", reason: "no THP" });
    expect(report.tests[0]?.diagnostics).toEqual(["PFW: model says Never"]);
    expect(report.tests[1]?.tests).toEqual([]);
  });

  it("reads kselftest's older form, with the text behind the directive", () => {
    const report = readKtap(
      "TAP version 13\n1..3\nok 1 one\nok 3 # SKIP THP not supported\nnot ok 4",
    );
    expect(report.tests[1]).toMatchObject({
      number: 3,
      name: "THP not supported",
      directive: "SKIP",
    });
    expect(report.tests[2]).toMatchObject({ ok: false, number: 4, name: "" });
  });

  it("passes over a kernel's log and carriage returns", () => {
    const report = readKtap(
      "[    1.2] KTAP version 1 is not here\r\nKTAP version 1\r\n1..1\r\n[ 3.0] BUG: ok 1 nothing\r\nok 1 - a # TIMEOUT\r\n",
    );
    expect(report.tests).toHaveLength(1);
    expect(report.tests[0]).toMatchObject({ name: "a", directive: "TIMEOUT", ok: true });
  });

  it("keeps the tests of a level whose parent never reported, and what was under way", () => {
    const report = readKtap(
      "KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n  ok 1 a\n  # running b",
    );
    expect(report.tests.map((test) => test.name)).toEqual(["a"]);
    expect(report.unfinished).toEqual(["running b"]);
  });

  it("tells words that begin like a result from results", () => {
    expect(readKtap("okay 1 no\nnotok 2 no\nok1 no").tests).toEqual([]);
  });
});
