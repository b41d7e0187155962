/**
 * bench/ beside the compiled source, as dist/bench: what is measured is started by `node`, as users
 * start pinfold. The models' own files go along: paths in the dialect are read as text.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { top } from "./repository.ts";

const from = join(top, "bench");
const to = join(top, "dist/bench");
cpSync(from, to, { recursive: true });
for (const path of readdirSync(from, { recursive: true, encoding: "utf8" })) {
  if (!path.endsWith(".ts")) continue;
  const { outputText } = ts.transpileModule(readFileSync(join(from, path), "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  });
  // In dist the source's folders stand beside bench, not in a folder of their own.
  const text = outputText.replace(/(["'])((?:\.\.\/)+)src\//g, "$1$2");
  const file = join(to, path.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
