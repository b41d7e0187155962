/** `npm run floors`: prints every import against the floors and fails if there is one. */
import { floorBreaches } from "./floors.ts";
import { repositoryFiles } from "./repository.ts";

const tree = repositoryFiles((path) => path.startsWith("src/") && path.endsWith(".ts"));
const breaches = floorBreaches(tree);
for (const breach of breaches) {
  process.stderr.write(`${breach}\n`);
}
process.stdout.write(`floors: ${tree.size} files, ${breaches.length} breaches\n`);
process.exitCode = breaches.length > 0 ? 1 : 0;
