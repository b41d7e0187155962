/** `pinfold review KERNEL-or-FILE --base B`: a change reviewed in a minute. */
import { fileURLToPath } from "node:url";
import type { Actor } from "../../litmus/index.ts";
import { reviewHtml } from "../../synth/output/review-html.ts";
import { reviewJson } from "../../synth/output/review-json.ts";
import type { RealReview } from "../../synth/output/review-real.ts";
import { programText, reviewText, severity, worstFirst } from "../../synth/output/review-text.ts";
import { type Review, review } from "../../synth/review.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { forced, rigNames, runAll, told } from "../rig/rig-session.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { kernelArgument } from "./kernel-argument.ts";
import { namedTests } from "./one-test.ts";
import { libraryFolder } from "./run-coverage.ts";

export interface ReviewCommandOptions extends GlobalOptions {
  readonly base: string | undefined;
  readonly shelf: readonly string[];
  readonly rig: readonly string[];
  readonly set: readonly string[];
}

/** The shelf of the package whose tests a reader should meet first. */
const seedShelf = fileURLToPath(new URL("../../../litmus/seed", import.meta.url));

/** 1 if something is newly wrong, else 0. */
export async function runReview(
  name: string,
  options: ReviewCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json", "html"]);
  const mine = await kernelArgument(name, session.folder, options.set);
  if (!formats.ok) complain(session, formats.message);
  if (!mine.ok) complain(session, mine.message);
  if (!formats.ok || !mine.ok) return exitCodes.usage;
  const base = await kernelArgument(
    options.base ?? mine.value.kernel.extends ?? "",
    session.folder,
  );
  if (!base.ok) complain(session, base.message);
  const whole = options.shelf.length === 0;
  const library = namedTests(whole ? [seedShelf] : options.shelf, options, session);
  const rest = whole ? namedTests([libraryFolder], options, session) : [];
  if (!base.ok || library === undefined || rest === undefined) return exitCodes.usage;
  const first = new Set(library.map(({ test }) => test.name));
  const found = review(
    mine.value,
    base.value,
    library.map(({ test }) => test),
    {
      interrupted: () => session.signal.aborted,
      further: rest.map(({ test }) => test).filter(({ name }) => !first.has(name)),
    },
  );
  const seen = await onRigs(found, options, session);
  if (typeof seen === "number") return seen;
  const reporters = {
    text: () => reviewText(found, seen),
    json: () => reviewJson(found, seen),
    html: () => reviewHtml(found, seen),
  };
  const written = writeReports(formats.targets, reporters, options, session);
  if (!written) return exitCodes.usage;
  if (session.signal.aborted) return exitCodes.interrupted;
  const worse =
    [...found.changed, ...found.further.changed].some(
      ({ from, to }) => from === "never" && to !== "never",
    ) || found.broken.some(({ isNew }) => isNew);
  return worse ? exitCodes.notAsExpected : exitCodes.asExpected;
}

/** Programs of which the emitted C is run: a mail has no room for more. */
const programsMax = 4;

/** What real kernels show of the programs that go wrong; an exit code where there is no telling. */
async function onRigs(
  { broken }: Review,
  options: ReviewCommandOptions,
  session: Session,
): Promise<RealReview | number | undefined> {
  const names = rigNames(options);
  if (names.length === 0) return undefined;
  const shown = [...worstFirst(broken)]
    .sort((one, other) => severity(one) - severity(other))
    .map(({ test }) => test)
    .filter(({ actors }) => !actors.some(mayFail))
    .slice(0, programsMax);
  const { runs } = await runAll(
    shown.map((test) => ({ test })),
    { ...options, ...forced, rig: names },
    session,
  );
  const code = told(runs, session);
  if (code !== undefined) return code;
  const results = runs.flatMap((run) => (run.ok ? [run.results] : []));
  const programs = shown.map((test, i) => ({
    name: test.name,
    program: programText(test),
    results: results.map((of) => of[i]!),
  }));
  return { rigs: names, programs };
}

/** No real kernel's allocation fails on demand. */
function mayFail({ statements }: Actor): boolean {
  return statements.some(({ kind }) => kind === "mayFail");
}
