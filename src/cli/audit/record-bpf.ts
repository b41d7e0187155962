/** `pinfold audit --record bpf -- COMMAND`: runs the command under bpftrace, which writes a pinlog. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bpftraceScript, unseenByBpf } from "../../audit/record/bpftrace.ts";
import { type KernelLayout, layoutQuestions, parseLayout } from "../../audit/record/layout.ts";
import { complain, type Session } from "../session.ts";
import type { Recorded } from "./record.ts";

/** Listings of all system calls are long. */
const listingMax = 1 << 26;

function askLayout(): KernelLayout | { readonly problem: string } {
  let listing = "";
  for (const question of layoutQuestions) {
    const given = { encoding: "utf8", maxBuffer: listingMax } as const;
    const { stdout, stderr, error } = spawnSync("bpftrace", ["-lv", question], given);
    if (error !== undefined)
      return { problem: `cannot run bpftrace (${error.message}); install the package bpftrace` };
    if (/root/.test(stderr)) return { problem: "bpftrace needs root" };
    listing += `${stdout}\n`;
  }
  const layout = parseLayout(listing);
  if (layout.calls.size > 0) return layout;
  const cure = "mount -t tracefs tracefs /sys/kernel/tracing";
  return { problem: `bpftrace finds no tracepoints of system calls; perhaps: ${cure}` };
}

/** bpftrace takes the command as one text without quotes: so a script of ours says it. */
function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

export function recordBpf(
  command: readonly string[],
  keep: string | undefined,
  session: Session,
): Recorded {
  const layout = askLayout();
  if ("problem" in layout) {
    complain(session, layout.problem);
    return { log: undefined };
  }
  for (const unseen of unseenByBpf(layout)) complain(session, `not recorded: ${unseen}`);
  const folder = mkdtempSync(join(tmpdir(), "pinfold-"));
  const [script, run] = [join(folder, "pinlog.bt"), join(folder, "run.sh")];
  const log = keep ?? join(folder, "log.jsonl");
  writeFileSync(script, bpftraceScript(layout));
  writeFileSync(run, `cd ${quoted([session.folder])} && exec ${quoted(command)}\n`);
  const { status, stderr, error } = spawnSync(
    "bpftrace",
    ["-q", "-o", log, "-c", `/bin/sh ${run}`, script],
    {
      stdio: ["inherit", "inherit", "pipe"],
      encoding: "utf8",
      cwd: session.folder,
      env: { ...process.env, BPFTRACE_PERF_RB_PAGES: "1024" },
    },
  );
  if (error !== undefined || status !== 0) {
    const words = stderr
      .split("\n")
      .find((line) => /error/i.test(line) && !line.includes("MEMLOCK"));
    complain(session, `bpftrace failed: ${words ?? error?.message ?? `status ${status}`}`);
    return { log: undefined };
  }
  return { log };
}
