/** What diff --concurrent found: the same documents as diff's, with its own bound. */
import type { Look } from "../../report/style.ts";
import { hang } from "../../report/wrap.ts";
import type { ConcurrentResult } from "../concurrent.ts";
import { tellingJson } from "./diff-json.ts";
import { type DiffTextOptions, tellingText } from "./diff-text.ts";

/** One document; `depth` is the longest program's, in statements. */
export function concurrentJson(result: ConcurrentResult): string {
  const { kernels, tests, kinds, programs, asked, cut, maxStates, bound } = result;
  const search = { kinds, programs, asked, cut, maxStates, bound: bound ?? null };
  const document = {
    schema: 1,
    kernels,
    complete: isComplete(result),
    depth: result.depth,
    tests: tests.map(tellingJson),
    concurrent: search,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The tests, then how many programs were asked and which were not. */
export function concurrentText(
  result: ConcurrentResult,
  options: DiffTextOptions,
  look: Look,
): string {
  const { kernels, tests, kinds, programs, asked, cut, maxStates, depth, bound } = result;
  const [one, other] = kernels;
  const many = tests.length === 1 ? "1 test tells" : `${tests.length} tests tell`;
  const head =
    tests.length > 0 ? `${many} ${one} from ${other}.` : `No race tells ${one} from ${other}.`;
  const stopped = {
    interrupted: " Interrupted.",
    enough: " Stopped at the limit of tests; longer programs were not looked at.",
  };
  const searched = `Searched: ${asked} of ${programs} programs of up to ${depth} statements with one racing pair, on ${kinds.join(", ")} pages.`;
  const left =
    cut.length === 0
      ? ""
      : ` Nothing is claimed of ${cut.length} that were cut at ${maxStates.toLocaleString("en-US")} states: ${[...new Set(cut)].join(" / ")}.`;
  const blocks = tests.map((telling) => tellingText(telling, options, look));
  const tail = `${head} ${searched}${bound === undefined ? "" : stopped[bound]}${left}`;
  return `${[...blocks, ...hang("", tail, look.width)].join("\n")}\n`;
}

export function isComplete({ bound, cut }: ConcurrentResult): boolean {
  return bound === undefined && cut.length === 0;
}
