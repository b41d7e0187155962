/** What to say of an error of ours, as opposed to one of the user's. */

/** A short message that asks for a report; the stack only on request. */
export function internalErrorText(
  crash: { readonly message: string; readonly stack: string },
  verbose: boolean,
): string {
  const advice = "This is a bug in pinfold: please report it with the test and the command.";
  return `internal error: ${crash.message}\n${verbose ? crash.stack : `${advice} -v shows where.`}`;
}
