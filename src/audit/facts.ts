/**
 * What is known of the machine besides the recording: a facts file, and the environment variables that
 * switch fork protection on. A vendor's kernel is a modelled kernel and what its backports decide
 * differently; whether it copies pinned pages at fork it says itself (`rdma system show`).
 */
import { z } from "zod";
import {
  type DecisionName,
  decisionNames,
  decisionValues,
  type Kernel,
  withDecisions,
} from "../kernels/kernel.ts";

const kernelFacts = z.strictObject({
  name: z.string().regex(/^[\w.+-]+$/),
  /** The modelled kernel that it starts from. */
  base: z.string(),
  /** `copy-on-fork on` of `rdma system show`. */
  copyOnFork: z.boolean().optional(),
  /** Decisions that backports changed, by their names in docs/decisions.md. */
  decisions: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
  /** For the reader: `uname -r`. */
  release: z.string().optional(),
});

const factsFile = z.strictObject({
  schema: z.literal(1),
  kernel: kernelFacts.optional(),
  rdmaCore: z.string().optional(),
  glibc: z.string().optional(),
  python: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
});

export type Facts = z.infer<typeof factsFile>;

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

const refuse = (message: string) => ({ ok: false, message }) as const;

/** Reads a facts file; `name` stands before what is wrong with it. */
export function readFacts(name: string, text: string): Read<Facts> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = factsFile.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return refuse(`${name}: ${issue?.path.join(".") || "the file"}: ${issue?.message ?? "no facts"}`);
}

/** What a kernel decides that says of itself that fork copies what is pinned. */
const copying: { readonly [N in DecisionName]?: string | boolean } = {
  "pin.countable": true,
  "pin.hasPinned": true,
  "fork.copyPinned": true,
  "fork.writeProtectSeq": true,
  "gup.checksSequence": true,
  "fork.presentPte": "test-then-share",
  "fork.hugePmd": "split-if-pinned",
  "fork.hugetlb": "copy-if-pinned",
  "interface.rdma": "pin",
  "interface.fixedBuffer": "pin",
  "interface.xdp": "pin",
  "interface.vfio": "pin",
};

/** Values of before pins were known: only these does `copyOnFork` replace. */
const sharing = new Set<unknown>([false, "share", "get", "get-longterm"]);

/** The target kernel that a facts file describes. */
export function kernelOfFacts(
  name: string,
  facts: Facts,
  kernels: readonly Kernel[],
): Read<Kernel> {
  const given = facts.kernel;
  if (given === undefined) return refuse(`${name} names no kernel`);
  const base = kernels.find((kernel) => kernel.name === given.base);
  if (base === undefined) return refuse(`${name}: kernel.base: no kernel is named "${given.base}"`);
  const changed: { [N in DecisionName]?: string | boolean } = {};
  if (given.copyOnFork === false && base.decisions["fork.copyPinned"].value === true) {
    return refuse(`${name}: kernel.copyOnFork: false contradicts ${base.name}; name an older base`);
  }
  for (const key of given.copyOnFork === true ? (Object.keys(copying) as DecisionName[]) : []) {
    if (sharing.has(base.decisions[key].value)) changed[key] = copying[key] as string | boolean;
  }
  for (const [key, value] of Object.entries(given.decisions)) {
    const decision = decisionNames.find((one) => one === key);
    if (decision === undefined)
      return refuse(`${name}: kernel.decisions: no decision is named "${key}"`);
    if (!decisionValues(decision).includes(value)) {
      const known = decisionValues(decision).join(", ");
      return refuse(`${name}: kernel.decisions: ${key} is one of ${known}, not ${String(value)}`);
    }
    changed[decision] = value;
  }
  return { ok: true, value: withDecisions(base, given.name, changed) };
}

/** Variables that make libraries protect registered memory at fork, and when they count as set. */
const protecting: Readonly<Record<string, (value: string) => boolean>> = {
  // Older rdma-core asks only whether they are there: 0 is on.
  RDMAV_FORK_SAFE: () => true,
  IBV_FORK_SAFE: () => true,
  RDMAV_HUGEPAGES_SAFE: () => true,
  UCX_IB_FORK_INIT: (value) => /^(?:y|yes|on|1)$/i.test(value),
  FI_EFA_FORK_SAFE: (value) => /^(?:y|yes|on|1|true)$/i.test(value),
};

/** The variable that switches protection on, as `NAME=value`. */
export function protectionIn(env: Readonly<Record<string, string>>): string | undefined {
  for (const [key, isOn] of Object.entries(protecting)) {
    const value = env[key];
    if (value !== undefined && isOn(value)) return `${key}=${value}`;
  }
  return undefined;
}

/** Only what matters here is taken from an environment: the rest may hold secrets. */
export function environmentOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split(/[\0\n]/)) {
    const at = line.indexOf("=");
    const key = line.slice(0, at).replace(/^export /, "");
    if (at > 0 && key in protecting) found[key] = line.slice(at + 1).replace(/^"(.*)"$/, "$1");
  }
  return found;
}
