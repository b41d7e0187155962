import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckAnswer, Checker } from "../../src/cli/check/jobs.ts";
import { type CheckOptions, runCheck } from "../../src/cli/check/run-check.ts";
import type { Session } from "../../src/cli/session.ts";
import type { VerdictWord } from "../../src/verdict/result.ts";
import { bad, good, resultOf } from "../report/samples.ts";

const source = `Linux MPROTECT+pin
"A pinned page is made read-only and writable again."
{ page x = anon; }
P0 { h = io_uring_register(x); mprotect(x, R); mprotect(x, RW); x = 1; dma_write(h, 2); r0 = x; }
exists (P0:r0 = 1)
with ..v5.8: never; v5.9: always
`;

const shelf = {
  kernels: ["v5.8", "v5.9", "p1"].map((name) => ({ name, summary: `is ${name}` })),
  lineage: ["v5.8", "v5.9"],
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-check-"));
  writeFileSync(join(folder, "MPROTECT+pin.litmus"), source);
  writeFileSync(join(folder, "typo.litmus"), source.replace("mprotect(x, R)", "mprotct(x, R)"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers each kernel with a word; undefined is no answer at all. */
function answering(words: Record<string, VerdictWord | CheckAnswer | undefined>): Checker {
  return async (jobs, _signal, onAnswer) => {
    jobs.forEach(({ kernel }, index) => {
      const word = words[kernel];
      if (typeof word === "object") {
        onAnswer(index, word);
      } else if (word !== undefined) {
        const valuations = word === "always" ? [bad] : [good];
        onAnswer(index, {
          kind: "result",
          result: resultOf({ verdict: word, kernel, valuations }),
        });
      }
    });
  };
}

async function run(
  given: readonly string[],
  checker: Checker,
  options: Partial<CheckOptions> = {},
  interrupted = false,
) {
  let out = "";
  let err = "";
  const interrupt = new AbortController();
  if (interrupted) {
    interrupt.abort();
  }
  const terminal = { isTerminal: false, columns: undefined };
  const session: Session = {
    out: { ...terminal, write: (text) => (out += text) },
    err: { ...terminal, write: (text) => (err += text) },
    environment: {},
    folder,
    signal: interrupt.signal,
  };
  const all: CheckOptions = {
    color: "auto",
    format: [],
    output: undefined,
    quiet: false,
    verbose: false,
    kernel: [],
    set: [],
    schedule: "free",
    memory: "sequential",
    all: false,
    checkpoint: undefined,
    resume: undefined,
    withoutReordering: [],
    limitStates: undefined,
    maxMemory: undefined,
    timeout: undefined,
    fingerprint: false,
    reductions: undefined,
    ample: true,
    chains: true,
    symmetry: true,
    include: [],
    ...options,
  };
  const code = await runCheck(given, all, { shelf, checker, session });
  return { code, out, err };
}

const asWritten = answering({ "v5.8": "never", "v5.9": "always", p1: "sometimes" });

describe("pinfold check", () => {
  test("as expected on the line, nothing expected off it", async () => {
    const { code, out, err } = await run(["MPROTECT+pin.litmus"], asWritten);
    expect(out).toContain("v5.8 never | v5.9 always | p1 sometimes");
    expect(out).toContain("2 as expected, 0 not as expected, 1 with nothing expected");
    expect(err).toBe("");
    expect(code).toBe(0);
  });

  test("not as expected is 1 and named", async () => {
    const { code, out } = await run(
      ["MPROTECT+pin.litmus"],
      answering({ "v5.8": "always", "v5.9": "always", p1: "never" }),
    );
    expect(out).toContain("v5.8 always (expected never)");
    expect(code).toBe(1);
  });

  test("one kernel gives herd's report", async () => {
    const { code, out } = await run(["MPROTECT+pin.litmus"], asWritten, { kernel: ["v5.9"] });
    expect(out).toMatch(/^Observation MPROTECT\+pin Always 1 0$/m);
    expect(out).toContain("Condition exists (P0:r0 = 1)");
    expect(code).toBe(0);
  });

  test("a typo is drawn on the error stream; the other test is still checked", async () => {
    const { code, out, err } = await run([".", "gone.litmus"], asWritten);
    expect(err).toMatch(/typo\.litmus:4:32: error PF101: /);
    expect(err.match(/error PF/g)).toHaveLength(1);
    expect(err).toContain("cannot find gone.litmus");
    expect(out).toContain("2 as expected");
    expect(code).toBe(2);
  });

  test("a kernel that is none names the nearest and checks nothing", async () => {
    const { code, out, err } = await run(["."], asWritten, { kernel: ["v5.8,v5.99"] });
    expect(err).toContain('unknown kernel "v5.99"; did you mean v5.9?');
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("what the model refuses by name is told and is no pass", async () => {
    const refused: CheckAnswer = {
      kind: "refused",
      diagnostics: [
        { code: "PF150", severity: "error", message: "no thp yet", span: { start: 0, end: 1 } },
      ],
    };
    const { code, out } = await run(
      ["MPROTECT+pin.litmus"],
      answering({ "v5.8": refused, "v5.9": refused, p1: refused }),
    );
    expect(out).toContain("no thp yet");
    expect(out).toContain("3 not modelled");
    expect(code).toBe(4);
  });

  test("an interrupt prints what is known", async () => {
    const { code, out } = await run(
      ["MPROTECT+pin.litmus"],
      answering({ "v5.8": "never" }),
      {},
      true,
    );
    expect(out).toContain("v5.8 never | v5.9 not run");
    expect(code).toBe(130);
  });

  test("an error of ours asks for a report; its stack only with -v", async () => {
    const crashed: CheckAnswer = { kind: "crashed", message: "frame -1", stack: "at mm.ts:1" };
    const checker = answering({ "v5.8": crashed });
    const quiet = await run(["MPROTECT+pin.litmus"], checker);
    expect(quiet.code).toBe(255);
    expect(quiet.err).toContain("internal error: frame -1");
    expect(quiet.err).not.toContain("mm.ts");
    const loud = await run(["MPROTECT+pin.litmus"], checker, { verbose: true });
    expect(loud.err).toContain("at mm.ts:1");
  });

  test("JSON in a file leaves the text alone", async () => {
    const { out } = await run(["MPROTECT+pin.litmus"], asWritten, { format: ["json:out.json"] });
    expect(out).toContain("v5.9 always");
    const document = JSON.parse(readFileSync(join(folder, "out.json"), "utf8"));
    expect(document.results.map(({ expected }: { expected: string }) => expected)).toEqual([
      "never",
      "always",
      null,
    ]);
  });

  test("a report that cannot be written is 2", async () => {
    const { code, err } = await run(["MPROTECT+pin.litmus"], asWritten, { format: ["json:no/x"] });
    expect(err).toContain("cannot write no/x");
    expect(code).toBe(2);
  });
});
