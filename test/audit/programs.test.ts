/**
 * Real programs, run under the recorder and audited: what pins and what forks is known from their
 * source. Where strace, a compiler or io_uring is missing the tests are skipped, and say so.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { auditTrace } from "../../src/audit/audit.ts";
import { straceArguments } from "../../src/audit/record/strace.ts";
import { cPrograms, type Expected, holdingPrograms, pythonPrograms } from "./programs/programs.ts";

const sources = fileURLToPath(new URL("./programs/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pinfold-programs-"));

function works(command: string, given: readonly string[]): boolean {
  return spawnSync(command, given, { cwd: folder, stdio: "ignore" }).status === 0;
}

let missing: string | undefined;
let noPython: string | undefined;
/** The interpreter itself: a shim in front of it would fork too. */
let python = "python3";
beforeAll(() => {
  const build = (name: string) =>
    works("gcc", ["-O1", "-pthread", "-w", "-o", join(folder, name), join(sources, `${name}.c`)]);
  if (!build("pins") || !build("holds")) missing = "gcc with a C library";
  else if (!works("strace", ["-o", join(folder, "probe"), "true"])) missing = "a working strace";
  else if (!works(join(folder, "pins"), ["uring_fork"])) missing = "io_uring";
  const asked = "import sys; print(sys.executable); sys.exit(sys.version_info < (3, 10))";
  const answer = spawnSync("python3", ["-c", asked], { encoding: "utf8" });
  if (answer.status === 0) python = answer.stdout.trim();
  else noPython = "python3 from 3.10 on";
  const reason = missing ?? noPython;
  if (reason !== undefined) console.warn(`SKIPPED: recorded programs need ${reason}`);
}, 60_000);

function auditOf(log: string) {
  const files = readdirSync(folder).filter((file) => file === log || file.startsWith(`${log}.`));
  return auditTrace(
    files.map((name) => ({ name, chunks: [readFileSync(join(folder, name), "latin1")] })),
  );
}

function expectAsKnown(log: string, expected: Expected): void {
  const report = auditOf(log);
  const told = report.findings.filter((one) => one.confidence !== "possible" && one.hazardous);
  expect(report.forks.total).toBe(expected.total);
  if (expected.some === true) expect(report.forks.hazardous).toBeGreaterThan(0);
  else expect(report.forks.hazardous).toBe(expected.hazardous);
  expect([...new Set(told.map((one) => one.rule))]).toEqual(expected.rules ?? []);
  if (expected.blind === true)
    expect([report.forks.safe, report.blindSpots.length]).toEqual([0, 1]);
  else expect(report.blindSpots).toEqual([]);
}

/** As --record does it, and two styles of people's own. */
const styles: Readonly<Record<string, (log: string, direct: boolean) => readonly string[]>> = {
  recorder: (log, directIo) => straceArguments({ log, command: [], directIo }),
  separate: (log) => ["-ff", "-tt", "-T", "-v", "-o", log],
  raw: (log) => ["-f", "-r", "-Xraw", "-xx", "-o", log],
};

/**
 * The recorder gets all, the other styles one half each. Whether a read runs while the fork does is
 * left to chance where strace slows both.
 */
function programsOf(style: string, all: readonly Expected[]): readonly Expected[] {
  if (style === "recorder") return all;
  const half = style === "raw" ? 1 : 0;
  return all.filter((one, index) => one.some !== true && index % 2 === half);
}

const cases = Object.keys(styles).flatMap((style) => [
  ...programsOf(style, cPrograms).map((expected) => ({ style, file: "pins", expected })),
  ...programsOf(style, holdingPrograms).map((expected) => ({ style, file: "holds", expected })),
]);

describe("C programs", () => {
  test.for(cases)("$style: $file $expected.name", ({ style, file, expected }, { skip }) => {
    if (missing !== undefined) skip(`needs ${missing}`);
    const { name } = expected;
    const log = `${style}-${name}`;
    const given = (styles[style] as (typeof styles)[string])(
      join(folder, log),
      /direct|aio|splice|submitted/.test(name),
    );
    const { status } = spawnSync("strace", [...given, join(folder, file), name], {
      cwd: folder,
      stdio: "ignore",
    });
    if (status === 77) skip("the kernel lacks what it needs");
    expect(status).toBe(0);
    expectAsKnown(log, expected);
  });
});

describe("Python programs", () => {
  test.for(pythonPrograms)("$name", { timeout: 30_000 }, (expected, { skip }) => {
    const lacking = missing ?? noPython;
    if (lacking !== undefined) skip(`needs ${lacking}`);
    const log = `python-${expected.name}`;
    const given = straceArguments({ log: join(folder, log), command: [], directIo: false });
    const script = join(sources, "pins.py");
    const { status } = spawnSync("strace", [...given, python, script, expected.name], {
      cwd: folder,
      stdio: "ignore",
    });
    expect(status).toBe(0);
    expectAsKnown(log, expected);
  });
});
