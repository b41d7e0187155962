/**
 * What a test's devices want to be done outside its processes, as hooks of the emitted table: before a
 * trial, after it, and as a process leaves its memory.
 */
import { type Context, calls, type Device } from "./context.ts";

/** What a kind of device wants to be done outside the test: before a trial, after it, as a process leaves. */
interface Outside {
  readonly helper: string;
  readonly before?: string;
  readonly after?: string;
  readonly leaving?: string;
}

const closeRegions: Outside = { helper: "close_regions", leaving: "close_regions" };

const outside: ReadonlyMap<Device, Outside> = new Map([
  ["direct read", { helper: "start_disk", before: "start_disk", after: "end_reads" }],
  [
    "mapping",
    {
      helper: "open_vfio",
      before: "open_vfio",
      after: "end_mappings",
      leaving: "close_mappings",
    },
  ],
  ["umem", { helper: "start_wires", before: "start_wires", leaving: "close_umems" }],
  ["ring", { helper: "close_rings", leaving: "close_rings" }],
  ["region", closeRegions],
  ["read-only region", closeRegions],
]);

export function outsideOf({ devices, test }: Context): readonly Outside[] {
  const wanted = [...devices.values()].flatMap((device) => outside.get(device) ?? []);
  const leaves = calls(test, ["exit", "exec"]);
  return [...new Set(wanted)].filter(({ before }) => before !== undefined || leaves);
}

export function outsideLines(context: Context): string[] {
  const entries = outsideOf(context).map(
    ({ before = "NULL", after = "NULL", leaving = "NULL" }) =>
      `{ ${[before, after, leaving].join(", ")} }`,
  );
  return entries.length === 0 ? [] : [`\t.outside = { ${entries.join(", ")} },`];
}
