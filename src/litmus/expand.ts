/**
 * A matrix is one file for many tests: `for kind in anon, shared anon { page x = $kind; }` makes
 * NAME+anon and NAME+shared-anon. Several matrices multiply.
 */
import type { MatrixDeclaration, PageDeclaration, Test, TestFile } from "./ast.ts";
import { kindOfWords, sortModifiers, splitPageWords } from "./page-words.ts";
import { withPostedWrites } from "./posted-writes.ts";

/** One value chosen for each matrix of the file, in the file's order. */
type Choice = readonly (readonly string[])[];

/** The tests of a file, the last matrix turning fastest. A file without a matrix is one test. */
export function expand(file: TestFile): readonly Test[] {
  const matrices = file.declarations.filter((declaration) => declaration.kind === "matrix");
  let choices: readonly Choice[] = [[]];
  for (const matrix of matrices) {
    choices = choices.flatMap((choice) => matrix.values.map((value) => [...choice, value]));
  }
  return choices.map((choice) => testOf(file, matrices, choice));
}

function testOf(file: TestFile, matrices: readonly MatrixDeclaration[], choice: Choice): Test {
  const declarations = file.declarations.flatMap((declaration) => {
    if (declaration.kind === "page") return [declaration];
    const value = choice[matrices.indexOf(declaration)]!;
    return declaration.body.map((page) => substitute(page, value));
  });
  const name = [file.name, ...choice.map((words) => words.join("-"))].join("+");
  return withPostedWrites({ ...file, name, declarations });
}

/** Puts a value's words in the place of the page's `$variable`. */
function substitute(page: PageDeclaration, value: readonly string[]): PageDeclaration {
  if (typeof page.pageKind === "string") return page;
  const { modifiers, rest } = splitPageWords(value.map((text) => ({ text })));
  const pageKind = kindOfWords(rest);
  assert(
    pageKind !== undefined,
    "a matrix value without a page kind: the checker lets none through",
  );
  const all = [...page.modifiers, ...modifiers.map((modifier) => modifier.name)];
  return { ...page, pageKind, modifiers: sortModifiers(all) };
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
