/**
 * The race for each peer, built once in a folder of its own. A peer's time is its checker's: what
 * generating and compiling the checker takes is not counted. pinfold's is the whole process.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RaceSize } from "../race/model.ts";
import { type Contender, made, type Outcome, outcome, timed } from "./contender.ts";

const models = fileURLToPath(new URL("../race/peers/", import.meta.url));
const main = fileURLToPath(new URL("../main.js", import.meta.url));

export function contenders(folder: string, size: RaceSize): readonly Contender[] {
  return [
    pinfold("pinfold", size, []),
    pinfold("pinfold, no reductions", size, ["--no-reductions"]),
    spin("SPIN, its own POR", folder, size, "race.pml", []),
    spin("SPIN, steps merged by hand", folder, size, "race_merged.pml", []),
    spin("SPIN -DNOREDUCE", folder, size, "race.pml", ["-DNOREDUCE"]),
    rumur(folder, size, 1),
    rumur(folder, size, 2),
    tlc(folder, size),
  ];
}

function pinfold(name: string, size: RaceSize, more: readonly string[]): Contender {
  const { pages, pinners, rounds } = size;
  const sizes = ["--pages", pages, "--pinners", pinners, "--rounds", rounds].map(String);
  const given = [main, "race", ...sizes, "--json", ...more];
  return { name, run: () => outcome(timed(process.execPath, given), /"states":(\d+)/) };
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
  { pages, pinners, rounds }: RaceSize,
  model: string,
  more: readonly string[],
): Contender {
  const program = join(folder, `${model}${more.join("")}.pan`);
  const build = () => {
    copyFileSync(join(models, model), join(folder, model));
    const sizes = [`-DN=${pages}`, `-DG=${pinners}`, `-DR=${rounds}`, "-DSEQ=1"];
    const flags = ["-w", "-O2", "-DSAFETY", ...more];
    return (
      made("spin", ["-a", ...sizes, model], folder) &&
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
    const text = readFileSync(join(models, "race.m"), "utf8")
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
    copyFileSync(join(models, "Race.tla"), join(folder, "Race.tla"));
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
