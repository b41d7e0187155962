/** Short pins that a fork finds: direct I/O under way, pages in pipes, remote access. */
import type { ForkRecord, TransferSnapshot } from "../state/world.ts";
import { baseShape, forkFinding, type RuleContext } from "./context.ts";
import { viewSplice, viewTransfer } from "./views.ts";

/** Failed and empty transfers moved nothing. */
function moved(snapshot: TransferSnapshot): boolean {
  const result = snapshot.transfer.result;
  return result === undefined || result > 0;
}

function overlapOf(fork: ForkRecord, snapshot: TransferSnapshot): string {
  const { begin, end } = snapshot.transfer;
  const from = Math.max(begin.time, fork.begin.time);
  const to = Math.min(
    end?.time ?? Number.POSITIVE_INFINITY,
    fork.end?.time ?? Number.POSITIVE_INFINITY,
  );
  const microseconds = to - from;
  return Number.isFinite(microseconds) && microseconds > 0
    ? ` They overlap for ${Math.round(microseconds)} us.`
    : "";
}

/** Whether the two ran at the same time hangs on a return that was not recorded. */
function isLoose(fork: ForkRecord, { transfer }: TransferSnapshot): boolean {
  return transfer.begin.order < fork.begin.order ? transfer.loose : fork.loose;
}

function judgeLooseReads(
  context: RuleContext,
  fork: ForkRecord,
  reads: readonly TransferSnapshot[],
): void {
  const finding = forkFinding(fork, {
    rule: "DIO-FORK-RACE",
    severity: "medium",
    confidence: "possible",
    pins: reads.map(viewTransfer),
    message: `${fork.call} may run while a direct read is under way: when calls returned was not recorded.`,
    shape: { ...baseShape(fork), kind: "direct read" },
  });
  context.report(finding);
  context.blind({
    kind: "no-durations",
    message: "Files of several threads tell when a call was entered, not when it returned.",
    advice: "Record with -T, or all threads into one file (-f without -ff).",
    process: finding.process,
    at: finding.at,
    forks: 1,
  });
}

function judgeReads(
  context: RuleContext,
  fork: ForkRecord,
  reads: readonly TransferSnapshot[],
): void {
  const sure = reads.filter((read) => read.where === "private" && !isLoose(fork, read));
  const first = sure[0];
  if (first !== undefined) {
    const certain = sure.some(
      (read) => read.addressKnown && !read.assumed && read.transfer.context === undefined,
    );
    context.report(
      forkFinding(fork, {
        rule: "DIO-FORK-RACE",
        severity: "high",
        confidence: certain ? "certain" : "likely",
        hazardous: true,
        pins: sure.map(viewTransfer),
        message: `${fork.call} runs while a direct read into private memory is under way.${overlapOf(fork, first)}`,
        remarks: first.addressKnown
          ? []
          : ["The buffer's address was not printed; record with -e raw=read,pread64."],
        shape: { ...baseShape(fork), kind: "direct read" },
      }),
    );
    return;
  }
  judgeUnsureReads(context, fork, reads);
}

/** Reads that may or may not lie in private memory, or overlap the fork. */
function judgeUnsureReads(
  context: RuleContext,
  fork: ForkRecord,
  reads: readonly TransferSnapshot[],
): void {
  const loose = reads.filter((read) => read.where === "private" && isLoose(fork, read));
  if (loose.length > 0) {
    judgeLooseReads(context, fork, loose);
    return;
  }
  const doubtful = reads.filter((read) => read.where === "ambiguous");
  if (doubtful.length === 0) return;
  const finding = forkFinding(fork, {
    rule: "DIO-FORK-RACE",
    severity: "medium",
    confidence: "possible",
    pins: doubtful.map(viewTransfer),
    message: `${fork.call} runs while a direct read is under way, into a buffer whose address was not printed.`,
    shape: { ...baseShape(fork), kind: "direct read" },
  });
  context.report(finding);
  context.blind({
    kind: "unseen-address",
    message: "A direct read overlaps a fork; whether its buffer is private was not recorded.",
    advice: "Record with strace -e raw=read,pread64 to see buffer addresses.",
    process: finding.process,
    at: finding.at,
    forks: 1,
  });
}

function judgeWrites(
  context: RuleContext,
  fork: ForkRecord,
  writes: readonly TransferSnapshot[],
): void {
  const bare = writes.filter((write) => write.where === "private");
  if (bare.length === 0) return;
  context.report(
    forkFinding(fork, {
      rule: "DIO-WRITE-FORK",
      severity: "low",
      confidence: "likely",
      pins: bare.map(viewTransfer),
      message: `${fork.call} runs while a direct write from private memory is under way.`,
      shape: { ...baseShape(fork), kind: "direct write", writable: false },
    }),
  );
}

export function judgeTransfers(context: RuleContext, fork: ForkRecord): void {
  const live = [...fork.transfers.values()].filter(moved);
  judgeReads(
    context,
    fork,
    live.filter((snapshot) => snapshot.transfer.read),
  );
  judgeWrites(
    context,
    fork,
    live.filter((snapshot) => !snapshot.transfer.read),
  );
}

export function judgeSplices(context: RuleContext, fork: ForkRecord): void {
  const exposed = fork.splices.filter((one) => one.where !== "covered");
  if (exposed.length === 0) return;
  const sure = fork.drainsUnseen ? [] : exposed.filter((one) => one.where === "private");
  const told = sure.length > 0 ? sure : exposed;
  const bytes = told.reduce((sum, { splice }) => sum + splice.bytes, 0);
  const finding = forkFinding(fork, {
    rule: "VMSPLICE-FORK",
    severity: "medium",
    confidence: sure.length > 0 ? "certain" : "possible",
    hazardous: sure.length > 0,
    pins: told.map(({ splice }) => viewSplice(splice)),
    message: `${fork.call} runs while a pipe holds ${bytes} spliced bytes: the reader sees old or new ones by chance.`,
    shape: { ...baseShape(fork), kind: "vmsplice" },
  });
  context.report(finding);
  if (sure.length > 0) return;
  const { process, at } = finding;
  context.blind({
    kind: fork.drainsUnseen ? "filtered-io" : "unseen-address",
    message: fork.drainsUnseen
      ? "Pages were spliced into a pipe and reads were not recorded: they may have left it before the fork."
      : "Pages were spliced into a pipe; whether they are private was not recorded.",
    advice: fork.drainsUnseen
      ? "Record read and readv too."
      : "Record with --record bpf (or log it as a pinlog): there each splice stands with its address.",
    process,
    at,
    forks: 1,
  });
}

export function judgeRemotes(context: RuleContext, fork: ForkRecord): void {
  if (fork.remotes.length === 0) return;
  context.report(
    forkFinding(fork, {
      rule: "REMOTE-PIN-RACE",
      severity: "info",
      confidence: "certain",
      message: `Another process reaches into this one while ${fork.call} copies it.`,
    }),
  );
}
