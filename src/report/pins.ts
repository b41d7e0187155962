/** How interfaces take pages on one kernel, or on several: `pinfold kernels [NAME] --pins`. */
import { lineage } from "../kernels/index.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { holdNothing, otherPinners, readKernels } from "../kernels/other-pinners.ts";
import { flagWords, type TakenPages, takenPages } from "../kernels/pins.ts";
import { foldKernels } from "./ranges.ts";
import { type Look, paletteOf } from "./style.ts";
import { evidenceText } from "./why.ts";
import { hang } from "./wrap.ts";

const asNamed =
  "pin(x, FLAGS) and get(x, FLAGS) take pages with the flags that the test names, as Linux's own " +
  "gup_test does.";

/** One kernel: flags, statement and evidence of each interface, then the pinners that are no statement. */
export function drawPins(kernel: Kernel, look: Look): string {
  const paint = paletteOf(look);
  const lines = [
    paint.strong(`${kernel.name}: how its interfaces take pages`),
    ...takenPages(kernel).flatMap((one) => [
      ...hang("  ", `${one.user}: ${wordsOf(one)}`, look.width).map(paint.place),
      ...hang("    ", one.statement ?? "no statement of a test", look.width),
      ...hang("    ", evidenceText(one.evidence), look.width).map(paint.faint),
    ]),
    ...hang("  ", asNamed, look.width),
    "",
    paint.strong("Pinners that no statement is for"),
    ...otherPinners.flatMap(({ user, flags, where, note }) => [
      ...hang("  ", `${user}: ${otherWords(flags, kernel)}`, look.width),
      ...hang("    ", `${note === undefined ? "" : `${note} `}${where}`, look.width).map(
        paint.faint,
      ),
    ]),
    ...hang("  ", `${holdNothing.join(", ")}: no pin; they follow the page table`, look.width),
  ];
  return `${lines.join("\n")}\n`;
}

function wordsOf({ flags }: TakenPages): string {
  return flags === undefined ? "does not exist" : flagWords(flags);
}

function otherWords(flags: Readonly<Partial<Record<string, string>>>, kernel: Kernel): string {
  const own = flags[kernel.name];
  if (own !== undefined) return own;
  if (readKernels.some((name) => name === kernel.name)) return "does not exist";
  const known = Object.entries(flags).map(([name, words]) => `${words} (${name})`);
  return `not read here; ${known.join("; ")}`;
}

/** Several kernels: each interface once, with who takes pages how, folded over the lineage. */
export function drawPinsOfAll(kernels: readonly Kernel[], look: Look): string {
  const paint = paletteOf(look);
  const lines = usersOf(kernels).flatMap(({ user, statement }) => [
    ...hang("", statement === undefined ? user : `${user}: ${statement}`, look.width).map(
      paint.strong,
    ),
    ...rangesOf(user, kernels).flatMap(({ label, words }) =>
      hang("  ", `${label}: ${words}`, look.width),
    ),
  ]);
  return `${lines.join("\n")}\n`;
}

function usersOf(kernels: readonly Kernel[]): readonly TakenPages[] {
  const [first] = kernels;
  return first === undefined ? [] : takenPages(first);
}

/** The flags of one interface by ranges of kernels. */
export function rangesOf(
  user: string,
  kernels: readonly Kernel[],
): readonly { readonly label: string; readonly words: string }[] {
  const answers = kernels.map((kernel) => ({
    kernel: kernel.name,
    words: wordsOf(takenPages(kernel).find((one) => one.user === user)!),
  }));
  return foldKernels(answers, lineage, ({ words }) => words).map(({ label, item }) => ({
    label,
    words: item.words,
  }));
}

/** The same as JSON, schema 1. */
export function pinsJson(kernels: readonly Kernel[]): string {
  const document = {
    schema: 1,
    kernels: kernels.map((kernel) => ({
      name: kernel.name,
      interfaces: takenPages(kernel).map(({ statement, flags, ...rest }) => ({
        ...rest,
        statement: statement ?? null,
        flags: flags ?? null,
      })),
    })),
    notModelled: otherPinners.map(({ note, ...rest }) => ({ ...rest, note: note ?? null })),
    holdNothing,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
