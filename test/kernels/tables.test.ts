/**
 * If these fail, a table promises something that no path asks, or an answer exists that no kernel
 * gives, or a decision's origin is not told in the form that readers can look up.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import {
  decisionNames,
  decisionValues,
  findKernel,
  type KernelFile,
  kernels,
  lineage,
  makeKernel,
  withDecisions,
} from "../../src/kernels/index.ts";
import { answersOf } from "../../src/kernels/why.ts";
import { pathFiles } from "../../src/mm/index.ts";

const pathTexts = pathFiles.map((name) => readFileSync(join(top, "src/mm", name), "utf8"));

describe("decisions", () => {
  test.each(decisionNames)("%s is asked by a path", (name) => {
    expect(pathTexts.some((text) => asks(text, name))).toBe(true);
  });

  test("a decision nobody asks would be found", () => {
    expect(pathTexts.some((text) => asks(text, "fork.noSuchDecision"))).toBe(false);
    expect(pathTexts.some((text) => asks(text, "fork.present"))).toBe(false);
  });

  test.each(decisionNames)("every answer to %s is given by some kernel", (name) => {
    for (const { value, kernels: giving } of answersOf(name))
      expect(giving, `${name} = ${value}`).not.toEqual([]);
  });

  test.each(decisionNames)("%s lists no before yes, as compiled paths count them", (name) => {
    const values = decisionValues(name);
    if (values.includes(true)) expect(values).toEqual([false, true]);
  });

  test.each(decisionNames)("%s has an answer on every kernel, one of those listed", (name) => {
    for (const kernel of kernels)
      expect(decisionValues(name)).toContain(kernel.decisions[name].value);
  });
});

/** `kernel.fork.copyPinned`, and not the beginning of a longer name. */
function asks(text: string, name: string): boolean {
  return new RegExp(`kernel\\.${name.replace(".", "\\.")}\\b`).test(text);
}

describe("what a kernel states", () => {
  const stated = kernels.flatMap((kernel) =>
    kernel.own.map((name) => ({ kernel: kernel.name, name, ...kernel.decisions[name] })),
  );

  test.each(stated)("$kernel $name", ({ why, commit, evidence }) => {
    expect(why).toMatch(/^\S.*[^.]\.$/);
    if (commit !== undefined) expect(commit).toMatch(/^[0-9a-f]{12}$/);
    expect(evidence.where.length).toBeGreaterThan(3);
  });

  test("it changes something: a decision restated with its old value belongs to readAgain", () => {
    for (const kernel of kernels) {
      const base = kernel.extends === undefined ? undefined : findKernel(kernel.extends);
      for (const name of base ? kernel.own : [])
        expect(kernel.decisions[name].value, `${kernel.name} ${name}`).not.toBe(
          base!.decisions[name].value,
        );
    }
  });

  test("a stable tree says where its own source was read", () => {
    for (const name of ["stable-5.10", "stable-6.1", "stable-6.12", "v7.2"]) {
      const again = Object.values(findKernel(name)!.decisions).filter(({ evidence }) =>
        evidence.where.startsWith("Debian "),
      );
      expect(again.length, name).toBeGreaterThan(15);
    }
  });
});

describe("the lineage", () => {
  test("is the line from v4.19 to v7.1, each kernel extending the one before", () => {
    expect(lineage).toEqual([
      ...["v4.19", "v5.4", "v5.7", "v5.8", "v5.9-rc4", "v5.9-rc7", "v5.9", "v5.11", "v5.12"],
      ...["v5.14", "v5.17", "v5.18", "v5.19", "v6.0", "v6.1", "v6.2", "v6.6", "v6.12"],
      ...["v6.16", "v6.17", "v6.18", "v7.0", "v7.1"],
    ]);
    lineage.forEach((name, at) => {
      expect(findKernel(name)!.extends).toBe(at === 0 ? undefined : lineage[at - 1]);
    });
  });

  test.each([
    ["peter-xu-v1", "v5.9-rc4"],
    ["linus-2020-09-25", "v5.9-rc4"],
    ["peter-xu-v2", "v5.9-rc4"],
    ["linus-2020-09-28", "v5.9-rc7"],
    ["stable-5.7", "v5.7"],
    ["stable-5.10", "v5.9"],
    ["stable-6.1.190", "v6.1"],
    ["stable-6.1", "stable-6.1.190"],
    ["stable-6.12.115", "v6.12"],
    ["stable-6.12", "stable-6.12.115"],
    ["stable-7.1", "v7.1"],
    ["v7.2", "v7.1"],
    ["v7.3", "v7.2"],
  ])("%s stands beside it, on top of %s", (name, base) => {
    expect(findKernel(name)).toMatchObject({ extends: base, mainline: false });
  });
});

describe("making kernels", () => {
  const file: KernelFile = { name: "mine", mainline: false, summary: "Mine.", decisions: {} };

  test("the first kernel has to state everything", () => {
    expect(() => makeKernel(file, undefined)).toThrow("mine does not decide pin.countable");
  });

  test("what is read again keeps its origin and gets new evidence", () => {
    const base = findKernel("v5.11")!;
    const made = makeKernel({ ...file, readAgain: { "fork.writeProtectSeq": "my.c:1" } }, base);
    expect(made.decisions["fork.writeProtectSeq"]).toMatchObject({
      value: true,
      since: "v5.11",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: "my.c:1" },
    });
    expect(base.decisions["fork.writeProtectSeq"].evidence.where).not.toBe("my.c:1");
    expect(made.own).toEqual([]);
  });

  test("a decision set by hand changes the table that paths read, and nothing else", () => {
    const base = findKernel("v5.11")!;
    const off = withDecisions(base, "off", { "fork.copyPinned": false });
    const differing = [...off.table].filter((value, slot) => value !== base.table[slot]);
    expect(differing).toEqual([0]);
    expect(off.decisions["fork.copyPinned"].since).toBe("off");
    expect(base.decisions["fork.copyPinned"].value).toBe(true);
  });
});
