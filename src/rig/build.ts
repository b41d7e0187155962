/**
 * Compiling the guest's programs: static, with all warnings, once for each source text. The cache's
 * key holds the compiler's own version, so that a new compiler builds anew.
 */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cachedFolder, cacheRoot, contentHash, exists } from "./cache.ts";
import { findProgram, runCommand } from "./commands.ts";
import { done, failed, interrupted, type RigResult } from "./problem.ts";
import { fetchVerbs, type VerbsLibrary } from "./verbs.ts";

export interface CSource {
  /** The file's name, as the compiler's messages show it: "fork-pin-write.c". */
  readonly name: string;
  readonly text: string;
}

export interface BuildOptions {
  /** Link the verbs library and define WITH_RDMA. */
  readonly rdma?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Built {
  readonly path: string;
  /** What the compiler said: warnings, or "". */
  readonly warnings: string;
  readonly cached: boolean;
}

const flags = ["-Wall", "-Wextra", "-static"];

/**
 * A whole library of tests in one program takes gcc half a minute to optimise and six seconds
 * without, and its cases wait for the kernel, not for their own arithmetic.
 */
const largeProgram = 400_000;

/** Compiles C sources into one static program. */
export async function compileC(
  sources: readonly CSource[],
  options: BuildOptions = {},
): Promise<RigResult<Built>> {
  const compiler = findProgram("gcc") ?? findProgram("cc");
  if (compiler === undefined) {
    return failed(
      "noCompiler",
      "gcc is not installed.",
      "Install it: apt-get install gcc libc6-dev",
    );
  }
  const verbs = options.rdma === true ? await fetchVerbs({ signal: options.signal }) : undefined;
  if (verbs !== undefined && !verbs.ok) return verbs;
  const size = sources.reduce((sum, source) => sum + source.text.length, 0);
  const words = compilerWords(size > largeProgram ? "-O0" : "-O2", verbs?.value);
  const version = await runCommand(compiler, ["-dumpfullversion", "-dumpmachine"]);
  const parts = sources.flatMap((source) => [source.name, source.text]);
  const key = contentHash(version.stdout, ...words.before, ...words.after, ...parts);
  const folder = join(cacheRoot(), "build", key);
  if (await exists(folder))
    return done({ path: join(folder, "program"), warnings: "", cached: true });
  return compile(compiler, sources, words, folder, options.signal);
}

interface CompilerWords {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

function compilerWords(level: "-O0" | "-O2", verbs: VerbsLibrary | undefined): CompilerWords {
  if (verbs === undefined) return { before: [level, ...flags], after: ["-pthread"] };
  return {
    before: [level, ...flags, "-DWITH_RDMA", ...verbs.compile],
    after: ["-pthread", ...verbs.link],
  };
}

async function compile(
  compiler: string,
  sources: readonly CSource[],
  words: CompilerWords,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<RigResult<Built>> {
  const work = await mkdtemp(join(tmpdir(), "pinfold-build-"));
  try {
    for (const source of sources) await writeFile(join(work, source.name), source.text);
    const files = sources.filter((one) => one.name.endsWith(".c")).map((one) => one.name);
    const command = [...words.before, ...files, ...words.after, "-o", "program"];
    const result = await runCommand(compiler, command, { cwd: work, signal });
    if (signal?.aborted === true) return interrupted();
    if (result.status !== 0) {
      const first = result.stderr.split("\n").find((line) => /error|undefined/.test(line));
      return failed(
        "compileFailed",
        `${compiler} refused ${files.join(", ")}: ${first ?? result.stderr.trim()}`,
        "If the source is pinfold's own, please report it with the test's text.",
      );
    }
    await cachedFolder(folder, (aside) => copyFile(join(work, "program"), join(aside, "program")));
    const warnings = ownWarnings(result.stderr);
    return done({ path: join(folder, "program"), warnings, cached: false });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The compiler's words without the linker's about name look-ups that the verbs library never makes. */
function ownWarnings(text: string): string {
  const foreign = /in statically linked applications requires|ld: .*\.a\(.*\): in function/;
  return text
    .split("\n")
    .filter((line) => !foreign.test(line))
    .join("\n")
    .trim();
}
