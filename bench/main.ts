/**
 * npm run bench -- race --pages N --pinners G [--safe | --racy] [--rounds R] [--no-reductions]
 *                       [--no-chains] [--json]
 * npm run bench -- model FILE.ts [the same options]      a model of your own, see bench/models.ts
 * npm run bench -- audit [--megabytes N] [--json]      a server's strace log, read and audited
 * npm run bench -- peers [--runs N] [--pages N --pinners G]                    side by side with SPIN
 */

import { benchAudit } from "./audit.ts";
import { measure, printMeasure } from "./measure.ts";
import { fileModel, raceSearchable } from "./models.ts";
import { flag, numberOf } from "./options.ts";
import { peers } from "./peers.ts";

const [command, ...rest] = process.argv.slice(2);

switch (command) {
  case "race":
    printMeasure(await measure(raceSearchable(rest), rest), flag(rest, "json"));
    break;
  case "model":
    printMeasure(await measure(await fileModel(rest[0]!), rest), flag(rest, "json"));
    break;
  case "audit":
    benchAudit(rest);
    break;
  case "peers":
    await peers(
      numberOf(rest, "runs", 5),
      numberOf(rest, "pages", 3),
      numberOf(rest, "pinners", 3),
    );
    break;
  default:
    console.error("npm run bench -- race | model FILE.ts | audit | peers   (see bench/main.ts)");
    process.exitCode = 2;
}
