/**
 * From files to tests: parsed, expectations held against the kernels' names, matrices written out.
 * A file with an error gives no test; its diagnostics say why.
 */
import { basename } from "node:path";
import type { Test } from "../litmus/ast.ts";
import { checkExpectations, expand, parseFile, testHash } from "../litmus/index.ts";
import type { BrokenFile } from "../report/check-report.ts";
import { drawDiagnostics } from "../report/diagnostics.ts";
import type { Diagnostic } from "../step/diagnostic.ts";
import type { FoundFiles } from "./litmus-files.ts";
import { type GlobalOptions, lookOf, type Session } from "./session.ts";

export interface LoadedTest {
  readonly test: Test;
  readonly file: string;
  /** The file's text, into which the test's spans point. */
  readonly text: string;
  readonly hash: string;
}

export interface LoadedTests {
  readonly tests: readonly LoadedTest[];
  readonly broken: readonly BrokenFile[];
  /** Files that are in order but for warnings. */
  readonly warned: readonly BrokenFile[];
}

interface Names {
  readonly kernels: readonly { readonly name: string }[];
  readonly lineage: readonly string[];
}

/** Parses all files; every diagnostic of every file is kept. */
export function loadTests(files: FoundFiles["files"], names: Names): LoadedTests {
  const tests: LoadedTest[] = [];
  const broken: BrokenFile[] = [];
  const warned: BrokenFile[] = [];
  for (const { path, text } of files) {
    const { found, diagnostics } = loadFile(path, text, names);
    const failed = diagnostics.some(({ severity }) => severity === "error");
    if (failed) {
      broken.push({ file: path, text, diagnostics });
      continue;
    }
    if (diagnostics.length > 0) {
      warned.push({ file: path, text, diagnostics });
    }
    tests.push(...found.map((test) => ({ test, file: path, text, hash: testHash(test) })));
  }
  return { tests, broken, warned };
}

function loadFile(
  path: string,
  text: string,
  { kernels, lineage }: Names,
): { readonly found: readonly Test[]; readonly diagnostics: readonly Diagnostic[] } {
  const parsed = parseFile(text);
  if (!parsed.ok) {
    return { found: [], diagnostics: parsed.diagnostics };
  }
  const known = [...new Set([...kernels.map(({ name }) => name), ...lineage])];
  const diagnostics = [
    ...parsed.diagnostics,
    ...checkExpectations(parsed.value, known, lineage),
    ...misnamed(path, parsed.value),
  ];
  return { found: expand(parsed.value), diagnostics };
}

/** A test that is called otherwise than its file cannot be found again from a report. */
function misnamed(path: string, file: Parameters<typeof expand>[0]): readonly Diagnostic[] {
  const wanted = basename(path, ".litmus");
  if (file.name === wanted || !path.endsWith(".litmus")) {
    return [];
  }
  return [
    {
      code: "PF190",
      severity: "warning",
      message: `the test is called ${file.name} but its file ${basename(path)}; a report could not be traced back to it`,
      span: file.nameSpan,
      fix: { span: file.nameSpan, replacement: wanted },
    },
  ];
}

/** Draws the diagnostics of files on the error stream. */
export function tellDiagnostics(
  files: readonly BrokenFile[],
  options: GlobalOptions,
  session: Session,
): void {
  const look = lookOf(session.err, options.color, session);
  const blocks = files.map(({ file, text, diagnostics }) =>
    drawDiagnostics(diagnostics, { file, text }, look),
  );
  if (blocks.length > 0) {
    session.err.write(`${blocks.join("\n")}`);
  }
}
