/**
 * Slots of an actor's local state that have too many numbers at a step to tell states apart by them.
 * What they may hold there is known all the same, for each statement of its own.
 */
const numbersMax = 160;
const statementsMax = 1 << 12;

export class WideSlots {
  private readonly flags = new Map<number, Uint8Array>();
  /** By step and statement: per slot its numbers, "any" once there are too many. */
  private readonly numbers = new Map<number, (Set<number> | "any" | undefined)[]>();
  private readonly slots: number;

  constructor(slots: number) {
    this.slots = slots;
  }

  isWide(step: number, slot: number): boolean {
    return this.flags.get(step)?.[slot] === 1;
  }

  /** The slots of a step, 1 for a wide one; undefined when it has none. */
  at(step: number): Uint8Array | undefined {
    return this.flags.get(step);
  }

  widen(step: number, slot: number): void {
    const flags = this.flags.get(step) ?? new Uint8Array(this.slots);
    this.flags.set(step, flags);
    flags[slot] = 1;
  }

  /** Notes numbers, undefined for any. Whether the slot may hold more than before. */
  add(
    step: number,
    statement: number,
    slot: number,
    numbers: readonly number[] | undefined,
  ): boolean {
    const place = step * statementsMax + statement;
    const slots = this.numbers.get(place) ?? [];
    this.numbers.set(place, slots);
    const known = slots[slot] ?? new Set<number>();
    if (known === "any") return false;
    const before = slots[slot] === undefined ? -1 : known.size;
    for (const number of numbers ?? []) known.add(number);
    slots[slot] = numbers === undefined || known.size > numbersMax ? "any" : known;
    return slots[slot] === "any" || known.size !== before;
  }

  /** What a wide slot may hold, or undefined for any number. */
  numbersOf(step: number, statement: number, slot: number): readonly number[] | undefined {
    const known = this.numbers.get(step * statementsMax + statement)?.[slot];
    return known === undefined || known === "any" ? undefined : [...known];
  }
}
