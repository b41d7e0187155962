/**
 * Reading test results in KTAP and in the older TAP that kselftest prints: nested tests, results
 * with directives, diagnostics, and whatever a kernel logs between the lines.
 * Compare Documentation/dev-tools/ktap.rst.
 */

export type KtapDirective = "SKIP" | "TODO" | "XFAIL" | "XPASS" | "TIMEOUT" | "ERROR";

export interface KtapTest {
  readonly ok: boolean;
  /** The number printed, or its place when none was. */
  readonly number: number;
  readonly name: string;
  readonly directive: KtapDirective | undefined;
  /** The text after the directive. */
  readonly reason: string;
  /** `# ` lines since the result before, without the mark. */
  readonly diagnostics: readonly string[];
  readonly tests: readonly KtapTest[];
}

export interface KtapReport {
  readonly tests: readonly KtapTest[];
  /** How many top-level tests the plan promised; undefined without a plan. */
  readonly planned: number | undefined;
  /** Diagnostics after the last result: the test that was running when the output broke off. */
  readonly unfinished: readonly string[];
}

/** One version line opens a level; its result line, one level up, closes it. */
interface Level {
  readonly indent: number;
  planned: number | undefined;
  diagnostics: string[];
  readonly tests: KtapTest[];
}

const directives = "SKIP|TODO|XFAIL|XPASS|TIMEOUT|ERROR";
const versionLine = /^( *)(?:K?TAP version \d+)\s*$/;
const planLine = /^( *)1\.\.(\d+)\b/;
const resultLine = /^( *)(not ok|ok)\b(?: +(\d+))?(?: +- +| +)?(.*)$/;
const directiveText = new RegExp(`(?:^|\\s)#\\s*(${directives})\\b:?\\s*(.*)$`, "i");

/** Reads a report from console text; lines of other origin are passed over. */
export function readKtap(text: string): KtapReport {
  const levels: Level[] = [newLevel(0)];
  for (const line of text.split("\n")) readLine(levels, line.trimEnd());
  while (levels.length > 1) closeLevel(levels);
  const top = levels[0] as Level;
  return { tests: top.tests, planned: top.planned, unfinished: top.diagnostics };
}

function readLine(levels: Level[], line: string): void {
  const version = versionLine.exec(line);
  const plan = planLine.exec(line);
  const result = resultLine.exec(line);
  const diagnostic = /^ *#(?: |$)(.*)$/.exec(line);
  const level = levels.at(-1) as Level;
  if (version !== null) openLevel(levels, indentOf(version));
  else if (plan !== null) level.planned ??= Number(plan[2]);
  else if (result !== null) takeResult(levels, result);
  else if (diagnostic !== null) level.diagnostics.push(diagnostic[1] ?? "");
}

function openLevel(levels: Level[], indent: number): void {
  // The first version line belongs to the level that is open already.
  if (levels.length === 1 && indent === 0) return;
  while (levels.length > 1 && (levels.at(-1) as Level).indent >= indent) closeLevel(levels);
  levels.push(newLevel(indent));
}

function takeResult(levels: Level[], match: RegExpExecArray): void {
  const indent = indentOf(match);
  // A result further left than the open level is the parent's: it owns the tests below it.
  let tests: readonly KtapTest[] = [];
  while (levels.length > 1 && (levels.at(-1) as Level).indent > indent) {
    const closed = levels.pop() as Level;
    tests = closed.tests;
    (levels.at(-1) as Level).diagnostics.push(...closed.diagnostics);
  }
  const level = levels.at(-1) as Level;
  const { name, directive, reason } = readDescription(match[4] ?? "");
  level.tests.push({
    ok: match[2] === "ok",
    number: match[3] === undefined ? level.tests.length + 1 : Number(match[3]),
    name,
    directive,
    reason,
    diagnostics: level.diagnostics,
    tests,
  });
  level.diagnostics = [];
}

/** Both orders occur: `NAME # SKIP reason` (KTAP) and `# SKIP NAME or reason` (kselftest). */
function readDescription(text: string): Pick<KtapTest, "name" | "directive" | "reason"> {
  const match = directiveText.exec(text);
  if (match === null) return { name: text.trim(), directive: undefined, reason: "" };
  const before = text.slice(0, match.index).trim();
  const after = (match[2] ?? "").trim();
  const directive = (match[1] ?? "").toUpperCase() as KtapDirective;
  return { name: before === "" ? after : before, directive, reason: after };
}

/** A level whose parent result never came: its tests stand in the level above. */
function closeLevel(levels: Level[]): void {
  const closed = levels.pop() as Level;
  const parent = levels.at(-1) as Level;
  parent.tests.push(...closed.tests);
  parent.diagnostics.push(...closed.diagnostics);
}

function newLevel(indent: number): Level {
  return { indent, planned: undefined, diagnostics: [], tests: [] };
}

function indentOf(match: RegExpExecArray): number {
  return (match[1] ?? "").length;
}
