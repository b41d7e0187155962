/**
 * A user's own kernel: a modelled kernel with decisions changed and paths replaced. Its functions
 * are compiled on top of the shipped sources, so that everything that calls a replaced path calls
 * the new one.
 */
import { entryNames } from "../mm/entries.ts";
import { mmSchema } from "../mm/state.ts";
import { compile } from "../step/compile.ts";
import type { DecisionValue, Diagnostic, Machine, Result, SourceFile } from "../step/index.ts";
import { parseSources } from "../step/source.ts";
import {
  type DecisionName,
  decisionNames,
  decisionValues,
  type Kernel,
  makeKernel,
} from "./kernel.ts";
import { readUserSource, type UserSource } from "./user-source.ts";

export interface UserKernel {
  readonly kernel: Kernel;
  /** Undefined where the file replaces no path: the shipped machine serves. */
  readonly machine: Machine | undefined;
  /** The paths it replaces. */
  readonly replaced: readonly string[];
}

/** What a user's kernel stands on. */
export interface Shipped {
  readonly kernels: readonly Kernel[];
  /** The sources of src/mm, in the order of pathFiles. */
  readonly sources: readonly SourceFile[];
  /** "Did you mean": the candidate nearest to a word. */
  readonly nearest: (word: string, candidates: readonly string[]) => string | undefined;
}

/** Reads, checks and compiles; all mistakes of the table are told at once. */
export function readUserKernel(source: SourceFile, shipped: Shipped): Result<UserKernel> {
  const read = readUserSource(source);
  if (!read.ok) return read;
  const diagnostics = [
    ...wrongBase(read.value, shipped),
    ...read.value.decisions.flatMap((decision) => wrongDecision(decision, shipped)),
    ...wrongPaths(read.value, shipped),
  ];
  const base = shipped.kernels.find(({ name }) => name === read.value.extends.value);
  if (diagnostics.length > 0 || base === undefined) return { ok: false, diagnostics };
  const kernel = kernelOf(read.value, base, source.file);
  const replaced = read.value.functions.filter(({ replaces }) => replaces).map(({ name }) => name);
  if (replaced.length === 0)
    return { ok: true, value: { kernel, machine: undefined, replaced }, diagnostics: [] };
  const compiled = compile(mmSchema, [...shipped.sources, read.value.paths], entryNames);
  if (!compiled.ok) return { ok: false, diagnostics: [compiled.diagnostic] };
  return { ok: true, value: { kernel, machine: compiled.value, replaced }, diagnostics: [] };
}

function kernelOf(user: UserSource, base: Kernel, file: string): Kernel {
  const where = { kind: "derived", where: file } as const;
  const stated = user.decisions.map(({ name, value }) => [
    name.value,
    { value: value.value, why: `As ${file} says.`, evidence: where },
  ]);
  return makeKernel(
    {
      name: user.name.value,
      extends: base.name,
      mainline: false,
      summary: user.summary ?? `${base.name}, changed by ${file}`,
      decisions: Object.fromEntries(stated),
    },
    base,
  );
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

function wrongPaths({ functions }: UserSource, shipped: Shipped): readonly Diagnostic[] {
  const replacing = functions.filter(({ replaces }) => replaces);
  if (replacing.length === 0) return [];
  const { functions: paths } = parseSources(shipped.sources);
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
