/**
 * Faults on entries that are not present but not empty: the page comes back from swap, or is on its
 * way to another frame. Compare mm/memory.c:do_swap_page(), mm/migrate.c:migration_entry_wait().
 *
 * Whether the page comes back writable: up to v5.17 by mapcount and swap count, references not
 * looked at; v5.18 by reference count; from v5.19 by the marker in the entry, too.
 * On a synchronous device the page of a slot with one user is read past the swap cache. Where no page
 * is, every page comes through the cache, and may leave it once it is mapped: at once on a synchronous
 * device, else only for a write that could not take it. One that a write took stays in the cache.
 *
 * Preconditions: mmap_lock held for reading. Not modelled: read-ahead, KSM pages in swap, a page
 * under write-back on a device that needs it stable.
 */
import { type Path, until } from "../step/index.ts";
import { FAULT_DONE, FAULT_OOM, FAULT_PROTECTED, FAULT_WRITE } from "./fault-flags.ts";
import { lock_page, pte_lock, pte_unlock, unlock_page } from "./locks.ts";
import { lru_add_drain } from "./lru.ts";
import { alloc_page, PG_ANON, PG_KSM, put_refs } from "./page.ts";
import {
  PTE_DIRTY,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_frame,
} from "./pte.ts";
import { kernel, page, pte, slot, swap, system } from "./state.ts";
import {
  add_to_swap_cache,
  delete_from_swap_cache,
  in_swap_cache,
  page_swapcount,
  swap_free,
  try_to_free_swap,
} from "./swap.ts";
import { VM_SOFT_DIRTY_ENABLED, VM_UFFD_WP, VM_WRITE } from "./vma.ts";

/**
 * Returns FAULT_*. FAULT_PROTECTED: the page is mapped and still protected against the write, and
 * ptl is held; otherwise ptl is free.
 */
export function* do_swap_page(
  m: number,
  at: number,
  entry: number,
  vm: number,
  flags: number,
): Path<number> {
  if ((entry & PTE_MIGRATION) !== 0) {
    yield "migration_entry_wait";
    until(pte.word[slot(m, at)] !== entry);
    return FAULT_DONE;
  }
  const s = pte_frame(entry);
  const write = flags & FAULT_WRITE;
  yield "look up the swap cache";
  let frame = swap.cache[s];
  let fresh = 0;
  if (frame !== 0) page.ref[frame]++;
  else {
    const bypass = kernel.swap.skipsCache && system.syncSwap[0] && swap.count[s] === 1;
    frame = yield* alloc_page();
    if (frame === 0) {
      yield "compare the PTE";
      return pte.word[slot(m, at)] === entry ? FAULT_OOM : FAULT_DONE;
    }
    if (bypass) {
      yield "read the content past the swap cache";
      page.data[frame] = swap.data[s];
      page.locked[frame] = 1;
      fresh = 1;
    } else {
      yield "add to the swap cache and read the content";
      frame = read_swap_cache(s, frame);
      if (frame === 0) return FAULT_DONE;
    }
  }
  if (!fresh) yield* lock_page(frame);
  yield* pte_lock(m);
  yield "compare the PTE";
  if (pte.word[slot(m, at)] !== entry || (!fresh && swap.cache[s] !== frame)) {
    yield* pte_unlock(m);
    yield* unlock_page(frame);
    yield "let go of the page";
    put_refs(frame, 1);
    return FAULT_DONE;
  }
  const mine = yield* swapped_page_is_mine(s, entry, frame, fresh, write);
  yield "page_add_anon_rmap: map + 1";
  page.map[frame]++;
  page.flags[frame] |= PG_ANON;
  if (mine && kernel.wp.reuse === "exclusive") page.exclusive[frame] = 1;
  yield "set the PTE";
  const takes = write && mine && !wp_announces(entry, vm) ? 1 : 0;
  pte.word[slot(m, at)] = swapped_in_pte(frame, entry, vm, mine, takes);
  if (!kernel.swap.skipsCache) {
    yield "should_try_to_free_swap: mapped, out of the swap cache";
    if (system.syncSwap[0] || (write && !takes && page.ref[frame] === 2)) try_to_free_swap(frame);
  }
  yield* unlock_page(frame);
  if (write && !takes) return FAULT_PROTECTED;
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/**
 * The page that stands for slot `s` from now on, with a reference for the caller: `frame`, or the one
 * that somebody else was faster with. 0 when nobody uses the slot any more.
 */
export function read_swap_cache(s: number, frame: number): number {
  const there = swap.cache[s];
  if (there !== 0) {
    put_refs(frame, 1);
    page.ref[there]++;
    return there;
  }
  if (swap.count[s] === 0) {
    put_refs(frame, 1);
    return 0;
  }
  page.data[frame] = swap.data[s];
  page.flags[frame] = PG_ANON;
  add_to_swap_cache(s, frame);
  return frame;
}

/** Gives up the entry's share of the slot; 1 when a write may go to the page in place. */
export function* swapped_page_is_mine(
  s: number,
  entry: number,
  frame: number,
  fresh: number,
  write: number,
): Path<number> {
  let mine = 0;
  if (kernel.swap.reuse === "map-and-swapcount") {
    if (write) {
      yield "reuse_swap_page: map + swapcount";
      if ((page.flags[frame] & PG_KSM) === 0 && page.map[frame] + page_swapcount(frame) <= 1) {
        mine = 1;
        if (in_swap_cache(frame)) delete_from_swap_cache(frame);
      }
    }
    yield "swap_free: count - 1";
    swap_free(s);
    return mine;
  }
  yield "swap_free: count - 1";
  swap_free(s);
  if (write) {
    yield* lru_add_drain(frame);
    if (kernel.swap.skipsCache) {
      yield "try_to_free_swap, if only the cache holds the page besides";
      if (page.ref[frame] === 2) try_to_free_swap(frame);
    }
  }
  if (fresh) return 1;
  if (kernel.swap.reuse !== "refcount" && (entry & PTE_SWAP_EXCLUSIVE) !== 0) return 1;
  yield "read ref: folio_ref_count";
  return (page.flags[frame] & PG_KSM) === 0 && page.ref[frame] === 1 ? 1 : 0;
}

/**
 * Whether the write of a page that userfaultfd protects is left to do_wp_page(). Kernels that do not ask make
 * the entry dirty and read-only; the write faults again.
 */
export function wp_announces(entry: number, vm: number): boolean {
  if (kernel.swap.reuse !== "exclusive-writable") return false;
  return (vm & VM_UFFD_WP) !== 0 && (entry & PTE_UFFD_WP) !== 0;
}

/** What the entry is after swap-in. `takes`: the write goes to the page in place. */
export function swapped_in_pte(
  frame: number,
  entry: number,
  vm: number,
  mine: number,
  takes: number,
): number {
  const kept = entry & (PTE_SOFT_DIRTY | PTE_UFFD_WP);
  const heard = (vm & VM_SOFT_DIRTY_ENABLED) !== 0 && (kept & PTE_SOFT_DIRTY) === 0;
  const free = (kept & PTE_UFFD_WP) === 0 && !heard;
  const early = kernel.swap.reuse === "exclusive-writable" && free && mine ? 1 : 0;
  const writable = (vm & VM_WRITE) !== 0 && (takes || early) ? PTE_WRITE : 0;
  const dirty = takes ? PTE_DIRTY | PTE_SOFT_DIRTY : 0;
  const made = frame | PTE_PRESENT | PTE_YOUNG | kept | dirty | writable;
  return (kept & PTE_UFFD_WP) !== 0 ? made & ~PTE_WRITE : made;
}
