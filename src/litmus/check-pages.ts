/**
 * What `page x = swapped anon;` declares: which of its words are modifiers and which the kind, in
 * whatever order they stand, and whether they fit each other. A matrix is judged cell by cell.
 */
import type { Span } from "../step/diagnostic.ts";
import {
  type Declaration,
  type MatrixDeclaration,
  type PageDeclaration,
  type PageKind,
  type PageModifier,
  pageKinds,
  pageModifiers,
} from "./ast.ts";
import {
  badCount,
  duplicateName,
  misfitModifier,
  repeatedModifier,
  repeatedValue,
  reservedName,
  unknownKind,
  unknownKindWord,
  unknownVariable,
  unusedVariable,
} from "./diagnostics.ts";
import { nearest } from "./nearest.ts";
import { isHugetlb, naturalSize, subpages } from "./page-kinds.ts";
import { kindOfWords, sortModifiers, splitPageWords } from "./page-words.ts";
import type { RawMatrix, RawPage, RawWord } from "./raw.ts";
import { isReserved, type Report, report, type Scope } from "./scope.ts";

const largestCount = 1024;
interface Kind {
  readonly pageKind: PageKind;
  readonly modifiers: readonly PageModifier[];
}

/** Turns the declarations into the AST's and enters their names. Broken ones are left out. */
export function checkDeclarations(
  declarations: readonly (RawPage | RawMatrix)[],
  scope: Scope,
  to: Report,
): readonly Declaration[] {
  return declarations.flatMap((declaration): readonly Declaration[] => {
    if (declaration.kind === "page") return checkPage(declaration, undefined, scope, to);
    return checkMatrix(declaration, scope, to);
  });
}

function checkMatrix(matrix: RawMatrix, scope: Scope, to: Report): readonly Declaration[] {
  const { variable } = matrix;
  const seen = new Map<string, Span>();
  for (const words of matrix.values) {
    const text = words.map((word) => word.text).join(" ");
    const span = spanOfWords(words);
    const first = seen.get(text);
    if (first !== undefined) report(to, repeatedValue(span, text, first));
    else {
      seen.set(text, span);
      readKind(words, to);
    }
  }
  const used = matrix.body.some((page) => page.words.some((word) => word.text[0] === "$"));
  if (!used) report(to, unusedVariable(variable.span, variable.text));
  const body = matrix.body.flatMap((page) => checkPage(page, matrix, scope, to));
  const values = matrix.values.map((words) => words.map((word) => word.text));
  const checked: MatrixDeclaration = {
    kind: "matrix",
    variable: variable.text,
    values,
    body,
    span: matrix.span,
  };
  return [checked];
}

function checkPage(
  page: RawPage,
  matrix: RawMatrix | undefined,
  scope: Scope,
  to: Report,
): readonly PageDeclaration[] {
  const { name, count } = page;
  if (count !== undefined && (count.value < 1 || count.value > largestCount)) {
    report(to, badCount(count.span, count.value, largestCount));
  }
  if (isReserved(name.text)) report(to, reservedName(name.span, name.text));
  const first = scope.pages.get(name.text);
  if (first !== undefined) report(to, duplicateName(name.span, name.text, "a page", first.span));
  const common = {
    kind: "page",
    name: name.text,
    nameSpan: name.span,
    count: count?.value,
    span: page.span,
  } as const;
  const variable = page.words.find((word) => word.text[0] === "$");
  const enter = (size: number) => {
    if (first === undefined) scope.pages.set(name.text, { span: name.span, size });
  };
  if (variable === undefined) {
    const kind = readKind(page.words, to);
    // Of a page whose kind is unknown no index is outside.
    enter(
      count?.value ?? (kind === undefined ? Number.POSITIVE_INFINITY : naturalSize(kind.pageKind)),
    );
    return kind === undefined ? [] : [{ ...common, ...kind }];
  }
  if (matrix === undefined || variable.text.slice(1) !== matrix.variable.text) {
    enter(Number.POSITIVE_INFINITY);
    const near = matrix === undefined ? undefined : `$${matrix.variable.text}`;
    report(to, unknownVariable(variable.span, variable.text, near), variable.text);
    return [];
  }
  const modifiers = checkCells(page, variable, matrix, to);
  const cells = matrix.values.map((words) => readKind(words, undefined));
  enter(
    count?.value ??
      Math.min(...cells.map((cell) => (cell ? naturalSize(cell.pageKind) : subpages))),
  );
  if (modifiers === undefined) return [];
  return [{ ...common, pageKind: { variable: matrix.variable.text }, modifiers }];
}

/** The modifiers beside a `$variable`, judged with every value it may stand for. */
function checkCells(
  page: RawPage,
  variable: RawWord,
  matrix: RawMatrix,
  to: Report,
): readonly PageModifier[] | undefined {
  const own = page.words.filter((word) => word !== variable);
  const { modifiers, rest } = splitWords(own, to);
  if (rest.length > 0) {
    const near = nearest(rest[0]!.text, pageModifiers);
    report(to, unknownKindWord(rest[0]!.span, rest[0]!.text, near));
    return undefined;
  }
  for (const words of matrix.values) {
    const value = readKind(words, undefined);
    if (value === undefined) continue;
    for (const modifier of modifiers) {
      const why = misfit(modifier.name, {
        pageKind: value.pageKind,
        modifiers: [...value.modifiers, ...modifiers.map((other) => other.name)],
      });
      const twice = value.modifiers.includes(modifier.name);
      if (why === undefined && !twice) continue;
      const kind = words.map((word) => word.text).join(" ");
      const reason = why ?? "the value says so already";
      report(to, misfitModifier(modifier.span, modifier.name, kind, reason), modifier.name);
    }
  }
  return sortModifiers(modifiers.map((modifier) => modifier.name));
}

interface FoundModifier {
  readonly name: PageModifier;
  readonly span: Span;
}

function spanOfWords(words: readonly RawWord[]): Span {
  return { start: words[0]!.span.start, end: words[words.length - 1]!.span.end };
}

/** The modifiers among some words, each once; a second one is reported. */
function splitWords(
  words: readonly RawWord[],
  to: Report | undefined,
): { readonly modifiers: readonly FoundModifier[]; readonly rest: readonly RawWord[] } {
  const split = splitPageWords(words);
  const modifiers: FoundModifier[] = [];
  for (const { name, words: spelling } of split.modifiers) {
    const span = spanOfWords(spelling);
    if (!modifiers.some((modifier) => modifier.name === name)) modifiers.push({ name, span });
    else if (to !== undefined) report(to, repeatedModifier(span, name));
  }
  return { modifiers, rest: split.rest };
}

/** Reads kind and modifiers; without a report it only answers whether it could. */
function readKind(words: readonly RawWord[], to: Report | undefined): Kind | undefined {
  const { modifiers, rest } = splitWords(words, to);
  const text = rest.map((word) => word.text).join(" ");
  const pageKind = kindOfWords(rest);
  if (pageKind === undefined) {
    if (to !== undefined) report(to, strangeKind(words, rest, text));
    return undefined;
  }
  const kind = { pageKind, modifiers: sortModifiers(modifiers.map((modifier) => modifier.name)) };
  for (const modifier of modifiers) {
    const why = misfit(modifier.name, kind);
    if (why === undefined || to === undefined) continue;
    report(to, misfitModifier(modifier.span, modifier.name, pageKind, why));
    break;
  }
  return kind;
}

/** Points at the one word that is wrong where there is one, else at all that make no kind. */
function strangeKind(words: readonly RawWord[], rest: readonly RawWord[], text: string) {
  if (rest.length === 0) {
    const all = words.map((word) => word.text).join(" ");
    return unknownKind(spanOfWords(words), all, undefined);
  }
  const vocabulary = [...pageKinds, ...pageModifiers].flatMap((phrase) => phrase.split(" "));
  const strangers = rest.filter((word) => !vocabulary.includes(word.text));
  if (strangers.length !== 1) return unknownKind(spanOfWords(rest), text, nearest(text, pageKinds));
  const [stranger] = strangers;
  return unknownKindWord(stranger!.span, stranger!.text, nearest(stranger!.text, vocabulary));
}

/** Why a modifier makes no sense on a page of this kind, or undefined. */
function misfit(modifier: PageModifier, kind: Kind): string | undefined {
  const { pageKind, modifiers } = kind;
  switch (modifier) {
    case "pte-mapped":
    case "wiped around":
    case "mremapped half":
    case "partially shared":
      return misfitShape(modifier, kind);
    case "swapped":
      if (modifiers.includes("untouched")) return "an untouched page has nothing to swap out";
      if (modifiers.includes("partially shared") || pageKind === "two-page folio")
        return "swapped out it would be like any other";
      return isHugetlb(pageKind) || neverSwapped.has(pageKind)
        ? "such a page never goes to swap"
        : undefined;
    case "untouched":
      if (pageKind === "two-page folio")
        return "its pages come together only when they are written";
      return pageKind === "zero" || pageKind === "huge zero"
        ? "a zero page has been read already"
        : undefined;
    case "readonly":
      return undefined;
  }
}

const neverSwapped: ReadonlySet<PageKind> = new Set(["zero", "huge zero", "file"]);

/** Shapes of a thp: only a thp has them, a touched one, and no two at once. */
function misfitShape(shape: PageModifier, { pageKind, modifiers }: Kind): string | undefined {
  if (pageKind !== "thp") return "it is about the parts of a thp";
  if (modifiers.includes("untouched")) return "an untouched page has no shape";
  const other = shapes.find((one) => one !== shape && modifiers.includes(one));
  if (other === undefined || shape === "pte-mapped" || other === "pte-mapped") return undefined;
  return `a page that is ${other} has its shape already`;
}

const shapes: readonly PageModifier[] = [
  "pte-mapped",
  "wiped around",
  "mremapped half",
  "partially shared",
];
