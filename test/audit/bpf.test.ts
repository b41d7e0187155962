/** The BPF recorder: its script follows the kernel's layout, and what it writes is read in any order. */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { auditTrace } from "../../src/audit/audit.ts";
import { bpftraceScript, unseenByBpf } from "../../src/audit/record/bpftrace.ts";
import { layoutQuestions, parseLayout } from "../../src/audit/record/layout.ts";
import { pinfold } from "../support/cli.ts";

const calls = ["mmap", "clone", "io_uring_register"].map(
  (name) => `tracepoint:syscalls:sys_exit_${name}\n    int __syscall_nr\n    long ret\n`,
);
const structures = `struct mm_struct {
	struct {
		atomic64_t pinned_vm;
	};
};

struct io_kiocb {
	union {
		struct file *file;
	};
	struct io_cqe cqe;
};

struct io_rw {
	struct kiocb kiocb;
	u64 addr;
	u32 len;
};
`;
const handsOver = `tracepoint:io_uring:io_uring_submit_req
    void * ctx
    void * req
    u8 opcode
tracepoint:io_uring:io_uring_complete
    void * ctx
    void * req
`;
const older = `tracepoint:io_uring:io_uring_submit_sqe
    void * ctx
    u8 opcode
    u64 user_data
tracepoint:io_uring:io_uring_complete
    void * ctx
    u64 user_data
`;

describe("the script", () => {
  const newer = parseLayout([...calls, handsOver, structures].join("\n"));
  const before = parseLayout(
    [...calls, older, structures.replace("atomic64_t", "unsigned long")].join("\n"),
  );

  test("hears requests where the kernel hands them over, and says so where not", () => {
    expect(bpftraceScript(newer)).toContain("tracepoint:io_uring:io_uring_submit_req");
    expect(bpftraceScript(before)).not.toContain("tracepoint:io_uring");
    expect(unseenByBpf(newer).join()).not.toContain("plain io_uring requests");
    expect(unseenByBpf(before).join()).toContain("plain io_uring requests");
  });

  test("reads the count of pinned pages as the structure has it", () => {
    expect(bpftraceScript(newer)).toContain("$task->mm->pinned_vm.counter");
    expect(bpftraceScript(before)).toContain("$task->mm->pinned_vm)");
    const none = parseLayout([...calls, older].join("\n"));
    expect(bpftraceScript(none)).not.toContain("pinned_vm");
    expect(unseenByBpf(none).join()).toContain("counts as pinned");
  });

  test("leaves out calls that the kernel does not know, and uses tracepoints only", () => {
    const text = bpftraceScript(newer);
    expect(text).toContain("tracepoint:syscalls:sys_exit_mmap");
    expect(text).not.toContain("vmsplice");
    expect(text).not.toMatch(/kprobe|uprobe|fentry|kfunc/);
    expect(text.split("{").length).toBe(text.split("}").length);
  });
});

describe("a pinlog", () => {
  const audit = (lines: readonly string[]) =>
    auditTrace([{ name: "log.jsonl", chunks: [`${lines.join("\n")}\n`] }]);
  const line = (t: number, event: string, more: object = {}) =>
    JSON.stringify({ t, pid: 10, tid: 10, ev: event, ...more });
  const begins = [
    line(1, "exec", { file: "/bin/demo" }),
    line(2, "mmap", { addr: "0x7f0000100000", len: 65536, flags: 34, prot: 3 }),
  ];
  const fork = [
    line(20, "fork", { call: "clone" }),
    line(30, "newtask", { child: 11, flags: "0x1200000" }),
  ];
  const ends = [JSON.stringify({ t: 40, pid: 11, ev: "exit" }), line(50, "exit")];
  const reads = (end: number) => [
    line(10, "dio", { tid: 12, addr: "0x7f0000100000", len: 4096, read: true }),
    line(end, "dio_end", { tid: 12, ret: 4096 }),
  ];

  test("is put in the order of its times: recorders empty one buffer a processor", () => {
    const thread = line(5, "newtask", { child: 12, flags: "0x10f00" });
    const told = (end: number) => audit([...fork, ...ends, ...reads(end), ...begins, thread]).forks;
    expect(told(25)).toMatchObject({ total: 1, hazardous: 1 });
    expect(told(15)).toMatchObject({ total: 1, hazardous: 0, safe: 1 });
  });

  test("tells a fork from its entry, so that what ends before the new task stands still overlaps", () => {
    const thread = line(5, "newtask", { child: 12, flags: "0x10f00" });
    const failed = [line(20, "fork", { call: "clone" }), line(30, "fork_failed")];
    const log = (made: readonly string[]) =>
      audit([...begins, thread, ...reads(25), ...made, ...ends]);
    expect(log(fork).forks.hazardous).toBe(1);
    expect(log(failed).forks.total).toBe(0);
  });

  test("lost events are a blind spot, unknown ones are not", () => {
    const pinless = [...begins, ...fork, ...ends];
    expect(audit(pinless).forks.safe).toBe(1);
    expect(audit([...pinless, line(31, "from-the-future")]).forks.safe).toBe(1);
    const lost = audit([...pinless, "Lost 12 events"]);
    expect([lost.forks.safe, lost.blindSpots.map((spot) => spot.kind)]).toEqual([
      0,
      ["lost-events"],
    ]);
  });

  test("buffers that the recorder did not list make no certainty", () => {
    const ring = line(3, "uring_setup", { fd: 3, flags: 0 });
    const answer = line(4, "uring_reg_ret", { ret: 0, fd: 3, n: 2, slot: false });
    const report = audit([...begins, ring, answer, ...fork, ...ends]);
    expect(report.forks).toMatchObject({ hazardous: 0, safe: 0 });
  });

  test("a thread that executes takes the leader's place", () => {
    const thread = line(5, "newtask", { child: 12, flags: "0x10f00" });
    const executes = [line(6, "exit"), line(7, "exec", { tid: 12, file: "/bin/other" })];
    const report = audit([...begins, thread, ...executes, ...fork, ...ends]);
    expect([report.forks.total, report.blindSpots]).toEqual([1, []]);
  });
});

const listing = layoutQuestions.map((question) =>
  spawnSync("bpftrace", ["-lv", question], { encoding: "utf8", maxBuffer: 1 << 26 }),
);
// bpftrace lists nothing, and is content, where tracefs is not mounted.
const works = parseLayout(listing.map(({ stdout }) => stdout ?? "").join("\n")).calls.size > 0;
if (!works) console.warn("bpftrace does not run here: its script is tested as text only");

if (works) {
  test("on this machine it records what strace prints as a pointer", {
    timeout: 120_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "pinfold-bpf-"));
    const source = fileURLToPath(new URL("./programs/holds.c", import.meta.url));
    const program = join(folder, "holds");
    const built = spawnSync("gcc", ["-O1", "-pthread", "-w", "-o", program, source]);
    expect(built.status).toBe(0);
    const given = ["audit", "--record", "bpf", "--kernel", "v5.4", "--format", "json", "--output"];
    const report = join(folder, "report.json");
    const run = await pinfold([...given, report, "--", program, "slot_pins"]);
    expect([run.code, run.err]).toEqual([1, expect.stringContaining("not recorded")]);
  });
}
