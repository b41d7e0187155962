/**
 * GUP-fast: a page of the current mm without any lock, by reading the entry, taking the reference,
 * and reading the entry again. Compare mm/gup.c:lockless_pages_from_mm(), gup_pte_range().
 *
 * What protects it: page tables are not freed while interrupts are off; the second read notices a
 * changed entry; where the kernel has write_protect_seq, a fork that began meanwhile is noticed by
 * the sequence count. Whatever is in doubt goes to the slow path.
 * Not modelled: IRQ state.
 */
import type { Path } from "../step/index.ts";
import {
  add_pin_count,
  COUNT_TO_COME,
  FOLL_LONGTERM,
  FOLL_PIN,
  FOLL_WRITE,
  GUP_FAST_FAILED,
  grab_reference,
  kind_of,
  longterm_pin_of_file,
  page_exclusive,
  ungrab,
} from "./grab.ts";
import { exclusive_read_hurries, may_reorder, pin_waits } from "./order.ts";
import { EXCLUSIVE_BEFORE_RECHECK, PIN_AFTER_RECHECK } from "./order-bits.ts";
import { page_anon, page_count } from "./page.ts";
import { entry_of_pmd, PMD_COLLAPSING, pmd_slot } from "./pmd.ts";
import { pte_accessible, pte_frame, pte_present, pte_special, pte_write } from "./pte.ts";
import { address, kernel, mm, pin, pmd, pte, slot, vma } from "./state.ts";

/**
 * Pages at .. at+count-1 as far as they can be had without a lock: how many were taken; their frames
 * are written down as pins first, first+1 ..., for the caller to hold. A fork that was at work at any
 * time between costs all of them. Compare mm/gup.c:lockless_pages_from_mm().
 */
export function* lockless_pages_from_mm(
  m: number,
  at: number,
  count: number,
  first: number,
  flags: number,
): Path<number> {
  const checks = (flags & FOLL_PIN) !== 0 && kernel.gup.checksSequence ? 1 : 0;
  let sequence = 0;
  if (checks) {
    yield "read write_protect_seq";
    sequence = mm.write_protect_seq[m];
    if ((sequence & 1) !== 0) return 0;
  }
  let taken = 0;
  while (taken < count) {
    const frame = yield* gup_pte_range(m, at + taken, flags);
    if (frame === GUP_FAST_FAILED) break;
    pin.frame[first + taken] = frame;
    taken++;
  }
  if (!checks || taken === 0) return taken;
  yield "read write_protect_seq again";
  if (mm.write_protect_seq[m] === sequence) return taken;
  for (let i = 0; i < taken; i++) {
    yield* ungrab(pin.frame[first + i], kind_of(flags));
    pin.frame[first + i] = 0;
  }
  return 0;
}

/** One page for a moment: the frame, or GUP_FAST_FAILED with nothing taken. */
export function* get_user_pages_fast(m: number, at: number, flags: number): Path<number> {
  return yield* gup_pte_range(m, at, flags & ~FOLL_PIN);
}

/** One entry, of either level: what maps the page is read, grabbed, and read again. */
export function* gup_pte_range(m: number, at: number, flags: number): Path<number> {
  let table = 0;
  if (address.huge[at]) {
    yield "read the PMD without a lock";
    table = pmd.word[pmd_slot(m, at)];
    if (table === PMD_COLLAPSING) return GUP_FAST_FAILED;
  }
  let entry = entry_of_pmd(table, at);
  if (!pte_present(table)) {
    yield "read the PTE without a lock";
    entry = pte.word[slot(m, at)];
  }
  const write = (flags & FOLL_WRITE) !== 0 || kernel.gup.readForcesCow;
  if (!pte_accessible(entry) || pte_special(entry) || (write && !pte_write(entry)))
    return GUP_FAST_FAILED;
  if (kernel.gup.refusesFileLongterm && longterm_pin_of_file(vma.flags[slot(m, at)], flags))
    return GUP_FAST_FAILED;
  const frame = pte_frame(entry);
  yield "read ref: is the page still in use";
  if (page_count(frame) === 0) return GUP_FAST_FAILED;
  const reads = write || pte_write(entry) ? 0 : 1;
  return yield* grab_and_recheck(m, at, table, entry, flags, reads);
}

/**
 * The reference or pin, and what must still hold after it. `reads`: the entry is followed for
 * reading and gives no write permission, so that the page may be shared.
 */
export function* grab_and_recheck(
  m: number,
  at: number,
  table: number,
  entry: number,
  flags: number,
  reads: number,
): Path<number> {
  const frame = pte_frame(entry);
  const grabbed = yield* grab_reference(frame, flags);
  if (grabbed === 0) return GUP_FAST_FAILED;
  let waits = 0;
  if (grabbed === COUNT_TO_COME) {
    if (may_reorder(PIN_AFTER_RECHECK)) waits = yield* pin_waits();
    if (!waits) yield* add_pin_count(frame);
  }
  const marks = reads && (flags & FOLL_PIN) !== 0 && kernel.gup.unshare !== "never" ? 1 : 0;
  let shared = NOT_LOOKED_AT;
  if (marks && may_reorder(EXCLUSIVE_BEFORE_RECHECK))
    shared = yield* look_before_recheck(m, at, frame, flags);
  yield "read the PTE again";
  let same = entry_is(m, at, table, entry) ? 1 : 0;
  if (waits) yield* add_pin_count(frame);
  if (same && address.huge[at] && kernel.gup.rechecksPmd) {
    yield "read the PMD again";
    same = pmd.word[pmd_slot(m, at)] === table ? 1 : 0;
  }
  if (!same) {
    yield* ungrab(frame, kind_of(flags));
    return GUP_FAST_FAILED;
  }
  if (marks && shared === NOT_LOOKED_AT) {
    yield "read PageAnonExclusive";
    shared = fast_must_unshare(m, at, frame, flags) ? 1 : 0;
  }
  if (marks && shared) {
    yield* ungrab(frame, kind_of(flags));
    return GUP_FAST_FAILED;
  }
  return frame;
}

/** PageAnonExclusive is read after the entry, as the source has it. */
const NOT_LOOKED_AT = 2;

/** Weak order: whether the page must be unshared, as it is before the entry is read again. */
export function* look_before_recheck(
  m: number,
  at: number,
  frame: number,
  flags: number,
): Path<number> {
  const hurries = yield* exclusive_read_hurries();
  if (!hurries) return NOT_LOOKED_AT;
  yield "read PageAnonExclusive";
  return fast_must_unshare(m, at, frame, flags) ? 1 : 0;
}

/** Whether the entry that was followed, a PMD's or one of the table below, still stands. */
export function entry_is(m: number, at: number, table: number, entry: number): boolean {
  if (pte_present(table)) return pmd.word[pmd_slot(m, at)] === table;
  return pte.word[slot(m, at)] === entry;
}

/** As gup_must_unshare, without a VMA to ask: what is not anonymous is left to the slow path. */
export function fast_must_unshare(m: number, at: number, frame: number, flags: number): boolean {
  if (page_anon(frame)) return !page_exclusive(m, at, frame);
  return kernel.gup.unshare === "anon-and-longterm" && (flags & FOLL_LONGTERM) !== 0;
}
