/** Known small protocols, right and wrong ones, each with what everybody knows of it. */

export interface Protocol {
  readonly name: string;
  /** Cells by name, so many of each. */
  readonly cells: readonly string[];
  readonly count: number;
  readonly source: string;
  readonly actors: readonly (readonly [path: string, ...given: readonly number[]])[];
  /** Must not be seen in a right one: cells, and whether it shows in what they hold. */
  readonly never: { readonly cells: readonly string[]; shows(...values: number[]): boolean };
  readonly shows: boolean;
  /** Whether somebody may wait for ever. */
  readonly stuck?: boolean;
}

const twice = (path: string): Protocol["actors"] => [
  [path, 0],
  [path, 1],
];
const thrice = (path: string): Protocol["actors"] => [...twice(path), [path, 2]];

const together = {
  cells: ["inside[0]"],
  shows: (inside: number) => inside > 1,
};
const critical = `yield "enter"; world.inside[0]++; yield "leave"; world.inside[0]--;`;

const peterson = (first: string, second: string): string => `export function* work(me) {
  yield "first"; ${first}
  yield "second"; ${second}
  while (true) {
    yield "flag of the other"; if (world.flag[1 - me] === 0) break;
    yield "whose turn"; if (world.turn[0] === me) break;
  }
  ${critical}
  yield "flag down"; world.flag[me] = 0;
}`;

const locks = (order: string): string => `export function* work(me) {
  yield "begin"; const one = ${order};
  yield "one lock"; until(world.lock[one] === 0); world.lock[one] = 1;
  yield "other lock"; until(world.lock[1 - one] === 0); world.lock[1 - one] = 1;
  ${critical}
  yield "unlock one"; world.lock[one] = 0;
  yield "unlock other"; world.lock[1 - one] = 0;
}`;

const passing = (one: string, two: string): string => `
export function* sender() { yield "one"; ${one} yield "two"; ${two} }
export function* receiver() {
  yield "flag"; if (world.flag[0] === 1) { yield "data"; if (world.data[0] === 0) { yield "bad"; world.bad[0] = 1; } }
}`;

const sequence = (again: string): string => `
export function* writer() {
  yield "lock"; until(world.lock[0] === 0); world.lock[0] = 1;
  yield "odd"; world.seq[0]++;
  yield "low"; world.data[0]++;
  yield "high"; world.data[1]++;
  yield "even"; world.seq[0]++;
  yield "unlock"; world.lock[0] = 0;
}
export function* reader(me) {
  while (true) {
    yield "begin"; const seen = world.seq[0];
    if ((seen & 1) === 0) {
      yield "low"; const low = world.data[0];
      yield "high"; const high = world.data[1];
      yield "again"; if (${again}) { if (low !== high) world.bad[0] = 1; break; }
    }
  }
}`;
const bad = { cells: ["bad[0]"], shows: (one: number) => one === 1 };

const increments = (step: string): string => `export function* add(me) {
  ${step}
  yield "done"; world.done[0]++;
}`;
const lost = {
  cells: ["done[0]", "sum[0]"],
  shows: (done: number, sum: number) => done === 3 && sum < 3,
};

const barrier = (arrive: string): string => `export function* work(me) {
  yield "begin";
  for (let round = 0; round < 2; round++) {
    yield "work"; world.phase[me]++;
    ${arrive}
  }
}`;
const apart = {
  cells: ["phase[0]", "phase[1]", "out[0]", "out[1]"],
  shows: (...[a, b, out0, out1]: number[]) => out0! > b! || out1! > a!,
};

const ring = (consumer: string): string => `
export function* produce() {
  yield "begin";
  for (let i = 0; i < 3; i++) {
    yield "full?"; until(world.head[0] - world.tail[0] < 2);
    yield "fill"; world.slot[world.head[0] & 1] = i + 1;
    yield "publish"; world.head[0]++;
  }
}
export function* consume(me) {
  yield "empty?"; until(world.head[0] > world.tail[0]);
  ${consumer}
  yield "count"; world.seen[got]++;
}`;
const doubled = {
  cells: ["seen[1]", "seen[2]", "seen[3]"],
  shows: (...seen: number[]) => seen.some((one) => one > 1),
};

const ticket = (take: string): string => `export function* work(me) {
  ${take}
  yield "my turn"; until(world.owner[0] === mine);
  ${critical}
  yield "next"; world.owner[0]++;
}`;

const readersWriter = (writer: string): string => `
export function* read() {
  yield "read lock"; until(world.writer[0] === 0); world.readers[0]++;
  yield "look"; if (world.inside[0] !== 0) world.bad[0] = 1;
  yield "read unlock"; world.readers[0]--;
}
export function* write() { ${writer}
  yield "in"; world.inside[0] = 1;
  yield "out"; world.inside[0] = 0;
  yield "write unlock"; world.writer[0] = 0;
}`;

const upgrade = `export function* work(me) {
  yield "read lock"; until(world.writer[0] === 0); world.readers[0]++;
  yield "upgrade"; until(world.readers[0] === 1); world.writer[0] = 1;
  ${critical}
  yield "unlock"; world.readers[0]--; world.writer[0] = 0;
}`;

const dining = (first: string): string => `export function* eat(me) {
  yield "begin"; const left = ${first};
  const right = me + (me + 1) % 3 - left;
  yield "first fork"; until(world.fork[left] === 0); world.fork[left] = 1;
  yield "second fork"; until(world.fork[right] === 0); world.fork[right] = 1;
  yield "eat"; world.meals[me]++;
  yield "put first"; world.fork[left] = 0;
  yield "put second"; world.fork[right] = 0;
}`;

const grace = (wait: string): string => `
export function* update() {
  yield "unlink"; world.slot[0] = 1;
  ${wait}
  yield "free"; world.freed[0] = 1;
}
export function* read(me) {
  yield "begin"; world.reading[me] = 1;
  yield "load"; const at = world.slot[0];
  yield "use"; if (world.freed[at] === 1) world.bad[0] = 1;
  yield "end"; world.reading[me] = 0;
}`;
const waitForReaders = `for (let i = 0; i < 3; i++) {
    yield "wait for a reader"; until(world.reading[i] === 0);
  }`;

const once = (one: string, two: string): string => `export function* use(me) {
  yield "look"; if (world.ready[0] === 0) {
    yield "lock"; until(world.lock[0] === 0); world.lock[0] = 1;
    yield "look again"; if (world.ready[0] === 0) { yield "one"; ${one} yield "two"; ${two} }
    yield "unlock"; world.lock[0] = 0;
  }
  yield "use"; if (world.data[0] !== 1) world.bad[0] = 1;
}`;

const bakery = (choosing: string): string => `export function* work(me) {
  yield "choosing"; world.choosing[me] = 1;
  yield "look"; const seen = world.number[1 - me];
  yield "number"; world.number[me] = seen + 1;
  yield "chosen"; world.choosing[me] = 0;
  ${choosing}
  while (true) {
    yield "ahead?";
    const theirs = world.number[1 - me];
    if (theirs === 0 || theirs > world.number[me] || (theirs === world.number[me] && me === 0)) break;
  }
  ${critical}
  yield "gone"; world.number[me] = 0;
}`;

/** Cell 0 is the top; next[i] is below i. A pop takes the top by comparing it only. */
const stack = `
export function* pop() {
  while (true) {
    yield "top"; const top = world.top[0]; if (top === 0) return;
    yield "below"; const below = world.next[top];
    yield "swap"; if (world.top[0] === top) { world.top[0] = below; world.taken[top]++; break; }
  }
}
export function* popTwoPushOne() {
  yield "pop 1"; if (world.top[0] !== 1) return; world.top[0] = 2; world.taken[1]++;
  yield "pop 2"; if (world.top[0] !== 2) return; world.top[0] = 3; world.taken[2]++;
  yield "link 1"; world.next[1] = 3;
  yield "push 1"; world.taken[1]--; world.top[0] = 1;
}
export function* fill() { yield "fill"; world.next[1] = 2; world.next[2] = 3; world.top[0] = 1;
  start(1); start(2); }`;

const list = (hold: string): string => `export function* walk(me) {
  yield "first"; until(world.lock[0] === 0); world.lock[0] = 1;
  for (let at = 0; at < 2; at++) {
    ${hold}
    yield "step"; world.inside[at + 1]++;
    yield "gone"; world.inside[at + 1]--;
  }
  yield "last"; world.lock[2] = 0;
}`;

export const protocols: readonly Protocol[] = [
  ...[
    { name: "two locks, each in its own order", order: "me", stuck: true },
    { name: "two locks in one order", order: "0", stuck: false },
  ].map(({ name, order, stuck }) => ({
    ...{ name, cells: ["lock", "inside"], count: 2, source: locks(order), stuck },
    ...{ actors: twice("work"), never: together, shows: false },
  })),
  {
    name: "Peterson",
    ...{ cells: ["flag", "turn", "inside"], count: 2, actors: twice("work") },
    source: peterson("world.flag[me] = 1;", "world.turn[0] = 1 - me;"),
    ...{ never: together, shows: false },
  },
  {
    name: "Peterson, the turn first",
    ...{ cells: ["flag", "turn", "inside"], count: 2, actors: twice("work") },
    source: peterson("world.turn[0] = 1 - me;", "world.flag[me] = 1;"),
    ...{ never: together, shows: true },
  },
  {
    name: "store buffering",
    ...{ cells: ["x", "r"], count: 2, actors: twice("work") },
    source: `export function* work(me) {
      yield "store"; world.x[me] = 1; yield "load"; world.r[me] = world.x[1 - me] + 1; }`,
    never: { cells: ["r[0]", "r[1]"], shows: (a, b) => a === 1 && b === 1 },
    shows: false,
  },
  ...[false, true].map((shows) => ({
    name: shows ? "a flag before its data" : "data before their flag",
    ...{ cells: ["data", "flag", "bad"], count: 1, never: bad, shows },
    source: shows
      ? passing("world.flag[0] = 1;", "world.data[0] = 1;")
      : passing("world.data[0] = 1;", "world.flag[0] = 1;"),
    actors: [["sender"], ["receiver"], ["receiver"]] as const,
  })),
  ...[false, true].map((shows) => ({
    name: shows ? "a sequence count nobody looks at again" : "a sequence count",
    ...{ cells: ["lock", "seq", "data", "bad"], count: 2, never: bad, shows },
    source: sequence(shows ? "true" : "world.seq[0] === seen"),
    actors: [["writer"], ["writer"], ["reader", 0], ["reader", 1]] as const,
  })),
  {
    name: "increments by compare and exchange",
    ...{ cells: ["sum", "done"], count: 1, actors: thrice("add"), never: lost, shows: false },
    source: increments(`while (true) { yield "load"; const old = world.sum[0];
      yield "exchange"; if (world.sum[0] === old) { world.sum[0] = old + 1; break; } }`),
  },
  {
    name: "increments in two steps",
    ...{ cells: ["sum", "done"], count: 1, actors: thrice("add"), never: lost, shows: true },
    source: increments(
      `yield "load"; const old = world.sum[0]; yield "store"; world.sum[0] = old + 1;`,
    ),
  },
  {
    name: "a barrier that turns its sense",
    ...{ cells: ["phase", "out", "arrived", "sense"], count: 2, actors: twice("work") },
    source: barrier(`yield "arrive"; const last = ++world.arrived[0] === 2 ? 1 : 0;
      if (last) { yield "empty"; world.arrived[0] = 0; yield "turn"; world.sense[0] = round + 1; }
      else { yield "wait"; until(world.sense[0] === round + 1); }
      yield "out"; world.out[me] = round + 1;`),
    ...{ never: apart, shows: false },
  },
  {
    name: "a barrier that is emptied late",
    ...{ cells: ["phase", "out", "arrived", "sense"], count: 2, actors: twice("work") },
    source: barrier(`yield "arrive"; const last = ++world.arrived[0] >= 2 ? 1 : 0;
      if (last) { yield "turn"; world.sense[0]++; yield "empty"; world.arrived[0] = 0; }
      else { yield "wait"; until(world.sense[0] > round); }
      yield "out"; world.out[me] = round + 1;`),
    // Who comes again before it is emptied is taken for the last one and turns it: nobody waits for ever.
    ...{ never: apart, shows: true },
  },
  {
    name: "a ring of two slots",
    ...{ cells: ["head", "tail", "slot", "seen"], count: 4, never: doubled, shows: false },
    source: ring(
      `yield "take"; const got = world.slot[world.tail[0] & 1]; yield "free"; world.tail[0]++;`,
    ),
    actors: [["produce"], ["consume", 0]],
  },
  {
    name: "a ring with two consumers and no lock",
    ...{ cells: ["head", "tail", "slot", "seen"], count: 4, never: doubled, shows: true },
    source: ring(
      `yield "take"; const got = world.slot[world.tail[0] & 1]; yield "free"; world.tail[0]++;`,
    ),
    actors: [["produce"], ["consume", 0], ["consume", 1]],
  },
  ...[false, true].map((shows) => ({
    name: shows ? "tickets taken in two steps" : "tickets",
    ...{ cells: ["next", "owner", "inside"], count: 1, actors: thrice("work") },
    source: ticket(
      shows
        ? `yield "look"; const mine = world.next[0]; yield "take"; world.next[0] = mine + 1;`
        : `yield "take"; const mine = world.next[0]++;`,
    ),
    // Whose ticket was passed over together with its twin waits for ever.
    ...{ never: together, shows, stuck: shows },
  })),
  ...[false, true].map((shows) => ({
    name: shows ? "a writer who looks before it takes" : "readers and a writer",
    ...{ cells: ["readers", "writer", "inside", "bad"], count: 1, never: bad, shows },
    source: readersWriter(
      shows
        ? `yield "look"; until(world.readers[0] === 0 && world.writer[0] === 0);
           yield "take"; world.writer[0] = 1;`
        : `yield "take"; until(world.readers[0] === 0 && world.writer[0] === 0); world.writer[0] = 1;`,
    ),
    actors: [["read"], ["read"], ["write"]] as const,
  })),
  {
    name: "two readers who both want to write",
    ...{ cells: ["readers", "writer", "inside"], count: 1, actors: thrice("work") },
    ...{ source: upgrade, never: together, shows: false, stuck: true },
  },
  ...[false, true].map((stuck) => ({
    name: stuck ? "diners who all begin on the left" : "diners, one of whom begins on the right",
    ...{ cells: ["fork", "meals"], count: 3, actors: thrice("eat"), stuck },
    source: dining(stuck ? "me" : "me === 2 ? 0 : me"),
    never: { cells: ["meals[0]", "meals[1]"], shows: (a: number, b: number) => a + b > 2 },
    shows: false,
  })),
  ...[false, true].map((shows) => ({
    name: shows ? "freed while it is read" : "freed after all readers",
    ...{ cells: ["slot", "freed", "reading", "bad"], count: 3, never: bad, shows },
    source: grace(shows ? "" : waitForReaders),
    actors: [["update"], ["read", 0], ["read", 1], ["read", 2]] as const,
  })),
  ...[false, true].map((shows) => ({
    name: shows ? "ready before the data are" : "set up once",
    ...{ cells: ["ready", "lock", "data", "bad"], count: 1, never: bad, shows },
    source: shows
      ? once("world.ready[0] = 1;", "world.data[0] = 1;")
      : once("world.data[0] = 1;", "world.ready[0] = 1;"),
    actors: thrice("use"),
  })),
  ...[false, true].map((shows) => ({
    name: shows ? "a bakery that does not ask who is choosing" : "a bakery",
    ...{ cells: ["choosing", "number", "inside"], count: 2, actors: twice("work") },
    source: bakery(
      shows ? "" : `while (true) { yield "choosing?"; if (world.choosing[1 - me] === 0) break; }`,
    ),
    ...{ never: together, shows },
  })),
  {
    name: "a stack whose top comes back",
    ...{ cells: ["top", "next", "taken"], count: 4, source: stack },
    actors: [["fill"], ["popTwoPushOne"], ["pop"]],
    never: { cells: ["top[0]", "taken[2]"], shows: (top, taken) => top === 2 && taken === 1 },
    shows: true,
  },
  ...[false, true].map((shows) => ({
    name: shows ? "a list whose walkers let go too early" : "a list walked hand over hand",
    ...{ cells: ["lock", "inside"], count: 3, actors: twice("walk"), shows },
    source: list(
      shows
        ? `yield "let go"; world.lock[at] = 0;
           yield "next"; until(world.lock[at + 1] === 0); if (at === 1) world.lock[2] = 1;`
        : `yield "next"; until(world.lock[at + 1] === 0); world.lock[at + 1] = 1;
           yield "let go"; world.lock[at] = 0;`,
    ),
    never: { cells: ["inside[1]"], shows: (one: number) => one > 1 },
  })),
  {
    name: "a loop for ever beside one who goes wrong",
    ...{ cells: ["flag", "bad"], count: 1, never: bad, shows: true },
    source: `export function* spin() { while (true) { yield "spin"; if (world.flag[0] === 1) break; } }
      export function* go() { yield "wrong"; world.bad[0] = 1; yield "right"; world.bad[0] = 0; }`,
    actors: [["spin"], ["spin"], ["go"]],
  },
  {
    name: "two who give way for ever",
    ...{
      cells: ["want", "inside"],
      count: 2,
      actors: twice("work"),
      never: together,
      shows: false,
    },
    source: `export function* work(me) {
      while (true) {
        yield "want"; world.want[me] = 1;
        yield "other?"; if (world.want[1 - me] === 0) break;
        yield "give way"; world.want[me] = 0;
      }
      ${critical}
      yield "done"; world.want[me] = 0;
    }`,
  },
  ...[false, true].map((shows) => ({
    name: shows ? "a sum looked at in between" : "a sum looked at under its lock",
    ...{ cells: ["lock", "part", "bad"], count: 2, never: bad, shows },
    source: `export function* move(me) {
        yield "lock"; until(world.lock[0] === 0); world.lock[0] = 1;
        yield "take"; world.part[0]++; yield "give"; world.part[1]++;
        yield "unlock"; world.lock[0] = 0; }
      export function* look() {
        ${shows ? "" : `yield "lock"; until(world.lock[0] === 0); world.lock[0] = 1;`}
        yield "one"; const one = world.part[0]; yield "other"; if (one > world.part[1]) world.bad[0] = 1;
        ${shows ? "" : `yield "unlock"; world.lock[0] = 0;`} }`,
    actors: [["move", 0], ["move", 1], ["look"]] as const,
  })),
  {
    name: "a cell chosen by what another holds",
    ...{ cells: ["at", "data", "bad"], count: 3, never: bad, shows: true },
    source: `export function* point() { yield "choose"; const n = choose(3); yield "point"; world.at[0] = n; }
      export function* follow(me) { yield "load"; const n = world.at[0]; yield "add"; world.data[n]++;
        yield "look"; if (world.data[2] === 2) world.bad[0] = 1; }`,
    actors: [["point"], ["follow", 0], ["follow", 1]],
  },
  {
    name: "a leader by its number",
    ...{ cells: ["leader", "bad"], count: 1, never: bad, shows: false },
    source: `export function* stand(me) {
      yield "stand"; if (world.leader[0] === 0) world.leader[0] = me + 1;
      yield "look"; const it = world.leader[0];
      yield "again"; if (world.leader[0] !== it) world.bad[0] = 1; }`,
    actors: thrice("stand"),
  },
  {
    name: "an assertion nobody reaches",
    ...{ cells: ["x", "bad"], count: 1, never: bad, shows: false },
    source: `export function* add() { yield "add"; world.x[0] += 2; }
      export function* ask() { while (true) { yield "load"; if (world.x[0] > 3) break; }
        yield "odd?"; if ((world.x[0] & 1) === 1) world.bad[0] = 1; }`,
    actors: [["add"], ["add"], ["add"], ["ask"], ["ask"]],
  },
];
