/**
 * Tests as one self-contained C program: a function per process, a table of orders per test, and
 * only the helpers that these need. On a real kernel each pair of a test and an order becomes one
 * KTAP test named `TEST.oINDEX`; a forced run executes its statements in that order.
 */
import { type Actor, type Statement, type Test, testHash } from "../../litmus/index.ts";
import { type Order, orderText, stepName } from "../../verdict/orders.ts";
import { commentBlock, testComment, wrapText } from "./comment.ts";
import { conditionCode } from "./condition.ts";
import {
  type Context,
  devicesOf,
  isRefusal,
  type Needs,
  noNeeds,
  observedNames,
  type Refusal,
} from "./context.ts";
import { endingCode } from "./ending.ts";
import { compilerFlags, rdmaCompilerFlags, rdmaLinkerFlags } from "./flags.ts";
import { identifier } from "./identifier.ts";
import { pageCode } from "./page.ts";
import { helpersFor } from "./runtime/index.ts";
import { type Code, statementCode } from "./statement.ts";

/** A test and the orders in which its statements are to run. */
export interface EmitItem {
  readonly test: Test;
  readonly orders: readonly Order[];
}

export interface EmitOptions {
  /** The red control: device writes are left out, so that verdicts must change. */
  readonly leaveOutDeviceWrite?: boolean;
  /** What the model says, for the comment above the test: "v5.10: always". */
  readonly verdicts?: (test: Test) => readonly string[];
}

export interface Emitted {
  readonly source: string;
  /** What the guest must offer. */
  readonly needs: Needs;
  /** Tests that the program only reports as skipped, with the reason. */
  readonly skips: readonly { readonly test: string; readonly why: string }[];
}

/** The C program that runs these tests in these orders. */
export function emitC(items: readonly EmitItem[], options: EmitOptions = {}): Emitted {
  const skips: { test: string; why: string }[] = [];
  const uses = new Set<string>(["main"]);
  const taken = new Set<string>();
  const names: string[] = [];
  const texts: string[] = [];
  for (const { test, orders } of items) {
    const prefix = identifier(test.name, taken);
    const emitted = testCode(test, orders, prefix, options);
    if (isRefusal(emitted)) skips.push({ test: test.name, why: emitted.refusal });
    const code = isRefusal(emitted) ? skippedCode(test, prefix, emitted, options) : emitted;
    for (const use of code.uses) uses.add(use);
    texts.push(code.lines.join("\n"));
    names.push(prefix);
  }
  if (uses.has("register_memory")) uses.add("card");
  const source = fileText(items, texts, names, uses, options);
  return { source, needs: needsOf(uses), skips };
}

function needsOf(uses: ReadonlySet<string>): Needs {
  return {
    ...noNeeds,
    rdma: uses.has("card"),
    swap: uses.has("swap_out"),
    hugetlb: uses.has("map_hugetlb"),
    thp: uses.has("map_huge"),
    root: uses.has("split_mapping") || uses.has("wipe_around"),
  };
}

function fileText(
  items: readonly EmitItem[],
  texts: readonly string[],
  names: readonly string[],
  uses: ReadonlySet<string>,
  options: EmitOptions,
): string {
  const helpers = helpersFor(uses);
  const includes = [...new Set(helpers.flatMap((one) => one.includes))].sort();
  const main = helpers.filter((one) => one.name === "main");
  const rest = helpers.filter((one) => one.name !== "main");
  const list = [
    "static const struct litmus *const tests[] = {",
    ...names.map((one) => `\t&${one}_test,`),
  ];
  return [
    "// SPDX-License-Identifier: MIT",
    commentBlock(fileComment(items, uses.has("card"), options)).join("\n"),
    `#define _GNU_SOURCE\n${includes.map((one) => `#include <${one}>`).join("\n")}\n`,
    ...rest.map((one) => one.text),
    ...texts.map((text) => `${text}\n`),
    `${list.join("\n")}\n\tNULL\n};\n`,
    ...main.map((one) => one.text),
  ].join("\n");
}

function fileComment(items: readonly EmitItem[], rdma: boolean, options: EmitOptions): string[] {
  const lines = items.map(({ test }) => `${test.name} ${testHash(test)}`);
  const what =
    "Litmus tests of fork, copy-on-write and page pinning. Each runs its statements in given orders, " +
    "one after the other, in processes of its own, and reports every final valuation with its count.";
  const red = options.leaveOutDeviceWrite ? ["", "The devices' writes are left out."] : [];
  const build = [`gcc ${compilerFlags.join(" ")}`];
  if (rdma)
    build.push(`with RDMA: ${rdmaCompilerFlags.join(" ")} ... ${rdmaLinkerFlags.join(" ")}`);
  return [...lines, "", ...wrapText(what, 90), "", ...build, ...red];
}

interface TestCode {
  readonly lines: readonly string[];
  readonly uses: readonly string[];
}

function testCode(
  test: Test,
  orders: readonly Order[],
  prefix: string,
  options: EmitOptions,
): TestCode | Refusal {
  const devices = devicesOf(test);
  if (isRefusal(devices)) return devices;
  const observed = observedNames(test, devices);
  if (isRefusal(observed)) return observed;
  const leaveOutDeviceWrite = options.leaveOutDeviceWrite ?? false;
  const context: Context = { test, prefix, observed, devices, leaveOutDeviceWrite };
  const lines: string[] = [];
  const uses: string[] = [];
  for (const actor of test.actors) {
    const code = actorCode(actor, context);
    if (isRefusal(code)) return code;
    lines.push(...code.lines, "");
    uses.push(...code.uses);
  }
  const pages: string[] = [];
  for (const declaration of test.declarations) {
    const code = pageCode(declaration);
    if (isRefusal(code)) return code;
    pages.push(...code.lines);
    uses.push(...code.uses);
  }
  const condition = conditionFunctions(test, prefix);
  lines.push(...condition.lines);
  uses.push(...condition.uses);
  lines.push(...testTable(context, pages, orders));
  return {
    lines: [...testComment(test, options.verdicts?.(test) ?? []), ...lines],
    uses,
  };
}

/** A test that cannot run here is still counted, with the reason. */
function skippedCode(test: Test, prefix: string, why: Refusal, options: EmitOptions): TestCode {
  const lines = [
    ...testComment(test, options.verdicts?.(test) ?? []),
    `static const struct litmus ${prefix}_test = {`,
    `\t.name = ${quoted(test.name)},`,
    `\t.skip = ${quoted(why.refusal)},`,
    `\t.orders = (const char *const []) { "", NULL },`,
    "};",
  ];
  return { lines, uses: [] };
}

function actorCode(actor: Actor, context: Context): Code | Refusal {
  const body: string[] = [];
  const uses: string[] = ["turns"];
  const afterExec: string[] = [];
  let current = body;
  for (const [index, statement] of actor.statements.entries()) {
    if (current === afterExec && touchesMemory(statement)) {
      return { refusal: "after exec() the test's memory is gone" };
    }
    const code = statementCode(statement, actor, context);
    if (isRefusal(code)) return code;
    current.push(`\tturn("${stepName({ actor: actor.name, index })}");`);
    current.push(...code.lines.map((line) => `\t${line}`));
    uses.push(...code.uses);
    if (isExec(statement)) current = afterExec;
  }
  const name = functionName(actor, context);
  const end = actor.role === "process" ? endingCode(context, actor.process) : nothing;
  const lines = functionLines(`void ${name}(void)`, body);
  if (afterExec.length > 0) {
    lines.unshift(...functionLines(`void ${name}_after_exec(void)`, afterExec), "");
  }
  if (end.lines.length > 0) {
    const reads = end.lines.map((line) => `\t${line}`);
    lines.push("", ...functionLines(`void ${name}_end(void)`, reads));
  }
  return { lines, uses: [...uses, ...end.uses] };
}

const nothing: Code = { lines: [], uses: [] };

function functionLines(signature: string, body: readonly string[]): string[] {
  return [`static ${signature}`, "{", ...body, "}"];
}

function functionName(actor: Actor, context: Context): string {
  return `${context.prefix}_${actor.name.replace(".", "_")}`;
}

function conditionFunctions(test: Test, prefix: string): Code {
  const condition = conditionCode(test.condition.proposition);
  const lines = [
    ...functionLines(`bool ${prefix}_holds(void)`, [`\treturn ${condition.text};`]),
    "",
  ];
  if (test.filter === undefined) return { lines, uses: condition.uses };
  const filter = conditionCode(test.filter);
  return {
    lines: [
      ...lines,
      ...functionLines(`bool ${prefix}_filter(void)`, [`\treturn ${filter.text};`]),
      "",
    ],
    uses: [...condition.uses, ...filter.uses],
  };
}

function testTable(context: Context, pages: readonly string[], orders: readonly Order[]): string[] {
  const { test, prefix } = context;
  const handles = [...context.devices.keys()].map(quoted).join(", ");
  const observed = context.observed.map(quoted).join(", ");
  return [
    `static const struct litmus ${prefix}_test = {`,
    `\t.name = ${quoted(test.name)},`,
    "\t.pages = {",
    ...pages.map((page) => `\t\t${page},`),
    "\t},",
    "\t.actors = {",
    ...test.actors.map((actor) => `\t\t${actorEntry(actor, context)},`),
    "\t},",
    ...(handles === "" ? [] : [`\t.handles = { ${handles} },`]),
    ...(observed === "" ? [] : [`\t.observed = { ${observed} },`]),
    `\t.holds = ${prefix}_holds,`,
    ...(usesCard(context) ? ["\t.card = run_card,"] : []),
    ...(test.filter === undefined ? [] : [`\t.filter = ${prefix}_filter,`]),
    "\t.orders = (const char *const []) {",
    ...orders.map((order) => `\t\t${quoted(orderText(order))},`),
    "\t\tNULL",
    "\t},",
    "};",
  ];
}

function usesCard(context: Context): boolean {
  return [...context.devices.values()].some((one) => one.endsWith("region"));
}

function actorEntry(actor: Actor, context: Context): string {
  const name = functionName(actor, context);
  const ends = actor.role === "process" && endingCode(context, actor.process).lines.length > 0;
  const exec = actor.statements.findIndex(isExec);
  const afterExec = exec >= 0 && exec < actor.statements.length - 1;
  const functions = [
    name,
    ends ? `${name}_end` : "NULL",
    afterExec ? `${name}_after_exec` : "NULL",
  ];
  return `{ ${quoted(actor.name)}, ${quoted(actor.process)}, ${functions.join(", ")} }`;
}

function isExec(statement: Statement): boolean {
  return statement.kind === "call" && statement.operation === "exec";
}

/** Loads, stores and calls that name a page: another program's memory knows none. */
function touchesMemory(statement: Statement): boolean {
  if (statement.kind !== "call") return statement.kind !== "mayFail";
  return statement.operation === "fork" || statement.arguments.some((one) => one.kind === "place");
}

/** A C string; test names and reasons hold neither quotes nor control characters worth keeping. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replace(/\s+/g, " ")}"`;
}
