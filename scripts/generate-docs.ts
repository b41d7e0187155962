/** `npm run docs`: writes the pages of docs/ that come from tables. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decisionsPage, kernelsPage } from "./kernel-docs.ts";
import { mutationPage } from "./mutation-page.ts";
import { performancePage, performancePicture } from "./performance-docs.ts";
import { top } from "./repository.ts";

writeFileSync(join(top, "docs/kernels.md"), kernelsPage());
writeFileSync(join(top, "docs/decisions.md"), decisionsPage());
writeFileSync(join(top, "docs/mutation.md"), mutationPage());
writeFileSync(join(top, "docs/performance.md"), performancePage());
writeFileSync(join(top, "docs/performance.svg"), performancePicture());
