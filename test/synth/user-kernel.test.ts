/** Kernels of one's own: the examples change the verdicts they should, mistakes are told in place. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findKernel, kernels } from "../../src/kernels/index.ts";
import { readUserKernel, type UserKernel } from "../../src/kernels/user.ts";
import { expand, nearest, parseFile, type Test } from "../../src/litmus/index.ts";
import { pathFiles } from "../../src/mm/entries.ts";
import { check } from "../../src/verdict/check.ts";

const top = new URL("../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, top), "utf8");
const sources = pathFiles.map((name) => ({ file: `src/mm/${name}`, text: text(`src/mm/${name}`) }));
const read = (source: string) =>
  readUserKernel({ file: "mine.ts", text: source }, { kernels, sources, nearest });

function example(name: string): UserKernel {
  const result = read(text(`examples/${name}.ts`));
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.value;
}

function library(path: string): Test {
  const parsed = parseFile(text(`litmus/${path}.litmus`));
  if (!parsed.ok) throw new Error(path);
  return expand(parsed.value)[0]!;
}

/** The verdicts of the kernel that is extended, and of the one that extends it. */
function verdicts(
  { kernel, machine }: UserKernel,
  paths: readonly string[],
): Record<string, string> {
  const base = findKernel(kernel.extends!)!;
  const said = paths.map((path) => {
    const test = library(path);
    const mine = check(test, kernel, machine === undefined ? {} : { machine });
    return [path, `${check(test, base).verdict} ${mine.verdict}`];
  });
  return Object.fromEntries(said);
}

describe("the examples", () => {
  it("fork-without-tearing tears as before when the flush is taken out of it", () => {
    const source = text("examples/fork-without-tearing.ts");
    const hasty = source
      .replace("      flush_tlb_page(m, at);\n", "")
      .replace("  flush_tlb_page,\n", "");
    expect(hasty).not.toContain("flush_tlb_page(");
    const result = read(hasty);
    if (!result.ok) throw new Error("the example without its flush");
    expect(verdicts(result.value, ["races/TEAR+mixed+stale"])).toEqual({
      "races/TEAR+mixed+stale": "sometimes sometimes",
    });
  });

  it("fork-without-tearing ends the tearing and nothing else", () => {
    expect(
      verdicts(example("fork-without-tearing"), [
        "races/TEAR+two-pages",
        "races/TEAR+two-pages+unpinned",
        "races/TEAR+mixed+stale",
        "seed/RDMA+fork+child-alive",
        "seed/MPROTECT+pin",
        "bugs/PINNED+parent-keeps",
      ]),
    ).toEqual({
      "races/TEAR+two-pages": "sometimes never",
      "races/TEAR+two-pages+unpinned": "never never",
      "races/TEAR+mixed+stale": "sometimes never",
      "seed/RDMA+fork+child-alive": "never never",
      "seed/MPROTECT+pin": "never never",
      "bugs/PINNED+parent-keeps": "never never",
    });
  });

  it("fork-without-lock loses a thread's store, tears what is shared, and changes nothing without threads", () => {
    expect(
      verdicts(example("fork-without-lock"), [
        "races/FORK+two-threads-write",
        "races/TEAR+two-pages+unpinned",
        "races/TWO-FORKS",
        "seed/RDMA+fork+child-alive",
        "seed/MPROTECT+pin",
      ]),
    ).toEqual({
      "races/FORK+two-threads-write": "never sometimes",
      "races/TEAR+two-pages+unpinned": "never sometimes",
      "races/TWO-FORKS": "never never",
      "seed/RDMA+fork+child-alive": "never never",
      "seed/MPROTECT+pin": "never never",
    });
  });

  it("vmsplice-copies closes the leak through the pipe, not the RDMA one", () => {
    const found = verdicts(example("vmsplice-copies"), [
      "selftest/VMSPLICE+before-fork",
      "seed/RDMA+fork+child-alive",
    ]);
    expect(found["selftest/VMSPLICE+before-fork"]).toBe("always never");
    expect(found["seed/RDMA+fork+child-alive"]).toBe("always always");
  });

  it("preconditions-reordered changes no verdict", () => {
    const found = verdicts(example("preconditions-reordered"), [
      "seed/RDMA+fork+child-alive",
      "seed/RDMA+fork+child-gone",
      "seed/L25+mprotect-between",
      "seed/ALLOC+atomic",
      "seed/MPROTECT+pin",
    ]);
    for (const [path, words] of Object.entries(found))
      expect(words.split(" ")[0], path).toBe(words.split(" ")[1]);
  });
});

describe("mistakes", () => {
  const broken = (body: string) => {
    const source = `import { kernel } from "pinfold/kernel";\nexport default kernel({ ${body} });\n`;
    const result = read(source);
    expect(result.ok).toBe(false);
    return result.diagnostics.map(({ code, message, span }) => ({
      code,
      message,
      at: source.slice(span.start, span.end),
    }));
  };
  const head = `name: "mine", extends: "v6.1"`;

  it("are told all at once, each where it stands", () => {
    expect(
      broken(
        `name: "mine", extends: "v6.11", decisions: { "fork.copyPined": false, "wp.reuse": "refcnt" }`,
      ),
    ).toMatchObject([
      { code: "PF304", at: '"v6.11"' },
      {
        code: "PF306",
        at: '"fork.copyPined"',
        message: expect.stringContaining("fork.copyPinned"),
      },
      { code: "PF307", at: '"refcnt"', message: expect.stringContaining('"refcount"') },
    ]);
  });

  it("in a path's name or parameters are found before anything is compiled", () => {
    expect(broken(`${head}, paths: { copy_present_pet: function* () {} }`)).toMatchObject([
      { code: "PF308", message: expect.stringContaining("copy_present_pte") },
    ]);
    expect(broken(`${head}, paths: { copy_present_pte: function* (m, c) {} }`)).toMatchObject([
      { code: "PF309", message: expect.stringContaining("4 (m, c, at, vm)") },
    ]);
  });

  it("inside a path are the compiler's, at their place", () => {
    const found = broken(
      `${head}, paths: { pte_unlock: function* (m) { yield "x"; page.rf[m] = 1; } }`,
    );
    expect(found).toMatchObject([{ code: "PF203", at: "page.rf" }]);
  });

  it("a file without a kernel is told what to write", () => {
    expect(read("export const x = 1;").diagnostics).toMatchObject([{ code: "PF301" }]);
  });
});
