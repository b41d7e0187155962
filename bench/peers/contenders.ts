/**
 * Each peer with a model of its own, built once in a folder. A peer's time is its checker's: what
 * generating and compiling the checker takes is not counted. pinfold's is the whole process.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LookupSize } from "../lookup/model.ts";
import type { RaceSize } from "../race/model.ts";
import { type Contender, made, type Outcome, outcome, timed } from "./contender.ts";

const race = fileURLToPath(new URL("../race/peers/", import.meta.url));
const lookup = fileURLToPath(new URL("../lookup/peers/", import.meta.url));
const main = fileURLToPath(new URL("../main.js", import.meta.url));

/** One model, and who searches it; ratios are to the first. */
export interface Comparison {
  readonly title: string;
  readonly contenders: readonly Contender[];
}

export function raceComparison(folder: string, size: RaceSize): Comparison {
  const defines = definesOf(size);
  return {
    title: `race (${titleOf(size)})`,
    contenders: [
      pinfold("pinfold", raceOf(size)),
      pinfold("pinfold, no reductions", [...raceOf(size), "--no-reductions"]),
      spin("SPIN, its own POR", folder, `${race}race.pml`, defines, []),
      spin("SPIN, steps merged by hand", folder, `${race}race_merged.pml`, defines, []),
      spin("SPIN -DNOREDUCE", folder, `${race}race.pml`, defines, ["-DNOREDUCE"]),
      rumur(folder, size, 1),
      rumur(folder, size, 2),
      tlc(folder, size),
    ],
  };
}

/** Every interleaving, by one thread and by two. */
export function unreducedComparison(folder: string, size: RaceSize): Comparison {
  const plain = [...raceOf(size), "--no-reductions"];
  return {
    title: `race (${titleOf(size)}), every interleaving`,
    contenders: [
      pinfold("pinfold", plain),
      pinfold("pinfold, 2 workers", [...plain, "--workers", "2"]),
      spin("SPIN -DNOREDUCE", folder, `${race}race.pml`, definesOf(size), ["-DNOREDUCE"]),
    ],
  };
}

/** A variant of the race, against SPIN. */
export function variantComparison(folder: string, size: RaceSize): Comparison {
  return {
    title: `race (${titleOf(size)})`,
    contenders: [
      pinfold("pinfold", raceOf(size)),
      spin("SPIN, its own POR", folder, `${race}race.pml`, definesOf(size), []),
    ],
  };
}

export function lookupComparison(folder: string, { slots, readers }: LookupSize): Comparison {
  const defines = [`-DN=${slots}`, `-DG=${readers}`];
  return {
    title: `look-up (${slots} slots, ${readers} readers)`,
    contenders: [
      pinfold("pinfold", ["lookup", "--slots", String(slots), "--readers", String(readers)]),
      spin("SPIN, its own POR", folder, `${lookup}lookup.pml`, defines, []),
    ],
  };
}

/** A model of somebody's own, and the same steps in Promela. */
export function ownComparison(folder: string, file: string, promela: string): Comparison {
  return {
    title: basename(file),
    contenders: [
      pinfold("pinfold", ["model", file]),
      spin("SPIN, its own POR", folder, promela, [], []),
      spin("SPIN -DNOREDUCE", folder, promela, [], ["-DNOREDUCE"]),
    ],
  };
}

function titleOf({ pages, pinners, rounds, pageLock }: RaceSize): string {
  const pins = rounds === 1 ? "" : `, ${rounds} pins each`;
  return `${pages} pages, ${pinners} pinners${pins}${pageLock ? ", a page lock" : ""}`;
}

function raceOf({ pages, pinners, rounds, pageLock }: RaceSize): readonly string[] {
  const sizes = ["--pages", pages, "--pinners", pinners, "--rounds", rounds].map(String);
  return ["race", ...sizes, ...(pageLock ? ["--page-lock"] : [])];
}

function definesOf({ pages, pinners, rounds, pageLock }: RaceSize): readonly string[] {
  const sizes = [`-DN=${pages}`, `-DG=${pinners}`, `-DR=${rounds}`, "-DSEQ=1"];
  return [...sizes, `-DLOCK=${pageLock ? 1 : 0}`];
}

function pinfold(name: string, given: readonly string[]): Contender {
  const all = [main, ...given, "--json"];
  return { name, run: () => outcome(timed(process.execPath, all), /"states":(\d+)/) };
}

/** Builds at the first run, and not again when that failed. */
function builtOnce(name: string, build: () => boolean, run: () => Outcome | undefined): Contender {
  let built: boolean | undefined;
  return {
    name,
    run: () => {
      built ??= build();
      return built ? run() : undefined;
    },
  };
}

function spin(
  name: string,
  folder: string,
  model: string,
  defines: readonly string[],
  more: readonly string[],
): Contender {
  const file = basename(model);
  const program = join(folder, `${[file, ...defines, ...more].join("")}.pan`);
  const build = () => {
    copyFileSync(model, join(folder, file));
    const flags = ["-w", "-O2", "-DSAFETY", ...more];
    return (
      made("spin", ["-a", ...defines, file], folder) &&
      made("gcc", [...flags, "-o", program, "pan.c"], folder)
    );
  };
  return builtOnce(name, build, () =>
    outcome(timed(program, ["-m1000000", "-w26"], folder), /(\d+) states, stored/),
  );
}

function rumur(folder: string, size: RaceSize, threads: number): Contender {
  const program = join(folder, `rumur${threads}`);
  const build = () => {
    const text = readFileSync(join(race, "race.m"), "utf8")
      .replace("@N", String(size.pages))
      .replace("@G", String(size.pinners))
      .replace("@R", String(size.rounds))
      .replace("@SEQ", "true");
    writeFileSync(join(folder, "race.m"), text);
    const options = ["--threads", String(threads), "--deadlock-detection", "off"];
    return (
      made("rumur", [...options, "race.m", "--output", "race.c"], folder) &&
      made("gcc", ["-w", "-O2", "-march=native", "-o", program, "race.c", "-lpthread"], folder)
    );
  };
  return builtOnce(`rumur, ${threads} thread${threads > 1 ? "s" : ""}`, build, () =>
    outcome(timed(program, [], folder), /(\d+) states,/),
  );
}

/** TLC has no package: TLA2TOOLS names its jar. */
function tlc(folder: string, { pages, pinners, rounds }: RaceSize): Contender {
  const jar = process.env.TLA2TOOLS ?? "tla2tools.jar";
  const build = () => {
    copyFileSync(join(race, "Race.tla"), join(folder, "Race.tla"));
    const constants = `N = ${pages} G = ${pinners} R = ${rounds} SEQ = TRUE`;
    writeFileSync(
      join(folder, "Race.cfg"),
      `CONSTANTS ${constants}\nSPECIFICATION Spec\nINVARIANT Coherent\n`,
    );
    return made("java", ["-cp", jar, "tlc2.TLC", "-help"], folder);
  };
  const given = ["-cp", jar, "tlc2.TLC", "-deadlock", "-workers", "1", "Race.tla"];
  return builtOnce("TLC, 1 worker", build, () =>
    outcome(timed("java", given, folder), /([\d,]+) distinct states found/),
  );
}
