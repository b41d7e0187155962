/** What the recording as a whole leaves out: calls filtered away, lines lost, no common clock. */
import type { BlindSpot } from "../finding.ts";
import { placeOf } from "../finding.ts";
import type { World } from "../state/world.ts";
import type { ForkCounts } from "./judge.ts";

export interface RecordingFacts {
  /** Names of decoded calls that any line showed. */
  readonly seen: ReadonlySet<string>;
  /** False for a set of files without a common clock. */
  readonly ordered: boolean;
  readonly threads: number;
  /** Some line told its thread. */
  readonly prefixed: boolean;
  readonly calls: number;
  readonly malformed: number;
}

const processCalls = ["execve", "clone", "clone3", "fork", "vfork", "exit_group", "exit"];
const reads = ["read", "pread64", "readv", "preadv", "preadv2", "io_submit"];

function spotAt(
  world: World,
  kind: string,
  message: string,
  advice: string,
  forks: number,
): BlindSpot {
  return { kind, message, advice, process: undefined, at: placeOf(world.now), forks };
}

export function blindInRecording(
  world: World,
  forks: ForkCounts,
  facts: RecordingFacts,
): readonly BlindSpot[] {
  const spots: BlindSpot[] = [];
  const any = (names: readonly string[]) => names.some((name) => facts.seen.has(name));
  const add = (kind: string, message: string, advice: string) =>
    spots.push(spotAt(world, kind, message, advice, forks.total));
  if (facts.calls > 0 && !any(processCalls)) {
    add(
      "filtered-process",
      "No call that makes or ends a process was recorded: forks would not show.",
      "Record with -e trace=%process and more, as --record strace does.",
    );
  }
  if (forks.total > 0 && facts.seen.has("execve") && !any(["mmap", "mmap2", "brk"])) {
    add(
      "filtered-memory",
      "No mapping call was recorded: which memory is shared or advised is unknown, registrations may be missing too.",
      "Record mmap, munmap, mremap, madvise, brk and the io_uring calls too.",
    );
  }
  if (forks.total > 0 && world.directForks > 0 && !any(reads)) {
    add(
      "filtered-io",
      "A file was open with O_DIRECT at a fork and reads were not recorded.",
      "Record read, pread64 and their vector forms too (-e raw=read,pread64 shows addresses).",
    );
  }
  if (forks.total > 0 && facts.malformed > 0) {
    add(
      "lost-lines",
      `${facts.malformed} line(s) begin like a call that matters and are cut off.`,
      "Record again to a file (-o) on a disk with room.",
    );
  }
  if (forks.total > 0 && !facts.ordered && world.threadsMade > 0) {
    add(
      "no-clock",
      "The files have no absolute times: the order of calls of different threads is unknown.",
      "Record with -ff -ttt.",
    );
  }
  if (world.threadsMade > 0 && !facts.prefixed) {
    add(
      "not-followed",
      "Threads were started and not followed: what they register or read is unknown.",
      "Record with -f.",
    );
  }
  if ((world.noteCounts.get("lost") ?? 0) > 0) {
    add(
      "lost-events",
      "The recorder says that it lost events.",
      "Record again with larger buffers or fewer events.",
    );
  }
  if ((world.noteCounts.get("detached") ?? 0) > 0) {
    add(
      "detached",
      "The recorder let a process go while it ran.",
      "Keep the recorder attached until the program ends.",
    );
  }
  return spots;
}
