/** Rows come back as they were put in, whatever segment they lie in; a known row is found again. */
import { expect, test } from "vitest";
import { SharedStore, storeMemory } from "../../src/explore/shared-store.ts";
import { StateStore } from "../../src/explore/store.ts";

const rows = 50_000;

/** Row number `i`: equal in all words but two to its neighbours. */
function fill(row: Uint32Array, i: number): Uint32Array {
  row.fill(0xabcd);
  row[0] = i;
  row[row.length - 1] = Math.imul(i, 0x9e3779b1) >>> 0;
  return row;
}

test.each([
  [1, 1],
  [3, 64],
  [5, 4],
  [20, 1000],
])("a store of %i words a row, %i words a segment", (words, segmentWords) => {
  const store = new StateStore(words, segmentWords);
  const row = new Uint32Array(words);
  for (let i = 0; i < rows; i++) expect(store.add(fill(row, i))).toBe(i);
  const found = new Uint32Array(words);
  for (let i = 0; i < rows; i += 7) {
    expect(store.add(fill(row, i))).toBe(~i);
    store.read(i, found);
    expect(found).toEqual(row);
  }
  expect(store.size).toBe(rows);
  expect(store.bytes).toBeGreaterThan(rows * words * 4);
});

test("two threads' stores of one memory know each other's rows, before and after the table grows", () => {
  const memory = storeMemory(3, 2, 2 ** 26);
  const [one, other] = [new SharedStore(memory, 0), new SharedStore(memory, 1)];
  const row = new Uint32Array(3);
  const places: number[] = [];
  const settle = (): void => {
    for (const store of [one, other]) store.tell();
    for (const store of [one, other]) store.settle();
  };
  for (let i = 0; i < 2 * rows; i++) {
    if (i === rows) {
      expect(one.outgrows(8 * rows)).toBe(true);
      one.move(0, 2);
      other.move(1, 2);
      one.change();
    }
    if (i % 1000 === 0) settle();
    places.push((i % 3 === 0 ? one : other).add(fill(row, i)));
  }
  settle();
  expect(one.size).toBe(2 * rows);
  expect(new Set(places).size).toBe(2 * rows);
  const found = new Uint32Array(3);
  places.forEach((place, i) => {
    expect((i % 2 === 0 ? one : other).add(fill(row, i))).toBe(~place);
    other.read(place, found);
    if (i % 100 === 0) expect(found).toEqual(row);
  });
});
