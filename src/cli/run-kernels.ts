/** `pinfold kernels [NAME]`: the lineage, one kernel's decisions, or why it decides one so. */
import type { DecisionName, Kernel } from "../kernels/index.ts";
import { whyDecision } from "../kernels/why.ts";
import { drawKernel, drawKernels, kernelsJson } from "../report/kernels.ts";
import { drawPins, drawPinsOfAll, pinsJson } from "../report/pins.ts";
import { drawWhy, whyJson } from "../report/why.ts";
import { readDecisionName } from "./decision-words.ts";
import { exitCodes } from "./exit-codes.ts";
import { chooseFormats } from "./formats.ts";
import { chooseKernels } from "./kernel-choice.ts";
import { type Reporters, writeReports } from "./output.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

export interface KernelsOptions extends GlobalOptions {
  readonly why: string | undefined;
  readonly pins: boolean | undefined;
}

/** Prints the kernels; 2 for a name that is none. */
export async function runKernels(
  name: string | undefined,
  kernels: readonly Kernel[],
  options: KernelsOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const chosen = chooseKernels(name === undefined ? [] : [name], kernels);
  if (!formats.ok) {
    complain(session, formats.message);
    return exitCodes.usage;
  }
  if (!chosen.ok) {
    complain(session, chosen.message);
    return exitCodes.usage;
  }
  const names = chosen.kernels.map((kernel) => kernel.name);
  const wanted = kernels.filter((kernel) => names.includes(kernel.name));
  const [only] = wanted;
  if (options.why !== undefined)
    return explainDecision(options.why, name === undefined ? [] : wanted, options, session);
  const one = name !== undefined && wanted.length === 1 ? only : undefined;
  const reporters = options.pins === true ? pinReporters(wanted, one) : tableReporters(wanted, one);
  const written = writeReports(formats.targets, reporters, options, session);
  return written ? exitCodes.asExpected : exitCodes.usage;
}

function tableReporters(wanted: readonly Kernel[], one: Kernel | undefined): Reporters {
  return {
    text: (look) => (one === undefined ? drawKernels(wanted, look) : drawKernel(one, look)),
    json: () => kernelsJson(wanted),
  };
}

/** How interfaces take pages: of one kernel with evidence, of several folded. */
function pinReporters(wanted: readonly Kernel[], one: Kernel | undefined): Reporters {
  return {
    text: (look) => (one === undefined ? drawPinsOfAll(wanted, look) : drawPins(one, look)),
    json: () => pinsJson(wanted),
  };
}

/** Why each of the kernels decides so; 2 where no kernel or no such decision is named. */
function explainDecision(
  word: string,
  kernels: readonly Kernel[],
  options: KernelsOptions,
  session: Session,
): number {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const decision = readDecisionName(word);
  if (kernels.length === 0)
    complain(session, "--why explains a kernel's decision: name the kernel");
  if (!decision.ok) complain(session, decision.message);
  if (!formats.ok || !decision.ok || kernels.length === 0) return exitCodes.usage;
  const found = kernels.map((kernel) => whyDecision(kernel, decision.name as DecisionName));
  const reporters = {
    text: (look: Parameters<typeof drawWhy>[1]) =>
      found.map((why) => drawWhy(why, look)).join("\n"),
    json: () => whyJson(found),
  };
  return writeReports(formats.targets, reporters, options, session)
    ? exitCodes.asExpected
    : exitCodes.usage;
}
