/** Small traces for tests: a program that starts, maps a buffer and registers it with a ring. */
import { type AuditOptions, auditTrace, type TraceReport } from "../../src/audit/audit.ts";

export const fork =
  "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f0000000a10)";

/** execve and the mapping of 64 KiB at 0x7f0000100000, by pid 100. */
export const start = `100 1.000000 execve("/bin/demo", ["demo"], 0x7ffe00000000 /* 3 vars */) = 0
100 1.000100 brk(NULL) = 0x550000000000
100 1.000200 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000
100 1.000250 read(9, "", 1) = 0`;

export const ring = `100 1.000300 io_uring_setup(8, {flags=0, sq_entries=8, cq_entries=16}) = 3`;
export const register = `100 1.000400 io_uring_register(3, IORING_REGISTER_BUFFERS, [{iov_base=0x7f0000100000, iov_len=65536}], 1) = 0`;
export const pinned = `${start}\n${ring}\n${register}`;

/** A fork by 100 whose child 101 exits at once. */
export const forkAndExit = `100 1.100000 ${fork} = 101
101 1.101000 exit_group(0) = ?
101 1.101100 +++ exited with 0 +++`;
export const end = `100 9.000000 exit_group(0) = ?
100 9.000100 +++ exited with 0 +++`;

export function audit(text: string, options: AuditOptions = {}): TraceReport {
  // Seconds are written short here; a small time would be read as -r's difference.
  const stamped = text.replace(/^(\d+) (\d\.\d+) /gm, "$1 170000000$2 ");
  return auditTrace([{ name: "test.strace", chunks: [`${stamped}\n`] }], options);
}

export function rulesOf(report: TraceReport): readonly string[] {
  return [...new Set(report.findings.map((finding) => finding.rule))].sort();
}

export function blindOf(report: TraceReport): readonly string[] {
  return report.blindSpots.map((spot) => spot.kind).sort();
}
