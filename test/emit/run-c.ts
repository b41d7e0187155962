/** Emitted programs compiled and run on this machine: its kernel is a rig too. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why programs cannot be run here, or undefined. PINFOLD_REQUIRE_RIG=1 wants no excuse. */
export const noCompiler: string | undefined = (() => {
  const found = spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0;
  const runs = process.platform === "linux" && process.arch === "x64";
  if ((found && runs) || process.env.PINFOLD_REQUIRE_RIG === "1") return undefined;
  return found ? "needs Linux on x86-64" : "gcc is not installed";
})();

export interface CaseOutput {
  readonly name: string;
  readonly line: string;
  readonly order: string;
  readonly trials: number;
  /** Valuation text to count. */
  readonly valuations: Readonly<Record<string, number>>;
  readonly why: string | undefined;
}

export interface ProgramOutput {
  readonly exit: number | null;
  readonly text: string;
  readonly cases: readonly CaseOutput[];
}

const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"];

const root = mkdtempSync(join(tmpdir(), "pinfold-c-"));
process.once("exit", () => rmSync(root, { recursive: true, force: true }));

/** Compiles without a single warning, or throws with gcc's words. Returns the program's path. */
export function compileC(source: string): string {
  const folder = mkdtempSync(join(root, "test-"));
  const path = join(folder, "test.c");
  const program = join(folder, "test.bin");
  writeFileSync(path, source);
  execFileSync("gcc", [...flags, "-o", program, path], { encoding: "utf8", stdio: "pipe" });
  return program;
}

export function runProgram(program: string, ...options: string[]): ProgramOutput {
  const done = spawnSync(program, options, { encoding: "utf8", timeout: 120_000 });
  return { exit: done.status, text: done.stdout, cases: readCases(done.stdout) };
}

function readCases(text: string): CaseOutput[] {
  return text
    .split(/^# running /m)
    .slice(1)
    .map((block) => {
      const lines = block.split("\n");
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3);
      const valuations = Object.fromEntries(
        lines.flatMap((line) => {
          const match = /^# valuation (\d+) (.*)$/.exec(line);
          return match ? [[match[2]!, Number(match[1])]] : [];
        }),
      );
      return {
        name: lines[0]!.split(" ")[0]!,
        line: lines.find((line) => /^(not )?ok /.test(line)) ?? "",
        order: field("order") ?? "",
        trials: Number(field("trials") ?? "0"),
        valuations,
        why: field("why"),
      };
    });
}
