/**
 * npm run bench -- mm [--pages N] [--threads T] [--save]      the memory manager's own heavy test
 * npm run bench -- race --pages N --pinners G [--safe | --racy] [--rounds R] [--page-lock] [how to search]
 * npm run bench -- lookup --slots N --readers G [how to search]            another protocol
 * npm run bench -- model FILE [how to search]              a model of your own, see bench/own-model.ts
 * npm run bench -- audit [--megabytes N] [--json]      a server's strace log, read and audited
 * npm run bench -- diff [--runs N] [--depth D] [--pair A,B] [--huge]      two kernels told apart
 * npm run bench -- peers [--runs N] [--save] [--pages N --pinners G]         side by side with SPIN
 * npm run bench -- peers [--runs N] --model FILE --promela FILE       on a model of your own
 *
 * How to search: [--no-reductions] [--no-ample] [--no-chains] [--no-symmetry] [--no-goal]
 * [--plain-states N] [--workers K] [--fingerprint] [--progress] [--json]
 */
import { measure, printMeasure } from "./measure.ts";
import { lookupOptions, lookupSizeOf, raceOptions, raceSizeOf } from "./models.ts";
import { Options, searchOptions, UsageError } from "./options.ts";

const usage =
  "npm run bench -- mm | race | lookup | model FILE | audit | diff | peers\n" +
  "(bench/main.ts lists the options)";

async function run(command: string | undefined, given: readonly string[]): Promise<void> {
  switch (command) {
    case "race": {
      const options = new Options(given, { ...raceOptions, ...searchOptions });
      const size = raceSizeOf(options);
      printMeasure(await measure({ kind: "race", size }, options), options.flag("json"));
      return;
    }
    case "lookup": {
      const options = new Options(given, { ...lookupOptions, ...searchOptions });
      const size = lookupSizeOf(options);
      printMeasure(await measure({ kind: "lookup", size }, options), options.flag("json"));
      return;
    }
    case "model": {
      const options = new Options(given, searchOptions, 1);
      const file = options.rest[0]!;
      printMeasure(await measure({ kind: "file", file }, options), options.flag("json"));
      return;
    }
    // What a race does not need is not loaded: its time and memory are measured.
    case "audit": {
      const { auditOptions, benchAudit } = await import("./audit.ts");
      benchAudit(new Options(given, auditOptions));
      return;
    }
    case "diff": {
      const { benchDiff, diffOptions } = await import("./diff.ts");
      benchDiff(new Options(given, diffOptions));
      return;
    }
    case "mm": {
      const { benchMm, mmOptions } = await import("./mm.ts");
      benchMm(new Options(given, mmOptions));
      return;
    }
    case "peers": {
      const { peers, peersOptions } = await import("./peers/peers.ts");
      peers(new Options(given, peersOptions));
      return;
    }
    default:
      throw new UsageError(
        command === undefined ? "A command is missing" : `No bench '${command}'`,
      );
  }
}

try {
  const [command, ...given] = process.argv.slice(2);
  await run(command, given);
} catch (error) {
  if (!(error instanceof Error) || error.name !== "UsageError") throw error;
  console.error(`bench: ${error.message}\n${usage}`);
  process.exitCode = 2;
}
