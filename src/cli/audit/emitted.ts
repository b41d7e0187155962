/** --emit-litmus and --emit-c: each finding as a test, and all of them as one C program. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { nameOf } from "../../audit/litmus.ts";
import type { AuditReport } from "../../audit/report.ts";
import { emitC } from "../../emit/c/index.ts";
import { expand, parseFile, type Test } from "../../litmus/index.ts";
import { orders } from "../../verdict/orders.ts";
import { complain, type Session } from "../session.ts";

export function writeTests(report: AuditReport, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const { shape, litmus } of report.findings) {
    if (shape !== undefined && litmus !== undefined) {
      writeFileSync(join(folder, `${nameOf(shape, undefined)}.litmus`), litmus);
    }
  }
}

/** Equal findings are one test; `pinfold run` boots the same tests on real kernels. */
export function writeProgram(report: AuditReport, file: string, session: Session): void {
  const texts = new Set(report.findings.flatMap(({ litmus }) => litmus ?? []));
  const tests = [...texts].flatMap((text): readonly Test[] => {
    const parsed = parseFile(text);
    return parsed.ok ? expand(parsed.value).slice(0, 1) : [];
  });
  const { source, skips } = emitC(
    tests.map((test) => ({ test, orders: orders(test).orders })),
    { leaveOutDeviceWrite: false },
  );
  for (const { test, why } of skips) complain(session, `${test} is skipped in the program: ${why}`);
  const path = resolve(session.folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
}
