/**
 * What the rig could not do because of the machine it stands on: no QEMU, no compiler, a mirror
 * without the suite. Like a diagnostic it is a value with a stable code, what was found and what to
 * do about it; unlike one it points at no source text. The command line ends with the environment's
 * exit code. Every code is listed here once.
 */

export const rigProblemCodes = {
  /** No qemu-system-x86_64 on the path. */
  noQemu: "PF601",
  /** No C compiler on the path. */
  noCompiler: "PF602",
  /** No apt, or no Debian mirror among its sources. */
  noMirror: "PF603",
  /** The mirror does not serve the kernel or package asked for. */
  notServed: "PF604",
  /** A rig's name that means nothing. */
  unknownRig: "PF605",
  /** A file that is no kernel image, or cannot be read. */
  notAKernel: "PF606",
  /** A file that is no Debian package, or is damaged. */
  badPackage: "PF607",
  /** A compression that needs a command which is not installed. */
  noDecompressor: "PF608",
  /** The compiler refused the C source. */
  compileFailed: "PF609",
  /** apt-get ended with an error. */
  aptFailed: "PF611",
  /** The user interrupted. */
  interrupted: "PF612",
  /** A journal that cannot be read or written. */
  badJournal: "PF613",
} as const;

export type RigProblemCode = (typeof rigProblemCodes)[keyof typeof rigProblemCodes];

export interface RigProblem {
  readonly code: RigProblemCode;
  /** What was found and what was expected. */
  readonly message: string;
  /** What to write or install instead. */
  readonly remedy: string;
}

export type RigResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: RigProblem };

/** A success. */
export function done<T>(value: T): RigResult<T> {
  return { ok: true, value };
}

/** What every interrupted piece of work answers. */
export function interrupted() {
  return failed("interrupted", "Interrupted.", "Run the same command again.");
}

/** A failure, by the name of its code. */
export function failed(
  kind: keyof typeof rigProblemCodes,
  message: string,
  remedy: string,
): { readonly ok: false; readonly problem: RigProblem } {
  return { ok: false, problem: { code: rigProblemCodes[kind], message, remedy } };
}
