/**
 * Real boots of the rigs that were added on this machine. Without QEMU, gcc or a rig they skip; with
 * PINFOLD_REQUIRE_RIG=1 that is a failure, and missing rigs are added first.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { chooseAccelerator } from "../../src/rig/accelerator.ts";
import { compileC } from "../../src/rig/build.ts";
import { findProgram } from "../../src/rig/commands.ts";
import type { RigResult } from "../../src/rig/problem.ts";
import { ensureRig } from "../../src/rig/provision.ts";
import { findQemu } from "../../src/rig/qemu.ts";
import { findRig, listRigs, type Rig, removeRig } from "../../src/rig/rigs.ts";
import { runOnRig, type SessionOptions } from "../../src/rig/session.ts";

const required = process.env.PINFOLD_REQUIRE_RIG === "1";
const names = ["debian:5.10", "debian:6.1"] as const;
const tools = findQemu().ok && findProgram("gcc") !== undefined;
const minutes = 5 * 60_000;

function value<T>(result: RigResult<T>): T {
  if (!result.ok) throw new Error(`${result.problem.message} ${result.problem.remedy}`);
  return result.value;
}

async function program(name: string, rdma = false): Promise<string> {
  const text = readFileSync(new URL(`guest/${name}`, import.meta.url), "utf8");
  const built = value(await compileC([{ name, text }], { rdma }));
  expect(built.warnings).toBe("");
  return built.path;
}

for (const name of names) {
  const added = (await findRig(name)) !== undefined;
  const skip = !required && !(tools && added);
  if (skip)
    console.warn(
      `SKIP real boots of ${name}: ${tools ? `no rig: pinfold rig add ${name}` : "no QEMU or gcc"}`,
    );

  describe.skipIf(skip)(`a guest of ${name}`, () => {
    let rig: Rig;
    const run = async (path: string, options: Partial<SessionOptions> = {}) =>
      value(await runOnRig(rig, path, { trials: 1, silenceSeconds: 60, ...options }));

    beforeAll(async () => {
      rig = value(await ensureRig(name));
    }, minutes);

    it(
      "has swap and huge pages, survives a panic, and names the case that panicked",
      async () => {
        const needs = { swap: "zram", hugetlb: 4, rdma: false } as const;
        const result = await run(await program("world.c"), { needs });
        expect(result.notes).toEqual([]);
        expect(result.cases.map((one) => [one.test, one.status])).toEqual([
          ["W1", "ok"],
          ["W2", "panic"],
          ["W3", "ok"],
        ]);
        const all = "swap=1; huge=1; pagemap=1; flags=1;";
        expect(result.cases[0]?.valuations).toEqual([{ count: 1, text: all }]);
        expect(result.cases[1]?.why).toContain("sysrq triggered crash");
        expect(result.boots).toBe(2);
      },
      minutes,
    );

    it(
      "names the case under which its memory ran out, and runs the others",
      async () => {
        const result = await run(await program("hungry.c"), { needs: { memoryMb: 160 } });
        expect(result.cases.map((one) => [one.test, one.status, one.why])).toEqual([
          ["H1", "panic", "the guest ran out of memory"],
          ["H2", "ok", ""],
        ]);
        expect(result.cases[0]?.console?.join(" ")).toContain("Out of memory");
      },
      minutes,
    );

    // A guest that falls silent costs its silence twice; one kernel is enough.
    if (name === "debian:6.1")
      it(
        "reads through garbage, names the case that fell silent and the one that died, and runs the others",
        async () => {
          const result = await run(await program("lost.c"), { silenceSeconds: 30 });
          const told = result.cases.map((one) => `${one.test} ${one.status}`);
          expect(told.sort()).toEqual(["L1 ok", "L2 ok", "L3 hang", "L4 died", "L5 ok"]);
          const of = (test: string) => result.cases.find((one) => one.test === test);
          expect(of("L2")?.valuations).toEqual([{ count: 1, text: "x=2;" }]);
          expect(of("L3")?.why).toBe("the guest fell silent");
          expect(of("L3")?.console?.join("\n")).toContain("# running L3.o0");
          expect(of("L4")?.why).toContain("signal 11");
          expect(result.unreported).toBe(0);
        },
        minutes,
      );

    if (name === "debian:6.1")
      it(
        "of which half the kernel is missing does not boot, and says so",
        async () => {
          const folder = await mkdtemp(join(tmpdir(), "pinfold-cut-test-"));
          try {
            const cut = join(folder, "cut");
            const whole = readFileSync(rig.kernel);
            writeFileSync(cut, whole.subarray(0, whole.length >> 1));
            const half = value(await ensureRig(cut));
            const path = await program("world.c");
            const result = value(await runOnRig(half, path, { trials: 1, silenceSeconds: 15 }));
            expect(result).toMatchObject({ end: "no-boot", boots: 2, cases: [] });
            expect(result.why).not.toBe("");
            value(await removeRig(half.name));
          } finally {
            await rm(folder, { recursive: true, force: true });
          }
        },
        minutes,
      );

    it(
      "lacks what it was not given",
      async () => {
        const result = await run(await program("world.c"), { maximumBoots: 1 });
        expect(result.cases[0]?.valuations[0]?.text).toBe("swap=0; huge=0; pagemap=1; flags=1;");
      },
      minutes,
    );

    it(
      "runs under the accelerator that was found to work",
      async () => {
        const accelerator = await chooseAccelerator(rig);
        const result = await run(await program("world.c"), { accelerator, maximumBoots: 1 });
        expect(result.cases[0]).toMatchObject({ test: "W1", status: "ok" });
      },
      minutes,
    );

    it(
      "swaps to a disk",
      async () => {
        const result = await run(await program("world.c"), {
          needs: { swap: "disk" },
          maximumBoots: 1,
        });
        expect(result.notes).toEqual([]);
        expect(result.cases[0]?.valuations[0]?.text).toContain("swap=1;");
      },
      minutes,
    );

    it(
      "registers memory with a real ibv_reg_mr",
      async () => {
        const path = await program("rdma-probe.c", true);
        const result = await run(path, { needs: { rdma: true } });
        expect(result.notes).toEqual([]);
        expect(result.cases).toMatchObject([{ test: "RDMA", status: "ok", why: "" }]);
        expect(result.cases[0]?.valuations[0]?.text).toMatch(/x=3;$/);
        // The control: without the link there is no device, and the probe says so.
        const without = await run(path);
        expect(without.cases).toMatchObject([{ status: "fail" }]);
      },
      minutes,
    );
  });
}

describe.skipIf(!required && !tools)("a rig from a file", () => {
  it(
    "that is no kernel is refused, and one that cannot boot is named",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "pinfold-boot-test-"));
      try {
        const text = join(folder, "text");
        writeFileSync(text, "no kernel");
        expect(await ensureRig(text)).toMatchObject({ ok: false, problem: { code: "PF606" } });
        expect(await ensureRig("fedora:40")).toMatchObject({
          ok: false,
          problem: { code: "PF605" },
        });
        const broken = join(folder, "broken");
        const elf = new Uint8Array(4096);
        elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
        writeFileSync(broken, elf);
        const rig = value(await ensureRig(broken));
        const result = value(
          await runOnRig(rig, await program("world.c"), { trials: 1, silenceSeconds: 5 }),
        );
        expect(result).toMatchObject({ end: "no-boot", boots: 2, cases: [] });
        expect(result.why).not.toBe("");
        value(await removeRig(rig.name));
        expect((await listRigs()).map((one) => one.name)).not.toContain(rig.name);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    minutes,
  );
});
