/** The journal of a long run: what it keeps, what it leaves out, and a line torn by a kill. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { caseKey, openJournal } from "../../src/rig/journal.ts";
import type { CaseResult } from "../../src/rig/protocol.ts";

const folder = mkdtempSync(join(tmpdir(), "pinfold-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

const result: CaseResult = {
  test: "T",
  orderIndex: 0,
  order: "P0.0",
  trials: 1,
  valuations: [{ text: "x=1;", count: 1 }],
  status: "ok",
  why: "",
  notes: [],
};

function open(file: string, maker = "0.1.0 a") {
  const journal = openJournal(file, maker);
  if (!journal.ok) throw new Error(journal.problem.message);
  return journal.value;
}

describe("a journal", () => {
  const file = join(folder, "journal");

  it("knows again what was entered, and no other case", () => {
    open(file).enter(caseKey("6.1", "T", "P0.0"), result);
    const again = open(file);
    expect(again.known(caseKey("6.1", "T", "P0.0"))).toEqual(result);
    expect(again.known(caseKey("6.12", "T", "P0.0"))).toBeUndefined();
  });

  it("leaves out what the guest lost, which is to be tried again", () => {
    const journal = open(file);
    journal.enter("hung", { ...result, status: "hang" });
    expect(journal.known("hung")).toBeUndefined();
    expect(readFileSync(file, "utf8")).not.toContain("hung");
  });

  it("survives a torn last line", () => {
    appendFileSync(file, '{"key":"torn","res');
    const journal = open(file);
    expect(journal.known("torn")).toBeUndefined();
    journal.enter("torn", result);
    expect(open(file).known("torn")).toEqual(result);
  });

  it("does not believe what another version ran, and counts it", () => {
    expect(open(file).foreign).toBe(0);
    const other = open(file, "0.2.0 b");
    expect(other.foreign).toBe(2);
    expect(other.known("torn")).toBeUndefined();
    other.enter("torn", result);
    expect(open(file, "0.2.0 b")).toMatchObject({ foreign: 2 });
    expect(open(file).known("torn")).toEqual(result);
  });

  it("that cannot be written is a problem with a code", () => {
    expect(openJournal(folder, "0.1.0 a")).toMatchObject({ ok: false, problem: { code: "PF613" } });
  });
});
