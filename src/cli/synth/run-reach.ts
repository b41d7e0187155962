/** `pinfold reach STEP --kernel K`: which mappings get to a step of the kernel's paths. */
import { nearest } from "../../litmus/nearest.ts";
import { reachJson, reachText } from "../../synth/output/reach-report.ts";
import { type ReachResult, reach, reachable } from "../../synth/reach.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { chooseAlphabet } from "./alphabet-options.ts";
import { kernelArgument } from "./kernel-argument.ts";

export interface ReachCommandOptions extends GlobalOptions {
  readonly kernel: string;
  readonly set: readonly string[];
  readonly depth: number | undefined;
  readonly kinds: string | undefined;
  readonly ops: string | undefined;
}

/** 0 when the search was complete, whatever it found. */
export async function runReach(
  wanted: string,
  options: ReachCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const kernel = await kernelArgument(options.kernel, session.folder, options.set);
  const { kinds, ops } = options;
  const words = chooseAlphabet({ kinds, ops, pages: undefined, processes: undefined });
  for (const choice of [formats, kernel, words]) if (!choice.ok) complain(session, choice.message);
  if (!formats.ok || !kernel.ok || !words.ok) return exitCodes.usage;
  const { machine } = kernel.value;
  const known = reachable(machine);
  if (!known.includes(wanted)) {
    const near = nearest(wanted, known);
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    complain(session, `no path and no step is called "${wanted}"${hint}`);
    return exitCodes.usage;
  }
  const result = reach(kernel.value.kernel, wanted, {
    ...(options.depth === undefined ? {} : { depth: options.depth }),
    ...(words.value.kinds === undefined ? {} : { kinds: words.value.kinds }),
    ...(ops === undefined ? {} : { families: words.value.families! }),
    ...(machine === undefined ? {} : { machine }),
    interrupted: () => session.signal.aborted,
  });
  const reporters = {
    text: (look: Parameters<typeof reachText>[1]) => reachText(result, look),
    json: () => reachJson(result),
  };
  const written = writeReports(formats.targets, reporters, options, session);
  return written ? codeOf(result, session) : exitCodes.usage;
}

function codeOf({ mappings }: ReachResult, session: Session): number {
  if (session.signal.aborted) return exitCodes.interrupted;
  const whole = mappings.every(({ complete }) => complete);
  return whole ? exitCodes.asExpected : exitCodes.limitReached;
}
