/**
 * This machine's own kernel as a rig: the program runs here, without a guest. Nothing of the system
 * is set up for it, so that tests which want swap, huge pages, a card or the module skip; huge pages
 * are set aside, and given back, only when that was asked for.
 */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { constants, release } from "node:os";
import { type BootResult, cleanLine } from "./qemu.ts";
import type { Rig } from "./rigs.ts";

export const hostName = "host";

/** The record of this machine; it has no image to boot. */
export function hostRig(): Rig {
  const kind = "vmlinux";
  const nothing = { origin: "", kernel: "", hash: "", modules: [], builtin: [] };
  return { name: hostName, release: release(), kind, ...nothing };
}

export function isHost(rig: Rig): boolean {
  return rig.name === hostName && rig.kernel === "";
}

export interface HostRun {
  readonly program: string;
  readonly timeoutSeconds: number;
  /** 2 MB pages to set aside for the time of the run; 0 leaves the system as it is. */
  readonly hugePages: number;
  readonly signal?: AbortSignal | undefined;
  readonly onConsole?: ((line: string) => void) | undefined;
}

const hugePagesFile = "/proc/sys/vm/nr_hugepages";

/** Runs the program as often as told and frames what it prints as init does in a guest. */
export async function runHere(
  how: HostRun,
  runs: readonly (readonly string[])[],
): Promise<BootResult> {
  const started = performance.now();
  const lines: string[] = ["=== pinfold up"];
  const tell = (line: string) => {
    lines.push(line);
    how.onConsole?.(line);
  };
  const before = how.hugePages > 0 ? await readFile(hugePagesFile, "utf8") : undefined;
  let end: BootResult["end"] = "off";
  try {
    if (before !== undefined) {
      await writeFile(hugePagesFile, String(Number(before) + how.hugePages)).catch(() =>
        tell("=== pinfold note hugepages: this user may not set them aside"),
      );
    }
    for (const words of runs) {
      tell(`=== pinfold begin ${how.program}`);
      end = await runOnce(how, words, tell);
      if (end !== "off") break;
    }
  } finally {
    if (before !== undefined) await writeFile(hugePagesFile, before).catch(() => undefined);
  }
  if (end === "off") tell("=== pinfold off");
  const why = end === "hang" ? "the program did not end in time" : end === "off" ? "" : end;
  return { end, why, lines, seconds: (performance.now() - started) / 1000 };
}

function runOnce(
  { program, timeoutSeconds, signal }: HostRun,
  words: readonly string[],
  tell: (line: string) => void,
): Promise<BootResult["end"]> {
  return new Promise((resolve) => {
    let end: BootResult["end"] = "off";
    // A group of its own: the tests' processes go with it.
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "ignore"], detached: true });
    const stop = (why: BootResult["end"]) => {
      end = why;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const interrupt = () => stop("interrupted");
    const clock = setTimeout(() => stop("hang"), timeoutSeconds * 1000);
    signal?.addEventListener("abort", interrupt, { once: true });
    let rest = "";
    child.stdout.on("data", (chunk: Buffer) => {
      const parts = `${rest}${chunk.toString("latin1")}`.split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) tell(cleanLine(part));
    });
    const finish = (words: string) => {
      clearTimeout(clock);
      signal?.removeEventListener("abort", interrupt);
      if (rest !== "") tell(cleanLine(rest));
      if (end === "off") tell(`=== pinfold end ${words}`);
      resolve(end);
    };
    child.on("error", () => finish("signal 0"));
    child.on("close", (status, killed) =>
      finish(killed === null ? `exit ${status}` : `signal ${constants.signals[killed]}`),
    );
  });
}
