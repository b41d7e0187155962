/** `pinfold diff A B`: the shortest tests that tell two kernels apart. */
import { type DiffResult, defaultLimit, diff } from "../../synth/diff.ts";
import { diffJson } from "../../synth/output/diff-json.ts";
import { diffText } from "../../synth/output/diff-text.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { type AlphabetWords, chooseAlphabet } from "./alphabet-options.ts";
import { kernelArgument } from "./kernel-argument.ts";

export interface DiffCommandOptions extends GlobalOptions, AlphabetWords {
  readonly depth: number;
  readonly limit: number | undefined;
}

/** Searches and prints; 0 whether they differ or not, 124 if the search was cut. */
export async function runDiff(
  names: readonly [string, string],
  options: DiffCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const chosen = await Promise.all(names.map((name) => kernelArgument(name, session.folder)));
  const alphabet = chooseAlphabet(options);
  const wrong = [formats, ...chosen, alphabet].find((choice) => !choice.ok);
  if (wrong !== undefined && !wrong.ok) complain(session, wrong.message);
  const [one, other] = chosen;
  if (!formats.ok || !one?.ok || !other?.ok || !alphabet.ok) return exitCodes.usage;
  const result = diff(one.value.kernel, other.value.kernel, {
    ...alphabet.value,
    depth: options.depth,
    limit: options.limit ?? defaultLimit,
    interrupted: () => session.signal.aborted,
    ...(one.value.machine === undefined ? {} : { machine: one.value.machine }),
    ...(other.value.machine === undefined ? {} : { otherMachine: other.value.machine }),
  });
  const written = writeReports(
    formats.targets,
    {
      text: (look) => diffText(result, { runs: options.verbose }, look),
      json: () => diffJson(result),
    },
    options,
    session,
  );
  return written ? codeOf(result) : exitCodes.usage;
}

function codeOf({ bound }: DiffResult): number {
  if (bound === "interrupted") return exitCodes.interrupted;
  return bound === undefined || bound === "enough" ? exitCodes.asExpected : exitCodes.limitReached;
}
