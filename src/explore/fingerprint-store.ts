/**
 * Visited states remembered by 64 bits each; whole rows only while they wait to be looked into. Two
 * states with one fingerprint are taken for one, so a search that uses this is not exact: it may
 * leave a state out, with a chance that `missedChance` bounds. Rows can be read once, in order.
 */
import { hashWords, StateStore } from "./store.ts";

const segmentRows = 1 << 12;

export class FingerprintStore {
  readonly words: number;
  private readonly seen = new StateStore(2);
  private readonly fingerprint = new Uint32Array(2);
  /** Rows that wait, `segmentRows` to a segment; segments that were read are gone. */
  private readonly waiting = new Map<number, Uint32Array>();

  constructor(words: number) {
    this.words = words;
  }

  get size(): number {
    return this.seen.size;
  }

  get bytes(): number {
    return this.seen.bytes + this.waiting.size * segmentRows * this.words * 4;
  }

  insert(rows: Uint32Array, from: number, hash: number): number {
    this.fingerprint[0] = hash;
    this.fingerprint[1] = otherHash(rows, from, this.words);
    const number = this.seen.insert(this.fingerprint, 0, hash);
    if (number < 0) return number;
    const at = (number % segmentRows) * this.words;
    let segment = this.waiting.get(Math.floor(number / segmentRows));
    if (segment === undefined) {
      segment = new Uint32Array(segmentRows * this.words);
      this.waiting.set(Math.floor(number / segmentRows), segment);
    }
    for (let i = 0; i < this.words; i++) segment[at + i] = rows[from + i]!;
    return number;
  }

  add(row: Uint32Array): number {
    return this.insert(row, 0, hashWords(row, 0, this.words));
  }

  touch(hashes: Int32Array, count: number): void {
    this.seen.touch(hashes, count);
  }

  read(number: number, row: Uint32Array): void {
    this.readAt(number, row, 0);
  }

  readAt(number: number, row: Uint32Array, at: number): void {
    const index = Math.floor(number / segmentRows);
    const segment = this.waiting.get(index);
    if (segment === undefined) throw new Error("assert: a row behind a fingerprint is read once");
    const from = (number % segmentRows) * this.words;
    for (let i = 0; i < this.words; i++) row[at + i] = segment[from + i]!;
    if (number % segmentRows === segmentRows - 1) this.waiting.delete(index);
  }
}

/** A bound on the chance that among `states` states two share a fingerprint, were the hashes ideal. */
export function missedChance(states: number): number {
  return ((states / 2 ** 32) * (states / 2 ** 32)) / 2;
}

/** A mix of its own, so that it and the table's hash are one fingerprint of 64 bits. */
function otherHash(rows: Uint32Array, from: number, words: number): number {
  let low = 0x2545f491 | 0;
  let high = 0x165667b1 | 0;
  for (let i = from; i < from + words; i++) {
    low = Math.imul((low ^ rows[i]!) | 0, 0x9e3779b1);
    high = Math.imul((high << 13) | (high >>> 19), 5) + (low ^ (low >>> 15));
  }
  high = Math.imul(high ^ (high >>> 16), 0x7feb352d);
  high = Math.imul(high ^ (high >>> 15), 0x846ca68b);
  return high ^ (high >>> 16);
}
