/**
 * MADV_PAGEOUT: the caller offers its own pages to reclaim, and only those that nobody else maps.
 * Compare mm/madvise.c:madvise_cold_or_pageout_pte_range().
 *
 * A compound page of which only a part is offered is taken apart. Until v6.8 each part's own mapcount said
 * whether it is shared, and the first compound page that cannot be taken apart ended the advice; from v6.10
 * the whole folio's count says so, and one that is offered as a whole stays whole.
 */
import type { Path } from "../step/index.ts";
import { mmap_read_lock, mmap_read_unlock } from "./locks.ts";
import { lru_add_drain } from "./lru.ts";
import { mapped_by_several_mms } from "./mm-ids.ts";
import { folio, folio_mapcount, is_large, page_mapcount } from "./page.ts";
import { HPAGE_PMD_NR, pmd_mapped, translate } from "./pmd.ts";
import { pte_frame, pte_present, pte_special } from "./pte.ts";
import { MAY_WRITEPAGE, maps_whole_folio, reclaim_page } from "./reclaim.ts";
import { anon_frame } from "./rmap.ts";
import { EINVAL, ENOMEM, kernel, page, process, slot, vma } from "./state.ts";
import { return_to_user } from "./syscall.ts";
import { VM_HUGETLB } from "./vma.ts";

export function* madvise_pageout(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  if (kernel.advice.pageout === "none" || (vma.flags[slot(m, at)] & VM_HUGETLB) !== 0) {
    yield* return_to_user(into, EINVAL);
    return;
  }
  yield* mmap_read_lock(m);
  let result = 0;
  let whole = 0;
  for (let i = 0; i < count; i++) {
    yield "read the entry";
    const entry = translate(m, at + i);
    if (vma.flags[slot(m, at + i)] === 0) result = ENOMEM;
    const large = pte_present(entry) && !pte_special(entry) && is_large(pte_frame(entry)) ? 1 : 0;
    const single = pmd_mapped(m, at + i) ? 1 : 0;
    if (large && i === 0 && offered_as_one(m, at, count, entry)) whole = 1;
    const skip = whole ? 0 : left_to_others(m, at + i, entry) ? 1 : 0;
    if (skip && (single || (large && !kernel.advice.freesWhole))) break;
    if (!skip) {
      if (anon_frame(entry) !== 0) yield* lru_add_drain(anon_frame(entry));
      yield* reclaim_page(m, at + i, large && !whole ? 1 : 0, MAY_WRITEPAGE);
      if (large && !whole && gives_up_on(translate(m, at + i))) break;
    }
  }
  yield* mmap_read_unlock(m);
  yield* return_to_user(into, result);
}

/** Whether all of a compound page goes to reclaim as one page, whoever may have come to map a part of it. */
export function offered_as_one(m: number, at: number, count: number, entry: number): boolean {
  const frame = pte_frame(entry);
  if (pmd_mapped(m, at)) return count === HPAGE_PMD_NR && !left_to_others(m, at, entry);
  if (!kernel.advice.freesWhole || !maps_whole_folio(m, at, count, frame)) return false;
  return folio_mapcount(frame) === HPAGE_PMD_NR;
}

/** Whether a page stays because somebody else maps it, too. A PMD's is judged by its first part. */
export function left_to_others(m: number, at: number, entry: number): boolean {
  if (kernel.advice.pageout === "any" || !pte_present(entry) || pte_special(entry)) return false;
  const frame = pte_frame(entry);
  return folio_looks_shared(pmd_mapped(m, at) ? folio(frame) : frame);
}

/** The first compound page that stays whole ends the advice on older kernels. */
export function gives_up_on(entry: number): boolean {
  if (kernel.advice.freesWhole || kernel.advice.pageout === "any") return false;
  return pte_present(entry) && !pte_special(entry) && is_large(pte_frame(entry));
}

/** What MADV_PAGEOUT takes for "others map it, too". */
export function folio_looks_shared(frame: number): boolean {
  if (!is_large(frame) || kernel.advice.sharedFolio === "part") return page_mapcount(frame) !== 1;
  if (kernel.advice.sharedFolio === "head") return page_mapcount(folio(frame)) !== 1;
  if (folio_mapcount(frame) <= 1) return false;
  if (kernel.advice.sharedFolio === "mm-ids") return mapped_by_several_mms(frame);
  return folio_likely_mapped_shared(frame);
}

/** A guess by the whole folio's mappings. Compare include/linux/mm.h. */
export function folio_likely_mapped_shared(frame: number): boolean {
  const head = folio(frame);
  if (page.entire_map[head] > 0 || folio_mapcount(frame) > HPAGE_PMD_NR) return true;
  return page.map[head] > 1;
}
