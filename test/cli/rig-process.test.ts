/**
 * The main job's real half as a user would run it: tests on Debian's kernels, set beside the model.
 * Without QEMU, gcc or the rigs it skips; with PINFOLD_REQUIRE_RIG=1 that is a failure.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProgram } from "../../src/rig/commands.ts";
import { findQemu } from "../../src/rig/qemu.ts";
import { findRig } from "../../src/rig/rigs.ts";
import { pinfold } from "../support/cli.ts";

const names = ["debian:5.10", "debian:6.1"];
const added = (await Promise.all(names.map(findRig))).every((rig) => rig !== undefined);
const tools = findQemu().ok && findProgram("gcc") !== undefined;
const skip = process.env.PINFOLD_REQUIRE_RIG !== "1" && !(added && tools);
if (skip) {
  console.warn(
    `SKIP runs on real kernels: no QEMU, no gcc or no rig; write: pinfold rig add ${names.join(" ")}`,
  );
}

const minutes = 5 * 60_000;
const seeds = ["MPROTECT+pin", "RDMA+fork+child-alive"];
const files = seeds.map((name) => `litmus/seed/${name}.litmus`);
const rigs = ["--rig", names.join(",")];

interface Rows {
  readonly rows: readonly Record<string, unknown>[];
}

async function compared(given: readonly string[]): Promise<Rows & { readonly code: unknown }> {
  const { code, out } = await pinfold(["compare", ...given, ...rigs, "--format", "json"]);
  return { code, rows: (JSON.parse(out) as Rows).rows };
}

describe.skipIf(skip)("compare on real kernels", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pinfold-compare-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test(
    "a pin under mprotect is lost on 5.10 always and on 6.1 never; a registration is lost on neither",
    async () => {
      const { code, rows } = await compared(files);
      expect(rows).toMatchObject([
        row("MPROTECT+pin", "stable-5.10", "debian:5.10", "always"),
        row("RDMA+fork+child-alive", "stable-5.10", "debian:5.10", "never"),
        row("MPROTECT+pin", "stable-6.1", "debian:6.1", "never"),
        row("RDMA+fork+child-alive", "stable-6.1", "debian:6.1", "never"),
      ]);
      for (const { trials, hits, realVerdict } of rows) {
        expect(trials).toBeGreaterThanOrEqual(100);
        expect(hits).toBe(realVerdict === "always" ? trials : 0);
      }
      expect(code).toBe(0);
    },
    minutes,
  );

  test(
    "red control: without the devices' writes the comparison fails",
    async () => {
      const { code, rows } = await compared([...files, "--leave-out-device-write"]);
      const statuses = rows.map(({ status }) => status);
      // On 5.10 the write under mprotect is lost anyway.
      expect(statuses).toEqual(["agree", "forbid-seen", "forbid-seen", "forbid-seen"]);
      expect(code).toBe(1);
    },
    minutes,
  );

  test(
    "red control: a test whose device write was taken out is not what it expects to be",
    async () => {
      const text = readFileSync("litmus/seed/RDMA+fork+child-alive.litmus", "utf8");
      const without = text.replace(/^.*dma_write.*\n/m, "");
      expect(without).not.toBe(text);
      const file = join(folder, "RDMA+fork+child-alive.litmus");
      writeFileSync(file, without);
      const { code, rows } = await compared([file]);
      expect(rows).toMatchObject([
        { rig: "debian:5.10", realVerdict: "always", expected: "never", asExpected: false },
        { rig: "debian:6.1", realVerdict: "always", expected: "never", asExpected: false },
      ]);
      expect(code).toBe(1);
    },
    minutes,
  );
});

function row(name: string, kernel: string, rig: string, verdict: string): object {
  const both = { modelVerdict: verdict, realVerdict: verdict, status: "agree", why: "" };
  return { test: name, kernel, rig, schedule: "forced", ...both, asExpected: true };
}
