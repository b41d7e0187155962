/** `--emit-litmus DIR` and `--emit-c DIR`: tests that a search found, as files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { emitC } from "../../emit/c/index.ts";
import type { Test } from "../../litmus/ast.ts";
import { printFile } from "../../litmus/index.ts";
import { orders } from "../../verdict/orders.ts";
import { messageOf } from "../output.ts";
import { complain, type Session } from "../session.ts";

export interface EmitTestsOptions {
  readonly emitLitmus: string | undefined;
  readonly emitC: string | undefined;
}

/** Adds the two options. */
export function withEmit(command: Command): Command {
  return command
    .option("--emit-litmus <folder>", "write each test found as NAME.litmus")
    .option("--emit-c <folder>", "write each test found as NAME.c, as `pinfold emit` does");
}

/** Writes the tests into the folders that are asked for; false if one cannot be written. */
export function emitTests(
  tests: readonly Test[],
  { emitLitmus, emitC: emitPrograms }: EmitTestsOptions,
  session: Session,
): boolean {
  const asC = (test: Test): string | undefined => {
    const { source, skips } = emitC([{ test, orders: orders(test).orders }], {
      leaveOutDeviceWrite: false,
    });
    for (const { why } of skips) complain(session, `${test.name} is not written in C: ${why}`);
    return skips.length > 0 ? undefined : source;
  };
  return (
    writeEach(tests, emitLitmus, "litmus", printFile, session) &&
    writeEach(tests, emitPrograms, "c", asC, session)
  );
}

function writeEach(
  tests: readonly Test[],
  folder: string | undefined,
  extension: string,
  textOf: (test: Test) => string | undefined,
  session: Session,
): boolean {
  if (folder === undefined) return true;
  const path = resolve(session.folder, folder);
  try {
    mkdirSync(path, { recursive: true });
    for (const test of tests) {
      const text = textOf(test);
      if (text !== undefined) writeFileSync(join(path, `${test.name}.${extension}`), text);
    }
  } catch (error) {
    complain(session, `cannot write into ${folder}: ${messageOf(error)}`);
    return false;
  }
  return true;
}
