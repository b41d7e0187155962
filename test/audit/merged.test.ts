/** Logs put together by time: whole lines, stamped at entry, whose calls overlap. */
import { expect, test } from "vitest";
import { audit, end, forkAndExit, rulesOf, start } from "./trace.ts";

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
