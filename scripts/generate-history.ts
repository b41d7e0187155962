/**
 * `npm run history`: writes docs/history.md, the lineage told by tests. It takes minutes, so it is no
 * part of `npm run docs`; a test holds what the page says against the checker. `npm run history -- v6.12`
 * writes that kernel's section anew and keeps the others.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernels } from "../src/kernels/index.ts";
import { expand, parseFile, type Test } from "../src/litmus/index.ts";
import { stepsOf, tellStep } from "../src/synth/history.ts";
import { historyPage } from "../src/synth/output/history-page.ts";
import { top } from "./repository.ts";

/** Every test of the library, the shortest first. */
function library(): readonly Test[] {
  const files = readdirSync(join(top, "litmus"), { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile() && entry.name.endsWith(".litmus"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .sort((one, other) => one.length - other.length)
    .flatMap((text) => {
      const parsed = parseFile(text);
      return parsed.ok ? expand(parsed.value) : [];
    });
}

const page = join(top, "docs/history.md");
const asked = process.argv.slice(2);
const tests = library();
const steps = stepsOf(kernels)
  .filter(([, to]) => asked.length === 0 || asked.includes(to.name))
  .map(([from, to]) =>
    tellStep(from, to, {
      library: tests,
      onProgress: (message) => process.stderr.write(`${message}\n`),
    }),
  );
const told = historyPage(steps, kernels);
writeFileSync(page, asked.length === 0 ? told : spliced(readFileSync(page, "utf8"), told));

/** The old page with the sections that the new one has. */
function spliced(old: string, told: string): string {
  const sections = (text: string): readonly string[] => text.split(/^(?=## )/m);
  const title = (section: string): string => section.slice(0, section.indexOf("\n"));
  const anew = new Map(sections(told).map((section) => [title(section), section]));
  return sections(old)
    .map((section) => anew.get(title(section)) ?? section)
    .map((section) => section.replace(/\n*$/, "\n"))
    .join("\n");
}
