/** If runs were lost, counted twice or put into one class wrongly, these counts would differ. */
import { describe, expect, it } from "vitest";
import { raceModel } from "../../bench/race/model.ts";
import { runClasses } from "../../src/explore/run-classes.ts";
import type { Model, Row } from "../../src/step/index.ts";
import { toy } from "./support.ts";

const entry = (name: string, ...args: number[]) => ({
  statements: [{ entry: name, arguments: args }],
});

/** Every run, one by one: the classes and counts by brute force. */
function bruteForce(model: Model, first: Row): Map<string, bigint> {
  const found = new Map<string, bigint>();
  const { actorBase, actorStride } = model.layout;
  model.activate();
  const walk = (row: Row, histories: readonly string[]): void => {
    let moved = false;
    model.actors.forEach((_, actor) => {
      const base = actorBase + actor * actorStride;
      const pc = row[base]!;
      if (pc === 0) return;
      for (let choice = 0, count = 1; choice < count; choice++) {
        const next = row.slice();
        count = model.steps[pc]!(next, base, actor, choice);
        if (count === 0) return;
        moved = true;
        walk(
          next,
          histories.map((one, i) => (i === actor ? `${one} ${pc}.${choice}` : one)),
        );
      }
    });
    const key = `${histories.join("|")} ${row.join()}`;
    if (!moved) found.set(key, (found.get(key) ?? 0n) + 1n);
  };
  walk(
    first,
    model.actors.map(() => ""),
  );
  return found;
}

function counts(model: Model, first: Row): readonly bigint[] {
  const { classes, complete } = runClasses(model, first, { cell: "u8", maxNodes: 100_000 });
  expect(complete).toBe(true);
  return classes.map(({ runs }) => runs).sort();
}

describe("classes of runs", () => {
  it("hold every order of steps that have nothing to do with each other: one class", () => {
    const source = `export function* blink(me) { yield "on"; world.lamp[me] = 1; yield "off"; world.lamp[me] = 2; }`;
    const { model, first } = toy(source, ["lamp"], [entry("blink", 0), entry("blink", 1)], 2);
    expect(counts(model, first)).toEqual([6n]);
  });

  it("part where an actor goes another way, and where the end differs", () => {
    const source = `
      export function* look() { yield "look"; const seen = world.a[0]; if (seen) { yield "seen"; world.b[0] = 1; } yield "last"; }
      export function* set() { yield "set"; world.a[0] = 1; }`;
    const { model, first } = toy(source, ["a", "b"], [entry("look"), entry("set")]);
    // look first: set in 3 places; set first: one run, of one step more
    expect(counts(model, first)).toEqual([1n, 2n]);
  });

  it("are told of a choice, and of who waits for ever", () => {
    const source = `
      export function* pick() { yield "choose"; const n = choose(3); yield "tell"; world.a[0] = n; }
      export function* wait() { yield "wait"; until(world.a[0] === 2); world.b[0] = 1; }`;
    const { model, first } = toy(source, ["a", "b"], [entry("pick"), entry("wait")]);
    expect(counts(model, first)).toHaveLength(3);
  });

  it("are those of brute force for fork beside its child", () => {
    const { model, first } = raceModel({ pages: 1, pinners: 0, rounds: 1, safe: false });
    expect(counts(model, first)).toEqual([...bruteForce(model, first).values()].sort());
  });

  it("are those of brute force for a lock that three take", () => {
    const source = `export function* take(me) {
      yield "lock"; until(world.lock[0] === 0); world.lock[0] = 1;
      yield "write"; world.sum[0] = world.sum[0] * 2 + me;
      yield "unlock"; world.lock[0] = 0; }`;
    const three = [1, 2, 3].map((me) => entry("take", me));
    const { model, first } = toy(source, ["lock", "sum"], three);
    const slow = [...bruteForce(model, first).values()].sort();
    expect(slow).toHaveLength(6);
    expect(counts(model, first)).toEqual(slow);
  });

  it("each have a run that leads to their end", () => {
    const { model, first } = raceModel({ pages: 1, pinners: 1, rounds: 1, safe: false });
    const { classes } = runClasses(model, first, { cell: "u8", maxNodes: 200_000 });
    expect(classes.length).toBeGreaterThan(3);
    for (const { run, end } of classes) {
      const row = first.slice();
      for (const { actor, choice } of run) {
        const base = model.layout.actorBase + actor * model.layout.actorStride;
        model.steps[row[base]!]!(row, base, actor, choice);
      }
      expect([...row]).toEqual([...end]);
    }
  });

  it("are cut, and say so, where a loop may go on for ever", () => {
    const source = `export function* spin() { for (;;) { yield "look"; if (world.a[0]) return; yield "again"; } }
      export function* stop() { yield "stop"; world.a[0] = 1; }`;
    const { model, first } = toy(source, ["a"], [entry("spin"), entry("stop")]);
    expect(runClasses(model, first, { cell: "u8", maxNodes: 500 }).complete).toBe(false);
  });
});
