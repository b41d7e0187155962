/** `pinfold emit`: tests as one C program, on the standard output or in a file, or as Promela. */
import { emitC } from "../emit/c/index.ts";
import { orders } from "../verdict/orders.ts";
import { exitCodes } from "./exit-codes.ts";
import { findLitmusFiles } from "./litmus-files.ts";
import { loadTests, tellDiagnostics } from "./litmus-tests.ts";
import { writeReports } from "./output.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

export interface EmitCommandOptions extends GlobalOptions {
  /** For Promela the modelled kernel, for a bundle the one whose KTAP it expects. */
  readonly kernel?: readonly string[];
  readonly orders?: number;
  readonly seed?: number;
  readonly leaveOutDeviceWrite?: boolean;
  /** A folder to write everything into that building, running and judging needs. */
  readonly bundle?: string;
}

interface Shelf {
  readonly kernels: readonly { readonly name: string }[];
  readonly lineage: readonly string[];
}

/** Prints the program. Tests that cannot be written in C are skipped in it and named here. */
export async function runEmit(
  given: readonly string[],
  options: EmitCommandOptions,
  shelf: Shelf,
  session: Session,
): Promise<number> {
  const found = findLitmusFiles(given, { folder: session.folder, includes: [] });
  for (const problem of found.problems) {
    complain(session, problem);
  }
  const loaded = loadTests(found.files, shelf);
  tellDiagnostics([...loaded.broken, ...loaded.warned], options, session);
  if (found.problems.length > 0 || loaded.broken.length > 0) {
    return exitCodes.usage;
  }
  const [format] = options.format;
  if (format === "promela") {
    const { runEmitPromela } = await import("./run-emit-promela.ts");
    return runEmitPromela(
      loaded.tests.map(({ test }) => test),
      options,
      session,
    );
  }
  if (format !== undefined && format !== "c") {
    complain(session, `unknown format "${format}"; this command knows c, promela`);
    return exitCodes.usage;
  }
  const sampling = {
    ...(options.orders === undefined ? {} : { limit: options.orders }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  };
  const items = loaded.tests.map(({ test }) => ({ test, orders: orders(test, sampling).orders }));
  const leaveOutDeviceWrite = options.leaveOutDeviceWrite === true;
  const emitted = emitC(items, { leaveOutDeviceWrite });
  const { source, skips } = emitted;
  for (const { test, why } of skips) {
    complain(session, `${test} is skipped in the program: ${why}`);
  }
  if (options.bundle !== undefined) {
    const { writeBundle } = await import("./write-bundle.ts");
    const { bundle, kernel = [] } = options;
    const choice = { ...options, bundle, kernel: kernel.at(-1) ?? "v7.2" };
    return writeBundle(emitted, items, choice, session);
  }
  const target = { format: "text", file: options.output } as const;
  const written = writeReports([target], { text: () => source }, options, session);
  if (!written) {
    return exitCodes.usage;
  }
  return skips.length === items.length ? exitCodes.inconclusive : exitCodes.asExpected;
}
