/** Whatever stands in a file, the auditor answers; what it could not read it counts and names. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditSnapshot, auditTrace } from "../../src/audit/audit.ts";
import { parseSnapshot } from "../../src/audit/snapshot/parse.ts";

const sample = (name: string) =>
  readFileSync(new URL(`../fixtures/audit/samples/${name}`, import.meta.url), "latin1");
const traces = ["t01.strace", "t12.strace", "t30.strace", "t42.strace", "t21.jsonl"].map(sample);
const audit = (chunks: readonly string[]) => auditTrace([{ name: "garbage", chunks }]);

describe("the auditor never falls over", () => {
  test("on text that is no trace", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        expect(audit([text]).forks.hazardous).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("on traces cut anywhere, in pieces cut anywhere", () => {
    fc.assert(
      fc.property(fc.constantFrom(...traces), fc.nat(), fc.nat(), (trace, cut, piece) => {
        const text = trace.slice(0, cut % trace.length);
        const at = text.length === 0 ? 0 : piece % text.length;
        const whole = audit([text]);
        const pieces = audit([text.slice(0, at), text.slice(at)]);
        expect(pieces.forks).toEqual(whole.forks);
        expect(whole.forks.hazardous).toBeLessThanOrEqual(2);
      }),
      { numRuns: 150 },
    );
  });

  test("on pieces of one character", () => {
    for (const trace of traces)
      expect(audit([...trace.slice(0, 3), trace.slice(3)]).forks).toEqual(audit([trace]).forks);
    expect(audit(["", ...(traces[4] as string)]).forks.total).toBe(1);
  });

  test("on lines lost, doubled, swapped and bytes changed", () => {
    const edit = fc.record({
      kind: fc.constantFrom("drop", "double", "swap", "byte", "cut"),
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...traces), fc.array(edit, { maxLength: 12 }), (trace, edits) => {
        const lines = trace.split("\n");
        for (const { kind, at, byte } of edits) {
          const index = at % lines.length;
          const line = lines[index] ?? "";
          if (kind === "drop") lines.splice(index, 1);
          else if (kind === "double") lines.splice(index, 0, line);
          else if (kind === "swap") [lines[index], lines[0]] = [lines[0] ?? "", line];
          else if (kind === "cut") lines[index] = line.slice(0, byte);
          else
            lines[index] = line.slice(0, byte) + String.fromCharCode(byte) + line.slice(byte + 1);
          if (lines.length === 0) lines.push("");
        }
        const { forks } = audit([lines.join("\n")]);
        expect(forks.safe).toBeGreaterThanOrEqual(0);
        expect(forks.hazardous + forks.safe + forks.unknown).toBe(forks.total);
      }),
      { numRuns: 300 },
    );
  });

  test("on a snapshot of noise", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (text) => {
        const texts = {
          maps: text,
          smaps: text,
          status: text,
          fd: text,
          fdinfo: new Map([[3, text]]),
        };
        expect(auditSnapshot("noise", parseSnapshot(texts)).forks.total).toBe(1);
      }),
    );
  });
});

describe("a program's own words among the lines", () => {
  const disguises: Readonly<Record<string, string>> = {
    "a call in prose": "fork() failed, retrying\nprogress: 10% (3/4) = done",
    "a call with a result that is none": "Hello clone(world) = fun",
    "bytes that are no text": "\0\0\x1b[1m\xff",
    nothing: "",
  };

  test.each(Object.entries(disguises))("%s changes no answer", (_name, words) => {
    for (const trace of traces.filter((text) => !text.startsWith("{"))) {
      const noisy = trace.replace(/\n/g, `\n${words}\n`);
      const [plain, mixed] = [audit([trace]), audit([noisy])];
      expect(mixed.forks).toEqual(plain.forks);
      expect(mixed.findings.map((one) => one.id)).toEqual(plain.findings.map((one) => one.id));
      expect(mixed.inputs[0]?.malformed).toBe(0);
    }
  });

  test("lines that end in carriage returns read the same", () => {
    for (const trace of traces) {
      expect(audit([trace.replace(/\n/g, "\r\n")]).forks).toEqual(audit([trace]).forks);
    }
  });
});

describe("what cannot be read is counted and named", () => {
  test("a registration cut off in the middle", () => {
    const cut = (traces[0] as string).replace("iov_len=65536}], 1) = 0 <0.000014>", "iov_l");
    const report = audit([cut]);
    expect(report.notes.map((note) => note.reason)).toEqual(["malformed"]);
    expect(report.inputs[0]?.malformed).toBe(1);
    expect(report.blindSpots.map((spot) => spot.kind)).toEqual(["lost-lines"]);
    expect(report.forks.safe).toBe(0);
  });

  test("a pinlog line that is no event", () => {
    const report = audit(['{"ev":"begin","v":1}\n{"ev":"uring_reg","pid":"x"}\n']);
    expect(report.notes.map((note) => [note.reason, note.line])).toEqual([["malformed", 2]]);
  });
});
