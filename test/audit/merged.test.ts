/** Logs put together by time: whole lines, stamped at entry, whose calls overlap. */
import { expect, test } from "vitest";
import { auditTrace } from "../../src/audit/audit.ts";
import { audit, blindOf, end, fork, forkAndExit, rulesOf, start } from "./trace.ts";

const opens = `100 1.01 openat(AT_FDCWD, "big", O_RDONLY|O_DIRECT) = 4
100 1.02 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, exit_signal=0}, 88) = 105`;
const read = (seconds: string) =>
  `105 1.090000 pread64(0x4, 0x7f0000100000, 0x10000, 0) = 0x10000 <${seconds}>`;

test("a read that lasts into the fork overlaps it, one that is over does not", () => {
  const trace = (seconds: string) => `${start}\n${opens}\n${read(seconds)}\n${forkAndExit}\n${end}`;
  expect(rulesOf(audit(trace("0.500000")))).toEqual(["DIO-FORK-RACE"]);
  expect(rulesOf(audit(trace("0.001000")))).toEqual([]);
});

test("stamps of whole seconds cannot be set against -T", () => {
  const coarse = `${start}\n${opens}\n${read("0.500000")}\n${forkAndExit}\n${end}`.replace(
    /^(\d+) \d\.\d+ /gm,
    "$1 19:15:50 ",
  );
  expect(rulesOf(audit(coarse))).toEqual([]);
});

test("a set stamped with the time of day is ordered just after midnight, too", () => {
  const thread = "clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD}, 88)";
  const main = `00:00:01.000001 execve("/bin/demo", ["demo"], 0x7ffe00000000 /* 3 vars */) = 0
00:00:01.000002 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000100000
00:00:01.000003 io_uring_setup(8, {flags=0, sq_entries=8, cq_entries=16}) = 3
00:00:01.000004 ${thread} = 101
00:00:01.300000 ${fork} = 102
00:00:01.500000 exit_group(0) = ?
00:00:01.500001 +++ exited with 0 +++
`;
  const registering = (time: string) => `00:00:01.000005 set_robust_list(0x7f0000000b00, 24) = 0
${time} io_uring_register(3, IORING_REGISTER_BUFFERS, [{iov_base=0x7f0000100000, iov_len=65536}], 1) = 0
00:00:01.500001 +++ exited with 0 +++
`;
  const child = "00:00:01.300001 exit_group(0) = ?\n00:00:01.300002 +++ exited with 0 +++\n";
  const report = (time: string) =>
    auditTrace([
      { name: "log.100", chunks: [main] },
      { name: "log.101", chunks: [registering(time)] },
      { name: "log.102", chunks: [child] },
    ]);
  expect(blindOf(report("00:00:01.200000"))).toEqual([]);
  expect(report("00:00:01.200000").forks.hazardous).toBe(1);
  expect(report("00:00:01.400000").forks.hazardous).toBe(0);
});
