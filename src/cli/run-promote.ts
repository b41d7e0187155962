/**
 * `pinfold promote`: what the model answers otherwise than the tests expect, shown first and written
 * into their `with` clauses only with --accept. Nothing is promoted from a search that was cut, nor
 * from a test that could not happen.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { kernels, lineage } from "../kernels/index.ts";
import {
  type ExpectedVerdict,
  expand,
  expectationFor,
  formatText,
  parseFile,
  promisesOf,
  promoted,
  type TestFile,
} from "../litmus/index.ts";
import { foldKernels } from "../report/ranges.ts";
import { check } from "../verdict/check.ts";
import type { VerdictWord } from "../verdict/result.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";
import { exitCodes } from "./exit-codes.ts";
import { findLitmusFiles } from "./litmus-files.ts";
import { loadTests, tellDiagnostics } from "./litmus-tests.ts";
import { messageOf } from "./output.ts";
import { startProgress } from "./progress.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

export interface PromoteOptions extends GlobalOptions {
  readonly accept: boolean;
}

/** A kernel on which a file's tests answer otherwise than the file expects. */
interface Change {
  readonly kernel: string;
  readonly expected: ExpectedVerdict;
  readonly found: VerdictWord;
}

/** 0 when nothing changed or all was written, 1 when something would change, 4 when it may not. */
export function runPromote(
  given: readonly string[],
  options: PromoteOptions,
  session: Session,
): number {
  const found = findLitmusFiles(given, { folder: session.folder, includes: [] });
  for (const problem of found.problems) complain(session, problem);
  const { broken } = loadTests(found.files, { kernels, lineage });
  tellDiagnostics(broken, options, session);
  if (found.problems.length > 0 || broken.length > 0) return exitCodes.usage;
  const progress = startProgress(session, !options.quiet);
  let code: number = exitCodes.asExpected;
  for (const { path, text } of found.files) {
    if (session.signal.aborted) return exitCodes.interrupted;
    const parsed = parseFile(text);
    if (!parsed.ok) return exitCodes.usage;
    progress.show(path);
    const changes = changesOf(parsed.value, session);
    progress.clear();
    const one = settle({ path, text, file: parsed.value }, changes, options, session);
    code = Math.max(code, one);
  }
  return code;
}

/** Every kernel whose answer differs; a matrix's cells have one promise, so they must agree. */
function changesOf(file: TestFile, session: Session): readonly Change[] {
  const cells = expand(file).map((test) => ({ test, answers: new SharedAnswers() }));
  return kernels.flatMap((kernel): Change[] => {
    const expected = expectationFor(file, kernel.name, lineage);
    if (expected === undefined) return [];
    const interrupted = () => session.signal.aborted;
    const verdicts = cells.map((cell) =>
      check(cell.test, kernel, { answers: cell.answers, interrupted }),
    );
    const words = verdicts
      .filter(({ verdict, refused }) => verdict !== "vacuous" || (refused?.length ?? 0) === 0)
      .map(({ verdict }) => verdict);
    const other = words.find((word) => word !== expected);
    if (other === undefined) return [];
    const same = words.every((word) => word === other);
    return [{ kernel: kernel.name, expected, found: same ? other : "unknown" }];
  });
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly file: TestFile;
}

function settle(
  { path, text, file }: Source,
  changes: readonly Change[],
  options: PromoteOptions,
  session: Session,
): number {
  if (changes.length === 0) return exitCodes.asExpected;
  const told = foldKernels(changes, lineage, ({ expected, found }) => `${expected} ${found}`);
  session.out.write(`${path}\n`);
  for (const { label, item } of told)
    session.out.write(`  ${label}: ${item.expected} -> ${item.found}\n`);
  const refused = changes.filter(({ found }) => !isPromise(found));
  if (refused.length > 0) {
    complain(
      session,
      `${path}: not promoted: on ${refused.map(({ kernel }) => kernel).join(", ")} the search was cut, the test could not happen, or the matrix's tests differ`,
    );
    return exitCodes.inconclusive;
  }
  if (!options.accept) return exitCodes.notAsExpected;
  return accept({ path, text, file }, changes, session);
}

const words: readonly string[] = ["never", "sometimes", "always"];

function isPromise(word: VerdictWord): word is ExpectedVerdict {
  return words.includes(word);
}

function accept(
  { path, text, file }: Source,
  changes: readonly Change[],
  session: Session,
): number {
  const wanted = promisesOf(file, lineage);
  for (const { kernel, found } of changes) if (isPromise(found)) wanted.set(kernel, found);
  const others = kernels.filter(({ mainline }) => !mainline).map(({ name }) => name);
  const written = formatText(promoted(text, file, wanted, { lineage, others }));
  if (!written.ok) throw new Error(`A promoted test does not parse: ${path}`);
  try {
    writeFileSync(resolve(session.folder, path), written.value);
  } catch (error) {
    complain(session, `cannot write ${path}: ${messageOf(error)}`);
    return exitCodes.usage;
  }
  return exitCodes.asExpected;
}
