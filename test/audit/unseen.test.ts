/** Calls printed without what they point to: never a certain hazard, never safe. */
import { describe, expect, test } from "vitest";
import { audit, blindOf, end, forkAndExit, pinned, ring, rulesOf, start } from "./trace.ts";

const call = (given: string, result: string | number = 0) =>
  `100 1.0005 io_uring_register(${given}) = ${result}`;
const report = (...lines: readonly string[]) =>
  audit([...lines, forkAndExit, end].filter((line) => line !== "").join("\n"));

describe("a registration with a bare pointer is possible, not likely", () => {
  test.each([
    ["BUFFERS", "3, IORING_REGISTER_BUFFERS, 0x7ffd00000000, 1"],
    ["BUFFERS raw", "0x3, 0, 0x7ffd00000000, 0x1"],
    ["BUFFERS2", "3, IORING_REGISTER_BUFFERS2, 0x7ffd00000000, 32"],
    [
      "BUFFERS2 with an unprinted list",
      "3, IORING_REGISTER_BUFFERS2, {nr=2, flags=0, data=0x7ffd00000000, tags=NULL}, 32",
    ],
    ["PBUF_RING", "3, IORING_REGISTER_PBUF_RING, 0x7ffd00000000, 1"],
    ["UPDATE", "3, IORING_REGISTER_BUFFERS_UPDATE, 0x7ffd00000000, 32"],
  ])("%s", (_name, given) => {
    const { findings, forks, blindSpots } = report(
      start,
      ring,
      call(given, given.includes("UPDATE") ? 1 : 0),
    );
    expect(findings.map((one) => [one.rule, one.confidence])).toEqual([
      ["PIN-FORK-PRIVATE", "possible"],
    ]);
    expect(blindSpots.map((spot) => spot.kind)).toEqual(["unseen-address"]);
    expect(forks).toMatchObject({ hazardous: 0, safe: 0, unknown: 1 });
  });

  test("one that was printed is certain", () => {
    expect(report(pinned).findings.map((one) => one.confidence)).toEqual(["certain"]);
  });

  test("one that is dropped before the fork is over", () => {
    const drop = "100 1.0007 io_uring_register(3, IORING_UNREGISTER_BUFFERS, NULL, 0) = 0";
    const { findings, forks } = report(
      start,
      ring,
      call("3, IORING_REGISTER_BUFFERS, 0x7ffd0000, 1"),
      drop,
    );
    expect([findings, forks.safe]).toEqual([[], 1]);
  });

  test("an update of nobody knows which slot makes what was certain doubtful", () => {
    const update = call("3, IORING_REGISTER_BUFFERS_UPDATE, 0x7ffd00000000, 32", 1);
    expect(report(pinned, update).findings.map((one) => one.confidence)).toEqual(["possible"]);
  });
});

describe("a ring registered by slot", () => {
  const slot = call("3, IORING_REGISTER_RING_FDS, [{offset=0, data=3}], 1", 1);
  const register = (how: string) =>
    call(`0, ${how}, [{iov_base=0x7f0000100000, iov_len=65536}], 1`);
  const closes = "100 1.0006 close(3) = 0";

  test.each(["IORING_REGISTER_USE_REGISTERED_RING|IORING_REGISTER_BUFFERS", "0x80000000"])(
    "%s pins by the ring, not by descriptor 0",
    (how) => {
      const standardInput = "100 1.0007 close(0) = 0";
      expect(report(start, ring, slot, register(how), closes, standardInput).forks.hazardous).toBe(
        1,
      );
    },
  );

  test("what is dropped by slot is dropped", () => {
    const drop = "100 1.0007 io_uring_register(0, 0x80000001, NULL, 0) = 0";
    const { forks } = report(start, ring, slot, register("0x80000000"), closes, drop);
    expect(forks).toMatchObject({ hazardous: 0, safe: 1 });
  });
});

describe("calls that were not recorded", () => {
  test("without any mapping call an address tells nothing", () => {
    const { forks, blindSpots } = report(
      pinned
        .split("\n")
        .filter((line) => !/brk|mmap/.test(line))
        .join("\n"),
    );
    expect(forks).toMatchObject({ hazardous: 0, safe: 0 });
    expect(blindSpots.map((spot) => spot.kind)).toContain("filtered-memory");
  });

  test("without reads a pipe may have been drained", () => {
    const pipe = "100 1.01 pipe2([5, 6], 0) = 0";
    const splice = `100 1.02 vmsplice(6, [{iov_base="\\1\\1"..., iov_len=4096}], 1, 0) = 4096`;
    const withoutReads = start.replace(/\n.*read\(.*/, "");
    expect(blindOf(report(withoutReads, pipe, splice))).toEqual(["filtered-io"]);
    expect(report(start, pipe, splice).forks.hazardous).toBe(1);
  });

  test("spliced pages may lie in shared memory", () => {
    const shared =
      "100 1.005 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = 0x7f0000300000";
    const pipe = "100 1.01 pipe2([5, 6], 0) = 0";
    const splice = `100 1.02 vmsplice(6, [{iov_base="\\1\\1"..., iov_len=4096}], 1, 0) = 4096`;
    const told = report(start, shared, pipe, splice);
    expect([told.forks.hazardous, rulesOf(told), blindOf(told)]).toEqual([
      0,
      ["VMSPLICE-FORK"],
      ["unseen-address"],
    ]);
  });
});
