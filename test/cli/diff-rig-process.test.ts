/**
 * Where both kernels can be booted, real kernels say what diff claims of them: every test that it finds
 * is written out, run on both, and ends as its `with` clause says. Without QEMU, gcc or the rigs it
 * skips; with PINFOLD_REQUIRE_RIG=1 that is a failure.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../src/rig/commands.ts";
import { findQemu } from "../../src/rig/qemu.ts";
import { findRig } from "../../src/rig/rigs.ts";
import { pinfold } from "../support/cli.ts";

interface Pair {
  readonly kernels: readonly [string, string];
  readonly rigs: readonly [string, string];
}

const first: Pair = {
  kernels: ["stable-5.10", "stable-6.1"],
  rigs: ["debian:5.10", "debian:6.1"],
};
const more: readonly Pair[] = [
  { kernels: ["stable-6.1", "stable-6.12"], rigs: ["debian:6.1", "debian:6.12"] },
  { kernels: ["stable-6.12", "v7.2"], rigs: ["debian:6.12", "debian:7.2"] },
];

async function canBoot({ rigs }: Pair): Promise<boolean> {
  const tools = findQemu().ok && findProgram("gcc") !== undefined;
  return tools && (await Promise.all(rigs.map(findRig))).every((rig) => rig !== undefined);
}

const skip = process.env.PINFOLD_REQUIRE_RIG !== "1" && !(await canBoot(first));
const bootable = await Promise.all(more.map(canBoot));
const pairs = [first, ...more.filter((_, i) => bootable[i])];
const minutes = 5 * 60_000;

interface Row {
  readonly test: string;
  readonly status: string;
  readonly asExpected: boolean | null;
}

const red = "exchanged+";

/** Beside each found test one that claims of each kernel what is true of the other. */
function exchange(folder: string, files: readonly string[], [one, other]: Pair["kernels"]): void {
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    const wrong = text
      .replace(/^Linux /, `Linux ${red}`)
      .replace(/^with .*/m, (line) =>
        line.replace(one, "first").replace(other, one).replace("first", other),
      );
    writeFileSync(join(folder, `${red}${file}`), wrong);
  }
}

describe.skipIf(skip)("what diff claims of two kernels", () => {
  test.each(pairs)(
    "real kernels say: $rigs, and contradict what it does not",
    async (pair) => {
      const folder = mkdtempSync(join(tmpdir(), "pinfold-diff-"));
      try {
        await pinfold(["diff", ...pair.kernels, "--emit-litmus", folder]);
        const files = readdirSync(folder);
        if (files.length === 0) return; // Nothing is claimed.
        exchange(folder, files, pair.kernels);
        const compare = ["compare", folder, "--rig", pair.rigs.join(), "--format", "json"];
        const { code, out } = await pinfold(compare);
        const rows = (JSON.parse(out) as { readonly rows: readonly Row[] }).rows;
        const tried = rows.filter(({ status }) => status !== "skip");
        expect(tried.map(({ status }) => status)).toEqual(tried.map(() => "agree"));
        const isRed = (row: Row): boolean => row.test.startsWith(red);
        const said = (rows: readonly Row[]) => new Set(rows.map(({ asExpected }) => asExpected));
        expect(said(tried.filter(isRed))).toEqual(new Set([false]));
        const found = tried.filter((row) => !isRed(row));
        expect(said(found)).toEqual(new Set([true]));
        expect(found.length).toBeGreaterThanOrEqual(pair === first ? 20 : 2);
        expect(code).toBe(1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    minutes,
  );
});
