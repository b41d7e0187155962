/**
 * From a page to the entries that map it, and taking them away: for reclaim, which leaves swap
 * entries, and for migration, which leaves migration entries.
 * Compare mm/rmap.c:try_to_unmap_one(), try_to_migrate_one(), page_try_share_anon_rmap().
 *
 * The walk visits one page table after the other, each under its ptl; an entry that appears behind
 * it is not seen, so callers look at the mapcount again. Precondition: the page is locked and held.
 * Not modelled: the anon_vma lock, mlock, huge pages (callers split them), batched flushes of migration.
 */
import type { Path } from "../step/index.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { clearing_waits, may_reorder } from "./order.ts";
import { CLEAR_AFTER_PIN_TEST } from "./order-bits.ts";
import { PG_DIRTY, PG_LAZYFREE, page_anon, page_maybe_dma_pinned, put_refs } from "./page.ts";
import { pmd_collapsing } from "./pmd.ts";
import {
  PTE_MIGRATION,
  PTE_MIGRATION_DIRTY,
  PTE_SOFT_DIRTY,
  PTE_SWAP,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  PTE_WRITE,
  pte_dirty,
  pte_frame,
  pte_present,
  pte_special,
  pte_write,
} from "./pte.ts";
import { kernel, page, pte, swap, system } from "./state.ts";
import { flush_tlb_page, leave_stale } from "./tlb.ts";

/** What try_to_unmap leaves: a migration entry, nothing, or (any other number) that swap slot. */
export const TTU_MIGRATION = 0;
export const TTU_LAZYFREE = 0xff;

/** The anonymous page an entry maps, or 0. */
export function anon_frame(entry: number): number {
  if (!pte_present(entry) || pte_special(entry)) return 0;
  return page_anon(pte_frame(entry)) ? pte_frame(entry) : 0;
}

/** The slot after `from` whose entry maps `frame`, plus 1; 0 at the end of the walk. */
export function next_mapping(frame: number, from: number): number {
  const all = system.processes[0] * system.pages[0];
  for (let i = from; i < all; i++) if (maps(i, frame)) return i + 1;
  return 0;
}

/** Whether page-table slot `i` maps the frame by a base page's entry. */
export function maps(i: number, frame: number): boolean {
  const entry = pte.word[i];
  if (!pte_present(entry) || pte_special(entry) || pte_frame(entry) !== frame) return false;
  return !pmd_collapsing(mm_of(i), i % system.pages[0]);
}

/** The mm that page-table slot `i` belongs to. */
export function mm_of(i: number): number {
  let m = 0;
  while ((m + 1) * system.pages[0] <= i) m++;
  return m;
}

/** 1 when the whole walk was made; 0 when an entry had to be put back. */
export function* try_to_unmap(frame: number, leave: number): Path<number> {
  let from = 0;
  for (;;) {
    yield "rmap walk: the next entry that maps the page";
    const found = next_mapping(frame, from);
    if (found === 0) return 1;
    from = found;
    const m = mm_of(found - 1);
    yield* pte_lock(m);
    let looked = NOT_LOOKED;
    if (may_reorder(CLEAR_AFTER_PIN_TEST)) looked = yield* look_before_clearing(frame);
    yield "clear the PTE";
    const entry = maps(found - 1, frame) ? pte.word[found - 1] : 0;
    if (entry !== 0) {
      pte.word[found - 1] = 0;
      if (defers_flush(frame, leave)) leave_stale(m, (found - 1) % system.pages[0], entry);
      else flush_tlb_page(m, (found - 1) % system.pages[0]);
      if (pte_dirty(entry)) page.flags[frame] |= PG_DIRTY;
      const left = yield* entry_to_leave(frame, entry, leave, looked);
      if (left === KEEP) {
        yield "put the PTE back";
        pte.word[found - 1] = entry;
        yield* pte_unlock(m);
        return 0;
      }
      yield "set the entry that stands for the page";
      pte.word[found - 1] = left;
      yield "page_remove_rmap: map - 1";
      page.map[frame]--;
      yield "drop the mapping's reference";
      put_refs(frame, 1);
    }
    yield* pte_unlock(m);
  }
}

/** Reclaim flushes once for a batch of pages, before it writes or frees any of them. */
export function defers_flush(frame: number, leave: number): boolean {
  if (leave === TTU_MIGRATION) return false;
  return kernel.reclaim.flushes === "batched" || !page.exclusive[frame];
}

/** The page may not be taken away from this entry. No non-present entry has this value. */
const KEEP = 0xffff;

/** The entry to be left behind; an exclusive page loses the mark to it, unless it may be pinned. */
export function* entry_to_leave(
  frame: number,
  entry: number,
  leave: number,
  looked: number,
): Path<number> {
  if (leave === TTU_LAZYFREE) {
    yield "may the page be dropped";
    if (lazyfree_may_go(frame)) return 0;
    const held = kernel.reclaim.heldLazyfree === "lazyfree" && (page.flags[frame] & PG_DIRTY) === 0;
    if (!held) page.flags[frame] &= ~PG_LAZYFREE;
    return KEEP;
  }
  const kept = entry & (PTE_SOFT_DIRTY | PTE_UFFD_WP);
  let exclusive = 0;
  if (page.exclusive[frame] && kernel.reclaim.skipsPinned === "exact") {
    let pinned = looked;
    if (looked === NOT_LOOKED) {
      yield "read ref: page_try_share_anon_rmap";
      pinned = page_maybe_dma_pinned(frame) ? LOOKS_PINNED : 0;
    }
    if (pinned === LOOKS_PINNED) return KEEP;
    yield "clear PageAnonExclusive";
    page.exclusive[frame] = 0;
    exclusive = PTE_SWAP_EXCLUSIVE;
  }
  if (leave === TTU_MIGRATION) {
    const dirty = kernel.migrate.keepsDirty && pte_dirty(entry) ? PTE_MIGRATION_DIRTY : 0;
    return frame | PTE_MIGRATION | kept | dirty | exclusive | (pte_write(entry) ? PTE_WRITE : 0);
  }
  yield "swap_duplicate: count + 1";
  swap.count[leave]++;
  return leave | PTE_SWAP | kept | exclusive;
}

const LOOKS_PINNED = 1;
/** The pin test comes after the clearing of the entry, as the source has it. */
const NOT_LOOKED = 2;

/** Weak order: the pin test's answer from before the entry is cleared, if the CPU takes it then. */
export function* look_before_clearing(frame: number): Path<number> {
  if (!page.exclusive[frame] || kernel.reclaim.skipsPinned !== "exact") return NOT_LOOKED;
  const waits = yield* clearing_waits();
  if (!waits) return NOT_LOOKED;
  yield "read ref: page_try_share_anon_rmap";
  return page_maybe_dma_pinned(frame) ? LOOKS_PINNED : 0;
}

/** MADV_FREE's page is dropped while clean; from v5.18 only if nobody else holds it, either. */
export function lazyfree_may_go(frame: number): boolean {
  if ((page.flags[frame] & PG_DIRTY) !== 0) return false;
  if (kernel.reclaim.lazyfree === "clean") return true;
  return page.ref[frame] === 1 + page.map[frame];
}
