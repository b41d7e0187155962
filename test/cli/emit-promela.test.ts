/** If `emit --format promela` wrote a model of something else, or nothing, these would fail. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runEmit } from "../../src/cli/run-emit.ts";
import type { Session } from "../../src/cli/session.ts";
import { kernels, lineage } from "../../src/kernels/index.ts";

const folder = mkdtempSync(join(tmpdir(), "pinfold-emit-"));
afterAll(() => rmSync(folder, { recursive: true }));

const one = (name: string) => `Linux ${name}
{ page x = anon; }
P0 { h = pin(x, WRITE); fork(P1); x = 1; dma_write(h, 2); r0 = x; }
P1 { }
exists (P0:r0 = 1)
`;
for (const name of ["ONE", "TWO"]) writeFileSync(join(folder, `${name}.litmus`), one(name));

async function emit(tests: readonly string[], kernel: readonly string[], output?: string) {
  let err = "";
  const terminal = { isTerminal: false, columns: undefined };
  const session: Session = {
    out: { ...terminal, write: () => undefined },
    err: { ...terminal, write: (text) => (err += text) },
    environment: {},
    folder,
    signal: new AbortController().signal,
  };
  const look = { color: "never", quiet: false, verbose: false, output } as const;
  const options = { ...look, format: ["promela"], kernel };
  return { code: await runEmit(tests, options, { kernels, lineage }, session), err };
}

describe("emit --format promela", () => {
  it("writes a model and its header", async () => {
    const { code, err } = await emit(["ONE.litmus"], ["v5.9-rc4"], "one.pml");
    expect([code, err]).toEqual([0, ""]);
    const model = readFileSync(join(folder, "one.pml"), "utf8");
    expect(model).toContain("ONE on v5.9-rc4: exists");
    expect(model).toContain('#include "one.h"');
    expect(readFileSync(join(folder, "one.h"), "utf8")).toContain("pinfold_end(cell *v)");
  });

  it("differs where the kernel does", async () => {
    await emit(["ONE.litmus"], ["v5.9-rc4"], "old.pml");
    await emit(["ONE.litmus"], ["v5.12"], "new.pml");
    const header = (name: string) => readFileSync(join(folder, name), "utf8");
    expect(header("old.h")).not.toEqual(header("new.h"));
  });

  it.each([
    [["ONE.litmus", "TWO.litmus"], ["v5.9"], "x.pml", "a Promela model is one test"],
    [["ONE.litmus"], [], "x.pml", "write --kernel NAME"],
    [["ONE.litmus"], ["v5.9,v5.11"], "x.pml", "write --kernel NAME"],
    [["ONE.litmus"], ["v5.91"], "x.pml", 'unknown kernel "v5.91"'],
    [["ONE.litmus"], ["v5.9"], undefined, "write --output FILE.pml"],
    [["ONE.litmus"], ["v5.9"], "x.txt", "write --output FILE.pml"],
    [["ONE.litmus"], ["v5.9"], "no/such/folder/x.pml", "cannot write"],
  ])("refuses %j on %j to %s", async (tests, kernel, output, message) => {
    const { code, err } = await emit(tests, kernel, output);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
