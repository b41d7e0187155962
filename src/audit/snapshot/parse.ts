/**
 * /proc/PID as text: mappings with their advice (smaps: `dc` is VM_DONTCOPY, that is MADV_DONTFORK),
 * open files, the buffers that fdinfo lists for an io_uring ring, and how much the kernel says is
 * pinned. Compare fs/proc/task_mmu.c and io_uring/fdinfo.c.
 */
import type { Range } from "../event.ts";

/** The files of a snapshot folder, as they were read. */
export interface SnapshotTexts {
  readonly maps: string;
  readonly smaps: string | undefined;
  readonly status: string | undefined;
  /** Lines `NUMBER TARGET`, from the links of /proc/PID/fd. */
  readonly fd: string | undefined;
  readonly fdinfo: ReadonlyMap<number, string>;
}

export interface SnapshotMapping extends Range {
  readonly shared: boolean;
  readonly writable: boolean;
  readonly path: string;
  readonly dontfork: boolean;
  readonly wipe: boolean;
  readonly hugetlb: boolean;
  readonly hugeAdvice: boolean;
}

export interface SnapshotFile {
  readonly number: number;
  readonly target: string | undefined;
  readonly direct: boolean;
  readonly cloexec: boolean;
  /** Registered buffers of a ring. */
  readonly buffers: readonly Range[];
  /** Requests the ring holds that were submitted and not reaped. */
  readonly inFlight: number;
  readonly sqpoll: boolean;
}

export interface Snapshot {
  readonly pid: number;
  readonly name: string | undefined;
  readonly threads: number;
  readonly pinnedBytes: number;
  readonly mappings: readonly SnapshotMapping[];
  readonly files: readonly SnapshotFile[];
  /** Lines that could not be read. */
  readonly malformed: number;
  /** False when only maps was there: advice is unknown. */
  readonly adviceKnown: boolean;
}

const mapLine = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])([sp]) \S+ \S+ \d+\s*(.*)$/;
const directFlag = 0o40000;
const cloexecFlag = 0o2000000;

function readMappings(text: string): {
  readonly mappings: SnapshotMapping[];
  readonly malformed: number;
} {
  const mappings: SnapshotMapping[] = [];
  let malformed = 0;
  for (const line of text.split("\n")) {
    const match = mapLine.exec(line);
    if (match !== null) {
      mappings.push({
        start: Number.parseInt(match[1] as string, 16),
        end: Number.parseInt(match[2] as string, 16),
        writable: match[4] === "w",
        shared: match[6] === "s",
        path: match[7] ?? "",
        dontfork: false,
        wipe: false,
        hugetlb: false,
        hugeAdvice: false,
      });
    } else if (line.startsWith("VmFlags:")) {
      const last = mappings.pop();
      if (last !== undefined) mappings.push(withFlags(last, line.slice(8).trim().split(/\s+/)));
    } else if (line !== "" && !/^[A-Za-z_]+:/.test(line)) malformed++;
  }
  return { mappings, malformed };
}

function withFlags(mapping: SnapshotMapping, words: readonly string[]): SnapshotMapping {
  return {
    ...mapping,
    dontfork: words.includes("dc") && !words.includes("io") && !words.includes("pf"),
    wipe: words.includes("wf"),
    hugetlb: words.includes("ht"),
    hugeAdvice: words.includes("hg"),
  };
}

function numberAfter(text: string | undefined, key: string): number | undefined {
  const match = new RegExp(`^${key}:\\s*(0x[0-9a-f]+|-?\\d+)`, "m").exec(text ?? "");
  return match === null ? undefined : Number(match[1]);
}

function readFile(number: number, target: string | undefined, info: string): SnapshotFile {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? "0", 8);
  const buffers = [...info.matchAll(/^\s+\d+: (0x[0-9a-f]+)\/(\d+)$/gm)].map((match) => {
    const start = Number.parseInt(match[1] as string, 16);
    return { start, end: start + Number(match[2]) };
  });
  const submitted = numberAfter(info, "CachedSqHead") ?? 0;
  const completed = numberAfter(info, "CachedCqTail") ?? 0;
  return {
    number,
    target,
    direct: (flags & directFlag) !== 0 && target?.startsWith("/") === true,
    cloexec: (flags & cloexecFlag) !== 0,
    buffers,
    inFlight: Math.max(0, submitted - completed),
    sqpoll: (numberAfter(info, "SqThread") ?? -1) > 0,
  };
}

export function parseSnapshot(texts: SnapshotTexts): Snapshot {
  const { mappings, malformed } = readMappings(texts.smaps ?? texts.maps);
  const targets = new Map<number, string>();
  for (const line of (texts.fd ?? "").split("\n")) {
    const match = /^(\d+) (?:-> )?(.*)$/.exec(line);
    if (match !== null) targets.set(Number(match[1]), match[2] as string);
  }
  const files = [...texts.fdinfo].map(([number, info]) =>
    readFile(number, targets.get(number), info),
  );
  return {
    pid: numberAfter(texts.status, "Pid") ?? 0,
    name: /^Name:\s*(.*)$/m.exec(texts.status ?? "")?.[1],
    threads: numberAfter(texts.status, "Threads") ?? 1,
    pinnedBytes: (numberAfter(texts.status, "VmPin") ?? 0) * 1024,
    mappings,
    files,
    malformed,
    adviceKnown: texts.smaps?.includes("VmFlags:") === true,
  };
}
