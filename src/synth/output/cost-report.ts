/** What fork costs: as JSON, and as a table of page classes in which kernels that pay alike are folded. */
import { foldKernels } from "../../report/ranges.ts";
import { type Look, paletteOf } from "../../report/style.ts";
import { fill, hang, padded } from "../../report/wrap.ts";
import { type ForkCost, mostSpared, type Saving } from "../cost.ts";

export interface KernelCost {
  readonly kernel: string;
  readonly cost: readonly ForkCost[];
  /** What reading counts last would spare; undefined where they are read last. */
  readonly saving: readonly Saving[] | undefined;
}

/** One document. */
export function costJson(kernels: readonly KernelCost[]): string {
  const list = kernels.map(({ kernel, cost, saving }) => ({
    kernel,
    cost,
    countsLast: saving ?? null,
  }));
  return `${JSON.stringify({ schema: 1, kernels: list }, null, 2)}\n`;
}

/** "1+2", "4+0 (copies 1)", "refused" */
export function costWords({ loads, readModifyWrites, copies }: ForkCost): string {
  if (copies < 0) return "refused";
  return `${loads}+${readModifyWrites}${copies === 0 ? "" : ` (copies ${copies})`}`;
}

/** A line or more for each class of pages, then what the order of preconditions is worth. */
export function costText(
  kernels: readonly KernelCost[],
  lineage: readonly string[],
  look: Look,
): string {
  const paint = paletteOf(look);
  const classes = kernels[0]?.cost.map(({ pages }) => pages) ?? [];
  const width = Math.max(...classes.map((name) => name.length));
  const rows = classes.flatMap((name, i) => {
    const answers = kernels.map(({ kernel, cost }) => ({ kernel, words: costWords(cost[i]!) }));
    const groups = foldKernels(answers, lineage, ({ words }) => words);
    const cells = groups.map(({ label, item }) => `${label} ${item.words}`);
    const lines = fill(cells, " | ", Math.max(20, look.width - width - 2));
    return lines.map((line, row) => `${padded(row === 0 ? name : "", width)}  ${line}`);
  });
  const head = paint.strong("fork of one page: atomic loads + read-modify-writes");
  const savings = kernels.flatMap(({ kernel, saving }) =>
    saving === undefined ? [] : ["", ...hang(`${kernel}: `, savingText(saving), look.width)],
  );
  return `${[head, "", ...rows, ...savings].join("\n")}\n`;
}

/** "counts last saves at most one load and no read-modify-write per page" with whom it saves. */
export function savingText(saving: readonly Saving[]): string {
  const usual = mostSpared(saving.filter(({ pinned }) => !pinned));
  const all = mostSpared(saving);
  const spared = saving.filter(({ loads, pinned }) => loads > 0 && !pinned);
  const pinned = saving.filter(({ loads, pinned: held }) => held && loads > usual.loads);
  const whom = spared.length === 0 ? "" : ` (${spared.map(({ pages }) => pages).join("; ")})`;
  const more =
    pinned.length === 0
      ? ""
      : `, but ${many(all.loads, "load")} where it is ${pinned.map(({ pages }) => pages).join("; ")}`;
  return `atomics last saves at most ${many(usual.loads, "load")} and ${many(all.readModifyWrites, "read-modify-write")} per page${whom}${more}.`;
}

function many(count: number, what: string): string {
  if (count === 0) return `no ${what}`;
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
