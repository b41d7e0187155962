/** `pinfold bisect TEST`: which kernel changed the verdict, and by which decisions. */
import { findKernel, kernels, lineage } from "../../kernels/index.ts";
import type { Test } from "../../litmus/index.ts";
import { isKind } from "../../synth/alphabet.ts";
import { bisect, overKind } from "../../synth/bisect.ts";
import { bisectJson, bisectText } from "../../synth/output/bisect-report.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { namedTests } from "./one-test.ts";

export interface BisectCommandOptions extends GlobalOptions {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Kinds of pages to ask the tests over, instead of their own. */
  readonly kinds: string | undefined;
}

/** Asks the whole lineage, or the two kernels of --from and --to. */
export async function runBisect(
  given: readonly string[],
  options: BisectCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const line = lineOf(options);
  if (!formats.ok) complain(session, formats.message);
  if (typeof line === "string") complain(session, line);
  const kinds = options.kinds?.split(",").map((kind) => kind.trim()) ?? [];
  const strange = kinds.find((kind) => !isKind(kind));
  if (strange !== undefined)
    complain(session, `"${strange}" is not a page kind; write e.g. --kinds anon,thp`);
  const loaded = namedTests(given, options, session);
  if (!formats.ok || typeof line === "string" || loaded === undefined || strange !== undefined)
    return exitCodes.usage;
  const tests = loaded.flatMap(({ test }) =>
    kinds.length === 0 ? [test] : over(test, kinds, session),
  );
  const results = tests.map((test) =>
    bisect(test, line, { interrupted: () => session.signal.aborted }),
  );
  const reporters = {
    text: (look: Parameters<typeof bisectText>[1]) =>
      results.map((result) => bisectText(result, look)).join("\n"),
    json: () => results.map(bisectJson).join(""),
  };
  const written = writeReports(formats.targets, reporters, options, session);
  if (!written) return exitCodes.usage;
  if (session.signal.aborted) return exitCodes.interrupted;
  return results.every(({ notModelled }) => notModelled.length === 0)
    ? exitCodes.asExpected
    : exitCodes.inconclusive;
}

/** The test over each kind that it makes sense for. */
function over(test: Test, kinds: readonly string[], session: Session): readonly Test[] {
  return kinds.flatMap((kind) => {
    const made = overKind(test, kind);
    if (made === undefined) complain(session, `${test.name} makes no sense over ${kind}`);
    return made === undefined ? [] : [made];
  });
}

/** A kernel off the line has a place only where both ends are named. */
function lineOf({ from, to }: BisectCommandOptions) {
  if (from === undefined && to === undefined) return lineage.map((name) => findKernel(name)!);
  const ends = [from ?? lineage[0]!, to ?? lineage.at(-1)!];
  const chosen = chooseKernels(ends, kernels);
  if (!chosen.ok) return chosen.message;
  const places = ends.map((name) => lineage.indexOf(name));
  const names = places.includes(-1) ? ends : lineage.slice(places[0]!, places[1]! + 1);
  return names.map((name) => findKernel(name)!);
}
