/** SPIN as a second explorer: builds verifiers of emitted models and runs them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { top } from "../../scripts/repository.ts";
import { loadableModel, loadablePromela } from "../../src/emit/promela/loadable.ts";
import type { PromelaFiles } from "../../src/emit/promela/promela.ts";
import { mmMachine } from "../../src/mm/index.ts";
import { Collected } from "../../src/verdict/collect.ts";
import type { World } from "../../src/verdict/world.ts";

export const hasSpin = ["spin", "gcc"].every((tool) => spawnSync("which", [tool]).status === 0);

/** The functions of the memory manager's compiled module. */
export function machineText(): string {
  const lines = readFileSync(join(top, "src/mm/machine.generated.js"), "utf8").split("\n");
  return lines.filter((line) => line.startsWith("function ")).join("\n");
}

/** A folder with the verifier `pan` of a model. */
export function buildVerifier(files: PromelaFiles, name: string, optimise = "-O0"): string {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-promela-"));
  writeFileSync(join(folder, `${name}.pml`), files.model);
  writeFileSync(join(folder, `${name}.h`), files.header);
  tool(folder, "spin", ["-a", `${name}.pml`]);
  const flags = ["-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=4096"];
  tool(folder, "gcc", ["-w", optimise, ...flags, "-o", "pan", "pan.c"]);
  return folder;
}

function tool(folder: string, command: string, given: readonly string[]): void {
  const ran = spawnSync(command, given, { cwd: folder, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${command}: ${ran.stdout}${ran.stderr}`);
}

export interface Verified {
  /** States stored, without the one before the row is filled. */
  readonly states: number;
  readonly errors: number;
  readonly output: string;
}

/** Runs a verifier to the end of the state space. */
export function runVerifier(folder: string, otherEnds = false): Verified {
  const given = ["-m400000", "-w20", "-c0"];
  const env = otherEnds ? { ...process.env, PINFOLD_OTHER_ENDS: "1" } : process.env;
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, env } as const;
  const ran = spawnSync("./pan", given, options);
  const output = `${ran.stdout}${ran.stderr}`;
  const stored = /(\d+) states, stored/.exec(output);
  if (stored === null || output.includes("max search depth too small"))
    throw new Error(`pan stopped (${ran.status}): ${output.slice(-500)}`);
  return {
    states: Number(stored[1]) - 1,
    errors: Number(/errors: (\d+)/.exec(output)?.[1] ?? 0),
    output,
  };
}

/** One verifier for every test of the memory manager. */
export class AnyVerifier {
  readonly folder: string;

  constructor() {
    const files = loadablePromela(machineText(), mmMachine().steps.length - 1);
    this.folder = buildVerifier(files, "steps", "-O1");
  }

  /** What SPIN finds of a world; undefined when the world is too large for the verifier. */
  verify(world: World): { readonly states: number; readonly ends: Collected } | undefined {
    const text = loadableModel(world.model, world.first);
    if (text === undefined) return undefined;
    writeFileSync(join(this.folder, "model.txt"), text);
    const { states } = runVerifier(this.folder);
    const bytes = readFileSync(join(this.folder, "ends.bin"));
    const ends = new Collected(world);
    const size = world.model.layout.width * 2;
    for (let from = 0; from + size <= bytes.length; from += size)
      ends.end(
        new Uint16Array(
          bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + size),
        ),
        0,
      );
    return { states, ends };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
