/**
 * How a search makes and stores successors. Two ways with the same answers: rows stored whole, and
 * rows stored as the numbers of their pieces. A step changes little, so most pieces of a successor
 * are its parent's: only the others are looked up. That pays once rows are long.
 */
import type { Model, Row } from "../step/index.ts";
import { hashWords, StateStore } from "./store.ts";
import { type PiecesWritten, piecesWritten } from "./written-cells.ts";

/** A row with its view as words. */
export interface WordRow {
  readonly row: Row;
  readonly words: Uint32Array;
}

/** A row of the model's width with its view as words. */
export function newRow(width: number, cell: "u8" | "u16"): WordRow {
  return rowOf(new Uint32Array(wordsOfRow(width, cell)), cell);
}

/** Rows are short: a loop is quicker than a call of `set`. */
export function copyWords(from: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i]!;
}

const bytesOf = (cell: "u8" | "u16"): number => (cell === "u8" ? 1 : 2);

function rowOf(words: Uint32Array, cell: "u8" | "u16", wordsOfRow = words.length): WordRow {
  const { buffer, byteOffset } = words;
  const cells = (wordsOfRow * 4) / bytesOf(cell);
  const row =
    cell === "u8"
      ? new Uint8Array(buffer as ArrayBuffer, byteOffset, cells)
      : new Uint16Array(buffer as ArrayBuffer, byteOffset, cells);
  return { row, words };
}

/** How many successors are made before they are looked up together. */
export const batch = 64;

/** The states found, and the successors of one of them in the making. */
export interface Successors {
  /** The state loaded last. */
  readonly at: Row;
  readonly size: number;
  readonly bytes: number;
  /** Stores a whole row: its number if it is new, else a negative one. */
  begin(first: Row): number;
  /** Loads a state; its successors are made from it. */
  load(state: number): void;
  /** A row that equals `at`, to step on. `take` or `drop` it before asking for another. */
  next(): Row;
  /** Notes the row that `next` gave, and step number `step` changed, as number `slot` of the batch. */
  take(slot: number, step: number): void;
  drop(step: number): void;
  /** Says that the first `count` of the batch will be stored. */
  expect(count: number): void;
  /** Stores a successor of the batch: its number if it is new, else a negative one. */
  store(slot: number): number;
  /** The row of a successor that was just stored as `state`. */
  stored(slot: number, state: number): Row;
}

/** What successors need of a store: a thread's own, or its part of a shared one. */
export type Store = Pick<
  StateStore,
  "size" | "bytes" | "insert" | "add" | "touch" | "read" | "readAt"
>;

/** Rows of more words than this are stored in pieces. */
const wholeWordsMax = 40;
const pieceWords = 16;
/** No piece's number: nothing stands there yet. */
const noPiece = 0xffffffff;

const wordsOfRow = (width: number, cell: "u8" | "u16") => Math.ceil((width * bytesOf(cell)) / 4);

/** The stores that `successorsOf` asks for, states first: the words of each. */
export function wordsOf(width: number, cell: "u8" | "u16"): readonly number[] {
  const words = wordsOfRow(width, cell);
  return words > wholeWordsMax ? [Math.ceil(words / pieceWords), pieceWords] : [words];
}

export function successorsOf(
  model: Pick<Model, "machine" | "layout">,
  cell: "u8" | "u16",
  makeStore: (words: number) => Store = (words) => new StateStore(words),
): Successors {
  const { width } = model.layout;
  const [states, pieces] = wordsOf(width, cell).map(makeStore) as [Store, Store?];
  const words = wordsOfRow(width, cell);
  if (pieces === undefined) return new Whole(words, cell, states);
  const written = piecesWritten(model, (pieceWords * 4) / bytesOf(cell));
  return new InPieces(words, cell, { states, pieces }, written);
}

class Whole implements Successors {
  readonly at: Row;
  private readonly from: Uint32Array;
  private readonly states: Store;
  private readonly words: Uint32Array;
  private readonly rows: readonly Row[];
  private readonly hashes = new Int32Array(batch);
  private free = 0;

  constructor(size: number, cell: "u8" | "u16", states: Store) {
    const at = rowOf(new Uint32Array(size), cell);
    this.at = at.row;
    this.from = at.words;
    this.states = states;
    this.words = new Uint32Array(size * batch);
    this.rows = Array.from(
      { length: batch },
      (_, i) => rowOf(this.words.subarray(i * size, (i + 1) * size), cell).row,
    );
  }

  get size(): number {
    return this.states.size;
  }

  get bytes(): number {
    return this.states.bytes;
  }

  begin(first: Row): number {
    this.at.set(first);
    return this.states.add(this.from);
  }

  load(state: number): void {
    this.states.read(state, this.from);
  }

  next(): Row {
    const { words, from, free } = this;
    const size = from.length;
    for (let i = 0, to = free * size; i < size; i++) words[to + i] = from[i]!;
    return this.rows[free]!;
  }

  take(slot: number): void {
    const size = this.from.length;
    this.hashes[slot] = hashWords(this.words, slot * size, size);
    this.free = slot + 1 === batch ? 0 : slot + 1;
  }

  drop(): void {}

  expect(count: number): void {
    this.free = 0;
    this.states.touch(this.hashes, count);
  }

  store(slot: number): number {
    return this.states.insert(this.words, slot * this.from.length, this.hashes[slot]!);
  }

  stored(slot: number): Row {
    return this.rows[slot]!;
  }
}

class InPieces implements Successors {
  readonly at: Row;
  private readonly from: Uint32Array;
  private readonly moved: WordRow;
  private readonly seen: WordRow;
  /** The contents that pieces have had, wherever they stood. */
  private readonly pieces: Store;
  /** A state: the numbers of its pieces. */
  private readonly states: Store;
  private readonly fromPieces: Uint32Array;
  private readonly loaded: Uint32Array;
  /** The numbers of the pieces that stand in `seen`. */
  private readonly seenPieces: Uint32Array;
  private readonly pending: Uint32Array;
  private readonly hashes = new Int32Array(batch);
  private readonly piecesOf: PiecesWritten;

  constructor(
    size: number,
    cell: "u8" | "u16",
    { states, pieces }: { readonly states: Store; readonly pieces: Store },
    piecesOf: PiecesWritten,
  ) {
    const count = Math.ceil(size / pieceWords);
    const fresh = () => rowOf(new Uint32Array(count * pieceWords), cell, size);
    const at = fresh();
    this.at = at.row;
    this.from = at.words;
    this.moved = fresh();
    this.seen = fresh();
    this.states = states;
    this.pieces = pieces;
    this.piecesOf = piecesOf;
    this.fromPieces = new Uint32Array(count).fill(noPiece);
    this.loaded = new Uint32Array(count);
    this.seenPieces = new Uint32Array(count).fill(noPiece);
    this.pending = new Uint32Array(count * batch);
  }

  get size(): number {
    return this.states.size;
  }

  get bytes(): number {
    return this.states.bytes + this.pieces.bytes;
  }

  begin(first: Row): number {
    this.at.set(first);
    const { from, fromPieces, pieces, seenPieces, moved, seen } = this;
    for (let p = 0; p < fromPieces.length; p++) fromPieces[p] = numberOf(pieces, from, p);
    seenPieces.set(fromPieces);
    for (const { words } of [moved, seen]) words.set(from);
    return this.states.add(fromPieces);
  }

  load(state: number): void {
    const { from, fromPieces, loaded, moved, pieces } = this;
    this.states.read(state, loaded);
    for (let p = 0; p < loaded.length; p++) {
      const number = loaded[p]!;
      if (number === fromPieces[p]) continue;
      fromPieces[p] = number;
      pieces.readAt(number, from, p * pieceWords);
      restorePiece(moved.words, from, p);
    }
  }

  next(): Row {
    return this.moved.row;
  }

  take(slot: number, step: number): void {
    const { from, fromPieces, pending, pieces } = this;
    const { words } = this.moved;
    const count = fromPieces.length;
    const to = slot * count;
    for (let p = 0; p < count; p++) pending[to + p] = fromPieces[p]!;
    const written = this.piecesOf(step);
    for (let w = 0; w < written.length; w++) {
      const p = written[w]!;
      const end = (p + 1) * pieceWords;
      let i = p * pieceWords;
      while (i < end && words[i] === from[i]) i++;
      if (i === end) continue;
      pending[to + p] = numberOf(pieces, words, p);
      for (; i < end; i++) words[i] = from[i]!;
    }
    this.hashes[slot] = hashWords(pending, to, count);
  }

  drop(step: number): void {
    for (const p of this.piecesOf(step)) restorePiece(this.moved.words, this.from, p);
  }

  expect(count: number): void {
    this.states.touch(this.hashes, count);
  }

  store(slot: number): number {
    return this.states.insert(this.pending, slot * this.fromPieces.length, this.hashes[slot]!);
  }

  stored(slot: number): Row {
    const { pending, seenPieces, seen, pieces } = this;
    const count = seenPieces.length;
    for (let p = 0, at = slot * count; p < count; p++, at++) {
      const number = pending[at]!;
      if (number === seenPieces[p]) continue;
      seenPieces[p] = number;
      pieces.readAt(number, seen.words, p * pieceWords);
    }
    return seen.row;
  }
}

function restorePiece(words: Uint32Array, from: Uint32Array, piece: number): void {
  const end = (piece + 1) * pieceWords;
  for (let i = piece * pieceWords; i < end; i++) words[i] = from[i]!;
}

/** The number of what stands at piece `p` of `words`. */
function numberOf(pieces: Store, words: Uint32Array, p: number): number {
  const at = p * pieceWords;
  const number = pieces.insert(words, at, hashWords(words, at, pieceWords));
  return number < 0 ? ~number : number;
}
