/**
 * If reductions are wrong for some shape of program that no model of ours has, small random programs
 * find it: locks, waits, counts, choices, loops and late starts over a few cells, where the reduced
 * search must keep every final state, every local state of every actor and every watched goal.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "../../src/step/index.ts";
import { both, type Toy, toy } from "./support.ts";

const cells = 3;
const seed = Number(process.env.PINFOLD_SEED ?? 20200926);
const programs = Number(process.env.PINFOLD_RUNS ?? 250);

const cell = fc.nat(cells - 1);
const value = fc.nat(2);

/** Statements of a path, from `line` on; `me` is the actor, who may start the next one. */
const statement: fc.Arbitrary<(line: number, me: number) => string> = fc.oneof(
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
  cell.map((c) => () => `yield "count"; world.c[${c}]++;`),
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `yield "or"; world.c[${c}] |= ${v};`,
  ),
  fc.tuple(cell, cell).map(
    ([c, d]) =>
      (line: number) =>
        `yield "read"; const r${line} = world.c[${c}]; yield "copy"; world.c[${d}] = r${line};`,
  ),
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `yield "wait"; until(world.c[${c}] === ${v}); world.c[${c}] = 1;`,
  ),
  fc.tuple(cell, cell, value).map(
    ([c, d, v]) =>
      () =>
        `yield "look"; if (world.c[${c}] === ${v}) { yield "then"; world.c[${d}]--; }`,
  ),
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `while (true) { yield "spin"; if (world.c[${c}] !== ${v}) break; }`,
  ),
  cell.map(
    (c) => (line: number) =>
      `while (true) { yield "load"; const o${line} = world.c[${c}]; yield "exchange";
        if (world.c[${c}] === o${line}) { world.c[${c}] = o${line} ^ 1; break; } }`,
  ),
  fc.tuple(cell, value).map(
    ([c, v]) =>
      () =>
        `yield "where"; world.c[world.c[${c}] & 1] = ${v};`,
  ),
  cell.map((c) => (line: number) => {
    return `yield "choose"; const n${line} = choose(2); yield "tell"; world.c[${c}] = n${line};`;
  }),
  fc.constant((_: number, me: number) => `yield "start"; start(${me + 1});`),
);

const path = fc.array(statement, { minLength: 1, maxLength: 4 });
const model = fc.array(path, { minLength: 2, maxLength: 4 });

type Lines = readonly ((line: number, me: number) => string)[];

/** A model of these actors; with a twin, one more that is as the last one. */
function built(actors: readonly Lines[], twin = false): Toy {
  const texts = actors.map((lines, me) => lines.map((line, i) => line(i, me)).join("\n"));
  const starts = texts.map((text) => text.includes("start("));
  const last = actors.length - 1;
  const source = texts.map((text, me) => {
    // Nobody is started twice, and the last one has nobody to start.
    let left = me === last || twin ? 0 : 1;
    const body = text.replaceAll(/start\(\d\);/g, (start) =>
      left-- > 0 ? start : "world.c[0] = 2;",
    );
    return `export function* path${me}() { ${body} yield "end"; }`;
  });
  return toy(
    source.join("\n"),
    ["c"],
    [...actors.keys(), ...(twin ? [last] : [])].map((me) => ({
      statements: [{ entry: `path${me}`, arguments: [] }],
      waits: !twin && me > 0 && starts[me - 1]!,
    })),
    cells,
  );
}

const watched = [[0, 1], [2]];
const goal = (row: Row): boolean => (row[0] === 2 && row[1] === 1) || row[2] === 3;

test("reductions keep what random programs can do", { timeout: 300_000 }, () => {
  let smaller = 0;
  fc.assert(
    fc.property(model, (actors) => {
      for (const pure of [true, false]) {
        const reduce = { ample: true, chains: pure };
        const { plain, reduced } = both(built(actors), reduce, { goal, watched, pure });
        expect(reduced.finals).toEqual(plain.finals);
        expect(reduced.locals).toEqual(plain.locals);
        expect(reduced.bug).toBe(plain.bug);
        if (reduced.result.states < plain.result.states) smaller++;
      }
    }),
    { seed, numRuns: programs },
  );
  expect(smaller).toBeGreaterThan(programs);
});

test("symmetry keeps what random programs can do whose last actor has a twin", {
  timeout: 300_000,
}, () => {
  let smaller = 0;
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 2 }), (actors) => {
      const reduce = { ample: true, chains: true, symmetry: true };
      const { plain, reduced } = both(built(actors, true), reduce, { goal, watched, pure: true });
      expect(reduced.finals).toEqual(plain.finals);
      expect(reduced.locals).toEqual(plain.locals);
      expect(reduced.bug).toBe(plain.bug);
      if (reduced.result.states < plain.result.states) smaller++;
    }),
    { seed, numRuns: programs },
  );
  expect(smaller).toBeGreaterThan(programs / 2);
});

test("and footprints that leave everything out lose some of it", { timeout: 60_000 }, () => {
  let lost = 0;
  for (const actors of fc.sample(model, { seed, numRuns: 40 })) {
    const forgets = () => true;
    const { plain, reduced } = both(
      built(actors),
      { ample: true, chains: true },
      { goal, watched, forgets },
    );
    if (reduced.finals.length < plain.finals.length) lost++;
  }
  expect(lost).toBeGreaterThan(5);
});
