/** `pinfold synth KERNEL`: the shortest programs on which a kernel breaks a promise. */
import { promisesJson, promisesText } from "../../synth/output/promises-report.ts";
import { type PromiseResult, promises } from "../../synth/promises.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { complain, type Session } from "../session.ts";
import { chooseAlphabet } from "./alphabet-options.ts";
import { kernelArgument } from "./kernel-argument.ts";
import type { DiffCommandOptions } from "./run-diff.ts";

/** 1 if a promise is broken, 0 if none is, 124 if the search was cut before. */
export async function runPromises(
  name: string,
  options: DiffCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const kernel = await kernelArgument(name, session.folder, options.set);
  const alphabet = chooseAlphabet(options);
  for (const choice of [formats, kernel, alphabet])
    if (!choice.ok) complain(session, choice.message);
  if (!formats.ok || !kernel.ok || !alphabet.ok) return exitCodes.usage;
  const { machine } = kernel.value;
  const result = promises(kernel.value.kernel, {
    ...alphabet.value,
    ...(options.depth === undefined ? {} : { depth: options.depth }),
    interrupted: () => session.signal.aborted,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(machine === undefined ? {} : { machine }),
  });
  const reporters = {
    text: (look: Parameters<typeof promisesText>[1]) => promisesText(result, look),
    json: () => promisesJson(result),
  };
  const written = writeReports(formats.targets, reporters, options, session);
  return written ? codeOf(result) : exitCodes.usage;
}

function codeOf({ bound, broken }: PromiseResult): number {
  if (bound === "interrupted") return exitCodes.interrupted;
  if (broken.length > 0) return exitCodes.notAsExpected;
  return bound === undefined ? exitCodes.asExpected : exitCodes.limitReached;
}
