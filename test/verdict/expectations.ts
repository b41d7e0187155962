/** How a verdict stands to the expectation that a library test states for a kernel. */
import { search } from "../../src/explore/search.ts";
import type { Kernel } from "../../src/kernels/index.ts";
import type { ExpectedVerdict, Test } from "../../src/litmus/index.ts";
import { check } from "../../src/verdict/check.ts";
import type { CheckResult } from "../../src/verdict/result.ts";
import { loadWorld } from "../../src/verdict/world.ts";

export type Standing =
  | "as expected"
  | "refused"
  | "not expected"
  | "not modelled"
  | "cut"
  | "wrong";

/**
 * `refused`: the kernel refused an operation (io_uring before it existed), so the test could not
 * happen, which does not contradict "never".
 */
export function standing(
  of: Test,
  kernel: Kernel,
  expected: ExpectedVerdict | undefined,
  maxStates: number,
): { readonly standing: Standing; readonly result: CheckResult } {
  const result = check(of, kernel, { maxStates });
  const word = (): Standing => {
    if (result.notModelled.length > 0) return "not modelled";
    if (expected === undefined) return "not expected";
    if (result.verdict === expected) return "as expected";
    if (result.verdict === "unknown") return "cut";
    if (result.verdict === "vacuous" && expected === "never" && somethingRefused(of, kernel))
      return "refused";
    return "wrong";
  };
  return { standing: word(), result };
}

/** Whether in some run a registration of the test fails. */
function somethingRefused(of: Test, kernel: Kernel): boolean {
  const world = loadWorld(of, kernel);
  const errno = world.model.layout.offsets.get("handle.errno")!;
  const handles = world.names.handles.length;
  const found = search(world.model, world.first, {
    cell: "u16",
    maxStates: 10_000,
    onState: (row) => row.subarray(errno, errno + handles).some((value) => value !== 0),
  });
  return found.stoppedAt !== undefined;
}
