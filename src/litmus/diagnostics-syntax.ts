/**
 * PF0xx: a text that is no litmus test yet. One function per mistake; each says what was found,
 * what was expected and what to write.
 */
import type { Diagnostic, Fix, Note, Span } from "../step/diagnostic.ts";

/** Makes an error; `notes` and `fix` only where there are some. */
export function error(
  code: Diagnostic["code"],
  span: Span,
  message: string,
  more: { readonly notes?: readonly Note[]; readonly fix?: Fix | undefined } = {},
): Diagnostic {
  return {
    code,
    severity: "error",
    message,
    span,
    ...(more.notes === undefined || more.notes.length === 0 ? {} : { notes: more.notes }),
    ...(more.fix === undefined ? {} : { fix: more.fix }),
  };
}

/** The same as a warning: the test keeps its meaning, but probably not the one intended. */
export function warning(
  code: Diagnostic["code"],
  span: Span,
  message: string,
  more: { readonly notes?: readonly Note[]; readonly fix?: Fix | undefined } = {},
): Diagnostic {
  return { ...error(code, span, message, more), severity: "warning" };
}

const longestQuote = 40;

/** A piece of the text as a message shows it: short, on one line, in backquotes. */
export function quote(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return `\`${line.length > longestQuote ? `${line.slice(0, longestQuote)}...` : line}\``;
}

/** " Did you mean `x`?" or nothing, with the fix to match. */
export function suggestion(
  near: string | undefined,
  span: Span,
): { readonly words: string; readonly fix: Fix | undefined } {
  if (near === undefined) return { words: "", fix: undefined };
  return { words: ` Did you mean \`${near}\`?`, fix: { span, replacement: near } };
}

export function unknownCharacter(span: Span, character: string): Diagnostic {
  return error("PF001", span, `${quote(character)} has no meaning in a litmus test. Take it out.`);
}

export function unclosedComment(span: Span, close: string): Diagnostic {
  return error("PF002", span, `This comment never ends. Close it with \`${close}\`.`);
}

export function unclosedDoc(span: Span): Diagnostic {
  return error(
    "PF003",
    span,
    'This string never ends. Close it with `"` before the info lines and `{`.',
  );
}

export function badHeader(span: Span, found: string, expected: string, fix?: Fix): Diagnostic {
  return error("PF004", span, `Found ${found}, expected ${expected}.`, { fix });
}

export function badInfoLine(span: Span, line: string): Diagnostic {
  const write = "Write `Key=value` lines, then `{ page x = anon; }`.";
  return error("PF005", span, `Found ${quote(line)}, expected the declarations. ${write}`);
}

export function unopenedDeclarations(span: Span, found: string): Diagnostic {
  return error("PF006", span, `Found ${found}, expected \`{\`. Write \`{\` before it.`, {
    fix: { span: { start: span.start, end: span.start }, replacement: "{ " },
  });
}

export function missingDeclarations(span: Span, found: string): Diagnostic {
  return error(
    "PF006",
    span,
    `Found ${found}, expected the declarations. Write \`{ page x = anon; }\` before the first process.`,
  );
}

export function unclosedBlock(span: Span, found: string, what: string, opened: Span): Diagnostic {
  return error(
    "PF007",
    span,
    `Found ${found}, expected \`}\` to close ${what}. Write \`}\` before it.`,
    {
      notes: [{ message: "opened here", span: opened }],
    },
  );
}

export function missingSemicolon(at: number, after: string): Diagnostic {
  const span = { start: at, end: at };
  return error(
    "PF008",
    span,
    `Missing \`;\` after ${quote(after)}. Statements and declarations end with \`;\`.`,
    {
      fix: { span, replacement: ";" },
    },
  );
}

export function badDeclaration(span: Span, found: string, expected: string): Diagnostic {
  return error(
    "PF009",
    span,
    `Found ${found}, expected ${expected}. Write \`page x = anon;\` or \`page x[4] = swapped anon;\`.`,
  );
}

export function badStatement(span: Span, found: string, expected: string, fix?: Fix): Diagnostic {
  return error("PF010", span, `Found ${found}, expected ${expected}.`, { fix });
}

export function badActor(span: Span, found: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  return error(
    "PF011",
    span,
    `${found} is no actor. Name a process P0, a thread P0.T1, a device D0, a kernel actor K0.${words}`,
    { fix },
  );
}

export function badProposition(span: Span, found: string, expected: string): Diagnostic {
  return error(
    "PF012",
    span,
    `Found ${found}, expected ${expected}. Write for example \`exists (P0:r0 = 1 /\\ x != 2)\`.`,
  );
}

/** `&&`, `||` and `!` of C. */
export function foreignSign(span: Span, found: string, sign: string): Diagnostic {
  return error("PF012", span, `Found ${found}, expected herd's sign. Write \`${sign}\`.`, {
    fix: { span, replacement: sign },
  });
}

export function missingCondition(span: Span, found: string): Diagnostic {
  return error(
    "PF013",
    span,
    `Found ${found}, expected the condition. Write \`exists (...)\`, \`~exists (...)\` or \`forall (...)\`.`,
  );
}

export function badExpectation(
  span: Span,
  found: string,
  expected: string,
  near?: string,
): Diagnostic {
  const { words, fix } = suggestion(near, span);
  return error(
    "PF014",
    span,
    `Found ${found}, expected ${expected}. Write \`with ..v5.8: always; v5.9..: never\`.${words}`,
    { fix },
  );
}

export function strayText(span: Span, found: string, near: string | undefined): Diagnostic {
  const { words, fix } = suggestion(near, span);
  return error(
    "PF015",
    span,
    `Found ${found}, expected an actor (\`P1 { ... }\`), locations, filter, a condition or with.${words}`,
    { fix },
  );
}

export function badNumber(span: Span, text: string, reason: string): Diagnostic {
  return error("PF016", span, `${quote(text)} ${reason}. Write a number like 2 or 0x2.`);
}

export function foreignSpelling(span: Span, found: string, instead: string, fix?: Fix): Diagnostic {
  return error("PF017", span, `${found} is C, not the litmus language. ${instead}`, { fix });
}

export function repeatedSection(span: Span, what: string, first: Span): Diagnostic {
  return error("PF018", span, `A second ${what}. A test has one; join them into one.`, {
    notes: [{ message: "the first is here", span: first }],
  });
}

export function tooDeep(span: Span): Diagnostic {
  return error(
    "PF019",
    span,
    "This proposition is too large to read: more than 500 connectives and parentheses. Split the test.",
  );
}
