/**
 * House style that a machine can check: lengths, left-over marks, names of this or that machine,
 * decisions by version. Each rule takes a file and answers with one line per breach.
 */
import ts from "typescript";

export const lineLengthMax = 110;
export const fileLinesMax = 500;
export const functionLinesMax = 70;

/** Spelt in halves so that this file does not breach its own rules. */
const join = (...parts: readonly string[]): string => parts.join("");
const leftOver = new RegExp(join("\\b(TO", "DO|FIX", "ME|XX", "X|HA", "CK)\\b"));
const placesOfOneMachine = new RegExp(
  [
    join("/wo", "rk/"),
    join("/fa", "rm/"),
    join("/tmp/bash", "_jobs"),
    join("registry\\.npm", "js"),
    join("\\b(deb|security|snapshot)\\.debian", "\\.org"),
  ].join("|"),
);
/** KTAP has a directive of that name. */
const ktapReaders = /^(src|test)\/rig\/ktap(\.test)?\.ts$/;
const versionTest = /\.(version|name|id) *(===|!==|<|>=?|<=) *["'`]?v?[0-9]|kernel\.version/;

/** Breaches of a file of TypeScript. */
export function tidyBreaches(path: string, text: string, isTable: boolean): readonly string[] {
  const lines = text.split("\n");
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const breaches: string[] = [];
  const quoted = quotedLines(path, text);
  lines.forEach((line, index) => {
    // The formatter breaks what can be broken; a sentence in quotes is not to be cut in two for this.
    const breakable = line.replace(/(["'`]).*\1/, "");
    if (breakable.length > lineLengthMax && !quoted.has(index)) {
      breaches.push(`${path}:${index + 1}: ${line.length} characters, at most ${lineLengthMax}`);
    }
    if (path.startsWith("src/") && versionTest.test(line)) {
      breaches.push(`${path}:${index + 1}: decides by a version; ask a decision of the kernel`);
    }
  });
  if (count > fileLinesMax && !isTable) {
    breaches.push(`${path}: ${count} lines, at most ${fileLinesMax}`);
  }
  return [...breaches, ...longFunctions(path, text), ...markBreaches(path, text)];
}

/** Breaches of a file of any kind: open ends, and places that only exist on one machine. */
export function markBreaches(path: string, text: string): readonly string[] {
  const breaches: string[] = [];
  text.split("\n").forEach((line, index) => {
    const mark = leftOver.exec(line);
    if (mark !== null && !ktapReaders.test(path)) {
      breaches.push(`${path}:${index + 1}: left open: ${mark[0]}`);
    }
    const place = placesOfOneMachine.exec(line);
    if (place !== null) {
      breaches.push(`${path}:${index + 1}: names a place of one machine: ${place[0]}`);
    }
  });
  return breaches;
}

/** Lines that belong to a template or a regular expression: their length is the text's own. */
function quotedLines(path: string, text: string): ReadonlySet<number> {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateLiteralToken(node) || ts.isRegularExpressionLiteral(node)) {
      const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const last = file.getLineAndCharacterOfPosition(node.end).line;
      for (let line = first; line <= last; line++) {
        found.add(line);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function longFunctions(path: string, text: string): readonly string[] {
  if (!path.startsWith("src/") && !path.startsWith("scripts/")) {
    return [];
  }
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const breaches: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const length = file.getLineAndCharacterOfPosition(node.end).line - first + 1;
      if (length > functionLinesMax) {
        breaches.push(
          `${path}:${first + 1}: a function of ${length} lines, at most ${functionLinesMax}`,
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return breaches;
}
