/** docs/history.md: for each step of the lineage, each decision with a test that shows it. */
import type { Kernel } from "../../kernels/index.ts";
import type { Step, ToldTest } from "../history.ts";

const head = `# The lineage, told by tests

For each kernel: what it decides otherwise than the kernel it extends, and for each such decision the
shortest test found on which just that shows. Written by \`npm run history\`; a test asks the checker
again. Three searches are tried, one after the other:

1. all programs through the lenses of \`pinfold diff\` (up to 3 to 5 operations each);
2. the library, from its shortest test on, with only this decision flipped;
3. all programs with one racing pair (\`pinfold diff --concurrent\`), with only this decision flipped.

"No test" means none among these: a bound, not a proof. A kernel called \`A-with-D\` is A with decision D as
the next kernel has it; \`B-without-D\` is B with D as the kernel before had it.
`;

/** The page. */
export function historyPage(steps: readonly Step[], kernels: readonly Kernel[]): string {
  const sections = steps.map((step) => stepSection(step, kernels));
  return `${[head, ...sections].join("\n")}`;
}

function stepSection({ from, to, told }: Step, kernels: readonly Kernel[]): string {
  const kernel = kernels.find(({ name }) => name === to)!;
  const lines = [`## ${to}, after ${from}`, "", kernel.summary, ""];
  if (told.length === 0) return [...lines, "It decides nothing otherwise.", ""].join("\n");
  for (const { decision, test } of told) {
    const { value, why, commit } = kernel.decisions[decision];
    const made = commit === undefined ? "" : ` (${commit})`;
    lines.push(`### ${to}: ${decision} = ${value}${made}`, "", why, "", ...testLines(test), "");
  }
  return lines.join("\n");
}

function testLines(test: ToldTest | undefined): readonly string[] {
  if (test === undefined) return ["No test among these searches."];
  const { source, title, verdicts, decisions, litmus } = test;
  const said = verdicts.map(([kernel, verdict]) => `${kernel}: ${verdict}`).join("; ");
  const together = decisions.length > 1 ? ` Together with: ${decisions.join(", ")}.` : "";
  const from = { diff: "By search", race: "By search, a race", library: "Of the library" }[source];
  return [`${from}, ${title}. ${said}.${together}`, "", "```litmus", litmus.trimEnd(), "```"];
}
