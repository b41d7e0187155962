/**
 * Reclaim of one anonymous page: into the swap cache, out of every page table, onto the device, and
 * freed if nobody else holds it. The page cache's: reclaim-cache.ts. Compare mm/vmscan.c:
 * shrink_page_list(), __remove_mapping(), mm/rmap.c:try_to_unmap().
 *
 * From v5.11 a page that looks pinned is left alone, but a pin may come after the look; from v5.19
 * taking the exclusive mark away fails for a pinned page, under ptl, where no pin can come between.
 * Not modelled: LRU lists (two reclaims may hold one page), the write to the device
 * as a thing that lasts: on a disk the page may still be in the swap cache afterwards, or not.
 */
import { choose, type Path } from "../step/index.ts";
import { split_pmd_of_locked_page } from "./huge-memory.ts";
import { unmap_lazyfree_folio } from "./lazyfree-folio.ts";
import { trylock_page, unlock_page } from "./locks.ts";
import { in_lru_batch } from "./lru.ts";
import { forget_mm_ids } from "./mm-ids.ts";
import {
  clear_frame,
  folio,
  folio_mapcount,
  is_large,
  PG_DIRTY,
  PG_LAZYFREE,
  page_count,
  page_maybe_dma_pinned,
  put_refs,
} from "./page.ts";
import { HPAGE_PMD_NR, HUGE_TLB, translate } from "./pmd.ts";
import {
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_UFFD_WP,
  PTE_YOUNG,
  pte_dirty,
  pte_frame,
  pte_present,
  pte_special,
} from "./pte.ts";
import { mapped_cache_frame, reclaim_cache_page } from "./reclaim-cache.ts";
import { anon_frame, TTU_LAZYFREE, try_to_unmap } from "./rmap.ts";
import { address, kernel, page, pte, slot, swap, system, vma } from "./state.ts";
import {
  add_to_swap_cache,
  delete_from_swap_cache,
  free_slot,
  in_swap_cache,
  swap_slot,
} from "./swap.ts";
import { flush_tlb_mm } from "./tlb.ts";
import { in_one_vma, VM_DIRTY_TRACKED } from "./vma.ts";

/** Whether a reclaim writes to swap: MADV_PAGEOUT does, and of what the kernel does by itself some. */
export const MAY_WRITEPAGE = 1;

/** The kernel is short of memory and comes to the page that mm `m` maps at `at`. */
export function* reclaim(m: number, at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield* reclaim_page(m, at, 0, 0);
}

/**
 * Whether the `count` pages from `at` on are, entry by entry, all of the folio's, and no entry differs but in its
 * dirty, young and write bits. Compare folio_pte_batch(): one that userfaultfd protects ends the batch.
 */
export function maps_whole_folio(m: number, at: number, count: number, frame: number): boolean {
  if (count < HPAGE_PMD_NR || !in_one_vma(m, address.first[at], count)) return false;
  const first = pte.word[slot(m, address.first[at])];
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    const entry = pte.word[slot(m, address.first[at] + i)];
    if (!pte_present(entry) || folio(pte_frame(entry)) !== folio(frame)) return false;
    if (((entry ^ first) & PTE_UFFD_WP) !== 0) return false;
  }
  return true;
}

/**
 * Isolates the page behind an entry, and gives it to reclaim. `part`: a compound page is to be taken
 * apart, since only a part of it is given up.
 */
export function* reclaim_page(m: number, at: number, part: number, writes: number): Path {
  if (address.huge[at] === HUGE_TLB) return;
  if (!address.huge[at] && mapped_cache_frame(m, at) !== 0) {
    yield* reclaim_cache_page(m, at, (vma.flags[slot(m, at)] & VM_DIRTY_TRACKED) !== 0 ? 1 : 0);
    return;
  }
  yield "isolate the page: ref + 1";
  const frame = anon_frame(translate(m, at));
  if (frame === 0 || in_lru_batch(frame)) return;
  page.ref[folio(frame)]++;
  const locked = yield* trylock_page(frame);
  if (locked) {
    if (is_large(frame)) yield* reclaim_large_page(at, frame, part);
    const gone = part && page.map[frame] === 0;
    if (!is_large(frame) && !gone) yield* shrink_page(frame, writes);
    yield* unlock_page(frame);
  }
  yield* try_to_unmap_flush();
  yield "put the page back: ref - 1";
  put_refs(frame, 1);
}

/**
 * A large page is taken apart first; from v5.18 one that was given up as a whole is unmapped instead, which
 * notices that somebody holds it. Precondition: the page is locked, and held once by the caller.
 */
export function* reclaim_large_page(at: number, frame: number, part: number): Path {
  if (kernel.reclaim.skipsPinned !== "never" && (page.flags[frame] & PG_LAZYFREE) === 0) {
    yield "read the pin count: page_maybe_dma_pinned";
    if (page_maybe_dma_pinned(frame)) return;
  }
  const lazy = (page.flags[frame] & PG_LAZYFREE) !== 0 && !part ? 1 : 0;
  if (lazy && kernel.reclaim.lazyfree === "unreferenced" && !kernel.reclaim.splitsLazyfree)
    yield* unmap_lazyfree_folio(at, frame);
  else yield* split_large_page(at, frame, part);
}

/**
 * Its PMDs first, unless somebody else holds the page: then it is left as it is, its PMDs included.
 * Precondition: the page is locked, and held once by the caller.
 */
export function* split_large_page(at: number, frame: number, part: number): Path {
  yield "can_split_huge_page: is every reference a mapping's";
  if (page_count(frame) !== folio_mapcount(frame) + 1) return;
  if (address.huge[at])
    for (let m = 0; m < system.processes[0]; m++)
      yield* split_pmd_of_locked_page(m, at, folio(frame));
  yield* split_huge_page(frame, part);
}

/**
 * The compound page falls apart if every reference is a mapping's, or the caller's. Its entries are
 * migration entries meanwhile, so that nobody can find it: one step here. From v6.12 parts that hold only
 * zeroes come back as the zero page; not `part`, where reclaim would have taken the page as a whole.
 */
export function* split_huge_page(frame: number, part: number): Path {
  yield "split the compound page, if nobody else holds it";
  const head = folio(frame);
  if (page_count(frame) !== folio_mapcount(frame) + 1) return;
  forget_mm_ids(head);
  hand_dirty_to_parts(head);
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    if (part && kernel.thp.splitMapsZero && page.data[head + i] === 0) map_to_zeropage(head + i);
    page.head[head + i] = 0;
    page.ref[head + i] = page.map[head + i] + (head + i === frame ? 1 : 0);
    page.locked[head + i] = head + i === frame ? 1 : 0;
    if (page.ref[head + i] === 0) clear_frame(head + i);
  }
}

/** Dirty entries make their pages dirty, and come back clean where migration entries do not remember. */
export function hand_dirty_to_parts(head: number): void {
  for (let i = 0; i < system.processes[0] * system.pages[0]; i++) {
    const entry = pte.word[i];
    const ours = pte_present(entry) && !pte_special(entry) && folio(pte_frame(entry)) === head;
    if (!ours || !pte_dirty(entry)) continue;
    page.flags[pte_frame(entry)] |= PG_DIRTY;
    if (!kernel.migrate.keepsDirty) pte.word[i] = entry & ~PTE_DIRTY;
  }
}

/**
 * try_to_map_unused_to_zeropage: whoever maps the page maps the zero page from now on, read-only. What
 * watches the entry stays: 9658d698a8a8, in v6.18 and 6.12.y.
 */
export function map_to_zeropage(frame: number): void {
  for (let i = 0; i < system.processes[0] * system.pages[0]; i++) {
    const entry = pte.word[i];
    if (pte_present(entry) && !pte_special(entry) && pte_frame(entry) === frame)
      pte.word[i] = PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG | kept_marks(entry);
  }
  page.map[frame] = 0;
}

export function kept_marks(entry: number): number {
  return kernel.thp.splitZeroKeepsMarks ? entry & (PTE_SOFT_DIRTY | PTE_UFFD_WP) : 0;
}

/**
 * A reclaim that may not do I/O lets the page go after it unmapped it; who may writes it, and flushes
 * before. A difference only where translations outlive their entries.
 */
export function* may_writepage(writes: number): Path<number> {
  if (!system.tlb[0]) return 1;
  yield "may this reclaim write the page";
  let may = 1;
  if (!writes) may = choose(2);
  if (!may) return 0;
  yield* try_to_unmap_flush();
  return 1;
}

/** What try_to_unmap left in CPUs goes, in every mm: a step only where it can matter. */
export function* try_to_unmap_flush(): Path {
  if (!system.tlb[0]) return;
  yield "try_to_unmap_flush";
  for (let m = 0; m < system.processes[0]; m++) flush_tlb_mm(m);
}

/** Precondition: the page is locked, and held once by the caller. */
export function* shrink_page(frame: number, writes: number): Path {
  yield "is it worth a slot: PageSwapBacked";
  const lazy = page.flags[frame] & PG_LAZYFREE;
  if (!lazy && !in_swap_cache(frame)) {
    if (kernel.reclaim.skipsPinned !== "never") {
      yield "read ref: page_maybe_dma_pinned";
      if (page_maybe_dma_pinned(frame)) return;
    }
    yield "add_to_swap: a slot, and the page in the swap cache";
    const fresh = free_slot();
    if (fresh === 0) {
      system.exhausted[0] = 1;
      return;
    }
    add_to_swap_cache(fresh, frame);
    page.flags[frame] |= PG_DIRTY;
  }
  const unmapped = yield* try_to_unmap(frame, lazy ? TTU_LAZYFREE : swap_slot(frame));
  const may_write = yield* may_writepage(writes);
  if (!may_write) return;
  if (!unmapped) return;
  yield "is it still mapped";
  if (page.map[frame] !== 0 || lazy) return;
  yield "read ref: does anybody else hold the page";
  if (page.ref[frame] !== 2) return;
  yield "write the page to its slot";
  swap.data[swap_slot(frame)] = page.data[frame];
  page.flags[frame] &= ~PG_DIRTY;
  let ended = 1;
  if (!system.syncSwap[0]) ended = choose(2);
  if (!ended) return;
  yield "__remove_mapping: out of the swap cache, if ref is still 2";
  if (page.ref[frame] === 2 && page.map[frame] === 0) delete_from_swap_cache(frame);
}
