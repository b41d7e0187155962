/**
 * What is wrong with a user's kernel before its paths are compiled: names that do not exist, values that
 * no kernel has, imports that lead nowhere. Each mistake at its place, all of them at once.
 */
import { mmSchema } from "../mm/state.ts";
import type { DecisionValue, Diagnostic, SourceFile } from "../step/index.ts";
import { PathError, parseSources, type Sources } from "../step/source.ts";
import { type DecisionName, decisionNames, decisionValues, type Kernel } from "./kernel.ts";
import type { UserSource } from "./user-source.ts";

/** What a user's kernel stands on. */
export interface Shipped {
  readonly kernels: readonly Kernel[];
  /** The sources of src/mm, in the order of pathFiles. */
  readonly sources: readonly SourceFile[];
  /** "Did you mean": the candidate nearest to a word. */
  readonly nearest: (word: string, candidates: readonly string[]) => string | undefined;
}

/** All mistakes of the table and of the imports. */
export function mistakesOf(user: UserSource, shipped: Shipped): readonly Diagnostic[] {
  const asksPaths = user.imports.length > 0 || user.functions.length > 0;
  const sources = asksPaths ? parseSources(shipped.sources) : undefined;
  const found = [
    ...(sources === undefined ? [] : wrongImports(user, sources, shipped)),
    ...wrongBase(user, shipped),
    ...user.decisions.flatMap((decision) => wrongDecision(decision, shipped)),
    ...(sources === undefined ? [] : wrongPaths(user, sources, shipped)),
  ];
  if (found.length > 0 || sources === undefined) return found;
  return [...wrongConstants(user, shipped), ...circles(user)];
}

/** Its own constants and functions are looked at once the names are right; PF202 is the compiler's. */
function ownSources(files: readonly SourceFile[]): Sources | undefined {
  try {
    return parseSources(files);
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}

function wrongConstants({ constants, paths }: UserSource, shipped: Shipped): readonly Diagnostic[] {
  const known = ownSources([...shipped.sources, paths])?.constants;
  if (known === undefined) return [];
  return constants
    .filter(({ value }) => !known.has(value))
    .map(({ value, span }) => {
      const message = `\`${value}\` has no value that can be read: a constant of a path is a number, or computed from numbers.`;
      return error("PF303", message, span);
    });
}

/** A helper that calls itself might never come back; a path that does is the compiler's to refuse. */
function circles({ functions, paths }: UserSource): readonly Diagnostic[] {
  const known = ownSources([paths])?.functions;
  if (known === undefined) return [];
  const callsOf = (name: string): readonly string[] => {
    const one = known.get(name);
    return one === undefined || one.isPath ? [] : calledIn(one.body);
  };
  return functions.flatMap(({ name, span }) => {
    const reached = new Set<string>();
    const open = [...callsOf(name)];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...callsOf(next));
    }
    if (!reached.has(name)) return [];
    const message = `\`${name}\` calls itself: functions of a path cannot recurse; write a loop.`;
    return [error("PF203", message, span)];
  });
}

function calledIn(node: object): readonly string[] {
  const own =
    "type" in node && node.type === "CallExpression" && "callee" in node
      ? [(node.callee as { readonly name?: string }).name ?? ""]
      : [];
  const parts = Object.values(node).flatMap((part) => (Array.isArray(part) ? part : [part]));
  const below = parts.filter((part): part is object => typeof part === "object" && part !== null);
  return [...own, ...below.flatMap(calledIn)];
}

const dialect = ["choose", "self", "start", "until", "Path"];

/** What a module of pinfold's offers to a kernel's file, by module. */
function offered(sources: Sources): Readonly<Record<string, readonly string[]>> {
  const state = Object.keys(mmSchema.classes);
  return {
    "pinfold/kernel": ["kernel", ...dialect],
    "pinfold/mm": [...sources.functions.keys(), ...sources.constants.keys(), ...state, "kernel"],
    "pinfold/step": dialect,
  };
}

/** An import is for the editor: every name of src/mm is at hand in a path. So it must lead there. */
function wrongImports(
  { imports }: UserSource,
  sources: Sources,
  shipped: Shipped,
): readonly Diagnostic[] {
  const modules = offered(sources);
  return imports.flatMap(({ module, names }) => {
    const known = modules[module.value];
    if (known === undefined) {
      const message =
        "A kernel is one file, read and never run: import from pinfold/kernel and pinfold/mm only.";
      return [error("PF312", message, module.span)];
    }
    return names
      .filter(({ value }) => !known.includes(value))
      .map((name) => unknownWord("PF312", `export of ${module.value}`, name, known, shipped));
  });
}

function error(code: Diagnostic["code"], message: string, span: Diagnostic["span"]): Diagnostic {
  return { code, severity: "error", message, span };
}

/** A word that is none of the known ones, with the one that was perhaps meant. */
function unknownWord(
  code: Diagnostic["code"],
  what: string,
  { value, span }: { readonly value: string; readonly span: Diagnostic["span"] },
  candidates: readonly string[],
  { nearest }: Shipped,
): Diagnostic {
  const near = nearest(value, candidates);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  return error(code, `No ${what} is named "${value}".${hint}`, span);
}

function wrongBase({ extends: base, name }: UserSource, shipped: Shipped): readonly Diagnostic[] {
  const names = shipped.kernels.map((kernel) => kernel.name);
  const found: Diagnostic[] = [];
  if (!names.includes(base.value)) found.push(unknownWord("PF304", "kernel", base, names, shipped));
  if (names.includes(name.value))
    found.push(
      error("PF305", `"${name.value}" is a modelled kernel; give yours another name.`, name.span),
    );
  return found;
}

function wrongDecision(
  { name, value }: UserSource["decisions"][number],
  shipped: Shipped,
): readonly Diagnostic[] {
  if (!decisionNames.includes(name.value as DecisionName))
    return [unknownWord("PF306", "decision", name, decisionNames, shipped)];
  const values = decisionValues(name.value as DecisionName);
  if (values.includes(value.value)) return [];
  const shown = values.map((one: DecisionValue) => JSON.stringify(one)).join(", ");
  const message = `${name.value} is never ${JSON.stringify(value.value)}; its values are ${shown}.`;
  return [error("PF307", message, value.span)];
}

function wrongPaths(
  { functions }: UserSource,
  { functions: paths }: Sources,
  shipped: Shipped,
): readonly Diagnostic[] {
  const replacing = functions.filter(({ replaces }) => replaces);
  return replacing.flatMap(({ name, span, parameters }) => {
    const path = paths.get(name);
    const place = { value: name, span };
    if (path === undefined)
      return [unknownWord("PF308", "path", place, [...paths.keys()], shipped)];
    if (path.parameters.length === parameters) return [];
    const wanted = `${path.parameters.length} (${path.parameters.join(", ")})`;
    return [error("PF309", `${name} takes ${wanted} parameters, not ${parameters}.`, span)];
  });
}
