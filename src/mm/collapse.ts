/**
 * Collapse: four pages mapped by entries become one huge page mapped by a PMD, by khugepaged or at
 * the process's wish. Compare mm/khugepaged.c:collapse_huge_page(), __collapse_huge_page_isolate(),
 * __collapse_huge_page_copy().
 *
 * The PMD is cleared first, so that nobody finds the entries any more; GUP-fast may have read it just
 * before, and only from v6.0 reads it again. A page with more references than mappings is refused.
 * Not modelled: the interrupt that older kernels waited for on some machines, the page locks.
 */
import { choose, type Path } from "../step/index.ts";
import { add_new_huge_rmap, one_vma_over_range } from "./huge-memory.ts";
import {
  mmap_read_lock,
  mmap_read_unlock,
  mmap_write_lock,
  mmap_write_unlock,
  pte_lock,
  pte_unlock,
} from "./locks.ts";
import { folio_sub_large_mapcount } from "./mm-ids.ts";
import {
  alloc_huge_page,
  folio_mapcount,
  is_large,
  page_anon,
  page_count,
  page_mapcount,
  put_refs,
} from "./page.ts";
import { HPAGE_PMD_NR, HUGE_THP, PMD_COLLAPSING, PMD_TABLE, pmd_slot } from "./pmd.ts";
import {
  mk_anon_pte,
  PTE_SWAP,
  PTE_UFFD_WP,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
  pte_write,
} from "./pte.ts";
import {
  address,
  EAGAIN,
  EINVAL,
  ENOMEM,
  kernel,
  page,
  pmd,
  process,
  pte,
  slot,
  vma,
} from "./state.ts";
import { free_page_and_swap_cache, in_swap_cache } from "./swap.ts";
import { do_swap_page } from "./swap-in.ts";
import { return_to_user } from "./syscall.ts";
import { flush_tlb_pmd } from "./tlb.ts";
import { in_one_vma, VM_UFFD_WP, VM_WRITE } from "./vma.ts";
import { vma_start_write } from "./vma-lock.ts";

/** khugepaged comes to the range around page `at` of mm `m`. */
export function* khugepaged(m: number, at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield* collapse_huge_page(m, at, 0);
}

/**
 * MADV_COLLAPSE. EAGAIN says that another time it may work, EINVAL that it will not; a range that has
 * its huge page already is no failure.
 */
export function* madvise_collapse(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  const refused = collapse_refused(m, at, count);
  if (refused !== 0 || count < HPAGE_PMD_NR) {
    yield* return_to_user(into, refused);
    return;
  }
  const result = yield* collapse_huge_page(m, at, 1);
  yield* return_to_user(into, result);
}

/**
 * The errno for a range in which nothing is to be collapsed, or 0. The first VMA in it has to have room for
 * a huge page, whatever is around it, and an anon_vma: where nobody ever faulted there is nothing. Of less
 * than a huge page older kernels count how many should have been collapsed: none at the range's first and
 * last part, and less than none between.
 */
export function collapse_refused(m: number, at: number, count: number): number {
  if (!kernel.advice.collapse) return EINVAL;
  let mapped = 0;
  for (let i = 0; i < count; i++) if (vma.flags[slot(m, at + i)] !== 0) mapped = 1;
  if (!mapped) return ENOMEM;
  if (address.huge[at] !== HUGE_THP || !one_vma_over_range(m, at)) return EINVAL;
  if (vma.anon_vma[slot(m, at)] === 0) return EINVAL;
  if (count === HPAGE_PMD_NR || kernel.collapse.nothingIsDone) return 0;
  const first = address.first[at];
  return at === first || at + count === first + HPAGE_PMD_NR ? 0 : EINVAL;
}

/**
 * Returns 0 or why not, as MADV_COLLAPSE tells it, who `swaps` in what is away; khugepaged would do so for
 * an eighth of the range at most, which is none of four pages.
 */
export function* collapse_huge_page(m: number, at: number, swaps: number): Path<number> {
  if (address.huge[at] !== HUGE_THP) return EINVAL;
  const first = address.first[at];
  yield "scan the range";
  if (pte_present(pmd.word[pmd_slot(m, at)])) return 0;
  const scanned = scan_range(m, first);
  if (scanned !== 0) return scanned;
  if (kernel.collapse.needsWritable && !some_entry_is_writable(m, first)) return EINVAL;
  const head = yield* alloc_huge_page();
  if (head === 0) return ENOMEM;
  if (swaps) yield* collapse_huge_page_swapin(m, first);
  yield* mmap_write_lock(m);
  yield* vma_start_write(m, at);
  yield* pte_lock(m);
  yield "revalidate, and clear the PMD: pmdp_collapse_flush";
  let result = range_may_collapse(m, first, swaps) ? 0 : EINVAL;
  let fits = result === 0 ? 1 : 0;
  if (fits) pmd.word[pmd_slot(m, at)] = PMD_COLLAPSING;
  flush_tlb_pmd(m, at);
  if (fits) {
    for (let i = 0; i < HPAGE_PMD_NR; i++) {
      yield "isolate a page: is every reference a mapping's";
      if (result === 0) result = page_may_collapse(pte.word[slot(m, first + i)]);
    }
    if (result !== 0) fits = 0;
    for (let i = 0; i < HPAGE_PMD_NR; i++) {
      if (fits) yield* copy_into_huge_page(m, slot(m, first + i), head + i);
    }
    yield "set the PMD, or put the page table back";
    if (fits) {
      add_new_huge_rmap(m, head);
      pmd.word[pmd_slot(m, at)] = mk_anon_pte(head, vma.flags[slot(m, first)] & VM_WRITE);
    } else pmd.word[pmd_slot(m, at)] = PMD_TABLE;
  }
  yield* pte_unlock(m);
  yield* mmap_write_unlock(m);
  if (!fits) {
    yield "free the unused huge page";
    put_refs(head, 1);
  }
  return result;
}

/** First look: 0, or why the first page that cannot be collapsed cannot. What is in swap may come back. */
export function scan_range(m: number, first: number): number {
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    const entry = pte.word[slot(m, first + i)];
    const refused = is_swap_entry(entry) ? 0 : page_may_collapse(entry);
    if (refused !== 0) return refused;
    // Whoever watches would not hear of what appears in a hole.
    if (is_hole(entry) && (vma.flags[slot(m, first + i)] & VM_UFFD_WP) !== 0) return EINVAL;
  }
  return 0;
}

export function is_hole(entry: number): boolean {
  return pte_none(entry) || (pte_present(entry) && pte_special(entry));
}

/** Each page of the range that is in swap comes back, as for a read; what fails is noticed later. */
export function* collapse_huge_page_swapin(m: number, first: number): Path {
  if (!some_entry_is_swap(m, first)) return;
  yield* mmap_read_lock(m);
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    yield "__collapse_huge_page_swapin: is the page in swap";
    const entry = pte.word[slot(m, first + i)];
    if (is_swap_entry(entry))
      yield* do_swap_page(m, first + i, entry, vma.flags[slot(m, first + i)], 0);
  }
  yield* mmap_read_unlock(m);
}

export function is_swap_entry(entry: number): boolean {
  return !pte_none(entry) && !pte_present(entry) && (entry & (PTE_SWAP | PTE_UFFD_WP)) === PTE_SWAP;
}

export function some_entry_is_swap(m: number, first: number): boolean {
  for (let i = 0; i < HPAGE_PMD_NR; i++)
    if (is_swap_entry(pte.word[slot(m, first + i)])) return true;
  return false;
}

export function some_entry_is_writable(m: number, first: number): boolean {
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    const entry = pte.word[slot(m, first + i)];
    if (pte_present(entry) && pte_write(entry)) return true;
  }
  return false;
}

/** One VMA over the whole range, not huge already; khugepaged makes no huge page of nothing at all. */
export function range_may_collapse(m: number, first: number, advised: number): boolean {
  if (pmd.word[pmd_slot(m, first)] !== PMD_TABLE) return false;
  if (!in_one_vma(m, first, HPAGE_PMD_NR)) return false;
  let some = advised;
  for (let i = 0; i < HPAGE_PMD_NR; i++) if (!pte_none(pte.word[slot(m, first + i)])) some = 1;
  return vma.flags[slot(m, first)] !== 0 && some !== 0;
}

/** 0 for nothing there, the zero page, or an anonymous page that nobody holds but by mapping it. */
export function page_may_collapse(entry: number): number {
  if (pte_none(entry)) return 0;
  if (!pte_present(entry) || (entry & PTE_UFFD_WP) !== 0) return EINVAL;
  if (pte_special(entry)) return 0;
  const frame = pte_frame(entry);
  if (!page_anon(frame)) return EINVAL;
  if (!kernel.collapse.takesShared && (is_large(frame) || page_mapcount(frame) !== 1))
    return EINVAL;
  const known = folio_mapcount(frame) + (in_swap_cache(frame) ? 1 : 0);
  return page_count(frame) === known ? 0 : EAGAIN;
}

/** Copies one page, then takes its entry, its mapping and its reference away. */
export function* copy_into_huge_page(m: number, i: number, to: number): Path {
  yield "copy the content";
  const entry = pte.word[i];
  const mapped = pte_present(entry) && !pte_special(entry) ? pte_frame(entry) : 0;
  if (mapped !== 0) page.data[to] = page.data[mapped];
  yield "clear the PTE";
  pte.word[i] = 0;
  if (mapped !== 0) {
    yield "page_remove_rmap: map - 1";
    page.map[mapped]--;
    folio_sub_large_mapcount(m, mapped, 1);
    yield "drop the mapping's reference";
    free_page_and_swap_cache(mapped);
  }
}
