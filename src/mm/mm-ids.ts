/**
 * Who maps a large folio, as the kernel tells it since it keeps no mapcount for each part: the folio has
 * room for the ids of two mms, each with the number of its mappings, and a mark "mapped by more than one
 * mm". A third mm finds no room and is only part of the total; when the first two are gone the mark stays,
 * although nobody else is left.
 * Compare include/linux/rmap.h:folio_add_return_large_mapcount(), folio_sub_return_large_mapcount(),
 * include/linux/mm.h:folio_maybe_mapped_shared().
 *
 * All of it changes under the folio's own lock together with its mapcount: no step of its own here.
 * Not hugetlb, whose pages are never mapped in part.
 */
import { folio, folio_mapcount, is_large, PG_HUGETLB } from "./page.ts";
import { HPAGE_PMD_ORDER } from "./pmd.ts";
import { kernel, large_folio, page, system } from "./state.ts";

/** A slot: the mm's number plus 1 (0: nobody's) below, the number of its mappings above. */
const SLOT_BITS = 7;
const SLOT_MASK = 0x7f;
const COUNT_SHIFT = 4;
const OWNER_MASK = 0xf;
/** So many mms have an id. */
export const MM_IDS = OWNER_MASK - 1;
export const MM_IDS_SHARED = 0x4000;

/** The first or (`k` 1) second slot of a folio's word. */
export function mm_id_slot(ids: number, k: number): number {
  return k === 0 ? ids & SLOT_MASK : (ids >> SLOT_BITS) & SLOT_MASK;
}

/** The mm that a slot is for; -1 for a free one. */
export function slot_owner(id_slot: number): number {
  return (id_slot & OWNER_MASK) - 1;
}

export function slot_count(id_slot: number): number {
  return id_slot >> COUNT_SHIFT;
}

/** A word whose first slot says that mm `m` has `count` mappings. */
export function mm_ids_of(m: number, count: number): number {
  return (m + 1) | (count << COUNT_SHIFT);
}

/** The number of the compound page that `frame` is part of. */
export function folio_number(frame: number): number {
  return (folio(frame) - system.hugeFrames[0]) >> HPAGE_PMD_ORDER;
}

function keeps_mm_ids(frame: number): boolean {
  if (!is_large(frame) || (page.flags[folio(frame)] & PG_HUGETLB) !== 0) return false;
  return kernel.thp.largeReuse === "mm-ids";
}

/** Mm `m` has `diff` mappings more of the folio, which are counted already. */
export function folio_add_large_mapcount(m: number, frame: number, diff: number): void {
  if (!keeps_mm_ids(frame)) return;
  const ids = large_folio.mm_ids[folio_number(frame)];
  const first = mm_id_slot(ids, 0);
  const second = mm_id_slot(ids, 1);
  const more = diff << COUNT_SHIFT;
  let after = ids;
  if (slot_owner(first) === m) after = ids + more;
  else if (slot_owner(second) === m) after = ids + (more << SLOT_BITS);
  else if (first === 0) {
    after = ids | mm_ids_of(m, diff);
    if (folio_mapcount(frame) !== diff) after |= MM_IDS_SHARED;
  } else if (second === 0) after = ids | (mm_ids_of(m, diff) << SLOT_BITS) | MM_IDS_SHARED;
  large_folio.mm_ids[folio_number(frame)] = after;
}

/** Mm `m` has `diff` mappings less of the folio; they are not counted any more. */
export function folio_sub_large_mapcount(m: number, frame: number, diff: number): void {
  if (!keeps_mm_ids(frame)) return;
  const ids = large_folio.mm_ids[folio_number(frame)];
  let first = mm_id_slot(ids, 0);
  let second = mm_id_slot(ids, 1);
  let shared = ids & MM_IDS_SHARED;
  let kept = 0;
  if (slot_owner(first) === m) {
    first = slot_minus(first, diff);
    kept = first;
  } else if (slot_owner(second) === m) {
    second = slot_minus(second, diff);
    kept = second;
  }
  const total = folio_mapcount(frame);
  // An mm that keeps its slot is not asked whether it is alone: it may be, and the mark stays.
  const alone = slot_count(first) === total || slot_count(second) === total;
  if (kept === 0 && alone) shared = 0;
  large_folio.mm_ids[folio_number(frame)] = first | (second << SLOT_BITS) | shared;
}

/** A slot with `diff` mappings less; free when none is left, or fewer than were ever counted in it. */
function slot_minus(ids: number, diff: number): number {
  return slot_count(ids) > diff ? ids - (diff << COUNT_SHIFT) : 0;
}

/** The compound page is none any more. */
export function forget_mm_ids(frame: number): void {
  if (keeps_mm_ids(frame)) large_folio.mm_ids[folio_number(frame)] = 0;
}

/** Whether another mm may map the folio; the mark errs towards "yes" only. */
export function mapped_by_several_mms(frame: number): boolean {
  return (large_folio.mm_ids[folio_number(frame)] & MM_IDS_SHARED) !== 0;
}
