/** The tests that a command's arguments name, read and judged as `check` reads them. */

import { kernels, lineage } from "../../kernels/index.ts";
import { findLitmusFiles } from "../litmus-files.ts";
import { type LoadedTest, loadTests, tellDiagnostics } from "../litmus-tests.ts";
import type { GlobalOptions, Session } from "../session.ts";
import { complain } from "../session.ts";

/** The tests; undefined if a file is missing or has an error, which then has been told. */
export function namedTests(
  given: readonly string[],
  options: GlobalOptions,
  session: Session,
): readonly LoadedTest[] | undefined {
  const found = findLitmusFiles(given, { folder: session.folder, includes: [] });
  for (const problem of found.problems) complain(session, problem);
  const loaded = loadTests(found.files, { kernels, lineage });
  tellDiagnostics([...loaded.broken, ...loaded.warned], options, session);
  return found.problems.length > 0 || loaded.broken.length > 0 ? undefined : loaded.tests;
}
