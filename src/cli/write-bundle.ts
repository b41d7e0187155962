/** `pinfold emit --bundle FOLDER`: the files on the disk, with what the modelled kernel would print. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bundleFiles, type ExpectedCase } from "../emit/bundle.ts";
import { type Emitted, moduleInterface } from "../emit/c/index.ts";
import { findKernel, type Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";
import { moduleSource } from "../rig/build-module.ts";
import { checkOrder } from "../verdict/forced.ts";
import { type Order, orderText } from "../verdict/orders.ts";
import { valuationKey } from "../verdict/valuation.ts";
import { exitCodes } from "./exit-codes.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

interface BundleOptions extends GlobalOptions {
  readonly bundle: string;
  readonly kernel: string;
}

interface Item {
  readonly test: Test;
  readonly orders: readonly Order[];
}

/** Writes the bundle; 2 when the kernel is unknown or the folder cannot be written. */
export async function writeBundle(
  emitted: Emitted,
  items: readonly Item[],
  options: BundleOptions,
  session: Session,
): Promise<number> {
  const kernel = findKernel(options.kernel);
  if (kernel === undefined) {
    complain(session, `unknown kernel ${options.kernel}; pinfold kernels lists them`);
    return exitCodes.usage;
  }
  const files = [
    ...bundleFiles(emitted, kernel.name, expectedCases(emitted, items, kernel)),
    ...(emitted.needs.module ? await moduleFiles() : []),
  ];
  const folder = resolve(session.folder, options.bundle);
  try {
    for (const { name, text, executable } of files) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      chmodSync(path, executable ? 0o755 : 0o644);
    }
  } catch (error) {
    complain(session, `${options.bundle} cannot be written: ${(error as Error).message}`);
    return exitCodes.usage;
  }
  if (!options.quiet) {
    session.out.write(`${files.map(({ name }) => join(options.bundle, name)).join("\n")}\n`);
  }
  return exitCodes.asExpected;
}

async function moduleFiles() {
  const plain = (name: string, text: string) => ({ name, text, executable: false });
  return [
    plain("module/pinfold.c", await moduleSource()),
    plain("module/pinfold_interface.h", moduleInterface),
    plain("module/Kbuild", "obj-m := pinfold.o\n"),
  ];
}

function expectedCases(
  { skips }: Emitted,
  items: readonly Item[],
  kernel: Kernel,
): readonly ExpectedCase[] {
  return items.flatMap(({ test, orders }): readonly ExpectedCase[] => {
    const skip = skips.find((one) => one.test === test.name)?.why;
    if (skip !== undefined) return [{ name: `${test.name}.o0`, order: "", ends: [], skip }];
    return orders.map((order, index) => ({
      name: `${test.name}.o${index}`,
      order: orderText(order),
      ends: checkOrder(test, kernel, order)
        .valuations.map(({ values }) => valuationKey(values))
        .sort(),
      skip: undefined,
    }));
  });
}
