/**
 * The floors of the source: a file imports only from floors above it or from its own. Everything
 * down to src/audit also runs in a browser, so nothing there may ask for a module of Node; the
 * recorders of src/audit are the one exception. Circles of imports are refused everywhere.
 */
import { builtinModules } from "node:module";
import { posix } from "node:path";

export const floors = [
  "step",
  "mm",
  "kernels",
  "litmus",
  "explore",
  "verdict",
  "report",
  "emit",
  "synth",
  "audit",
  "rig",
  "campaign",
  "cli",
] as const;

const lastPureFloor = floors.indexOf("audit");
const recorders = "src/audit/record/";
const nodeModules: ReadonlySet<string> = new Set(builtinModules);
const importPattern =
  /(?:^|[;\s])(?:import|export)\s(?:[^"';]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

/** Source files by path from the repository's top, e.g. "src/mm/fork.ts". */
export type SourceTree = ReadonlyMap<string, string>;

/** Every breach of the floors as one line of text; none means that the tree is in order. */
export function floorBreaches(tree: SourceTree): readonly string[] {
  const breaches: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const [path, text] of tree) {
    const specifiers = importsOf(text);
    const targets = specifiers.filter((name) => name.startsWith("."));
    graph.set(
      path,
      targets.map((name) => posix.join(posix.dirname(path), name)),
    );
    for (const specifier of specifiers) {
      const breach = breachOf(path, specifier, tree);
      if (breach !== undefined) {
        breaches.push(`${path}: ${breach}`);
      }
    }
  }
  return [...breaches, ...circles(graph).map((circle) => `circle: ${circle.join(" -> ")}`)];
}

function importsOf(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? "");
}

function breachOf(path: string, specifier: string, tree: SourceTree): string | undefined {
  const own = floorOf(path);
  if (own === undefined) {
    return path === "src/index.ts" ? breachOfIndex(specifier) : "stands on no floor";
  }
  const pure = own <= lastPureFloor && !path.startsWith(recorders);
  const head = specifier.split("/", 1)[0] ?? specifier;
  if (pure && (specifier.startsWith("node:") || nodeModules.has(head))) {
    return `runs in a browser and may not import ${specifier}`;
  }
  if (!specifier.startsWith(".")) {
    return undefined;
  }
  const target = posix.join(posix.dirname(path), specifier);
  if (!tree.has(target) && !/\.generated\.[jt]s$/.test(target)) {
    return `imports ${specifier}, which is no file (write the .ts suffix)`;
  }
  const floor = floorOf(target);
  if (floor === undefined) {
    return `imports ${target}, which stands on no floor`;
  }
  if (floor > own) {
    return `imports ${target} from the floor ${floors[floor]}, which is below ${floors[own]}`;
  }
  return pure && target.startsWith(recorders) ? `imports the recorder ${target}` : undefined;
}

function breachOfIndex(specifier: string): string | undefined {
  const floor = floorOf(posix.join("src", specifier));
  return floor !== undefined && floor <= lastPureFloor
    ? undefined
    : `the package's index imports ${specifier}, which does not run in a browser`;
}

function floorOf(path: string): number | undefined {
  const folder = /^src\/([^/]+)\//.exec(path)?.[1];
  const index = floors.findIndex((name) => name === folder);
  return index < 0 ? undefined : index;
}

/** One circle for each file from which a walk comes back to itself, each circle named once. */
function circles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path]);
      return;
    }
    if (done.has(path)) {
      return;
    }
    trail.push(path);
    for (const target of graph.get(path) ?? []) {
      walk(target);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of graph.keys()) {
    walk(path);
  }
  return found;
}
