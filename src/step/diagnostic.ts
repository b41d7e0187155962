/**
 * What a user did wrong, as a value: a stable code, a place, and words. Drawing (carets, colour,
 * JSON) is elsewhere, in src/report. Every code is listed here once, grouped by phase.
 */

/** Half-open range of UTF-16 offsets into the source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A second place that explains the first ("declared here"). */
export interface Note {
  readonly message: string;
  readonly span?: Span;
}

/** The text that would make the error go away, where one text does. */
export interface Fix {
  readonly span: Span;
  readonly replacement: string;
}

export interface Diagnostic {
  /** PF0xx litmus syntax, PF1xx litmus names and meaning, PF2xx a kernel's path source, PF3xx a kernel's table. */
  readonly code: `PF${number}`;
  readonly severity: "error" | "warning";
  /** What was found, what was expected, what to write instead. One sentence each. */
  readonly message: string;
  readonly span: Span;
  readonly notes?: readonly Note[];
  readonly fix?: Fix;
}

/** Either a value, or the reasons why there is none. Warnings may stand beside a value. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
