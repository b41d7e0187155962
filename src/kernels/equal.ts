/**
 * Flips of a decision that change no verdict of the library, and how they are known to be equal: by
 * construction, or as far as the searches looked. Computed by `npm run mutation`.
 */
import type { DecisionValue } from "../step/index.ts";
import { equalRows } from "./equal.generated.ts";
import type { DecisionName } from "./kernel.ts";

/** How far equality is known. */
export type EqualBy =
  /** The kernel's code cannot ask the decision, whatever runs. */
  | { readonly kind: "unasked" }
  /** No program differs: of so many lenses and racing programs that ask it; some were cut. */
  | {
      readonly kind: "searched";
      /** Numbers of the lenses whose programs ask the decision. */
      readonly lenses: readonly number[];
      readonly races: number;
      readonly cut: number;
    }
  /** Nothing that was searched asks it, or something differs that no test of the library shows. */
  | { readonly kind: "open"; readonly why: string };

export interface EqualFlip {
  readonly name: DecisionName;
  readonly value: DecisionValue;
  readonly kernels: readonly string[];
  readonly by: EqualBy;
}

/** The whole table. */
export function equalFlips(): readonly EqualFlip[] {
  return equalRows.map(readRow);
}

/** Decisions that no program on the kernel asks: by construction, or as far as the searches looked. */
export function unaskedOn(kernel: string): {
  readonly certain: ReadonlySet<DecisionName>;
  readonly searched: ReadonlySet<DecisionName>;
} {
  const own = equalFlips().filter(({ kernels }) => kernels.includes(kernel));
  const names = (flips: readonly EqualFlip[]) => new Set(flips.map(({ name }) => name));
  return {
    certain: names(own.filter(({ by }) => by.kind === "unasked")),
    searched: names(own.filter(({ by }) => by.kind === "open" && by.why === "no program asks it")),
  };
}

/** "fork.locksVmas=true | v4.19 v5.4 | unasked", "... | lenses 0 4, races 52, cut 3", "... | open: why" */
function readRow(row: string): EqualFlip {
  const [flip = "", on = "", ...rest] = row.split(" | ");
  const how = rest.join(" | ");
  const [name = "", value = ""] = flip.split("=");
  return {
    name: name as DecisionName,
    value: value === "true" ? true : value === "false" ? false : value,
    kernels: on.split(" "),
    by: readBy(how),
  };
}

function readBy(how: string): EqualBy {
  if (how === "unasked") return { kind: "unasked" };
  if (how.startsWith("open: ")) return { kind: "open", why: how.slice("open: ".length) };
  const [lenses = "", races = "", cut = ""] = how
    .split(", ")
    .map((part) => part.replace(/^\w+ ?/, ""));
  return {
    kind: "searched",
    lenses: lenses === "" ? [] : lenses.split(" ").map(Number),
    races: Number(races),
    cut: Number(cut),
  };
}

export function equalRow({ name, value, kernels, by }: EqualFlip): string {
  return `${name}=${value} | ${kernels.join(" ")} | ${howText(by)}`;
}

export function howText(by: EqualBy): string {
  if (by.kind === "unasked") return "unasked";
  if (by.kind === "open") return `open: ${by.why}`;
  return `lenses ${by.lenses.join(" ")}, races ${by.races}, cut ${by.cut}`;
}
