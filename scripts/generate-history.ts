/**
 * `npm run history`: writes docs/history.md, the lineage told by tests. It takes minutes, so it is no
 * part of `npm run docs`; a test holds what the page says against the checker.
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

const tests = library();
const steps = stepsOf(kernels).map(([from, to]) =>
  tellStep(from, to, {
    library: tests,
    onProgress: (message) => process.stderr.write(`${message}\n`),
  }),
);
writeFileSync(join(top, "docs/history.md"), historyPage(steps, kernels));
