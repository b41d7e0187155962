/** Which mappings get to a step of fork; and a step that nothing reaches. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { reach, reachable } from "../../src/synth/reach.ts";

const simple = findKernel("linus-2020-09-25")!;
const reached = (wanted: string, kinds: readonly string[], depth = 3) =>
  reach(simple, wanted, { kinds, depth }).mappings.filter(({ program }) => program !== undefined);

describe("reach", () => {
  it("finds a shortest program for a pinned page at the anon_vma test", () => {
    const [anon] = reached("test anon_vma", ["anon"]);
    expect(anon?.program).toEqual(["P0: h = pin(x[0], WRITE);", "P0: r0 = fork(P1);"]);
  });

  it("finds no mapping that the anon_vma test excludes: fork does not walk those", () => {
    const kinds = ["anon", "untouched anon", "zero", "untouched private file", "shmem"];
    expect(reached("there is no anon_vma: share", kinds)).toEqual([]);
  });

  it("walks a private file mapping only once one of its pages was written", () => {
    const [file] = reached("copy_page_range", ["untouched private file"]);
    expect(file?.program).toEqual(["P0: x[0] = 1;", "P0: r0 = fork(P1);"]);
    expect(reached("copy_page_range", ["untouched private file"], 1)).toEqual([]);
  });

  it("knows the paths' names and their labels", () => {
    expect(reachable()).toContain("copy_normal_page");
    expect(reachable()).toContain("test anon_vma");
  });
});
