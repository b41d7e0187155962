/** docs/guarantees.md says what the search says: each row is there, and some kernels are searched again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { top } from "../../scripts/repository.ts";
import { findKernel, kernels, withDecisions } from "../../src/kernels/index.ts";
import { guarantees } from "../../src/synth/guarantees.ts";
import { lenses } from "../../src/synth/lenses.ts";
import { guaranteeRow } from "../../src/synth/output/guarantees-page.ts";

const page = readFileSync(join(top, "docs/guarantees.md"), "utf8");
const sections = page.split(/^## /m).slice(1);

describe("docs/guarantees.md", () => {
  it("has a row for every kernel under every lens", () => {
    expect(sections).toHaveLength(lenses.length);
    for (const section of sections)
      for (const { name } of kernels) expect(section).toContain(`\n| ${name} | `);
  });

  it.each(["v5.8", "v5.9-rc4", "v6.1"])(
    "says of %s what the search says",
    (name) => {
      for (const one of guarantees(findKernel(name)!))
        expect(sections[one.lens]).toContain(`\n${guaranteeRow(one)}\n`);
    },
    60_000,
  );

  it("would not say it of a kernel that forgets to copy pinned pages", () => {
    const wrong = withDecisions(findKernel("v6.1")!, "v6.1", { "fork.copyPinned": false });
    const rows = guarantees(wrong).map((one) => sections[one.lens]!.includes(guaranteeRow(one)));
    expect(rows).toContain(false);
  }, 60_000);
});
