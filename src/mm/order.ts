/**
 * Weak memory order, as named reorderings: each lets one step of a path become visible only after a
 * later one. None happens under sequential consistency, which every search assumes unless it is
 * told otherwise; what each is, who has it and what closes it stands in reorderings.ts.
 *
 * A path asks `may_reorder` at the place where the earlier of the two steps stands. Only where that
 * says yes is there a step more: the choice that the CPU makes.
 */
import { choose, type Path } from "../step/index.ts";
import { PROTECT_AFTER_PIN_TEST } from "./order-bits.ts";
import { kernel, system } from "./state.ts";

/** Whether this search lets the CPU make the reordering; no barrier of the kernel stands against it. */
export function may_reorder(reordering: number): boolean {
  if (reordering !== PROTECT_AFTER_PIN_TEST && kernel.order.exclusive) return false;
  return (system.reorderings[0] & reordering) !== 0;
}

export function* protection_waits(): Path<number> {
  yield "weak order: the write-protection may wait until the pin test has read";
  let waits = 0;
  waits = choose(2);
  return waits;
}

export function* clearing_waits(): Path<number> {
  yield "weak order: the clearing of the PTE may wait until the pin test has read";
  let waits = 0;
  waits = choose(2);
  return waits;
}

export function* pin_waits(): Path<number> {
  yield "weak order: the pin's count may wait until the PTE is read again";
  let waits = 0;
  waits = choose(2);
  return waits;
}

export function* exclusive_read_hurries(): Path<number> {
  yield "weak order: PageAnonExclusive may be read before the PTE is read again";
  let hurries = 0;
  hurries = choose(2);
  return hurries;
}

export function* unexclusive_waits(): Path<number> {
  yield "weak order: the clearing of PageAnonExclusive may wait until the PTE is set";
  let waits = 0;
  waits = choose(2);
  return waits;
}
