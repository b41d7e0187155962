/**
 * A lock for many readers or one writer, who may become a reader without letting go. Writers change
 * a mapping in two steps and look at it once more as readers; readers must find both halves alike.
 */
const writers = 2;
const readers = 6;
const maps = 2;

export const model = {
  objects: {
    lock: { count: maps, fields: ["readers", "writer"] },
    map: { count: maps, fields: ["from", "to"] },
    reader: { count: readers + writers, fields: ["torn"] },
  },
  actors: [
    ...Array.from({ length: writers }, (_, i) => ({
      path: "writer",
      arguments: [readers + i, i % maps],
    })),
    ...Array.from({ length: readers }, (_, i) => ({
      path: "reader",
      arguments: [i, i % maps, maps],
    })),
  ],
  never: Array.from({ length: readers + writers }, (_, i) => ({
    cells: [`reader.torn[${i}]`],
    shows: (torn) => torn === 1,
  })),
};

export function* writer(me, m) {
  yield "take the lock to write";
  until(lock.writer[m] === 0 && lock.readers[m] === 0);
  lock.writer[m] = 1;
  yield "change where the mapping begins";
  map.from[m]++;
  yield "change where it ends";
  map.to[m]++;
  yield "become a reader";
  lock.writer[m] = 0;
  lock.readers[m]++;
  yield "look where it begins";
  const from = map.from[m];
  yield "look where it ends";
  if (map.to[m] !== from) reader.torn[me] = 1;
  yield "let go";
  lock.readers[m]--;
}

export function* reader(me, m, n) {
  yield "begin";
  let left = n;
  while (left > 0) {
    yield "take the lock to read";
    until(lock.writer[m] === 0);
    lock.readers[m]++;
    yield "look where it begins";
    const from = map.from[m];
    yield "look where it ends";
    if (map.to[m] !== from) reader.torn[me] = 1;
    yield "let go";
    lock.readers[m]--;
    m = m + 1 === n ? 0 : m + 1;
    left--;
  }
}
