import { describe, expect, test } from "vitest";
import { summarise, type TestOutcome } from "../support/summary.ts";

const passed: TestOutcome = { name: "a > works", state: "passed", reason: undefined };
const failed: TestOutcome = { name: "a > breaks", state: "failed", reason: undefined };
const skipped: TestOutcome = { name: "a > boots", state: "skipped", reason: "no QEMU" };

describe("the last line of a test run", () => {
  test("counts passed and failed", () => {
    expect(summarise([passed, failed, passed], [], false)).toEqual({
      lines: ["2 passed, 1 failed"],
      failed: true,
    });
  });

  test("names every skipped test with its reason and counts it", () => {
    expect(summarise([passed, skipped], [], false)).toEqual({
      lines: ["SKIP a > boots: no QEMU", "1 passed, 0 failed, 1 skipped"],
      failed: false,
    });
  });

  test("turns a skip into a failure where nothing may be skipped", () => {
    const summary = summarise([passed, skipped], [], true);
    expect(summary.failed).toBe(true);
    expect(summary.lines.at(-1)).toBe("1 passed, 1 failed");
  });

  test("counts a file that could not be loaded as a failure", () => {
    const summary = summarise([passed], ["test/x.test.ts: cannot import y"], false);
    expect(summary.failed).toBe(true);
    expect(summary.lines.at(-1)).toBe("1 passed, 1 failed");
  });

  test("a run without tests is a failure", () => {
    expect(summarise([], [], false).failed).toBe(true);
  });
});
