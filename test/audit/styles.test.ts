/**
 * The same runs recorded in nine styles: to a file with all the trimmings, wall clock and raw reads,
 * standard error with the program's output mixed in, -ff, raw flags with hexadecimal strings and -r,
 * stacks with comms, seccomp-bpf, quiet with addresses and numbers, -ff without a common clock. And
 * recordings that cannot know: attached late, filtered, not followed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { auditTrace } from "../../src/audit/audit.ts";
import { blindOf, rulesOf } from "./trace.ts";

const folder = new URL("../fixtures/audit/styles/", import.meta.url);

function auditFiles(name: string) {
  const files = readdirSync(folder).filter((file) => file === name || file.startsWith(`${name}.`));
  expect(files.length).toBeGreaterThan(0);
  return auditTrace(
    files.map((file) => ({ name: file, chunks: [readFileSync(new URL(file, folder), "latin1")] })),
  );
}

const styles = [1, 2, 3, 4, 5, 6, 7, 8];

describe.each(styles)("style %i", (style) => {
  test("a fork with registered buffers", () => {
    const report = auditFiles(`fork.s${style}`);
    expect([report.forks.hazardous, report.forks.total]).toEqual([1, 1]);
    expect([rulesOf(report), blindOf(report)]).toEqual([["PIN-FORK-PRIVATE"], []]);
  });

  test("a fork by one of three threads", () => {
    const report = auditFiles(`thfork.s${style}`);
    expect([report.forks.hazardous, report.forks.total]).toEqual([1, 1]);
    expect([rulesOf(report), blindOf(report)]).toEqual([["PIN-FORK-PRIVATE"], []]);
  });

  test("an execve by a thread that is not the leader forks nothing", () => {
    const report = auditFiles(`thexec.s${style}`);
    expect([report.forks.total, rulesOf(report), blindOf(report)]).toEqual([0, [], []]);
  });

  test("a fork while another thread reads directly", () => {
    const report = auditFiles(`dio-race.s${style}`);
    expect([report.forks.hazardous, rulesOf(report)]).toEqual([1, ["DIO-FORK-RACE"]]);
  });
});

describe("recordings that cannot know", () => {
  test.each([
    ["fork.s9", 1, []],
    ["dio-race.s9", 0, ["no-clock"]],
    ["lateb.x", 0, ["attached-late"]],
    ["lateb.e", 0, ["attached-late"]],
    ["latet.e", 0, ["attached-late"]],
    ["filt.x", 0, ["filtered-memory"]],
    ["nofth.x", 0, ["not-followed"]],
    ["raw.x", 0, ["unseen-address"]],
  ] as const)("%s: %i hazardous, blind: %j", (name, hazardous, blind) => {
    const report = auditFiles(name);
    expect(report.forks.hazardous).toBe(hazardous);
    expect(blindOf(report)).toEqual(blind);
    if (blind.length > 0) expect(report.forks.safe).toBe(0);
  });
});

describe("stacks", () => {
  test("stand with the fork and the registration, and name the call site", () => {
    const [finding] = auditFiles("fork.s6").findings;
    expect(finding?.fork?.stack.join()).toContain("fork");
    expect(finding?.pins[0]?.stack.join()).toContain("main");
    expect(finding?.callsite).toContain("lab(main");
  });
});
