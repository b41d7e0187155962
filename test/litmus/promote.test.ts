/** New promises are written in the fewest ranges, and nothing else of the file moves. */
import { describe, expect, test } from "vitest";
import {
  type ExpectedVerdict,
  expectationFor,
  parseFile,
  promisesOf,
  promoted,
} from "../../src/litmus/index.ts";

const lineage = ["v1", "v2", "v3", "v4"];
const names = { lineage, others: ["patch", "stable"] };
const body = `Linux T
{ page x = anon; } // kept
P0 { x = 1; }
exists (x = 1)
`;

function rewritten(clause: string, changed: Readonly<Record<string, ExpectedVerdict>>): string {
  const text = body + clause;
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error(text);
  const wanted = promisesOf(parsed.value, lineage);
  for (const [kernel, verdict] of Object.entries(changed)) wanted.set(kernel, verdict);
  return promoted(text, parsed.value, wanted, names);
}

describe("promoted", () => {
  test("splits a range where one kernel changed", () => {
    expect(rewritten("with ..v3: never\n", { v2: "always" })).toBe(
      `${body}with v1: never; v2: always; v3: never\n`,
    );
  });

  test("joins what became alike, to the ends of the line", () => {
    const text = rewritten("with v1: never; v2..: always; patch: never\n", { v1: "always" });
    expect(text).toBe(`${body}with ..: always; patch: never\n`);
    const parsed = parseFile(text);
    expect(parsed.ok && expectationFor(parsed.value, "v4", lineage)).toBe("always");
  });

  test("leaves kernels alone of which nothing was promised", () => {
    expect(rewritten("with v1: never\n", { v1: "sometimes", stable: "never" })).toBe(
      `${body}with v1: sometimes; stable: never\n`,
    );
  });

  test("keeps what is promised under weak order", () => {
    expect(rewritten("with v1: never; v2 weak: sometimes\n", { v1: "always" })).toBe(
      `${body}with v1: always; v2 weak: sometimes\n`,
    );
  });

  test("writes a clause where there was none", () => {
    expect(rewritten("", { v1: "never" })).toBe(`${body}with v1: never\n`);
  });
});
