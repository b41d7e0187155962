/** `pinfold review KERNEL-or-FILE --base B`: a change reviewed in a minute. */
import { fileURLToPath } from "node:url";
import { reviewJson } from "../../synth/output/review-json.ts";
import { reviewText } from "../../synth/output/review-text.ts";
import { review } from "../../synth/review.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { kernelArgument } from "./kernel-argument.ts";
import { namedTests } from "./one-test.ts";

export interface ReviewCommandOptions extends GlobalOptions {
  readonly base: string | undefined;
  readonly shelf: readonly string[];
}

/** The shelf of the package whose tests take no time. */
const seedShelf = fileURLToPath(new URL("../../../litmus/seed", import.meta.url));

/** 1 if something is newly wrong, else 0. */
export async function runReview(
  name: string,
  options: ReviewCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const mine = await kernelArgument(name, session.folder);
  if (!formats.ok) complain(session, formats.message);
  if (!mine.ok) complain(session, mine.message);
  if (!formats.ok || !mine.ok) return exitCodes.usage;
  const base = await kernelArgument(
    options.base ?? mine.value.kernel.extends ?? "",
    session.folder,
  );
  if (!base.ok) complain(session, base.message);
  const shelves = options.shelf.length === 0 ? [seedShelf] : options.shelf;
  const library = namedTests(shelves, options, session);
  if (!base.ok || library === undefined) return exitCodes.usage;
  const tests = library.map(({ test }) => test);
  const found = review(mine.value, base.value, tests, {
    interrupted: () => session.signal.aborted,
  });
  const reporters = { text: () => reviewText(found), json: () => reviewJson(found) };
  const written = writeReports(formats.targets, reporters, options, session);
  if (!written) return exitCodes.usage;
  if (session.signal.aborted) return exitCodes.interrupted;
  const worse =
    found.changed.some(({ from, to }) => from === "never" && to !== "never") ||
    found.broken.some(({ isNew }) => isNew);
  return worse ? exitCodes.notAsExpected : exitCodes.asExpected;
}
