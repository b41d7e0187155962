/**
 * If a resumed search forgot or invented a state, its result would differ from the one that nobody
 * cut; if it believed any bytes, a changed checkpoint would give some answer.
 */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { type CheckOptions, check } from "../../src/verdict/check.ts";
import { memoryOf } from "../../src/verdict/memory.ts";
import type { CheckResult } from "../../src/verdict/result.ts";
import { library } from "./library.ts";

const all = library("seed", "races");

function checked(name: string, kernel: string, options: CheckOptions): CheckResult {
  const { test } = all.find((one) => one.test.name === name)!;
  return { ...check(test, findKernel(kernel)!, options), seconds: 0 };
}

/** The checkpoint of a search that is cut at so many states. */
function cutAt(
  name: string,
  kernel: string,
  maxStates: number,
  from?: Uint8Array,
  more: CheckOptions = {},
): Uint8Array {
  let saved: Uint8Array | undefined;
  const save = (bytes: Uint8Array) => {
    saved = bytes;
  };
  const start = from === undefined ? {} : { from };
  const result = checked(name, kernel, { ...more, maxStates, checkpoint: { save, ...start } });
  expect(result.complete).toBe(false);
  return saved!;
}

const cases = [
  ["FORK+gup-fast", "v5.9"],
  ["FORK+gup-fast", "v5.11"],
  ["RECLAIM+gup-fast", "v5.18"],
  ["FORK+gup-fast+hugetlb", "v5.17"],
  ["KSM+gup-fast+ro", "v6.1"],
] as const;

/** Tests in which reductions save something. */
const reducible = [
  ["FORK+gup-fast", "v5.9"],
  ["FORK+gup-fast", "v5.11"],
  ["RECLAIM+gup-fast", "v5.18"],
] as const;

describe("a search that goes on from a checkpoint", () => {
  it.each(cases)("ends as if nobody had cut it: %s on %s", (name, kernel) => {
    const whole = checked(name, kernel, { reduce: { ample: false } });
    for (const cut of [1, 2, 70, Math.floor(whole.states / 2), whole.states - 1]) {
      const from = cutAt(name, kernel, cut);
      expect(checked(name, kernel, { checkpoint: { from } })).toEqual(whole);
    }
  });

  it.each(reducible)("ends so with reductions: %s on %s", { timeout: 240_000 }, (name, kernel) => {
    const reduced = { plainStates: 20 };
    const whole = checked(name, kernel, reduced);
    const plain = checked(name, kernel, {});
    expect(whole.states).toBeLessThan(plain.states);
    const { verdict, valuations, run } = plain;
    expect(whole).toMatchObject({ verdict, valuations });
    expect(whole.run).toEqual(run);
    for (const cut of [30, whole.states - 1]) {
      const once = cutAt(name, kernel, cut, undefined, reduced);
      expect(new TextDecoder().decode(once.subarray(0, 1000))).toContain('"reduced":');
      const from = cutAt(name, kernel, cut, once, reduced);
      expect(checked(name, kernel, { ...reduced, checkpoint: { from } })).toEqual(whole);
    }
  });

  it("may be cut again and again", () => {
    const [name, kernel] = cases[2];
    let from = cutAt(name, kernel, 100);
    for (const cut of [101, 300, 301, 900]) from = cutAt(name, kernel, cut, from);
    const whole = checked(name, kernel, {});
    expect(checked(name, kernel, { checkpoint: { from } })).toEqual(whole);
  });

  it("reads bytes that are part of larger memory, as a file's are", () => {
    const [name, kernel] = cases[0];
    const bytes = cutAt(name, kernel, 200);
    const larger = Buffer.concat([Buffer.from("12345"), bytes]);
    const from = larger.subarray(5);
    expect(checked(name, kernel, { checkpoint: { from } }).complete).toBe(true);
  });

  it("saves nothing when nothing cut it", () => {
    const save = () => {
      throw new Error("saved");
    };
    expect(checked("FORK+gup-fast", "v5.9", { checkpoint: { save } }).complete).toBe(true);
  });
});

describe("bytes that are no checkpoint of this check", () => {
  const from = cutAt("FORK+gup-fast", "v5.9", 200);
  const resumed = (bytes: Uint8Array, name = "FORK+gup-fast", kernel = "v5.9") =>
    checked(name, kernel, { checkpoint: { from: bytes } });
  const changed = (at: number): Uint8Array => {
    const bytes = from.slice();
    bytes[at] = bytes[at]! ^ 1;
    return bytes;
  };
  const body = from.indexOf(10) + 1;

  it.each([
    ["nothing", new Uint8Array(), /byte 0: error PF401: this is no checkpoint/],
    ["text", new TextEncoder().encode("{}\n"), /byte 0: error PF401: this is no checkpoint/],
    ["a head cut short", from.subarray(0, 30), /byte 0: error PF401: this is no checkpoint/],
    [
      "a body cut short",
      from.subarray(0, from.length - 7),
      /byte \d+: error PF403: .* bytes of states, not/,
    ],
    [
      "a changed state",
      changed(body + 400),
      /byte \d+: error PF404: the checkpoint's states were changed/,
    ],
    ["a changed last byte", changed(from.length - 1), /the checkpoint's states were changed/],
  ])("are refused: %s", (_, bytes, message) => {
    expect(() => resumed(bytes)).toThrow(message);
  });

  it("are refused where they lead elsewhere with reductions", () => {
    const reduced = { plainStates: 20 };
    const saved = cutAt("FORK+gup-fast", "v5.9", 40, undefined, reduced);
    const end = saved.indexOf(10);
    const head = JSON.parse(new TextDecoder().decode(saved.subarray(0, end)));
    head.reduced.mix ^= 1;
    const bytes = Buffer.concat([
      Buffer.from(`${JSON.stringify(head)}\n`),
      saved.subarray(end + 1),
    ]);
    expect(() =>
      checked("FORK+gup-fast", "v5.9", { ...reduced, checkpoint: { from: bytes } }),
    ).toThrow("error PF404: the saved states are of another search");
  });

  it("are refused: another test's, another kernel's, another memory order's", () => {
    expect(() => resumed(from, "RECLAIM+gup-fast")).toThrow(
      "byte 0: error PF402: this is a checkpoint of another test",
    );
    expect(() => resumed(from, "FORK+gup-fast", "v5.11")).toThrow("a checkpoint on v5.9");
    expect(() =>
      checked("FORK+gup-fast", "v5.9", { memory: memoryOf("weak"), checkpoint: { from } }),
    ).toThrow("another memory order");
  });

  it("are refused: of a search with other reductions, plain as it was when it was cut", () => {
    const others: readonly CheckOptions[] = [
      { plainStates: 0 },
      { reduce: { symmetry: false } },
      { reduce: { ample: false } },
    ];
    for (const other of others)
      expect(() => checked("FORK+gup-fast", "v5.9", { ...other, checkpoint: { from } })).toThrow(
        "byte 0: error PF402: this is a checkpoint of a search with reductions (ample, chains, " +
          "symmetry) after 500,000 states, not with",
      );
  });
});
