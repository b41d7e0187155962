/**
 * PF1xx: a text that reads as a litmus test but means nothing, or not what it seems to. One function
 * per mistake; each says what was found, what was expected and what to write.
 */
import type { Diagnostic, Note, Span } from "../step/diagnostic.ts";
import { pageKinds, pageModifiers } from "./ast.ts";
import { error, quote, suggestion, warning } from "./diagnostics-syntax.ts";

function declaredAt(span: Span | undefined): readonly Note[] {
  return span === undefined ? [] : [{ message: "declared here", span }];
}

function list(words: readonly string[]): string {
  return words.join(", ");
}

export function unknownOperation(
  span: Span,
  name: string,
  near: string | undefined,
  callable: readonly string[],
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = near === undefined ? ` Write one of ${list(callable)}.` : words;
  return error("PF101", span, `${quote(name)} is no operation.${help}`, { fix });
}

export function foreignOperation(span: Span, name: string, instead: string): Diagnostic {
  return error(
    "PF101",
    span,
    `${quote(name)} is no operation of the litmus language. Write \`${instead}\` instead.`,
  );
}

export function wrongArguments(span: Span, found: string, usage: string): Diagnostic {
  return error("PF102", span, `Found ${found}, expected \`${usage}\`.`);
}

export function unknownFlag(
  span: Span,
  operation: string,
  flag: string,
  known: readonly string[],
  near: string | undefined,
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = near === undefined ? ` Write ${known.join(" or ")}.` : words;
  return error("PF103", span, `${quote(flag)} is no flag of ${operation}.${help}`, { fix });
}

export function repeatedFlag(span: Span, flag: string): Diagnostic {
  return error("PF103", span, `${quote(flag)} stands twice. Write each flag once.`);
}

export function tooManyFlags(span: Span, operation: string, known: readonly string[]): Diagnostic {
  return error("PF103", span, `${operation} takes one word. Write ${known.join(" or ")}.`);
}

export function unknownPage(
  span: Span,
  name: string,
  near: string | undefined,
  declared: readonly string[],
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const known =
    declared.length === 0 ? "No page is declared" : `The test declares ${list(declared)}`;
  const help = near === undefined ? ` ${known}. Write \`page ${name} = anon;\` among them.` : words;
  return error("PF104", span, `No page is called ${quote(name)}.${help}`, { fix });
}

export function notAPage(span: Span, name: string, what: string, instead: string): Diagnostic {
  return error("PF104", span, `${quote(name)} is ${what}, not a page. ${instead}`);
}

export function notANumber(span: Span, found: string, what: string, page: string): Diagnostic {
  return error(
    "PF104",
    span,
    `${quote(found)} is ${what}, but a store takes a number: \`${page} = 1;\`.`,
  );
}

export function unknownHandle(span: Span, name: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help =
    near === undefined ? ` Write \`${name} = pin(x, WRITE);\` or another pin before.` : words;
  return error("PF105", span, `No operation makes the handle ${quote(name)}.${help}`, { fix });
}

export function handleOfTwo(span: Span, name: string, actors: string, first: Span): Diagnostic {
  return error(
    "PF105",
    span,
    `${actors} both make the handle ${quote(name)}. Give each its own name.`,
    {
      notes: [{ message: "first made here", span: first }],
    },
  );
}

export function neverSignalled(span: Span, event: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = near === undefined ? ` Write \`signal(${event});\` in another actor.` : words;
  return error("PF106", span, `Nobody signals ${quote(event)}: this waits for ever.${help}`, {
    fix,
  });
}

export function neverAwaited(span: Span, event: string): Diagnostic {
  return warning(
    "PF107",
    span,
    `Nobody awaits ${quote(event)}. Write \`await(${event});\` or drop it.`,
  );
}

export function unknownProcess(
  span: Span,
  name: string,
  near: string | undefined,
  expected: string,
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = near === undefined ? ` Write ${expected}.` : words;
  return error("PF108", span, `The test has no ${quote(name)}.${help}`, { fix });
}

export function unknownKind(span: Span, words: string, near: string | undefined): Diagnostic {
  const { words: help, fix } = suggestion(near, span);
  const kinds = `${pageKinds.slice(0, -1).join(", ")} or ${pageKinds[pageKinds.length - 1]}`;
  return error("PF109", span, `${quote(words)} is no page kind.${help || ` Write ${kinds}.`}`, {
    fix,
  });
}

export function unknownKindWord(span: Span, word: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const last = pageModifiers[pageModifiers.length - 1];
  const known = ` Modifiers are ${pageModifiers.slice(0, -1).join(", ")} and ${last}.`;
  return error("PF109", span, `${quote(word)} is no page kind and no modifier.${words || known}`, {
    fix,
  });
}

export function misfitModifier(
  span: Span,
  modifier: string,
  kind: string,
  why: string,
): Diagnostic {
  return error("PF110", span, `${quote(modifier)} does not fit ${quote(kind)}: ${why}.`);
}

export function repeatedModifier(span: Span, modifier: string): Diagnostic {
  return error("PF110", span, `${quote(modifier)} stands twice. Write it once.`);
}

export function duplicateName(
  span: Span,
  name: string,
  what: string,
  first: Span | undefined,
): Diagnostic {
  return error("PF111", span, `${quote(name)} is ${what} already. Choose another name.`, {
    notes: first === undefined ? [] : [{ message: "first used here", span: first }],
  });
}

export function repeatedValue(span: Span, value: string, first: Span): Diagnostic {
  const notes = [{ message: "the first is here", span: first }];
  return error("PF111", span, `${quote(value)} stands twice in this matrix. Write it once.`, {
    notes,
  });
}

export function reservedName(span: Span, name: string): Diagnostic {
  return error("PF111", span, `${quote(name)} is a word of the language. Choose another name.`);
}

export function indexOutside(
  span: Span,
  place: string,
  name: string,
  size: number,
  declared: Span | undefined,
): Diagnostic {
  const pages =
    size === 1 ? `one page, ${name}[0]` : `${size} pages, ${name}[0] to ${name}[${size - 1}]`;
  return error("PF112", span, `${quote(place)} is outside ${quote(name)}, which has ${pages}.`, {
    notes: declaredAt(declared),
  });
}

export function neverForked(span: Span, name: string): Diagnostic {
  return error(
    "PF113",
    span,
    `${name} never comes to life. Write \`fork(${name});\` or \`vfork(${name});\` in a process that does.`,
  );
}

export function processGap(span: Span, found: string, expected: string): Diagnostic {
  return error(
    "PF114",
    span,
    `Found ${found}, expected ${expected}: processes are numbered without gaps. Rename it ${expected}.`,
  );
}

export function forkedTwice(span: Span, name: string, first: Span): Diagnostic {
  return error(
    "PF115",
    span,
    `${name} is forked twice. Give the second child a block of its own.`,
    {
      notes: [{ message: "first forked here", span: first }],
    },
  );
}

export function forkOfAncestor(span: Span, name: string, why: string): Diagnostic {
  return error("PF116", span, `${name} ${why}. Fork a process of its own, such as P1.`);
}

export function notAllowed(span: Span, what: string, actor: string, instead: string): Diagnostic {
  return error("PF117", span, `${actor} cannot do ${what}. ${instead}`);
}

export function neverAssigned(
  span: Span,
  register: string,
  actor: string,
  near: string | undefined,
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = near === undefined ? ` Write \`${register} = x;\` in ${actor}.` : words;
  return error("PF118", span, `${actor} never assigns ${quote(register)}.${help}`, { fix });
}

export function registerWithoutActor(
  span: Span,
  name: string,
  owner: string | undefined,
): Diagnostic {
  const fix = owner === undefined ? undefined : { span, replacement: `${owner}:${name}` };
  return error(
    "PF118",
    span,
    `${quote(name)} is a register. Say whose: \`${owner ?? "P0"}:${name}\`.`,
    { fix },
  );
}

export function forceOnOther(
  span: Span,
  word: string,
  operation: string,
  operationStart: number,
): Diagnostic {
  return error(
    "PF119",
    span,
    `${quote(word)} stands before operations of kernel actors only. Write \`${operation}(...)\` without it.`,
    { fix: { span: { start: span.start, end: operationStart }, replacement: "" } },
  );
}

export function forceMissing(span: Span, operation: string): Diagnostic {
  return error(
    "PF120",
    span,
    `Say whether it happens: \`must ${operation}(...)\`, or \`may ${operation}(...)\` for perhaps.`,
    { fix: { span: { start: span.start, end: span.start }, replacement: "may " } },
  );
}

export function wrongResult(span: Span, operation: string, gives: string): Diagnostic {
  return error("PF121", span, `${operation} gives ${gives}.`);
}

export function timesNotAllowed(span: Span, operation: string): Diagnostic {
  return error(
    "PF122",
    span,
    `${operation} cannot be repeated. \`times N\` follows pin and get only, with N from 1.`,
  );
}

export function halfNotAllowed(span: Span, place: string, where: string): Diagnostic {
  return error("PF123", span, `${quote(place)} is half a word; ${where} the whole page.`);
}

export function unknownField(span: Span, field: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = words || " A page has lo and hi; a handle has post(v), complete() and errno.";
  return error("PF123", span, `${quote(field)} is no part of anything.${help}`, { fix });
}

export function waitForOther(span: Span, name: string, waiter: string): Diagnostic {
  return error(
    "PF124",
    span,
    `${name} is no child of ${waiter}: wait fails. Let the parent wait, or use signal and await.`,
  );
}

export function unknownVariable(span: Span, name: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const help = words || " Write `for kind in anon, thp { page x = $kind; }`.";
  return error("PF125", span, `No \`for\` around it names ${quote(name)}.${help}`, { fix });
}

export function unusedVariable(span: Span, name: string): Diagnostic {
  return error(
    "PF125",
    span,
    `No page of this matrix is a \`$${name}\`: its tests would all be equal. Write \`page x = $${name};\`.`,
  );
}

export function mayFailNothing(span: Span): Diagnostic {
  return error(
    "PF126",
    span,
    "No statement follows `may fail alloc`. Write it before the statement whose allocations may fail.",
  );
}

export function neverReached(span: Span, actor: string, ending: string): Diagnostic {
  return warning(
    "PF127",
    span,
    `${actor} never comes here: it has ended with \`${ending}\` before.`,
  );
}

export function unknownResult(span: Span, word: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  return warning(
    "PF128",
    span,
    `${quote(word)} is no result and is not read.${words || " Write Never, Sometimes, Always or Maybe."}`,
    { fix },
  );
}

export function badCount(span: Span, count: number, largest: number): Diagnostic {
  return error(
    "PF129",
    span,
    `${count} pages cannot be declared. Write a number from 1 to ${largest}.`,
  );
}

export function noProcess(span: Span): Diagnostic {
  return error("PF130", span, "The test has no P0, so nothing runs. Write `P0 { ... }`.");
}

export function threadOfOther(span: Span, name: string, process: string): Diagnostic {
  return error(
    "PF131",
    span,
    `${name} is a thread of ${process}, but only P0 runs from the start. Write P0.T1, or a process.`,
  );
}

export function strangeComparison(span: Span, message: string): Diagnostic {
  return error("PF132", span, message);
}

export function unknownName(
  span: Span,
  name: string,
  near: string | undefined,
  where: string,
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  return error("PF133", span, `Nothing is called ${quote(name)}.${words || ` ${where}`}`, { fix });
}

export function unknownPredicate(span: Span, name: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  const known =
    " Write same(P0:x, P1:x), pinned(h, P0:x), anon_exclusive(x), soft_dirty(x) or uffd_wp(x).";
  return error("PF134", span, `${quote(name)} is no predicate.${words || known}`, { fix });
}

export function neverEnds(
  span: Span,
  child: string,
  operation: string,
  ending: string,
): Diagnostic {
  return error(
    "PF135",
    span,
    `${child} has no ${ending}, so ${operation}(${child}) waits for ever. Write it in ${child}.`,
  );
}

export function unknownKernel(span: Span, name: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  return error(
    "PF140",
    span,
    `No kernel is called ${quote(name)}.${words || " `pinfold kernels` lists them."}`,
    { fix },
  );
}

export function offTheLine(span: Span, name: string): Diagnostic {
  return error(
    "PF141",
    span,
    `${name} is not on the mainline lineage, along which a range runs. Name it alone: \`${name}: never\`.`,
  );
}

export function reversedRange(span: Span, from: string, to: string): Diagnostic {
  return error("PF142", span, `${from} comes after ${to}. Write \`${to}..${from}\`.`);
}

export function expectedTwice(span: Span, kernel: string, first: Span): Diagnostic {
  return error("PF143", span, `${kernel} is expected to do two different things. Keep one.`, {
    notes: [{ message: "the other expectation is here", span: first }],
  });
}
