/**
 * Sources and schema to a machine, ahead of time (as module text, for a build or a page that may
 * not evaluate text) or at once (`compile`, for a user's own kernel and for tests).
 */
import type { Diagnostic } from "./diagnostic.ts";
import { type Emitted, emit } from "./emit.ts";
import { lowerEntry } from "./lower.ts";
import { type Compiled, type Machine, machine } from "./machine.ts";
import type { Schema } from "./objects.ts";
import { PathError, parseSources, type SourceFile } from "./source.ts";
import { type Traced, tracedText } from "./traced.ts";

export type CompileResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostic: Diagnostic; readonly source: SourceFile };

/** The module text and tables for `entries`, or where a path leaves the dialect. */
export function compileText(
  schema: Schema,
  files: readonly SourceFile[],
  entries: readonly string[],
): CompileResult<Emitted> {
  try {
    const sources = parseSources(files);
    const shared = {
      sources,
      schema,
      fields: fieldNumbers(schema),
      decisions: decisionNumbers(schema),
    };
    const lowered = entries.map((name) => lowerEntry(name, shared));
    return { ok: true, value: emit(lowered, sources, schema, shared) };
  } catch (error) {
    if (error instanceof PathError)
      return { ok: false, diagnostic: error.diagnostic, source: error.source };
    throw error;
  }
}

/** Compiles and loads in one go. Evaluates text: not for a page under a strict policy. */
export function compile(
  schema: Schema,
  files: readonly SourceFile[],
  entries: readonly string[],
): CompileResult<Machine> {
  const result = compileText(schema, files, entries);
  if (!result.ok) return result;
  const compiled = new Function(result.value.text)() as Compiled;
  const { text, steps, entries: described } = result.value;
  let twin: Traced | undefined;
  const traced = () => {
    twin ??= new Function("tracer", tracedText(text)) as Traced;
    return twin;
  };
  return { ok: true, value: machine(schema, compiled, () => steps, described, traced) };
}

/** "page.ref" -> its number, in the schema's order. */
export function fieldNumbers(schema: Schema): Map<string, number> {
  const names = Object.entries(schema.classes).flatMap(([name, fields]) =>
    fields.map((field) => `${name}.${field}`),
  );
  return new Map(names.map((name, i) => [name, i]));
}

/** "fork.writeProtectSeq" -> its slot in a kernel's table. */
export function decisionNumbers(schema: Schema): Map<string, number> {
  const names = Object.entries(schema.decisions).flatMap(([group, all]) =>
    Object.keys(all).map((name) => `${group}.${name}`),
  );
  return new Map(names.map((name, i) => [name, i]));
}
