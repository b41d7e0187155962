/**
 * docs/kernels.md and docs/decisions.md as text, from the same tables that the model runs. A test
 * demands that the files in docs/ say what the tables say.
 */
import {
  type DecisionName,
  decisionNames,
  type Evidence,
  type Kernel,
  kernels,
} from "../src/kernels/index.ts";
import { testsThatNotice } from "../src/kernels/noticed.ts";
import { otherPinners, readKernels } from "../src/kernels/other-pinners.ts";
import { takenPages } from "../src/kernels/pins.ts";
import { seenOn } from "../src/kernels/seen.ts";
import { answersOf } from "../src/kernels/why.ts";
import { decisions } from "../src/mm/decisions.ts";
import { rangesOf } from "../src/report/pins.ts";

const note = "<!-- Written by `npm run docs` from src/kernels. Do not edit. -->";

/** The kernels: the line, what each decides itself, and what was read again in its own source. */
export function kernelsPage(): string {
  const line = kernels.filter(({ mainline }) => mainline);
  const others = kernels.filter(({ mainline }) => !mainline);
  return [
    "# The kernels",
    "",
    note,
    "",
    "A kernel is a table of named decisions. It extends an earlier kernel and states only what",
    "changed, each with the commit that made it and how we know. `pinfold kernels NAME` prints one,",
    "`pinfold kernels NAME --why DECISION` explains one decision; [decisions.md](decisions.md) lists",
    "every decision with every kernel's answer.",
    "",
    "## The line",
    "",
    ...overview(line),
    "",
    "## Off the line",
    "",
    "Patches from the list, and the stable trees that distributions boot.",
    "",
    ...overview(others),
    "",
    ...pinsSection(),
    ...kernels.flatMap(kernelSection),
  ].join("\n");
}

/** How interfaces take pages, and who else does. */
function pinsSection(): readonly string[] {
  const columns = readKernels.map((name) => ` ${name} |`).join("");
  return [
    "## How interfaces take pages",
    "",
    "By reference (GET) or by pin (PIN), `fast` without locks first, and with which GUP flags. `pinfold",
    "kernels NAME --pins` prints one kernel's with the evidence.",
    "",
    "| interface | statement | flags |",
    "|---|---|---|",
    ...takenPages(kernels[0]!).map(({ user, statement }) => {
      const ranges = rangesOf(user, kernels).map(({ label, words }) => `${label}: ${words}`);
      return `| ${user} | ${statement === undefined ? "-" : code(statement)} | ${ranges.join("<br>")} |`;
    }),
    "",
    "Pinners that no statement is for, on the kernels whose trees were read:",
    "",
    `| pinner |${columns} source |`,
    `|---|${readKernels.map(() => "---|").join("")}---|`,
    ...otherPinners.map(({ user, flags, where, note }) => {
      const cells = readKernels.map((name) => ` ${flags[name] ?? "-"} |`).join("");
      return `| ${user} |${cells} ${where}${note === undefined ? "" : `. ${note}`} |`;
    }),
    "",
  ];
}

function overview(some: readonly Kernel[]): readonly string[] {
  return [
    "| kernel | extends | what it is | own decisions |",
    "|---|---|---|---|",
    ...some.map(
      ({ name, extends: base, summary, own }) =>
        `| ${link(name)} | ${base ?? "-"} | ${summary} | ${own.length} |`,
    ),
  ];
}

function link(name: string): string {
  return `[${name}](#${anchor(name)})`;
}

/** What a Markdown renderer makes of a heading: dots go, letters are small. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(".", "");
}

function kernelSection(kernel: Kernel): readonly string[] {
  const base = kernel.extends === undefined ? "" : ` Extends ${kernel.extends}.`;
  const rows = kernel.own.map((name) => decisionRow(kernel, name));
  return [
    `### ${kernel.name}`,
    "",
    `${kernel.summary}${base}`,
    "",
    ...(rows.length === 0
      ? ["It decides nothing anew.", ""]
      : [
          "| decision | value | what it does | commit | evidence |",
          "|---|---|---|---|---|",
          ...rows,
          "",
        ]),
    ...readAgain(kernel),
  ];
}

function decisionRow(kernel: Kernel, name: DecisionName): string {
  const { value, why, commit, evidence } = kernel.decisions[name];
  const known = `${evidenceText(evidence)}${seenText(kernel, name)}`;
  return `| ${code(name)} | ${code(value)} | ${why} | ${commit ?? ""} | ${known} |`;
}

/** Inherited decisions whose evidence is the kernel's own source. */
function readAgain(kernel: Kernel): readonly string[] {
  const base = kernels.find(({ name }) => name === kernel.extends);
  if (base === undefined) return [];
  const where = (of: Kernel, name: DecisionName): string => of.decisions[name].evidence.where;
  const again = decisionNames.filter(
    (name) => !kernel.own.includes(name) && where(base, name) !== where(kernel, name),
  );
  if (again.length === 0) return [];
  return [
    "Inherited, and read again in this kernel's own source:",
    "",
    ...again.map(
      (name) =>
        `- ${code(name)} = ${code(kernel.decisions[name].value)}: ${kernel.decisions[name].evidence.where}`,
    ),
    "",
  ];
}

/** Every decision: the question, the answers, who gives which, and how the change is known. */
export function decisionsPage(): string {
  const groups = Object.keys(decisions);
  return [
    "# The decisions",
    "",
    note,
    "",
    "What the shared paths ask a kernel. A path never asks for a version. `--set NAME=VALUE` changes",
    "one answer for one run; [kernels.md](kernels.md) tells the same story kernel by kernel.",
    "",
    "How a decision is known: **read** in the named source; stated in a **mail** or a shortlog; **derived**",
    "from other facts, so a prediction; and, besides, **seen** on a real kernel: it ended tests as the model",
    "does that would have ended otherwise had it decided otherwise. Nobody states the last, `npm run seen`",
    "computes it from the results of `pinfold compare`. **Shown by** names tests of the library whose verdict",
    "is another when the decision alone is.",
    "",
    ...groups.flatMap((group) => [
      `## ${group}`,
      "",
      ...decisionNames.filter((name) => name.startsWith(`${group}.`)).flatMap(decisionSection),
    ]),
  ].join("\n");
}

function decisionSection(name: DecisionName): readonly string[] {
  return [
    `### ${name}`,
    "",
    "| value | what it does | kernels |",
    "|---|---|---|",
    ...answersOf(name).map(
      ({ value, why, kernels: giving }) =>
        `| ${code(value)} | ${why ?? "No kernel does this."} | ${spans(giving)} |`,
    ),
    "",
    ...kernels.filter((kernel) => kernel.own.includes(name)).map((one) => changeLine(one, name)),
    "",
  ];
}

/** A kernel's own answer: the commit, how it is known, who shows it. */
function changeLine(kernel: Kernel, name: DecisionName): string {
  const { value, commit, evidence } = kernel.decisions[name];
  const from = commit === undefined ? "" : `, ${commit}`;
  const known = `${evidenceText(evidence)}${seenText(kernel, name)}`;
  return `- ${kernel.name}: ${code(value)}${from}; ${known}${shownText(kernel, name)}`;
}

function seenText(kernel: Kernel, name: DecisionName): string {
  const real = seenOn(kernel, name).map((seen) => seen.kernel);
  return real.length === 0 ? "" : `; seen on real ${real.join(", ")}`;
}

/** At most so many tests are named: `--why` has them all. */
const shownMax = 3;

function shownText(kernel: Kernel, name: DecisionName): string {
  const flips = testsThatNotice(kernel.name, name);
  const tests = new Set(flips.flatMap((flip) => flip.tests.map(({ test }) => test)));
  const some = [...tests].slice(0, shownMax).join(", ");
  return some === "" ? "; no test shows it" : `; shown by ${some}`;
}

/** "v5.9 .. v5.18, stable-5.10": runs of neighbours on the line drawn together. */
function spans(names: readonly string[]): string {
  const line = kernels.filter(({ mainline }) => mainline).map(({ name }) => name);
  const parts: string[] = [];
  for (let at = 0; at < line.length; at++) {
    if (!names.includes(line[at]!)) continue;
    const from = at;
    while (at + 1 < line.length && names.includes(line[at + 1]!)) at++;
    parts.push(from === at ? line[at]! : `${line[from]} .. ${line[at]}`);
  }
  return [...parts, ...names.filter((name) => !line.includes(name))].join(", ");
}

function evidenceText({ kind, where }: Evidence): string {
  return `${kind}: ${where}`;
}

function code(value: string | boolean): string {
  return `\`${value === true ? "on" : value === false ? "off" : value}\``;
}
