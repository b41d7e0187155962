/** The kernels as text: the lineage, the kernels off the line, one kernel's decisions. */
import { type Look, paletteOf } from "./style.ts";
import { hang, padded } from "./wrap.ts";

/** One named decision of a kernel. */
export interface DecisionFacts {
  readonly value: string | number | boolean;
  readonly why: string;
  readonly commit?: string | undefined;
  readonly evidence?: string | undefined;
}

export interface KernelFacts {
  readonly name: string;
  readonly extends?: string | undefined;
  readonly summary: string;
  /** All decisions in force, inherited ones as well. */
  readonly decisions: Readonly<Record<string, DecisionFacts>>;
}

/** All kernels: the mainline in order, then the others with what they extend. */
export function drawKernels(
  kernels: readonly KernelFacts[],
  lineage: readonly string[],
  look: Look,
): string {
  const width = Math.max(...kernels.map(({ name }) => name.length));
  const line = lineage.flatMap((name) => kernels.filter((kernel) => kernel.name === name));
  const others = kernels.filter(({ name }) => !lineage.includes(name));
  const paint = paletteOf(look);
  const row = (name: string, text: string): readonly string[] =>
    hang(`  ${padded(name, width)}  `, text, look.width);
  const lines = [
    paint.strong("The mainline lineage, oldest first"),
    ...line.flatMap(({ name, summary }) => row(name, summary)),
    ...(others.length === 0 ? [] : ["", paint.strong("Off the line")]),
    ...others.flatMap((kernel) =>
      row(kernel.name, `(extends ${kernel.extends ?? "nothing"}) ${kernel.summary}`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** One kernel's decisions: value, reason, commit, evidence, and the kernel that brought it in. */
export function drawKernel(
  kernel: KernelFacts,
  kernels: readonly KernelFacts[],
  look: Look,
): string {
  const paint = paletteOf(look);
  const parent = kernel.extends === undefined ? "" : ` (extends ${kernel.extends})`;
  const lines = [
    ...hang("", `${kernel.name}${parent}: ${kernel.summary}`, look.width).map(paint.strong),
  ];
  for (const [name, decision] of Object.entries(kernel.decisions)) {
    const since = originOf(name, kernel, kernels);
    const source = [
      since === kernel.name ? "new here" : `since ${since}`,
      ...(decision.commit === undefined ? [] : [`commit ${decision.commit}`]),
    ].join(", ");
    lines.push(
      "",
      ...hang("  ", `${name} = ${String(decision.value)}`, look.width).map(paint.place),
    );
    lines.push(...hang("    ", source, look.width).map(paint.faint));
    lines.push(...hang("    ", decision.why, look.width));
    if (decision.evidence !== undefined) {
      lines.push(...hang("    evidence: ", decision.evidence, look.width));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The oldest ancestor from which on the decision has the value it has in this kernel. */
export function originOf(
  decision: string,
  kernel: KernelFacts,
  kernels: readonly KernelFacts[],
): string {
  const parent = kernels.find(({ name }) => name === kernel.extends);
  if (parent === undefined) {
    return kernel.name;
  }
  const mine = kernel.decisions[decision];
  const theirs = parent.decisions[decision];
  const same =
    theirs !== undefined && theirs.value === mine?.value && theirs.commit === mine.commit;
  return same ? originOf(decision, parent, kernels) : kernel.name;
}

/** The kernels as JSON, schema 1. */
export function kernelsJson(kernels: readonly KernelFacts[], lineage: readonly string[]): string {
  const list = kernels.map((kernel) => ({
    name: kernel.name,
    extends: kernel.extends ?? null,
    mainline: lineage.includes(kernel.name),
    summary: kernel.summary,
    decisions: Object.fromEntries(
      Object.entries(kernel.decisions).map(([name, decision]) => [
        name,
        { ...decision, since: originOf(name, kernel, kernels) },
      ]),
    ),
  }));
  return `${JSON.stringify({ schema: 1, kernels: list }, undefined, 2)}\n`;
}
