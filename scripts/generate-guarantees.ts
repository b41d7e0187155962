/** `npm run guarantees`: writes docs/guarantees.md. It takes half a minute; a test holds it to the search. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernels } from "../src/kernels/index.ts";
import { guarantees } from "../src/synth/guarantees.ts";
import { guaranteesPage } from "../src/synth/output/guarantees-page.ts";
import { top } from "./repository.ts";

writeFileSync(join(top, "docs/guarantees.md"), guaranteesPage(kernels.flatMap(guarantees)));
