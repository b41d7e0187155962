/** If these fail, a reviewer who flips one decision is told of another kernel, or of none. */
import { describe, expect, test } from "vitest";
import { readDecisionName, readSet, variantOf } from "../../src/cli/decision-words.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { checkExpectations, parseFile } from "../../src/litmus/index.ts";
import { pinfold } from "../support/cli.ts";

const lost = "litmus/seed/RDMA+fork+child-gone.litmus";

describe("decisions on a command line", () => {
  test.each([
    ["fork.copyPinned=off", { "fork.copyPinned": false }],
    ["fork.copyPinned=false", { "fork.copyPinned": false }],
    ["pin.hasPinned=on", { "pin.hasPinned": true }],
    ["pin.hasPinned = true", { "pin.hasPinned": true }],
    ["wp.reuse=refcount", { "wp.reuse": "refcount" }],
    ["wp.reuse=refcount,fork.copyPinned=off", { "wp.reuse": "refcount", "fork.copyPinned": false }],
  ])("%s", (word, set) => {
    expect(readSet([word])).toEqual({ ok: true, set });
  });

  test.each([
    [
      "fork.copyPined=off",
      'PF306: no decision is named "fork.copyPined"; did you mean fork.copyPinned?',
    ],
    ["fork.copyPinned", 'PF307: fork.copyPinned is on or off, not ""'],
    ["fork.copyPinned=maybe", 'PF307: fork.copyPinned is on or off, not "maybe"'],
    ["wp.reuse=refcnt", "did you mean refcount?"],
    ["wp.reuse=refcount=2", "PF307"],
    ["", "PF306"],
  ])("%s is told", (word, message) => {
    expect(readSet([word])).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  test("a decision's name alone", () => {
    expect(readDecisionName("fork.copyPinned")).toEqual({ ok: true, name: "fork.copyPinned" });
    expect(readDecisionName("copyPinned").ok).toBe(false);
  });

  test("a kernel that decides so already is no variant", () => {
    const kernel = findKernel("v5.11")!;
    expect(variantOf(kernel, { "fork.copyPinned": true })).toBe(kernel);
    expect(variantOf(kernel, { "fork.copyPinned": false }).name).toBe(
      "v5.11 with fork.copyPinned=false",
    );
  });
});

describe("--set", () => {
  test("check names the variant and holds it to what its base should do", async () => {
    const set = ["--set", "fork.copyPinned=off"];
    const { code, out } = await pinfold(["check", lost, "-q", "-k", "v5.11", ...set]);
    expect(out).toContain(
      "Verdict v5.11 with fork.copyPinned=false Always (free schedule, sequential memory, complete): " +
        "not as expected (expected Never of v5.11)",
    );
    expect(code).toBe(1);
    expect((await pinfold(["check", lost, "-q", "-k", "v5.11"])).code).toBe(0);
  });

  test("of many kernels, the table names the decision once", async () => {
    const given = ["check", lost, "-q", "-k", "v5.11,v5.12,v5.8", "--set", "fork.copyPinned=off"];
    const { out } = await pinfold(given);
    expect(out).toMatch(/^Every kernel with fork\.copyPinned=false$/m);
    expect(out).toMatch(/v5\.11\.\.v5\.12 always \(expected never\)/);
  });

  test("diff of a kernel and its variant finds a test that can be checked again", async () => {
    const kinds = ["--kinds", "anon", "--depth", "4", "--limit", "1"];
    const given = ["diff", "v5.11", "--set", "fork.copyPinned=off", ...kinds];
    const { code, out } = await pinfold([...given, "-f", "json"]);
    expect(code).toBe(0);
    const [telling] = JSON.parse(out).tests;
    expect(telling.decisions).toEqual(["fork.copyPinned"]);
    const parsed = parseFile(telling.litmus);
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.ok && checkExpectations(parsed.value, ["v5.11"], ["v5.11"])).toEqual([]);
  });

  test.each([
    ["check", lost, "-k", "v5.11"],
    ["diff", "v5.11"],
    ["synth", "v5.11"],
    ["review", "v5.11"],
    ["minimise", lost, "-k", "v5.11"],
  ])("%s tells a wrong name with the nearest right one", async (...given) => {
    const { code, err } = await pinfold([...given, "--set", "fork.copyPined=off"]);
    expect(err).toContain("did you mean fork.copyPinned?");
    expect(code).toBe(2);
  });
});

describe("kernels --why", () => {
  test("tells origin, evidence and the tests that show it, as text and as JSON", async () => {
    const given = ["kernels", "v5.11", "--why", "fork.writeProtectSeq"];
    const { code, out } = await pinfold(given);
    expect(code).toBe(0);
    expect(out).toContain("Since     v5.11, commit 57efa1fe5957");
    expect(out).toContain("read only: 5.11 mm/memory.c:copy_page_range()");
    expect(out).toMatch(/with fork\.writeProtectSeq=false\n {4}\S+: never, then sometimes/);
    const { decisions } = JSON.parse((await pinfold([...given, "-f", "json"])).out);
    expect(decisions[0]).toMatchObject({
      kernel: "v5.11",
      name: "fork.writeProtectSeq",
      value: true,
      commit: "57efa1fe5957",
      evidence: { kind: "read" },
      shownBy: [{ value: false }],
    });
  });

  test.each([
    [["kernels", "--why", "fork.copyPinned"], "name the kernel"],
    [["kernels", "v5.11", "--why", "fork.copyPined"], "did you mean fork.copyPinned?"],
    [["kernels", "v5.1", "--why", "fork.copyPinned"], 'unknown kernel "v5.1"'],
  ])("%j is told", async (given, message) => {
    const { code, err } = await pinfold(given);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
