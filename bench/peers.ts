/**
 * Side by side in one run: the same race searched by pinfold (with and without reductions) and by
 * SPIN (with and without its own partial order reduction), where it is installed.
 * Several rounds, interleaved, so that the machine's mood is everybody's; minimum, median, maximum.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Measure } from "./measure.ts";

interface Contender {
  readonly name: string;
  /** Seconds to the verdict, and stored states; undefined when it cannot run here. */
  readonly run: () => { readonly seconds: number; readonly states: number } | undefined;
}

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const promela = fileURLToPath(new URL("./race/race.pml", import.meta.url));

export async function peers(rounds: number, pages: number, pinners: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-peers-"));
  const contenders = [
    pinfold("pinfold", pages, pinners, []),
    pinfold("pinfold, no reductions", pages, pinners, ["--no-reductions"]),
    spin("SPIN, its own POR", folder, pages, pinners, []),
    spin("SPIN -DNOREDUCE", folder, pages, pinners, ["-DNOREDUCE"]),
  ];
  const times = contenders.map((): number[] => []);
  const states = contenders.map(() => 0);
  for (let round = 0; round < rounds; round++)
    contenders.forEach((contender, i) => {
      const result = contender.run();
      if (result === undefined) return;
      times[i]!.push(result.seconds);
      states[i] = result.states;
    });
  rmSync(folder, { recursive: true });
  console.log(`race (${pages}, ${pinners}), safe; CPU seconds to the verdict, ${rounds} rounds\n`);
  console.log(
    `${"".padEnd(26)}${["min", "median", "max", "states", "ratio"].map(column).join("")}`,
  );
  const base = median(times[0]!);
  for (const [i, { name }] of contenders.entries()) {
    const of = times[i]!;
    if (of.length === 0) {
      console.log(`${name.padEnd(26)}not installed`);
      continue;
    }
    const numbers = [Math.min(...of), median(of), Math.max(...of)].map((n) => n.toFixed(2));
    const ratio = (median(of) / base).toFixed(1);
    console.log(`${name.padEnd(26)}${[...numbers, String(states[i]), ratio].map(column).join("")}`);
  }
}

const column = (text: string): string => text.padStart(13);

function median(of: readonly number[]): number {
  const sorted = [...of].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function pinfold(name: string, pages: number, pinners: number, more: readonly string[]): Contender {
  return {
    name,
    run: () => {
      const size = ["--pages", String(pages), "--pinners", String(pinners), "--safe", "--json"];
      const given = ["--import", "tsx", main, "race", ...size, ...more];
      const { stdout } = spawnSync(process.execPath, given, { encoding: "utf8" });
      const measured = JSON.parse(stdout) as Measure;
      return { seconds: measured.cpuSeconds, states: measured.states };
    },
  };
}

/** SPIN's time is the verifier's own; generating and compiling it are not counted. */
function spin(
  name: string,
  folder: string,
  pages: number,
  pinners: number,
  more: readonly string[],
): Contender {
  const program = join(folder, `pan${more.join("")}`);
  return {
    name,
    run: () => {
      if (!existsSync(program) && !buildSpin(folder, program, pages, pinners, more))
        return undefined;
      const timed = `TIMEFORMAT='cpu %U'; time ${program} -m1000000 -w26`;
      const { stdout, stderr } = spawnSync("bash", ["-c", timed], { encoding: "utf8" });
      const states = /(\d+) states, stored/.exec(stdout)?.[1];
      const seconds = /cpu ([\d.]+)/.exec(stderr)?.[1];
      if (states === undefined || seconds === undefined) return undefined;
      return { seconds: Number(seconds), states: Number(states) };
    },
  };
}

function buildSpin(
  folder: string,
  program: string,
  pages: number,
  pinners: number,
  more: readonly string[],
): boolean {
  const source = join(folder, "race.pml");
  const sizes = [`-DN=${pages}`, `-DG=${pinners}`, "-DR=1", "-DSEQ=1"];
  spawnSync("cp", [promela, source]);
  if (readFileSync(source).length === 0) return false;
  const made = spawnSync("spin", ["-a", ...sizes, "race.pml"], { cwd: folder });
  if (made.status !== 0) return false;
  const flags = ["-w", "-O2", "-DSAFETY", ...more];
  return spawnSync("gcc", [...flags, "-o", program, "pan.c"], { cwd: folder }).status === 0;
}
