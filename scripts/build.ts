/**
 * `npm run build`: compiles the paths, then the source into dist/. Does nothing when the inputs are
 * those of the last build, because npm builds at every install, test and first `npx`.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { top } from "./repository.ts";

const dist = join(top, "dist");
const stamp = join(dist, ".inputs");
const settings = ["package.json", "tsconfig.json", "tsconfig.build.json"];
const builders = ["scripts/build.ts", "scripts/build-bench.ts", "scripts/generate-machine.ts"];

/** Every file below a folder, as a path from the top, sorted. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(top.length))
    .sort();
}

function hashOfInputs(): string {
  const hash = createHash("sha256");
  const sources = [...filesBelow("src"), ...filesBelow("bench")];
  const inputs = sources.filter((path) => !path.endsWith(".generated.js"));
  for (const path of [...settings, ...builders, ...inputs]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(top, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** A file of dist/ whose source is gone would still be imported, and shipped. */
function removeOrphans(): void {
  for (const path of filesBelow("dist")) {
    const of = path.startsWith("dist/bench/")
      ? path.slice("dist/".length)
      : path.replace(/^dist/, "src");
    const source = join(top, of.replace(/(\.d\.ts|\.js)$/, ".ts"));
    if (/\.(js|d\.ts)$/.test(path) && !existsSync(source)) {
      rmSync(join(top, path));
    }
  }
}

/** Runs a program of Node's; what it complains of has been printed when this ends the build. */
function run(...given: readonly string[]): void {
  const { status } = spawnSync(process.execPath, given, {
    cwd: top,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    process.exit(1);
  }
}

const inputs = hashOfInputs();
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== inputs) {
  mkdirSync(dist, { recursive: true });
  rmSync(stamp, { force: true });
  run("--import=tsx", "scripts/generate-machine.ts");
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
  removeOrphans();
  for (const name of filesBelow("src/mm")
    .filter((path) => path.includes(".generated."))
    .map((path) => path.slice("src/mm/".length)))
    copyFileSync(join(top, "src/mm", name), join(dist, "mm", name));
  run("--import=tsx", "scripts/build-bench.ts");
  chmodSync(join(dist, "cli/main.js"), 0o755);
  writeFileSync(stamp, inputs);
}
