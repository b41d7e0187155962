/** Facts of a machine: a vendor's kernel as a target, and variables that switch protection on. */
import { describe, expect, test } from "vitest";
import { environmentOf, kernelOfFacts, protectionIn, readFacts } from "../../src/audit/facts.ts";
import { litmusOf } from "../../src/audit/litmus.ts";
import { makeModel } from "../../src/cli/audit/model.ts";
import { kernels } from "../../src/kernels/index.ts";
import { audit, end, forkAndExit, start } from "./trace.ts";

const kernelOf = (given: object) => {
  const facts = readFacts("facts.json", JSON.stringify({ schema: 1, kernel: given }));
  return facts.ok ? kernelOfFacts("facts.json", facts.value, kernels) : facts;
};

const pin = litmusOf({
  kind: "pin",
  by: "io_uring",
  page: "hugetlb",
  writable: true,
  child: "lives",
  racing: false,
  advised: false,
}) as string;

describe("a vendor's kernel", () => {
  const verdict = (given: object) => {
    const kernel = kernelOf(given);
    if (!kernel.ok) throw new Error(kernel.message);
    const named = { kernel: kernel.value, machine: undefined };
    return makeModel([named], []).ask(pin, kernel.value.name).verdict;
  };

  test("that says it copies on fork loses nothing, unlike the kernel it starts from", () => {
    expect(verdict({ name: "rhel8", base: "v5.4" })).toMatch(/sometimes|always/);
    expect(verdict({ name: "rhel8", base: "v5.4", copyOnFork: true })).toBe("never");
  });

  test("may change single decisions", () => {
    const decisions = { "fork.hugetlb": "copy-if-pinned" };
    expect(verdict({ name: "own", base: "v5.11" })).toMatch(/sometimes|always/);
    expect(verdict({ name: "own", base: "v5.11", decisions })).toBe("never");
  });

  test.each([
    [{ name: "x", base: "v9" }, 'no kernel is named "v9"'],
    [{ name: "x", base: "v5.12", copyOnFork: false }, "contradicts v5.12"],
    [{ name: "x", base: "v5.4", decisions: { "fork.none": true } }, 'named "fork.none"'],
    [{ name: "x", base: "v5.4", decisions: { "fork.hugetlb": "no" } }, "is one of share"],
    [{ name: "a b", base: "v5.4" }, "kernel.name"],
    [{ base: "v5.4" }, "kernel.name"],
    [{ name: "x", base: "v5.4", copyonfork: true }, "copyonfork"],
  ])("%j is refused: %s", (given, words) => {
    const kernel = kernelOf(given);
    expect(kernel.ok ? "" : kernel.message).toContain(words);
  });

  test("a file that is no JSON is refused by name", () => {
    const read = readFacts("rhel.json", "{");
    expect(read.ok ? "" : read.message).toMatch(/^rhel\.json: /);
  });
});

describe("variables", () => {
  test("only what switches protection on is taken from an environment", () => {
    const text = "PASSWORD=x\0RDMAV_FORK_SAFE=0\0UCX_IB_FORK_INIT=n\0";
    const env = environmentOf(text);
    expect(env).toEqual({ RDMAV_FORK_SAFE: "0", UCX_IB_FORK_INIT: "n" });
    expect(protectionIn(env)).toBe("RDMAV_FORK_SAFE=0");
    expect(protectionIn({ UCX_IB_FORK_INIT: "n" })).toBeUndefined();
  });

  const verbs = `100 1.01 openat(AT_FDCWD, "/dev/infiniband/uverbs0", O_RDWR|O_CLOEXEC) = 7
100 1.02 ioctl(7, RDMA_VERBS_IOCTL, 0x7ffd00000000) = 0
${forkAndExit}
${end}`;
  const severity = (begin: string) =>
    audit(`${begin}\n${verbs}`).findings.find((one) => one.rule === "PIN-UNKNOWN")?.severity;

  test("that stand in the trace lower what is only possible", () => {
    const shown = start.replace("0x7ffe00000000 /* 3 vars */", '["A=b", "RDMAV_FORK_SAFE=1"]');
    expect([severity(start), severity(shown)]).toEqual(["medium", "low"]);
    expect(audit(`${shown}\n${verbs}`).inputs[0]?.environments).toBe(1);
  });
});
