/** Calls that do not return in the usual way, and recorders that let go. */
import { expect, test } from "vitest";
import { audit, blindOf, end, fork, forkAndExit, pinned, start } from "./trace.ts";

const childEnds = "101 1.101 exit_group(0) = ?\n101 1.1011 +++ exited with 0 +++";

test("a fork that a signal interrupted is made once", () => {
  const interrupted = `100 1.05 ${fork} = ? ERESTARTNOINTR (To be restarted)
100 1.06 --- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---
100 1.07 rt_sigreturn({mask=[]}) = 56`;
  const { forks } = audit(`${pinned}\n${interrupted}\n${forkAndExit}\n${end}`);
  expect(forks).toMatchObject({ total: 1, hazardous: 1 });
});

test("a fork that was refused is none", () => {
  const refused = `100 1.05 ${fork} = -1 EAGAIN (Resource temporarily unavailable)`;
  expect(audit(`${pinned}\n${refused}\n${end}`).forks.total).toBe(0);
});

test("a parent killed in its fork has forked when the child was seen", () => {
  const begun = `100 1.1 ${fork.slice(0, fork.indexOf(", child_tidptr"))} <unfinished ...>`;
  const killed = `100 1.1005 <... clone resumed>, child_tidptr=0x7f0) = ?
100 1.1006 +++ killed by SIGKILL +++`;
  const seen = "101 1.1001 set_robust_list(0x7f0, 24) = 0";
  const forksOf = (...lines: readonly string[]) => audit(lines.join("\n")).forks;
  expect(forksOf(pinned, begun, seen, killed, childEnds)).toMatchObject({ total: 1, hazardous: 1 });
  expect(forksOf(pinned, begun, killed).total).toBe(0);
});

test.each([
  "100 2.0 pause( <detached ...>",
  "100 2.0 read(0,  <detached ...>",
  "strace: Process 100 detached",
])("a recorder that lets go leaves the rest unseen: %s", (last) => {
  const report = audit(`${start}\n${forkAndExit}\n${last}`);
  expect([blindOf(report), report.forks.safe]).toEqual([["detached"], 0]);
});
