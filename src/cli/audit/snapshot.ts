/** Reads a snapshot folder, or a live process's folder under /proc, into texts. */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotTexts } from "../../audit/snapshot/parse.ts";

function text(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** A saved list of descriptors, or the links of /proc/PID/fd. */
function descriptors(folder: string): string | undefined {
  const path = join(folder, "fd");
  try {
    if (!statSync(path).isDirectory()) return text(path);
    return readdirSync(path)
      .map((number) => `${number} ${target(join(path, number))}`)
      .join("\n");
  } catch {
    return undefined;
  }
}

function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return text(path)?.trim() ?? "";
  }
}

/** Undefined when the folder has no maps: then it is no snapshot. */
export function readSnapshot(folder: string): SnapshotTexts | undefined {
  const maps = text(join(folder, "maps"));
  if (maps === undefined) return undefined;
  const fdinfo = new Map<number, string>();
  try {
    for (const number of readdirSync(join(folder, "fdinfo"))) {
      const info = text(join(folder, "fdinfo", number));
      if (info !== undefined && /^\d+$/.test(number)) fdinfo.set(Number(number), info);
    }
  } catch {
    // Without fdinfo the registered buffers are unknown; VmPin tells that there are some.
  }
  const smaps = text(join(folder, "smaps"));
  return { maps, smaps, status: text(join(folder, "status")), fd: descriptors(folder), fdinfo };
}
