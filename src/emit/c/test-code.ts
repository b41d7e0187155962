/**
 * One test as C: a function per actor, its condition, and the table that names its pages, actors,
 * handles, observed values and orders.
 */
import type { Actor, Statement, Test } from "../../litmus/index.ts";
import { badPool, hugetlbPool } from "../../verdict/huge-world.ts";
import { type Order, orderText, stepName } from "../../verdict/orders.ts";
import { testComment } from "./comment.ts";
import { conditionCode } from "./condition.ts";
import {
  type Context,
  devicesOf,
  type EmitOptions,
  isRefusal,
  observedNames,
  type Refusal,
} from "./context.ts";
import { endingCode } from "./ending.ts";
import { gatedCode, gateEnd } from "./gate-code.ts";
import { outsideLines, outsideOf } from "./outside.ts";
import { pageCode } from "./page.ts";
import { type Code, statementCode } from "./statement.ts";

export interface TestCode {
  readonly lines: readonly string[];
  readonly uses: readonly string[];
}

/** The functions and the table of one test, or why it cannot run on a real kernel. */
export function testCode(
  test: Test,
  orders: readonly Order[],
  prefix: string,
  options: EmitOptions,
): TestCode | Refusal {
  const { leaveOutDeviceWrite = false, leaveOutPins = false, showStates = false } = options;
  const [poolIsBad] = badPool(test);
  if (poolIsBad !== undefined) return { refusal: poolIsBad };
  const devices = devicesOf(test, showStates);
  if (isRefusal(devices)) return devices;
  const observed = observedNames(test, devices);
  if (isRefusal(observed)) return observed;
  const choices = { leaveOutDeviceWrite, leaveOutPins, showStates, gate: options.gate };
  const context: Context = { test, prefix, observed, devices, ...choices };
  const tooLarge = beyondTables(context);
  if (tooLarge !== undefined) return tooLarge;
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
  if (usesLimit(test)) uses.push("limit_memory");
  uses.push(...outsideOf(context).map(({ helper }) => helper));
  if (hugetlbPool(test) !== undefined) uses.push("leave_pool");
  const condition = conditionFunctions(test, prefix);
  lines.push(...condition.lines);
  uses.push(...condition.uses);
  lines.push(...testTable(context, pages, orders));
  return {
    lines: [...testComment(test, options.verdicts?.(test) ?? []), ...lines],
    uses,
  };
}

/** The C tables hold 15 names of a kind, 47 observed values, and 96 steps with the ends of the processes. */
function beyondTables(context: Context): Refusal | undefined {
  const { test, observed, devices } = context;
  const most = Math.max(
    test.actors.length,
    test.declarations.length,
    devices.size,
    eventsOf(test).length,
  );
  if (most > 15) {
    return { refusal: "more than 15 actors, pages, handles or events" };
  }
  if (observed.length > 47) return { refusal: "more than 47 observed values" };
  const steps = test.actors.reduce((sum, actor) => sum + actor.statements.length + 1, 0);
  return steps > 96 ? { refusal: "more than 96 statements" } : undefined;
}

/** A test that cannot run here is still counted, with the reason. */
export function skippedCode(
  test: Test,
  prefix: string,
  why: Refusal,
  options: EmitOptions,
): TestCode {
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
    const plain = statementCode(statement, actor, context);
    if (isRefusal(plain)) return plain;
    const place = { actor, index };
    const code = gatedCode(plain, context.gate, place, statement, context.devices);
    const step = stepName({ actor: actor.name, index });
    const shown = context.showStates ? ["snapshot();"] : [];
    const lines = [`turn("${step}");`, ...shown, ...code.lines];
    uses.push(...code.uses);
    // An order of the test may leave out what the kernel need not do.
    if (statement.kind === "call" && statement.force === "may") {
      uses.push("is_planned");
      current.push(`\tif (is_planned("${step}")) {`, ...indented(lines, 2), "\t}");
    } else {
      current.push(...indented(lines, 1));
    }
    if (isExec(statement)) current = afterExec;
  }
  const last = gateEnd(context.gate, actor);
  current.push(...last.lines.map((line) => `\t${line}`));
  uses.push(...last.uses);
  const name = functionName(actor, context);
  if (context.showStates) uses.push("snapshot");
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

function indented(lines: readonly string[], depth: number): readonly string[] {
  return lines.map((line) => "\t".repeat(depth) + line);
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
  const events = eventsOf(test).map(quoted).join(", ");
  const pool = hugetlbPool(test);
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
    ...(events === "" ? [] : [`\t.events = { ${events} },`]),
    ...(observed === "" ? [] : [`\t.observed = { ${observed} },`]),
    `\t.holds = ${prefix}_holds,`,
    ...(usesCard(context) ? ["\t.card = run_card,"] : []),
    ...(usesLimit(test) ? ["\t.limit = limit_memory,"] : []),
    ...(pool === undefined ? [] : ["\t.leave_pool = leave_pool,", `\t.pool = ${pool},`]),
    ...outsideLines(context),
    ...(test.filter === undefined ? [] : [`\t.filter = ${prefix}_filter,`]),
    "\t.orders = (const char *const []) {",
    ...orders.map((order) => `\t\t${quoted(orderText(order))},`),
    "\t\tNULL",
    "\t},",
    "};",
  ];
}

/** The events that signal and await name. */
function eventsOf(test: Test): readonly string[] {
  const named = test.actors.flatMap(({ statements }) =>
    statements.flatMap((one) =>
      one.kind === "call"
        ? one.arguments.flatMap((word) => (word.kind === "event" ? [word.event] : []))
        : [],
    ),
  );
  return [...new Set(named)];
}

/** Reclaim of what several processes map is forced by a limit on their memory. */
function usesLimit(test: Test): boolean {
  return test.actors.some(({ statements }) =>
    statements.some((one) => one.kind === "call" && one.operation === "reclaim"),
  );
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
