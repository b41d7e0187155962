/** Kernels whose author made one mistake: a path of the shipped sources with a few words exchanged. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "../../scripts/repository.ts";
import { kernels } from "../../src/kernels/index.ts";
import { readUserKernel, type UserKernel } from "../../src/kernels/user.ts";
import { nearest } from "../../src/litmus/index.ts";
import { pathFiles } from "../../src/mm/entries.ts";

export interface Mistake {
  /** What its author forgot. */
  readonly what: string;
  readonly base: string;
  readonly path: string;
  readonly edits: readonly (readonly [string, string])[];
}

const sources = pathFiles.map((name) => ({
  file: `src/mm/${name}`,
  text: readFileSync(join(top, "src/mm", name), "utf8"),
}));

const exported = new Set(
  sources.flatMap(({ text }) =>
    [...text.matchAll(/^export (?:function\*?|const) (\w+)/gm)].map(([, name]) => name!),
  ),
);
const objects = [
  ...readFileSync(join(top, "src/mm/state.ts"), "utf8").matchAll(
    /^export const (\w+)|^ {2}(\w+),$/gm,
  ),
];
for (const [, one, other] of objects) exported.add((one ?? other)!);

/** The file that the author would have written. */
export function mistakenFile({ what, base, path, edits }: Mistake): string {
  let text = pathText(path);
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`${path} has no longer: ${from}`);
    text = text.replace(from, to);
  }
  const used = [...new Set(text.match(/\b[a-zA-Z_]\w*\b/g))].filter(
    (name) => exported.has(name) && name !== path,
  );
  return `import { kernel as define, type Path } from "pinfold/kernel";
import { ${used.join(", ")} } from "pinfold/mm";
export default define({
  name: "mistaken",
  extends: "${base}",
  summary: "${what}",
  paths: { ${path}: ${text} },
});
`;
}

function pathText(path: string): string {
  for (const { text } of sources) {
    const start = text.indexOf(`export function* ${path}(`);
    if (start < 0) continue;
    const end = text.indexOf("\n}\n", start);
    return `${text.slice(start, end)}\n}`.replace(`export function* ${path}`, "function* ");
  }
  throw new Error(`There is no path ${path}.`);
}

export function mistakenKernel(mistake: Mistake): UserKernel {
  const text = mistakenFile(mistake);
  const read = readUserKernel({ file: "mistaken.ts", text }, { kernels, sources, nearest });
  if (!read.ok) throw new Error(`${JSON.stringify(read.diagnostics[0])}\n${text}`);
  return read.value;
}
