/**
 * docs/mutation.md as text, from the tables that `npm run mutation` writes: which flips of a decision the
 * library notices, which are equal and how far that is known, and what the searches covered.
 */
import { type EqualFlip, equalFlips } from "../src/kernels/equal.ts";
import { decisionNames, kernels, lineage } from "../src/kernels/index.ts";
import { noticedFlips } from "../src/kernels/noticed.ts";
import { foldKernels } from "../src/report/ranges.ts";
import { alphabet } from "../src/synth/alphabet.ts";
import { flipLenses, flipRaceKinds } from "../src/synth/flip-lenses.ts";
import type { Lens } from "../src/synth/lenses.ts";
import { flipsOf, libraryStates, raceStates } from "../src/synth/mutation.ts";
import { racingPrograms } from "../src/synth/racing-programs.ts";

export interface MutationFigures {
  readonly flips: number;
  readonly noticed: number;
  readonly unasked: number;
  readonly searched: number;
  readonly open: number;
}

export function mutationFigures(): MutationFigures {
  const rows = equalFlips();
  const count = (kind: EqualFlip["by"]["kind"]): number =>
    sum(rows.filter(({ by }) => by.kind === kind));
  return {
    flips: kernels.flatMap(flipsOf).length,
    noticed: sum(noticedFlips()),
    unasked: count("unasked"),
    searched: count("searched"),
    open: count("open"),
  };
}

const sum = (rows: readonly { readonly kernels: readonly string[] }[]): number =>
  rows.reduce((all, one) => all + one.kernels.length, 0);

export function mutationPage(): string {
  const rows = equalFlips();
  const of = (kind: EqualFlip["by"]["kind"]) => rows.filter(({ by }) => by.kind === kind);
  const { flips, noticed, unasked, searched, open } = mutationFigures();
  const share = ((100 * noticed) / (noticed + open)).toFixed(1);
  return [
    "# What a flipped decision changes",
    "",
    "<!-- Written by `npm run docs` from the tables of `npm run mutation`. Do not edit. -->",
    "",
    "A library protects a decision if setting it otherwise changes a verdict. Each decision of each of the",
    `${kernels.length} kernels is set in turn to every other value that some kernel has: ${flips} flips.`,
    "",
    "| what happens | flips |",
    "|---|---|",
    `| some verdict of the library changes | ${noticed} |`,
    `| equal by construction: the kernel's code cannot ask the decision | ${unasked} |`,
    `| equal as far as the searches below looked | ${searched} |`,
    `| open: neither | ${open} |`,
    "",
    `Of the flips not known to be equal ${share} % change a verdict. Which tests notice one is told by`,
    "`pinfold kernels NAME --why DECISION`.",
    "",
    ...whatCounts,
    ...silentSection(),
    ...constructionSection(of("unasked")),
    ...searchedSection(of("searched")),
    ...openSection(of("open")),
    ...lensSection(),
    ...raceSection(),
    "",
  ].join("\n");
}

const whatCounts = [
  "## What counts",
  "",
  "A verdict that differs counts: never, sometimes or always where the kernel's own was another, or a test that",
  "could no longer happen. Three things do not: an operation that the flipped kernel refuses where the bad end was",
  "never reached anyway; a search that was cut (the library's at " +
    `${libraryStates.map(number).join(", then ")} states); and what is no verdict at all, a broken`,
  "invariant, a number of steps or what fork costs. Flips of `order.*` are asked under `--memory weak`, where",
  "barriers can matter, all others under sequential consistency.",
  "",
];

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** Decisions that matter to runs and costs, and to no verdict. */
function silentSection(): readonly string[] {
  const unsettled = equalFlips().filter(({ by }) => by.kind === "open");
  const shown = new Set([...noticedFlips(), ...unsettled].map(({ name }) => name));
  const silent = decisionNames.filter((name) => !shown.has(name));
  if (silent.length === 0) return [];
  return [
    "## Decisions that no verdict shows",
    "",
    "On every kernel, whatever they are set to. They order steps as the kernel's source does, for runs that are read",
    "beside it, for what fork costs, and for invariants that hold between steps:",
    "",
    `${silent.map((name) => `\`${name}\``).join(", ")}.`,
    "",
  ];
}

function constructionSection(rows: readonly EqualFlip[]): readonly string[] {
  return [
    "## Equal by construction",
    "",
    "The kernel's other decisions lead every path past the places where this one is asked: the compiled steps were",
    "followed from every entry with the kernel's table put in, and none that can be reached asks it. The two kernels",
    "are one machine, for programs of any length.",
    "",
    "| decision | on |",
    "|---|---|",
    ...rows.map((row) => `| ${flipText(row)} | ${kernelsText(row.kernels)} |`),
    "",
  ];
}

function searchedSection(rows: readonly EqualFlip[]): readonly string[] {
  return [
    "## Equal as far as was looked",
    "",
    "Every program over the operations of a lens, up to its depth, shows the same on both kernels; so does every",
    "racing program, over all interleavings of steps. Only lenses and races that ask the decision are counted:",
    "what no program asks, its search says nothing of. Races that were cut are not counted either.",
    "",
    "| decision | on | lenses | races | cut |",
    "|---|---|---|---|---|",
    ...rows.map((row) => {
      const { by } = row;
      const told = by.kind === "searched" ? [by.lenses.join(" ") || "-", by.races, by.cut] : [];
      return `| ${flipText(row)} | ${kernelsText(row.kernels)} | ${told.join(" | ")} |`;
    }),
    "",
  ];
}

function openSection(rows: readonly EqualFlip[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    "## Open",
    "",
    "| decision | on | why |",
    "|---|---|---|",
    ...rows.map((row) => {
      const why = row.by.kind === "open" ? row.by.why.replaceAll("|", "\\|") : "";
      return `| ${flipText(row)} | ${kernelsText(row.kernels)} | ${why} |`;
    }),
    "",
  ];
}

function lensSection(): readonly string[] {
  return [
    "## The lenses",
    "",
    "Programs of one parent and its child, one operation after another. Where the kernels showed different things",
    "nothing further was looked at. What no lens has (kernel actors, a third process, several pages of different",
    "kinds) the bound does not cover.",
    "",
    "| lens | pages | depth | operations | families |",
    "|---|---|---|---|---|",
    ...flipLenses.map((lens, at) => `| ${at} | ${lensText(lens)} |`),
    "",
  ];
}

function lensText(lens: Lens): string {
  const { pages, operations } = alphabet(lens);
  const kinds = (lens.kinds ?? ["anon"]).join(", ");
  const swap = lens.swap === undefined ? "" : `, swap on ${lens.swap}`;
  const families = [...new Set(operations.map(({ family }) => family))].join(", ");
  return `${pages.length} of ${kinds}${swap} | ${lens.depth} | ${operations.length} | ${families}`;
}

function raceSection(): readonly string[] {
  const programs = flipRaceKinds.flatMap(racingPrograms);
  return [
    "## The races",
    "",
    `${programs.length} programs with one racing pair, of pages of ${flipRaceKinds.join(", ")}, each over all`,
    `interleavings of atomic steps, cut at ${number(raceStates)} states. One of:`,
    "",
    ...halvesOf(
      programs.map(({ pair }) => pair),
      0,
    ).map((text) => `- \`${text}\``),
    "",
    "beside one of:",
    "",
    ...halvesOf(
      programs.map(({ pair }) => pair),
      1,
    ).map((text) => `- \`${text}\``),
  ];
}

function halvesOf(pairs: readonly string[], side: 0 | 1): readonly string[] {
  const halves = pairs.map((pair) => pair.replace(/^[^:]*: /, "").split(" || ")[side]!);
  return [...new Set(halves)];
}

function flipText({ name, value }: EqualFlip): string {
  return `\`${name}=${value}\``;
}

/** The lineage in ranges, the others by name. */
function kernelsText(names: readonly string[]): string {
  const line = names.filter((name) => lineage.includes(name)).map((kernel) => ({ kernel }));
  const ranges = foldKernels(line, lineage, () => "").map(({ label }) =>
    label.startsWith("all ") ? "mainline" : label,
  );
  return [...ranges, ...names.filter((name) => !lineage.includes(name))].join(", ");
}
