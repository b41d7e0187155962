/**
 * What `npm run mutation` has found so far, in a file: answers by a hash of all that they rest on (the
 * compiled paths, both tables, what was asked), and the place where a stage was interrupted.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Flip, flipped } from "../src/synth/mutation.ts";

interface Saved {
  readonly answers: Record<string, unknown>;
  readonly stages: Record<string, { readonly of: string; next: number; results: unknown[] }>;
}

export function hashOf(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, 20);
}

const secondsBetweenSaves = 15;

export class FlipCache {
  private readonly path: string;
  private readonly rests: string;
  private readonly saved: Saved;
  private savedAt = Date.now();

  /** `rests`: what every answer rests on besides the two tables. */
  constructor(path: string, rests: string) {
    this.path = path;
    this.rests = rests;
    this.saved = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as Saved)
      : { answers: {}, stages: {} };
  }

  /**
   * One answer for each flip: those known already, and the others found by visiting all `items` in
   * turn. `asked`: what this stage's answers rest on besides.
   */
  stage<Item, Answer>(
    name: string,
    asked: string,
    flips: readonly Flip[],
    items: readonly Item[],
    empty: () => Answer,
    visit: (item: Item, answers: ReadonlyMap<Flip, Answer>) => void,
  ): ReadonlyMap<Flip, Answer> {
    const { answers, stages } = this.saved;
    const keyOf = (flip: Flip): string =>
      hashOf(this.rests, name, asked, flip.kernel.table.join(), flipped(flip).table.join());
    const keys = new Map(flips.map((flip) => [flip, keyOf(flip)]));
    const open = flips.filter((flip) => answers[keys.get(flip)!] === undefined);
    const of = hashOf(...open.map((flip) => keys.get(flip)!));
    const known = stages[name]?.of === of ? stages[name] : undefined;
    const found = new Map(
      open.map((flip, at) => [flip, (known?.results[at] as Answer | undefined) ?? empty()]),
    );
    const stage = { of, next: known?.next ?? 0, results: [...found.values()] };
    stages[name] = stage;
    process.stderr.write(`${name}: ${open.length} of ${flips.length} flips to ask\n`);
    for (; open.length > 0 && stage.next < items.length; stage.next++) {
      visit(items[stage.next]!, found);
      this.saveNowAndThen(`${name}: ${stage.next + 1} of ${items.length}`);
    }
    for (const [flip, answer] of found) answers[keys.get(flip)!] = answer;
    delete stages[name];
    this.save();
    return new Map(flips.map((flip) => [flip, answers[keys.get(flip)!] as Answer]));
  }

  private saveNowAndThen(message: string): void {
    if (Date.now() - this.savedAt < secondsBetweenSaves * 1000) return;
    process.stderr.write(`${message}\n`);
    this.save();
  }

  private save(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, JSON.stringify(this.saved));
    this.savedAt = Date.now();
  }
}
