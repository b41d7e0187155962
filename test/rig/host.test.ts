/** This machine's own kernel as a rig, with a program of shell in the place of a compiled one. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hostRig } from "../../src/rig/host.ts";
import { ensureRig } from "../../src/rig/provision.ts";
import { runOnRig } from "../../src/rig/session.ts";

const folder = mkdtempSync(join(tmpdir(), "pinfold-host-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(body: string) {
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  const result = await runOnRig(hostRig(), path, { trials: 1, timeoutSeconds: 5 });
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const report = (number: number) =>
  `echo "# running H.o${number} ${number}"; echo "# trials 1"; echo "# valuation 1 x=2;"; echo "ok ${number} H.o${number}"`;

describe("the machine's own kernel", () => {
  test("is known by name", async () => {
    const rig = await ensureRig("host");
    expect(rig).toMatchObject({ ok: true, value: { name: "host", kernel: "" } });
  });

  test("runs the program here and reads what it prints", async () => {
    const { cases, end, boots } = await run(`echo 1..2; ${report(1)}; ${report(2)}`);
    expect(cases.map(({ orderIndex, status }) => [orderIndex, status])).toEqual([
      [1, "ok"],
      [2, "ok"],
    ]);
    expect([end, boots]).toEqual(["off", 1]);
  });

  test("names the case under which the program died, or hung", async () => {
    const died = await run(`echo 1..1; echo "# running H.o1 1"; kill -SEGV $$`);
    expect(died.cases).toMatchObject([{ status: "died", why: "the program died of signal 11" }]);
    const hung = await run(`echo 1..1; echo "# running H.o1 1"; sleep 60`);
    expect(hung.cases).toMatchObject([{ status: "hang" }]);
  }, 30_000);
});
