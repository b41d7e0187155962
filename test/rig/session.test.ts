/** The loop over boots, with made-up guests: what is blamed, what runs again, what is kept. */
import { describe, expect, it } from "vitest";
import { done } from "../../src/rig/problem.ts";
import { type BootResult, classify } from "../../src/rig/qemu.ts";
import { runBatch } from "../../src/rig/session.ts";

type Lasting = "hang" | "mangled" | "stuck";
type Behaviour = "ok" | "panic" | "crash" | Lasting | `${Lasting} once`;

/** A guest whose cases 1..n behave as told. It records the boots it was asked for. */
function guest(behaviours: readonly Behaviour[]) {
  const boots: (readonly string[])[][] = [];
  const hung = new Set<number>();
  const runProgram = (lines: string[], numbers: readonly number[], plan: number) => {
    lines.push("=== pinfold begin /test.bin", "KTAP version 1", `1..${plan}`);
    for (const number of numbers) {
      const name = `T${number}.o0`;
      lines.push(`# running ${name} ${number}`);
      const behaviour = behaviours[number - 1];
      if (behaviour === "panic") return "panic" as const;
      if (behaviour === "hang") return "silence" as const;
      if (behaviour === "hang once" && !hung.has(number)) {
        hung.add(number);
        return "silence" as const;
      }
      if (behaviour === "mangled" || (behaviour === "mangled once" && !hung.has(number))) {
        hung.add(number);
        lines.push(
          "# trials 1",
          "# valuation 1 x=[    3.1] a kernel's word",
          `ok ${number} ${name}`,
        );
        continue;
      }
      if (behaviour === "stuck" || (behaviour === "stuck once" && !hung.has(number))) {
        hung.add(number);
        lines.push("# why hang at P0.0", `not ok ${numbers.length === 1 ? 1 : number} ${name}`);
        continue;
      }
      if (behaviour === "crash") {
        lines.push("=== pinfold end signal 11");
        return undefined;
      }
      lines.push(
        "# trials 1",
        "# valuation 1 x=2;",
        `ok ${numbers.length === 1 ? 1 : number} ${name}`,
      );
    }
    lines.push("=== pinfold end exit 0");
    return undefined;
  };
  const boot = async (runs: readonly (readonly string[])[]) => {
    boots.push([...runs]);
    const lines = ["=== pinfold up"];
    let trouble: "panic" | "silence" | undefined;
    for (const words of runs) {
      const only = words.indexOf("--only");
      const all = behaviours.map((_, at) => at + 1);
      const numbers = only < 0 ? all : [Number(words[only + 1])];
      trouble = runProgram(lines, numbers, numbers.length);
      if (trouble !== undefined) break;
    }
    if (trouble === "panic") lines.push("[    3.1] Kernel panic - not syncing: Fatal exception");
    if (trouble === undefined) lines.push("=== pinfold off");
    const ending = classify(lines, trouble === "silence" ? "silence" : undefined);
    const result: BootResult = { ...ending, lines, seconds: 1 };
    return done(result);
  };
  return { boots, boot };
}

async function run(behaviours: readonly Behaviour[], endless: readonly string[] = []) {
  const made = guest(behaviours);
  const isEndless = async ({ test }: { readonly test: string }) => endless.includes(test);
  const result = await runBatch(made.boot, { trials: 3, isEndless });
  if (!result.ok) throw new Error(result.problem.message);
  const told = result.value.cases.map((one) => `${one.test} ${one.status}`);
  return { told, boots: made.boots, value: result.value };
}

const words = ["--trials", "3", "--trial-seconds", "40"];
const hasty = [...words, "--spin-seconds", "2"];

describe("a batch", () => {
  it("that goes well needs one boot", async () => {
    const { told, boots } = await run(["ok", "ok", "ok"]);
    expect(told).toEqual(["T1 ok", "T2 ok", "T3 ok"]);
    expect(boots).toEqual([[hasty]]);
  });

  it("blames a panic on the case that ran and goes on behind it", async () => {
    const { told, boots, value } = await run(["ok", "panic", "ok", "ok"]);
    expect(told).toEqual(["T1 ok", "T2 panic", "T3 ok", "T4 ok"]);
    expect(boots[1]).toEqual([
      [...hasty, "--only", "3"],
      [...hasty, "--only", "4"],
    ]);
    expect(value.cases[1]?.why).toBe("Kernel panic - not syncing: Fatal exception");
    expect(value.lastLines.at(-1)).toContain("Kernel panic");
  });

  it("survives two panics", async () => {
    const { told } = await run(["panic", "ok", "panic", "ok"]);
    expect(told).toEqual(["T1 panic", "T2 ok", "T3 panic", "T4 ok"]);
  });

  it("tries a test that hangs once more before it says so", async () => {
    const once = await run(["ok", "stuck once", "ok"]);
    expect(once.told.sort()).toEqual(["T1 ok", "T2 ok", "T3 ok"]);
    expect(once.boots[1]).toEqual([[...words, "--only", "2"]]);
    const lasting = await run(["stuck", "panic", "ok"]);
    expect(lasting.told.sort()).toEqual(["T1 fail", "T2 panic", "T3 ok"]);
    expect(lasting.value.cases.find(({ test }) => test === "T1")?.why).toBe("hang at P0.0");
  });

  it("does not try a test again that never ends, as the model says", async () => {
    const { told, boots, value } = await run(["stuck", "ok", "stuck once"], ["T1"]);
    expect(told).toEqual(["T1 fail", "T2 ok", "T3 ok"]);
    expect(value.cases[0]?.why).toBe("hang at P0.0");
    expect(boots).toEqual([[hasty], [[...words, "--only", "3"]]]);
  });

  it("tries a hang once more before it says so", async () => {
    expect((await run(["ok", "hang once", "ok"])).told).toEqual(["T1 ok", "T2 ok", "T3 ok"]);
    const lasting = await run(["ok", "hang", "ok"]);
    expect(lasting.told).toEqual(["T1 ok", "T2 hang", "T3 ok"]);
    expect(lasting.boots).toHaveLength(3);
  });

  it("asks again for a report that the console mangled, and says so when it stays mangled", async () => {
    const once = await run(["ok", "mangled once", "ok"]);
    expect(once.told).toEqual(["T1 ok", "T3 ok", "T2 ok"]);
    expect(once.boots[1]).toEqual([[...words, "--only", "2"]]);
    const lasting = await run(["ok", "mangled", "ok"]);
    expect(lasting.told).toEqual(["T1 ok", "T3 ok", "T2 fail"]);
    expect(lasting.value.cases[2]?.why).toContain("mangled");
    expect(lasting.value.cases[2]?.console?.at(-1)).toBe("=== pinfold off");
  });

  it("names a case that killed the program", async () => {
    const { told, value } = await run(["crash", "ok"]);
    expect(told).toEqual(["T1 died", "T2 ok"]);
    expect(value.cases[0]?.why).toContain("signal 11");
  });

  it("names a case that died though a later run of the same boot ended well", async () => {
    const { told, value } = await run(["hang", "crash", "ok"]);
    expect(told.sort()).toEqual(["T1 hang", "T2 died", "T3 ok"]);
    expect(value.unreported).toBe(0);
  });

  it("boots again, talkative, when the first boot never came up, and then gives up", async () => {
    const verbose: boolean[] = [];
    const result = await runBatch(
      async (_runs, talkative) => {
        verbose.push(talkative);
        const lines = ["Kernel panic - not syncing: VFS: Unable to mount root fs"];
        return done({ ...classify(lines, undefined), lines, seconds: 1 });
      },
      { trials: 1 },
    );
    expect(verbose).toEqual([false, true]);
    expect(result).toMatchObject({
      ok: true,
      value: { end: "no-boot", cases: [], why: expect.stringContaining("VFS") },
    });
  });

  it("gives up after the boots allowed", async () => {
    const made = guest(["panic", "panic", "panic", "panic"]);
    const result = await runBatch(made.boot, { trials: 1, maximumBoots: 2 });
    expect(made.boots).toHaveLength(2);
    expect(result).toMatchObject({ ok: true, value: { boots: 2, unreported: 2 } });
  });
});
