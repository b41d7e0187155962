/** The comment above a test: what goes wrong if the kernel is wrong, and which commit put it right. */
import { printCondition, printExpectation, type Test } from "../../litmus/index.ts";

/** Words broken into lines of at most `width` characters. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** A C comment block in the kernel's form. */
export function commentBlock(lines: readonly string[]): string[] {
  const safe = lines.map((line) => line.replaceAll("*/", "* /"));
  return ["/*", ...safe.map((line) => (line === "" ? " *" : ` * ${line}`)), " */"];
}

/** The test's name, consequence, tags, condition and expectation. */
export function testComment(test: Test, verdicts: readonly string[]): string[] {
  const lines = [test.name, ""];
  if (test.doc !== undefined) lines.push(...wrapText(test.doc, 90), "");
  lines.push(...wrapText(printCondition(test.condition), 90));
  if (test.expectations.length > 0) {
    lines.push(...wrapText(`with ${test.expectations.map(printExpectation).join("; ")}`, 90));
  }
  for (const verdict of verdicts) lines.push(`model: ${verdict}`);
  for (const { key, value } of test.info) lines.push(tag(key, value));
  return commentBlock(lines);
}

/** LTP's tags: `linux-git: 70e806e4e645`. */
function tag(key: string, value: string): string {
  if (key.toLowerCase() === "fixed-by") return `linux-git: ${value}`;
  if (key.toUpperCase() === "CVE") return `CVE: ${value.replace(/^CVE-/i, "")}`;
  return `${key}: ${value}`;
}
