/**
 * Entries that go away: munmap, MADV_DONTNEED, the end of an mm.
 * Compare mm/memory.c:zap_pte_range(), mm/mmap.c:do_munmap(), exit_mmap().
 * The page itself lives on while anybody holds a reference; a pin then refers to a page that no
 * table has, which is what the caller asked for.
 */
import { type Path, until } from "../step/index.ts";
import { split_huge_pmd } from "./huge-memory.ts";
import { give_up_reserve, restore_reserve, restores_reserve } from "./hugetlb-pool.ts";
import {
  mmap_read_lock,
  mmap_read_unlock,
  mmap_write_lock,
  mmap_write_unlock,
  pte_lock,
  pte_unlock,
} from "./locks.ts";
import { folio_sub_large_mapcount } from "./mm-ids.ts";
import { PG_DIRTY, page_anon, put_refs } from "./page.ts";
import { HPAGE_PMD_NR, HUGE_THP, HUGE_TLB, PMD_TABLE, pmd_mapped, pmd_slot } from "./pmd.ts";
import { pte_dirty, pte_frame, pte_none, pte_present, pte_special } from "./pte.ts";
import {
  address,
  EINVAL,
  ENOMEM,
  kernel,
  mm,
  page,
  pmd,
  process,
  pte,
  slot,
  system,
  vma,
} from "./state.ts";
import { free_page_and_swap_cache, free_swap_and_cache } from "./swap.ts";
import { cuts_hugetlb_page, return_to_user } from "./syscall.ts";
import { flush_tlb_mm, flush_tlb_page, flush_tlb_pmd } from "./tlb.ts";
import { keep_marker } from "./uffd-marker.ts";
import { split_vma, VM_HUGETLB } from "./vma.ts";
import { vma_start_write } from "./vma-lock.ts";

/** Unmapping what is not mapped is no error; a part of a hugetlb page cannot go alone. */
export function* munmap(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  yield* mmap_write_lock(m);
  let error = cuts_hugetlb_page(at, count) && vma.flags[slot(m, at)] !== 0 ? EINVAL : 0;
  if (error === 0) {
    const splits = yield* split_vma(at, count);
    if (!splits) error = ENOMEM;
  }
  if (error === 0) yield* unmap_region(m, at, count);
  yield* mmap_write_unlock(m);
  yield* return_to_user(into, error);
}

/** The VMAs of a range go, and what they map. Precondition: mmap_lock held for writing. */
export function* unmap_region(m: number, at: number, count: number): Path {
  for (let i = 0; i < count; i++) {
    yield* vma_start_write(m, at + i);
    if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at + i);
    yield "remove the VMA";
    if (address.huge[at + i] === HUGE_TLB) give_up_reserve(m, at + i);
    vma.flags[slot(m, at + i)] = 0;
    vma.anon_vma[slot(m, at + i)] = 0;
    yield* zap_pte_range(m, at + i);
  }
}

/**
 * MADV_DONTNEED. Before v5.18 it is refused for hugetlb, whose pages then stay; later of a part that is not
 * the first, too. A hole in the range is an error in the end, and no obstacle.
 */
export function* madvise_dontneed(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  if (dontneed_refused(vma.flags[slot(m, at)], at)) {
    yield* return_to_user(into, EINVAL);
    return;
  }
  yield* mmap_read_lock(m);
  let result = 0;
  const advised = rounded_to_hugetlb(m, at, count);
  for (let i = 0; i < advised; i++) {
    yield "find the VMA";
    if (vma.flags[slot(m, at + i)] === 0) result = ENOMEM;
    else {
      if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at + i);
      yield* zap_pte_range(m, at + i);
    }
  }
  if (kernel.advice.dontneedFreesTable && count === HPAGE_PMD_NR && address.huge[at] === HUGE_THP)
    yield* free_empty_table(m, at);
  yield* mmap_read_unlock(m);
  yield* return_to_user(into, result);
}

/** The page table of a range of which nothing is left. Compare mm/memory.c:zap_pte_table_if_empty(). */
export function* free_empty_table(m: number, at: number): Path {
  yield* pte_lock(m);
  yield "free the page table, if it is empty";
  let empty = pmd.word[pmd_slot(m, at)] === PMD_TABLE;
  for (let i = 0; i < HPAGE_PMD_NR; i++) if (!pte_none(pte.word[slot(m, at + i)])) empty = false;
  if (empty) pmd.word[pmd_slot(m, at)] = 0;
  yield* pte_unlock(m);
}

export function dontneed_refused(vm: number, at: number): boolean {
  if ((vm & VM_HUGETLB) === 0) return false;
  return kernel.advice.dontneedHugetlb === "refused" || address.first[at] !== at;
}

/** How many pages the advice is about. Compare mm/madvise.c:madvise_dontneed_free_valid_vma(). */
export function rounded_to_hugetlb(m: number, at: number, count: number): number {
  if (vma.flags[slot(m, at)] === 0 || !cuts_hugetlb_page(at, count)) return count;
  return kernel.advice.dontneedHugetlb === "rounds-up" ? HPAGE_PMD_NR : 0;
}

/** Clears one entry, then gives up its mapping and its reference. Precondition: mmap_lock held. */
export function* zap_pte_range(m: number, at: number): Path {
  if (address.huge[at] && address.first[at] === at) yield* zap_huge_pmd(m, at);
  yield* pte_lock(m);
  yield "ptep_get_and_clear";
  const entry = pte.word[slot(m, at)];
  pte.word[slot(m, at)] = 0;
  keep_marker(m, at, entry);
  flush_tlb_page(m, at);
  const mapped = pte_present(entry) && !pte_special(entry);
  if (mapped) {
    yield "page_remove_rmap: map - 1";
    hand_dirty_to_page(entry);
    page.map[pte_frame(entry)]--;
    folio_sub_large_mapcount(m, pte_frame(entry), 1);
  }
  yield* pte_unlock(m);
  if (mapped) {
    yield "drop the mapping's reference";
    free_page_and_swap_cache(pte_frame(entry));
  } else if (!pte_none(entry) && !pte_present(entry)) yield* free_swap_and_cache(entry);
}

/** What was written through an entry of an object's page must reach the object's storage. */
export function hand_dirty_to_page(entry: number): void {
  if (pte_dirty(entry) && !page_anon(pte_frame(entry))) page.flags[pte_frame(entry)] |= PG_DIRTY;
}

/** Clears a PMD that maps a huge page, and gives up its mapping. */
export function* zap_huge_pmd(m: number, at: number): Path {
  yield* pte_lock(m);
  yield "pmdp_huge_get_and_clear";
  const entry = pmd.word[pmd_slot(m, at)];
  const mapped = pte_present(entry) && !pte_special(entry);
  if (pte_present(entry)) pmd.word[pmd_slot(m, at)] = 0;
  if (pte_present(entry)) keep_marker(m, at, entry);
  flush_tlb_pmd(m, at);
  if (mapped) {
    yield "page_remove_rmap: the compound map - 1";
    page.entire_map[pte_frame(entry)]--;
    folio_sub_large_mapcount(m, pte_frame(entry), 1);
  }
  yield* pte_unlock(m);
  if (mapped) {
    const promised = restores_reserve(m, at, pte_frame(entry));
    yield "drop the mapping's reference";
    put_refs(pte_frame(entry), 1);
    if (promised) restore_reserve(at, pte_frame(entry));
  }
}

/** The last user of mm `m` is gone: nobody else can walk it, GUP-fast included. */
export function* exit_mmap(m: number): Path {
  for (let at = 0; at < system.pages[0]; at++) {
    yield "next VMA";
    until(mm.ptl[m] === 0);
    if (vma.flags[slot(m, at)] !== 0) {
      if (!pte_none(pte.word[slot(m, at)]) || pmd_mapped(m, at)) yield* zap_pte_range(m, at);
      yield "free the VMA";
      if (address.huge[at] === HUGE_TLB) give_up_reserve(m, at);
      vma.flags[slot(m, at)] = 0;
      vma.anon_vma[slot(m, at)] = 0;
    }
  }
  yield "free the mm";
  for (let at = 0; at < system.pages[0]; at++) if (address.huge[at]) pmd.word[pmd_slot(m, at)] = 0;
  mm.users[m] = 0;
  mm.has_pinned[m] = 0;
  mm.write_protect_seq[m] = 0;
  flush_tlb_mm(m);
}
