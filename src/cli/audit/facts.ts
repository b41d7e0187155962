/** --facts and --env: what is known of the machine besides the recording. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { environmentOf, kernelOfFacts, protectionIn, readFacts } from "../../audit/facts.ts";
import type { Kernel } from "../../kernels/index.ts";
import { messageOf } from "../output.ts";

export interface MachineFacts {
  /** Target kernels that facts files describe. */
  readonly kernels: readonly Kernel[];
  /** What switches fork protection on, as `NAME=value`. */
  readonly protection: string | undefined;
  readonly problems: readonly string[];
}

interface Asked {
  readonly facts?: readonly string[];
  readonly env?: string;
  readonly pid?: number;
}

function readText(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(path, "latin1") };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** `auto` is the environment of the process asked for, else the one a recorded command would get. */
function environment(asked: Asked, folder: string) {
  if (asked.env === undefined) return { env: {}, problems: [] };
  if (asked.env === "auto" && asked.pid === undefined) {
    const lines = Object.entries(process.env).map(([key, value]) => `${key}=${value ?? ""}`);
    return { env: environmentOf(lines.join("\n")), problems: [] };
  }
  const path = asked.env === "auto" ? `/proc/${asked.pid}/environ` : resolve(folder, asked.env);
  const read = readText(path);
  if ("problem" in read) return { env: {}, problems: [`cannot read ${path}: ${read.problem}`] };
  return { env: environmentOf(read.text), problems: [] };
}

export function machineFacts(
  asked: Asked,
  folder: string,
  modelled: readonly Kernel[],
): MachineFacts {
  const { env, problems } = environment(asked, folder);
  const found: Record<string, string> = { ...env };
  const complaints: string[] = [...problems];
  const kernels: Kernel[] = [];
  for (const name of asked.facts ?? []) {
    const read = readText(resolve(folder, name));
    const facts =
      "problem" in read
        ? ({ ok: false, message: `cannot read ${name}: ${read.problem}` } as const)
        : readFacts(name, read.text);
    if (!facts.ok) {
      complaints.push(facts.message);
      continue;
    }
    Object.assign(found, facts.value.env);
    if (facts.value.kernel === undefined) continue;
    const kernel = kernelOfFacts(name, facts.value, modelled);
    if (kernel.ok) kernels.push(kernel.value);
    else complaints.push(kernel.message);
  }
  return { kernels, protection: protectionIn(found), problems: complaints };
}
