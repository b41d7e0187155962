/** docs/guarantees.md: what breaks where, and how far it was searched. */
import type { Guarantee } from "../guarantees.ts";
import { lenses } from "../lenses.ts";
import { outcomes } from "../outcome.ts";

const head = `# What every kernel keeps, and what breaks where

Written by \`npm run guarantees\`: every program over the operations of each lens, up to its length, on every kernel, held
against a promise: each process has its own copy of each private page from fork on, and a registration stays with the
page of whoever made it. \`pinfold synth KERNEL\` shows the shortest program for each way to break it. One process, its
child, one handle, statements one after the other: races are another matter (\`pinfold diff --concurrent\`).

A kernel is guaranteed to keep the promise where no damage stands beside it: within this length, these operations, these
kinds of pages, these states, and no further.
`;

/** The page; the kernels in the order in which they are given. */
export function guaranteesPage(all: readonly Guarantee[]): string {
  return `${[head, ...lenses.map((_, i) => lensSection(all.filter(({ lens }) => lens === i)))].join("\n")}`;
}

/** One lens: its bound, and a row a kernel. */
export function lensSection(rows: readonly Guarantee[]): string {
  const { lens, operations } = rows[0]!;
  const { kinds = ["anon"], families = [], pages = 2 } = lenses[lens]!;
  const lines = rows.map(guaranteeRow);
  return `## ${lens + 1}. ${kinds.join(", ")}

${operations} operations (${families.join(", ")}), ${pages === 1 ? "one page of a kind" : "two pages, or one huge one"}.

| kernel | length | states | breaks |
|---|---|---|---|
${lines.join("\n")}
`;
}

/** "| v5.8 | 5 | 196 | lost DMA write: fork, rdma |" */
export function guaranteeRow({ kernel, depth, states, complete, broken }: Guarantee): string {
  const damages = outcomes.flatMap((outcome) => {
    const ways = broken.filter((one) => one.outcome === outcome);
    const needs = ways.map((one) =>
      one.needs.length === 0 ? "nothing else" : one.needs.join("+"),
    );
    return ways.length === 0 ? [] : [`${outcome} (${[...new Set(needs)].join("; ")})`];
  });
  const what = damages.length === 0 ? "nothing" : damages.join(", ");
  return `| ${kernel} | ${depth}${complete ? "" : " (cut)"} | ${states} | ${what} |`;
}
