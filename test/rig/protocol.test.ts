import { describe, expect, it } from "vitest";
import { plannedCases, readNumbered, readResults, unfinishedCase } from "../../src/rig/protocol.ts";

const text = [
  "garbage from the firmware",
  "=== pinfold up",
  "=== pinfold begin /test.bin",
  "KTAP version 1",
  "1..4",
  "# running PFW+anon.o0",
  "# order P0.0 P0.1 P1.0",
  "# trials 100",
  "# valuation 99 0:r0=1; 1:r0=0; x=2;",
  "# valuation 1 0:r0=1; 1:r0=0; x=1;",
  "# note the page was on a per-CPU batch",
  "ok 1 PFW+anon.o0",
  "# running PFW+anon.o12",
  "[   12.3] something the kernel says",
  "ok 2 PFW+anon.o12 # SKIP no huge pages",
  "# running FW.o0",
  "# why a child was killed",
  "not ok 3 FW.o0",
  "# running UFW.o0",
].join("\n");

describe("readResults", () => {
  it("reads every case with its order and valuations", () => {
    const [first, second, third, ...others] = readResults(text);
    expect(first).toEqual({
      test: "PFW+anon",
      orderIndex: 0,
      order: "P0.0 P0.1 P1.0",
      trials: 100,
      valuations: [
        { count: 99, text: "0:r0=1; 1:r0=0; x=2;" },
        { count: 1, text: "0:r0=1; 1:r0=0; x=1;" },
      ],
      status: "ok",
      why: "",
      notes: ["the page was on a per-CPU batch"],
    });
    expect(second).toMatchObject({ orderIndex: 12, status: "skip", why: "no huge pages" });
    expect(second?.valuations).toEqual([]);
    expect(third).toMatchObject({ test: "FW", status: "fail", why: "a child was killed" });
    expect(others).toEqual([]);
  });

  it("does not take a skipped case for one that went well when its line was cut", () => {
    const [cut] = readNumbered("KTAP version 1\n1..1\n# running X.o0 1\nok 1 X.o0");
    expect(cut?.result.status).toBe("ok");
    expect(cut?.whole).toBe(false);
    const [skipped] = readNumbered("KTAP version 1\n1..1\n# running X.o0 1\nok 1 X.o0 # SKIP no");
    expect(skipped?.whole).toBe(true);
  });

  it("gives a case nothing that was said by the one before, whose result line was lost", () => {
    const lines = ["# running X.o0 1", "# state 0 P0 x 0 3 1a 1 1 0", "# running Y.o0 2"];
    lines.push("# state 0 P0 x 0 5 2b 1 1 0", "# trials 0", "ok 2 Y.o0");
    const [only, ...others] = readNumbered(["KTAP version 1", "1..2", ...lines].join("\n"));
    expect(only?.result).toMatchObject({ test: "Y", states: ["state 0 P0 x 0 5 2b 1 1 0"] });
    expect(others).toEqual([]);
  });

  it("names the case that never reported", () => {
    expect(unfinishedCase(text)).toBe("UFW.o0");
    expect(unfinishedCase(`${text}\nok 4 UFW.o0`)).toBeUndefined();
    expect(plannedCases(text)).toBe(4);
  });
});
