/** The kernels as text: the lineage, the kernels off the line, one kernel's decisions. */
import type { Decision, DecisionName, Kernel } from "../kernels/index.ts";
import { seenOn } from "../kernels/seen.ts";
import { type Look, type Palette, paletteOf } from "./style.ts";
import { hang, padded } from "./wrap.ts";

/** What of a kernel is drawn. */
export type KernelFacts = Pick<
  Kernel,
  "name" | "extends" | "mainline" | "summary" | "decisions" | "own"
>;

/** All kernels: the mainline in order, then the others with what they extend. */
export function drawKernels(kernels: readonly KernelFacts[], look: Look): string {
  const paint = paletteOf(look);
  const width = Math.max(0, ...kernels.map(({ name }) => name.length));
  const row = ({ name }: KernelFacts, text: string): readonly string[] =>
    width * 2 < look.width
      ? hang(`  ${padded(name, width)}  `, text, look.width)
      : [`  ${name}`, ...hang("    ", text, look.width)];
  const others = kernels.filter(({ mainline }) => !mainline);
  const lines = [
    paint.strong("The mainline lineage, oldest first"),
    ...kernels.filter(({ mainline }) => mainline).flatMap((kernel) => row(kernel, kernel.summary)),
    ...(others.length === 0 ? [] : ["", paint.strong("Off the line")]),
    ...others.flatMap((kernel) =>
      row(kernel, `(extends ${kernel.extends ?? "nothing"}) ${kernel.summary}`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** One kernel: what it decides itself, then what it inherits, each with its origin and evidence. */
export function drawKernel(kernel: KernelFacts, look: Look): string {
  const paint = paletteOf(look);
  const parent = kernel.extends === undefined ? "" : ` (extends ${kernel.extends})`;
  const all = Object.entries(kernel.decisions);
  const own = all.filter(([, { since }]) => since === kernel.name);
  const inherited = all.filter(([, { since }]) => since !== kernel.name);
  const lines = [
    ...hang("", `${kernel.name}${parent}: ${kernel.summary}`, look.width).map(paint.strong),
    ...section(kernel, "Decided here", own, paint, look),
    ...section(kernel, "Inherited", inherited, paint, look),
  ];
  return `${lines.join("\n")}\n`;
}

function section(
  kernel: KernelFacts,
  title: string,
  decisions: readonly (readonly [string, Decision])[],
  paint: Palette,
  look: Look,
): readonly string[] {
  if (decisions.length === 0) {
    return [];
  }
  return [
    "",
    paint.strong(title),
    ...decisions.flatMap(([name, decision]) => [
      ...hang("  ", `${name} = ${decision.value}`, look.width).map(paint.place),
      ...hang("    ", decision.why, look.width),
      ...hang("    ", `${originText(decision)}${seenText(kernel, name)}`, look.width).map(
        paint.faint,
      ),
    ]),
  ];
}

/** "; seen on real 5.10, 6.1" */
function seenText(kernel: KernelFacts, name: string): string {
  const real = seenOn(kernel, name as DecisionName).map((seen) => seen.kernel);
  return real.length === 0 ? "" : `; seen on real ${real.join(", ")}`;
}

/** "since v5.11, commit 57efa1fe5957; read in mm/gup.c" */
function originText({ since, commit, evidence }: Decision): string {
  const origin = commit === undefined ? `since ${since}` : `since ${since}, commit ${commit}`;
  const known = {
    read: "read in",
    mail: "stated in the mail",
    derived: "derived from",
    set: "set by",
  }[evidence.kind];
  return `${origin}; ${known} ${evidence.where}`;
}

/** The kernels as JSON, schema 1. */
export function kernelsJson(kernels: readonly KernelFacts[]): string {
  const list = kernels.map(({ name, extends: parent, mainline, summary, own, decisions }) => ({
    name,
    extends: parent ?? null,
    mainline,
    summary,
    own,
    decisions,
    seenOn: Object.fromEntries(
      (Object.keys(decisions) as DecisionName[]).map((decision) => [
        decision,
        seenOn({ name, decisions }, decision).map((seen) => seen.kernel),
      ]),
    ),
  }));
  return `${JSON.stringify({ schema: 1, kernels: list }, undefined, 2)}\n`;
}
