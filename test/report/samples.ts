/** A small report to draw: one test on four kernels, as a check would make it. */
import type { CheckedTest, CheckReport, Outcome } from "../../src/report/check-report.ts";
import type { Judgement } from "../../src/verdict/judgement.ts";
import type { CheckResult, Run, StatePicture, Valuation } from "../../src/verdict/result.ts";

export const bad: Valuation = { values: [{ name: "0:r0", value: "1" }], holds: true };
export const good: Valuation = { values: [{ name: "0:r0", value: "2" }], holds: false };

const before: StatePicture = {
  maps: [{ process: "P0", page: "x", entry: "RW dirty", frame: 0 }],
  frames: [{ frame: 0, ref: 1025, map: 1, pins: 1, data: "0", flags: ["anon"] }],
  pins: [{ handle: "mr", frame: 0 }],
};

const after: StatePicture = {
  maps: [
    { process: "P0", page: "x", entry: "R dirty", frame: 0 },
    { process: "P1", page: "x", entry: "R", frame: 0 },
  ],
  frames: [{ frame: 0, ref: 1026, map: 2, pins: 1, data: "0", flags: ["anon"] }],
  pins: [{ handle: "mr", frame: 0 }],
};

export const sampleRun: Run = {
  steps: [
    {
      actor: "P0",
      statement: "fork(P1);",
      path: ["fork", "copy_present_pte(x)"],
      label: "write-protect the source PTE",
      changes: [{ what: "PTE(P0:x)", before: "RW dirty", after: "R dirty" }],
      source: "src/mm/fork.ts:42",
    },
    {
      actor: "P0",
      statement: "fork(P1);",
      path: ["fork", "copy_present_pte(x)"],
      label: "map the page in the child",
      changes: [
        { what: "ref(frame 0)", before: "1025", after: "1026" },
        { what: "map(frame 0)", before: "1", after: "2" },
      ],
      source: "src/mm/fork.ts:47",
    },
    {
      actor: "P1",
      statement: "r0 = x;",
      path: [],
      label: "load",
      changes: [],
      source: "src/mm/fault.ts:10",
    },
    {
      actor: "P0",
      statement: "fork(P1);",
      path: ["fork"],
      label: "drop mmap_lock",
      changes: [],
      source: "src/mm/fork.ts:60",
    },
  ],
  pictures: [
    { after: 0, picture: before },
    { after: 2, picture: after },
    { after: 4, picture: after },
  ],
  end: bad,
};

/** A complete result that saw these ends, unless told otherwise. */
export function resultOf(given: Partial<CheckResult>): CheckResult {
  return {
    test: "RDMA+fork",
    kernel: "v5.8",
    schedule: "free",
    memory: { order: "sequential", reorderings: [] },
    verdict: "never",
    complete: true,
    bound: undefined,
    quantifier: "exists",
    valuations: [good],
    states: 1204,
    transitions: 3100,
    seconds: 0.01,
    run: undefined,
    notes: [],
    broken: undefined,
    asks: [],
    notModelled: [],
    ...given,
  };
}

/** An outcome on a kernel. */
export function outcomeOf(
  kernel: string,
  judgement: Judgement | "not-run",
  given: Partial<CheckResult> | undefined,
  expected: Outcome["expected"] = undefined,
): Outcome {
  const result = given === undefined ? undefined : resultOf({ ...given, kernel });
  return { kernel, expected, judgement, result, why: [] };
}

/** A test with outcomes. */
export function testOf(outcomes: readonly Outcome[], name = "RDMA+fork"): CheckedTest {
  return {
    name,
    file: `litmus/${name}.litmus`,
    doc: "The device's write is lost.",
    hash: "4eac32f5",
    quantifier: "exists",
    condition: "exists (P0:r0 = 1)",
    outcomes,
  };
}

export const lineage: readonly string[] = ["v5.7", "v5.8", "v5.9-rc4", "v5.9"];

/** A report over these tests; its kernels are those of the first one. */
export function reportOf(tests: readonly CheckedTest[]): CheckReport {
  const kernels = tests[0]?.outcomes.map(({ kernel }) => kernel) ?? [];
  return {
    tests,
    broken: [],
    kernels: kernels.map((name) => ({ name, summary: `summary of ${name}` })),
    lineage,
    interrupted: false,
  };
}

/** The usual mixture: lost up to v5.9-rc4, never on v5.9. */
export const sampleOutcomes: readonly Outcome[] = [
  ...["v5.7", "v5.8", "v5.9-rc4"].map((kernel) =>
    outcomeOf(
      kernel,
      "as-expected",
      { verdict: "always", valuations: [bad], run: sampleRun },
      "always",
    ),
  ),
  outcomeOf("v5.9", "as-expected", {}, "never"),
];
