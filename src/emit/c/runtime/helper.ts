/**
 * The named pieces of C that emitted programs are put together from. A program holds only the
 * pieces it uses, so that it reads as if written for its tests and builds without a warning.
 */

/** A piece of C at file level: a type, a variable or a function with what belongs to it. */
export interface Helper {
  readonly name: string;
  /** Header files, without brackets: "sys/mman.h". */
  readonly includes: readonly string[];
  /** The pieces it calls. */
  readonly uses: readonly string[];
  readonly text: string;
}

/** Cuts the line break after the opening backtick, so that C can start on its own line. */
export function helper(
  name: string,
  includes: readonly string[],
  uses: readonly string[],
  text: string,
): Helper {
  return { name, includes, uses, text: text.replace(/^\n/, "") };
}
