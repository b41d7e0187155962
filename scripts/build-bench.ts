/**
 * bench/ beside the compiled source, as dist/bench: what is measured is started by `node`, as users
 * start pinfold. The models' own files go along: paths in the dialect are read as text.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
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

/**
 * What a search of a model loads, in a few files: Node takes longer to find and read forty modules than
 * to run a small search. Whatever else a bench does is loaded as it is.
 */
const searching = ["main", "helper", "own-model", "lookup/model"];
const others = ["mm", "audit", "diff", "peers/peers"];
await build({
  absWorkingDir: to,
  entryPoints: searching.map((name) => `${name}.js`),
  outdir: to,
  outbase: to,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  external: others.map((name) => `./${name}.js`),
  logLevel: "warning",
});
