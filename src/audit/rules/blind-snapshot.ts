/** What a snapshot leaves open: pins that no file lists, advice that maps does not show. */
import type { BlindSpot } from "../finding.ts";
import type { Snapshot } from "../snapshot/parse.ts";

export function blindInSnapshot(snapshot: Snapshot, unlistedBytes: number): readonly BlindSpot[] {
  const spots: BlindSpot[] = [];
  const process = { pid: snapshot.pid, name: snapshot.name };
  const add = (kind: string, message: string, advice: string) =>
    spots.push({ kind, message, advice, process, at: undefined, forks: 1 });
  if (unlistedBytes > 0) {
    add(
      "pins-unlisted",
      `The kernel counts ${unlistedBytes} pinned bytes (VmPin) that no ring of this process lists.`,
      "Record the program from its start to see who pins.",
    );
  }
  if (!snapshot.adviceKnown) {
    add(
      "no-smaps",
      "The snapshot has no VmFlags: what is advised MADV_DONTFORK is unknown.",
      "Take /proc/PID/smaps too.",
    );
  }
  const device = snapshot.files.find((file) =>
    /uverbs|\/nvidia|\/dev\/vfio/.test(file.target ?? ""),
  );
  if (device !== undefined && unlistedBytes === 0) {
    add(
      "device-open",
      `${device.target} is open: what it has pinned is not listed anywhere under /proc.`,
      "Record the program from its start; a pinlog holds addresses that strace cannot print.",
    );
  }
  return spots;
}
