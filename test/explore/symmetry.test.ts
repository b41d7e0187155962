/**
 * If actors were taken for alike that are not, or an orbit were not shown to whoever looks at states,
 * the search with symmetry would lose a final state, a local state or a goal that the plain one has.
 */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { lookupModel } from "../../bench/lookup/model.ts";
import { footprintsOf } from "../../src/explore/footprints.ts";
import { type Interchangeable, placeOf } from "../../src/explore/interchange.ts";
import { reducedSearch } from "../../src/explore/reduced-search.ts";
import { search } from "../../src/explore/search.ts";
import type { Row } from "../../src/step/index.ts";
import { both, type Toy, toy } from "./support.ts";

const only = { ample: false, chains: false, symmetry: true };
const all = { ample: true, chains: true, symmetry: true };

/** The same path by several actors, each with its number. */
const alike = (entry: string, ...given: readonly (readonly number[])[]) =>
  given.map((args) => ({ statements: [{ entry, arguments: args }] }));

function groupsOf({ model, first }: Toy): readonly (readonly number[])[] {
  const footprints = footprintsOf(model, first, "u8", { symmetry: true })!;
  return footprints.alike.map(({ actors }) => actors);
}

/** States of a plain search that differ in more than in the order of the actors' cells. */
function orbitsOf({ model, first }: Toy): number {
  const { actorBase, actorStride } = model.layout;
  const found = new Set<string>();
  const onState = (row: Row): boolean => {
    const parts = model.actors.map((_, actor) => {
      const from = actorBase + actor * actorStride;
      return row.slice(from, from + actorStride).join();
    });
    found.add(`${row.slice(0, actorBase).join()} ${parts.sort().join(" ")}`);
    return false;
  };
  search(model, first, { cell: "u8", onState });
  return found.size;
}

const counting = `export function* add() {
  yield "read"; const old = world.sum[0];
  yield "write"; world.sum[0] = old + 1;
}`;

const named = `export function* work(me) {
  yield "set"; world.mine[me] = 1;
  yield "read"; const old = world.sum[0] + world.mine[me];
  yield "write"; world.sum[0] = old;
  yield "clear"; world.mine[me] = 0;
}`;

describe("actors are alike", () => {
  it("where they do the same: the states are those of a multiset", () => {
    const three = toy(counting, ["sum"], alike("add", [], [], []));
    expect(groupsOf(three)).toEqual([[0, 1, 2]]);
    const { plain, reduced } = both(three, only);
    expect(reduced.result.states).toBe(orbitsOf(three));
    expect(reduced.finals).toEqual(plain.finals);
    expect(reduced.locals).toEqual(plain.locals);
    expect([plain.result.states, reduced.result.states]).toEqual([59, 20]);
    const two = both(toy(counting, ["sum"], alike("add", [], [])), only);
    // (read, read) (old 0, read) (old 0, old 0) (ended, read) (ended, old 0) (ended, old 1), ends 1 and 2
    expect(two.reduced.result.states).toBe(8);
    expect(two.plain.result.states).toBe(12);
  });

  it("where each has cells of its own, named by a number of its own", () => {
    const three = toy(named, ["sum", "mine"], alike("work", [0], [1], [2]), 3);
    expect(groupsOf(three)).toEqual([[0, 1, 2]]);
    for (const reduce of [only, all]) {
      const { plain, reduced } = both(three, reduce);
      expect(reduced.finals).toEqual(plain.finals);
      expect(reduced.locals).toEqual(plain.locals);
      expect(reduced.result.states * 3).toBeLessThan(plain.result.states);
    }
  });

  it("by the number that the machine gives them, over statements and counted loops", () => {
    const source = `export function* own(from, n) {
      yield "begin";
      for (let i = 0; i < n; i++) { yield "own"; world.mine[from + i]++; yield "all"; world.sum[0] ^= 1; }
      yield "self"; world.place[self()] = 1;
    }`;
    const two = (n: number) => ({ entry: "own", arguments: [2 * n, 2] });
    const made = toy(
      source,
      ["sum", "mine", "place"],
      [0, 1].map((n) => ({ statements: [two(n), two(n)] })),
      4,
    );
    expect(groupsOf(made)).toEqual([[0, 1]]);
    const { plain, reduced } = both(made, all);
    expect(reduced.finals).toEqual(plain.finals);
    expect(reduced.locals).toEqual(plain.locals);
  });

  it("in groups of their own: readers of one slot of a page cache", () => {
    const { goal, watched, ...lookup } = lookupModel({ slots: 2, readers: 5 });
    expect(groupsOf(lookup)).toEqual([
      [2, 4, 6],
      [3, 5],
    ]);
    const four = lookupModel({ slots: 2, readers: 4 });
    const { plain, reduced } = both(four, all, four);
    expect(reduced.finals).toEqual(plain.finals);
    expect(reduced.locals).toEqual(plain.locals);
    expect([goal(lookup.first), watched.length]).toEqual([false, 5]);
  });
});

describe("actors are told apart", () => {
  const body = (text: string) => `export function* work(me) { yield "do"; ${text} yield "end"; }`;
  it.each([
    ["a lock holds the number of its holder", body("until(world.a[0] === 0); world.a[0] = me;")],
    ["one branches on its number", body("if (me === 2) { world.a[0] = 1; }")],
    ["a count depends on it", body("world.a[0] += me;")],
    ["a neighbour looks", body("world.b[me] = 1; yield 'look'; world.a[0] = world.b[3 - me];")],
    [
      "everybody looks",
      body("for (let i = 0; i < 3; i++) if (world.b[i]) return; world.b[me] = 1;"),
    ],
    ["numbers are computed with", body("world.b[(me + world.a[0]) % 2] = 1; world.a[0] ^= 1;")],
    [
      "a value that both have is written by one alone",
      body("const x = me - me * 1; world.a[x] = me;"),
    ],
  ])("where %s", (_, source) => {
    expect(groupsOf(toy(source, ["a", "b"], alike("work", [1], [2]), 4))).toEqual([]);
  });

  it("where they begin with other cells, or another program", () => {
    const begun = toy(named, ["sum", "mine"], alike("work", [0], [1]), 2);
    begun.first[begun.model.layout.offsets.get("world.mine")!] = 1;
    expect(groupsOf(begun)).toEqual([]);
    const again = alike("add", [], [])[0]!;
    const longer = { statements: [...again.statements, ...again.statements] };
    expect(groupsOf(toy(counting, ["sum"], [again, longer]))).toEqual([]);
  });

  it("where another actor looks at one's cells, and where one is started by another", () => {
    const source = `${named} export function* look() { yield "look"; world.sum[0] = world.mine[0]; }
      export function* wake() { yield "start"; start(1); }`;
    const looked = [...alike("work", [0], [1], [2]), ...alike("look", [])];
    expect(groupsOf(toy(source, ["sum", "mine"], looked, 3))).toEqual([[1, 2]]);
    const woken = [...alike("work", [0]), { ...alike("work", [1])[0]!, waits: true }];
    expect(groupsOf(toy(source, ["sum", "mine"], [...woken, ...alike("wake", [])], 3))).toEqual([]);
  });
});

describe("a goal need not be symmetric", () => {
  const three = toy(named, ["sum", "mine"], alike("work", [0], [1], [2]), 3);
  const at = (field: string, index: number) => three.model.layout.offsets.get(field)! + index;
  const mine = [0, 1, 2].map((me) => at("world.mine", me));

  it.each([0, 1, 2])("of one actor, number %i", (me) => {
    const goal = (row: Row) => row[mine[me]!] === 1 && row[at("world.sum", 0)] === 2;
    const { plain, reduced } = both(three, all, {
      goal,
      watched: [[mine[me]!, at("world.sum", 0)]],
    });
    expect([plain.bug, reduced.bug]).toEqual([true, true]);
  });

  it("of two actors, and the run leads to that very state", () => {
    const goal = (row: Row) =>
      row[mine[1]!] === 1 &&
      row[mine[2]!] === 1 &&
      row[mine[0]!] === 0 &&
      row[at("world.sum", 0)] === 1;
    const watched = [[...mine, at("world.sum", 0)]];
    expect(both(three, all, { goal, watched }).reduced.bug).toBe(true);
    const { model, first } = three;
    const footprints = footprintsOf(model, first, "u8", { watched, symmetry: true })!;
    for (const reduce of [only, all]) {
      const found = reducedSearch(model, first, footprints, { cell: "u8", reduce, onState: goal });
      const row = first.slice();
      for (const { actor, choice } of found.runTo(found.stoppedAt!)) {
        const base = model.layout.actorBase + actor * model.layout.actorStride;
        expect(model.steps[row[base]!]!(row, base, actor, choice)).toBeGreaterThan(choice);
      }
      expect(goal(row)).toBe(true);
    }
  });

  it("and where it is, one state of an orbit is shown", () => {
    const { model, first } = three;
    const goals = {
      one: (row: Row) => row[mine[1]!] === 1,
      any: (row: Row) => mine.some((cell) => row[cell] === 1),
    };
    const watched = mine.map((cell) => [cell]);
    const found = Object.values(goals).map((goal) => {
      const footprints = footprintsOf(model, first, "u8", { watched, goal, symmetry: true })!;
      expect(footprints.isGoalSymmetric).toBe(goal === goals.any);
      const options = { cell: "u8", reduce: all, onState: goal, onlyGoal: true } as const;
      return reducedSearch(model, first, footprints, options).stoppedAt;
    });
    expect(found).not.toContain(undefined);
  });

  it("of a final state, to which the run leads", () => {
    const source = `export function* take(me) {
      yield "take"; world.mine[me] = world.sum[0]; world.sum[0]++; }`;
    const { model, first } = toy(source, ["sum", "mine"], alike("take", [0], [1], [2]), 3);
    const from = model.layout.offsets.get("world.mine")!;
    const footprints = footprintsOf(model, first, "u8", { symmetry: true })!;
    for (const want of ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"]) {
      const onFinal = (row: Row) => row.slice(from, from + 3).join() === want;
      const found = reducedSearch(model, first, footprints, { cell: "u8", reduce: all, onFinal });
      const row = first.slice();
      for (const { actor, choice } of found.runTo(found.stoppedAt!)) {
        const base = model.layout.actorBase + actor * model.layout.actorStride;
        model.steps[row[base]!]!(row, base, actor, choice);
      }
      expect(row.slice(from, from + 3).join()).toBe(want);
    }
  });
});

it("a symmetry that is none loses states, and is seen to", () => {
  const source = `export function* work(me) {
    yield "wait"; until(world.owner[0] === 0); yield "take"; world.owner[0] = me + 1; }`;
  const made = toy(source, ["owner"], alike("work", [0], [1]));
  expect(groupsOf(made)).toEqual([]);
  const names = [1, 2].map((pc) => [placeOf(pc, 0), [{ slot: 2, apart: [0, 1] }]] as const);
  const wrong: Interchangeable = { actors: [0, 1], cells: [[], []], names: new Map(names) };
  const { plain, reduced } = both(made, only, { alike: [wrong] });
  expect(reduced.finals).not.toEqual(plain.finals);
});

/** Lines of a path that several run; `me` is who runs it. */
const cell = fc.nat(1);
const value = fc.nat(2);
const line: fc.Arbitrary<(at: number) => string> = fc.oneof(
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `yield "put"; world.c[${c}] = ${v};`,
  ),
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `yield "add"; world.c[${c}] += ${v};`,
  ),
  value.map((v) => () => `yield "own"; world.own[me] = ${v};`),
  cell.map((c) => () => `yield "give"; world.c[${c}] = world.own[me];`),
  cell.map((c) => () => `yield "take"; world.own[me] = world.c[${c}]; world.c[${c}]++;`),
  fc.tuple(cell, cell).map(
    ([c, d]) =>
      (at: number) =>
        `yield "read"; const r${at} = world.c[${c}]; yield "copy"; world.c[${d}] = r${at};`,
  ),
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `yield "wait"; until(world.c[${c}] === ${v}); world.c[${c}] = 1;`,
  ),
  value.map((v) => () => `while (true) { yield "spin"; if (world.c[0] !== ${v}) break; }`),
  value.map(
    (v) => () =>
      `while (true) { yield "try"; if (world.own[me] !== ${v}) break; yield "more"; world.own[me]++; }`,
  ),
  cell.map(
    (c) => (at: number) =>
      `yield "choose"; const n${at} = choose(2); yield "tell"; world.own[me] = n${at} + ${c};`,
  ),
  // These tell them apart.
  cell.map((c) => () => `yield "name"; world.c[${c}] = me;`),
  fc.constant(() => `yield "peek"; world.own[me] = world.own[1 - me];`),
);
const program = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  others: fc.array(line, { minLength: 0, maxLength: 2 }),
  members: fc.integer({ min: 2, max: 3 }),
});

test("random programs that several run lose nothing", { timeout: 300_000 }, () => {
  let smaller = 0;
  let apart = 0;
  const seed = Number(process.env.PINFOLD_SEED ?? 20200926);
  const numRuns = Number(process.env.PINFOLD_RUNS ?? 150);
  fc.assert(
    fc.property(program, fc.boolean(), ({ lines, others, members }, pure) => {
      const text = (of: typeof lines) => of.map((one, at) => one(at)).join("\n");
      const source = `export function* work(me) { ${text(lines)} yield "end"; }
        export function* other(me) { ${text(others)} yield "end"; }`;
      const numbers = Array.from({ length: members }, (_, me) => [me]);
      const actors = [...alike("work", ...numbers), ...alike("other", [members])];
      const made = toy(source, ["c", "own"], actors, 4);
      if (groupsOf(made).length === 0) apart++;
      const goal = (row: Row) =>
        row[0] === 2 && row[made.model.layout.offsets.get("world.own")! + 1] === 1;
      const watched = [[0, made.model.layout.offsets.get("world.own")! + 1]];
      const without = both(made, { ample: true, chains: true }, { goal, watched }).reduced;
      for (const reduce of [all, only, { ...all, chains: false }]) {
        const { plain, reduced } = both(made, reduce, { goal, watched, pure });
        expect(reduced.finals).toEqual(plain.finals);
        expect(reduced.locals).toEqual(plain.locals);
        expect(reduced.bug).toBe(plain.bug);
        if (reduce === all && reduced.result.states < without.result.states) smaller++;
      }
    }),
    { seed, numRuns },
  );
  expect([smaller, apart].every((count) => count > numRuns / 10)).toBe(true);
});
