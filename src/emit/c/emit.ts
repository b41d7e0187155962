/**
 * Tests as one self-contained C program: a function per process, a table of orders per test, and
 * only the helpers that these need. On a real kernel each pair of a test and an order becomes one
 * KTAP test named `TEST.oINDEX`; a forced run executes its statements in that order.
 */
import { type Test, testHash } from "../../litmus/index.ts";
import type { Gate } from "../../verdict/gates.ts";
import type { Order } from "../../verdict/orders.ts";
import { commentBlock, wrapText } from "./comment.ts";
import { type EmitOptions, isRefusal, type Needs, noNeeds } from "./context.ts";
import { compilerFlags, rdmaCompilerFlags, rdmaLinkerFlags } from "./flags.ts";
import { identifier } from "./identifier.ts";
import { helpersFor } from "./runtime/index.ts";
import { skippedCode, testCode } from "./test-code.ts";

/** A test and the orders in which its statements are to run. */
export interface EmitItem {
  readonly test: Test;
  readonly orders: readonly Order[];
  readonly gate?: Gate | undefined;
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
  for (const { test, orders, gate } of items) {
    const prefix = identifier(test.name, taken);
    const emitted = testCode(test, orders, prefix, { ...options, gate });
    if (isRefusal(emitted)) skips.push({ test: test.name, why: emitted.refusal });
    const code = isRefusal(emitted) ? skippedCode(test, prefix, emitted, options) : emitted;
    for (const use of code.uses) uses.add(use);
    texts.push(code.lines.join("\n"));
    names.push(prefix);
  }
  if (uses.has("register_memory") || uses.has("reader_pin")) uses.add("card");
  const source = fileText(items, texts, names, uses, options);
  return { source, needs: needsOf(uses), skips };
}

function needsOf(uses: ReadonlySet<string>): Needs {
  return {
    ...noNeeds,
    rdma: uses.has("card"),
    swap: swapUsers.some((one) => uses.has(one)),
    hugetlb: hugetlbUsers.some((one) => uses.has(one)),
    thp: uses.has("map_huge"),
    files: uses.has("map_file") || uses.has("map_private_file"),
    disk: uses.has("start_disk"),
    vfio: uses.has("open_vfio"),
    taps: uses.has("start_wires"),
    module: moduleUsers.some((one) => uses.has(one)),
    root: rootUsers.some((one) => uses.has(one)),
  };
}

const moduleUsers = [
  "module_pin",
  "reader_pin",
  "see_entry",
  "see_count",
  "see_exclusive",
  "snapshot",
  "hold_at",
  "kernel_numa_hint",
];
const swapUsers = ["swap_out", "page_out", "kernel_reclaim"];
const hugetlbUsers = ["map_hugetlb", "map_shared_hugetlb", "map_private_hugetlb"];
const rootUsers = ["split_mapping", "wipe_around", "move_half"];

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
