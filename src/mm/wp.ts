/**
 * The write fault on a present, write-protected entry: reuse the page, or break copy-on-write.
 * Compare mm/memory.c:do_wp_page(), wp_page_copy(), wp_page_reuse().
 *
 * What may be reused is the oldest question of this file. Up to v5.8 a page mapped once may, no
 * matter who else holds a reference; from v5.9 a page with one reference; from v5.19 an exclusive
 * page, no matter how many references there are.
 *
 * Preconditions: mmap_lock held for reading, ptl held, `found` is the current entry. ptl is
 * dropped before returning.
 */
import type { Path } from "../step/index.ts";
import { FAULT_DONE, FAULT_FORCE, FAULT_OOM, FAULT_SIGBUS, FAULT_UNSHARE } from "./fault-flags.ts";
import { read_trans_huge_mapcount } from "./huge-memory.ts";
import { lock_page, pte_lock, pte_unlock, trylock_page, unlock_page } from "./locks.ts";
import { lru_add_drain } from "./lru.ts";
import { folio_sub_large_mapcount, mapped_by_several_mms } from "./mm-ids.ts";
import {
  alloc_page,
  folio,
  folio_mapcount,
  is_large,
  PG_DIRTY,
  PG_KSM,
  page_add_new_anon_rmap,
  page_anon,
  page_count,
  page_mapcount,
  put_refs,
} from "./page.ts";
import { pmd_mapped } from "./pmd.ts";
import {
  mk_anon_pte,
  PTE_DIRTY,
  PTE_SOFT_DIRTY,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_frame,
  pte_special,
} from "./pte.ts";
import { kernel, page, pte, slot } from "./state.ts";
import {
  delete_from_swap_cache,
  free_page_and_swap_cache,
  in_swap_cache,
  page_swapcount,
  try_to_free_swap,
} from "./swap.ts";
import { flush_tlb_page, stale_translation } from "./tlb.ts";
import { handle_userfault, userfaultfd_pte_wp } from "./uffd-fault.ts";
import { anon_vma_prepare, VM_SHARED, VM_UFFD_WP, VM_WRITE } from "./vma.ts";

export function* do_wp_page(
  m: number,
  at: number,
  found: number,
  vm: number,
  flags: number,
): Path<number> {
  let entry = found;
  if (userfaultfd_pte_wp(vm, entry, flags)) {
    const passes = yield* handle_userfault(m, at, flags);
    if (!passes) {
      yield* pte_unlock(m);
      return FAULT_SIGBUS;
    }
    entry &= ~PTE_UFFD_WP;
  }
  if (kernel.wp.flushesPending && (vm & VM_UFFD_WP) !== 0 && stale_translation(m, at) !== 0) {
    yield "a flush is pending: flush_tlb_page";
    flush_tlb_page(m, at);
  }
  if ((vm & VM_SHARED) !== 0) {
    yield "page_mkwrite: the file's page becomes dirty";
    page.flags[pte_frame(entry)] |= PG_DIRTY;
    yield* wp_page_reuse(m, at, vm);
    return FAULT_DONE;
  }
  const unshare = (flags & FAULT_UNSHARE) !== 0;
  const frame = pte_frame(entry);
  if (pte_special(entry) || !page_anon(frame)) {
    if (unshare && !kernel.wp.unsharesNonAnon) {
      yield* pte_unlock(m);
      return FAULT_DONE;
    }
    return yield* wp_page_copy(m, at, entry, vm, flags);
  }
  const reuse = yield* wp_can_reuse_anon_page(m, at, entry, frame);
  if (reuse === REUSE_CHANGED) return FAULT_DONE;
  if (reuse === REUSE_NO) return yield* wp_page_copy(m, at, entry, vm, flags);
  if (unshare) {
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  yield* wp_page_reuse(m, at, vm);
  if (reuse === REUSE_LOCKED) yield* unlock_page(frame);
  return FAULT_DONE;
}

const REUSE_NO = 0;
const REUSE_YES = 1;
/** As yes, and the page is still locked. */
const REUSE_LOCKED = 2;
/** The entry changed while the page lock was awaited; ptl is dropped. */
const REUSE_CHANGED = 3;

/** Whether the faulting mm may write into the anonymous page in place. */
export function* wp_can_reuse_anon_page(
  m: number,
  at: number,
  entry: number,
  frame: number,
): Path<number> {
  if (kernel.wp.reuse === "exclusive") {
    yield "read PageAnonExclusive";
    if (page.exclusive[frame]) return REUSE_YES;
  }
  if (kernel.wp.reuse === "mapcount" || kernel.wp.reuse === "mapcount-or-ksm")
    return yield* reuse_swap_page(m, at, entry, frame);
  if (kernel.wp.reuse === "refcount") return yield* reuse_sole_reference(frame);
  if (is_large(frame) && kernel.thp.largeReuse === "never") return REUSE_NO;
  if (is_large(frame) && kernel.thp.largeReuse === "mm-ids") return yield* reuse_large_folio(frame);
  return yield* reuse_after_drain(frame);
}

/** Up to v5.8: mapped once, and in no swap slot, is enough. References are not looked at. */
export function* reuse_swap_page(
  m: number,
  at: number,
  entry: number,
  frame: number,
): Path<number> {
  const locked = yield* trylock_page(frame);
  if (!locked) {
    yield "hold the page";
    page.ref[folio(frame)]++;
    yield* pte_unlock(m);
    yield* lock_page(frame);
    yield* pte_lock(m);
    yield "compare the PTE";
    if (pte.word[slot(m, at)] !== entry) {
      yield* unlock_page(frame);
      yield* pte_unlock(m);
      yield "let go of the page";
      put_refs(frame, 1);
      return REUSE_CHANGED;
    }
    yield "let go of the page";
    put_refs(frame, 1);
  }
  if ((page.flags[frame] & PG_KSM) !== 0) {
    const reuse = yield* reuse_ksm_page(frame);
    yield* unlock_page(frame);
    return reuse;
  }
  let users = yield* read_trans_huge_mapcount(frame);
  if (in_swap_cache(frame)) {
    yield "reuse_swap_page: the swap count, too";
    users += page_swapcount(frame);
    if (users <= 1) delete_from_swap_cache(frame);
  }
  yield* unlock_page(frame);
  return users <= 1 ? REUSE_YES : REUSE_NO;
}

/** v5.1 to v5.8: a merged page may be written by its last user if nobody else refers to it. */
export function* reuse_ksm_page(frame: number): Path<number> {
  if (kernel.wp.reuse !== "mapcount-or-ksm") return REUSE_NO;
  yield "read ref: reuse_ksm_page";
  return page_count(frame) === 1 ? REUSE_YES : REUSE_NO;
}

/** v5.9 to v5.17: one reference, tested before and under the page lock. */
export function* reuse_sole_reference(frame: number): Path<number> {
  if ((page.flags[frame] & PG_KSM) !== 0) return REUSE_NO;
  yield "read ref: page_count";
  if (page_count(frame) !== 1) return REUSE_NO;
  const locked = yield* trylock_page(frame);
  if (!locked) return REUSE_NO;
  yield "read map: page_mapcount";
  const mapped = page_mapcount(frame);
  yield "read ref again: page_count";
  const sole = mapped === 1 && page_count(frame) === 1;
  if (sole && kernel.wp.unlocksPageLate) return REUSE_LOCKED;
  yield* unlock_page(frame);
  return sole ? REUSE_YES : REUSE_NO;
}

/** From v5.18: references of the swap cache and of local LRU batches are told apart from others. */
export function* reuse_after_drain(frame: number): Path<number> {
  if ((page.flags[frame] & PG_KSM) !== 0) return REUSE_NO;
  yield "read ref: at most 3 may be explained";
  if (page_count(frame) > 3) return REUSE_NO;
  yield* lru_add_drain(frame);
  yield "read ref: 1 besides the swap cache";
  if (page_count(frame) > (in_swap_cache(frame) ? 2 : 1)) return REUSE_NO;
  const locked = yield* trylock_page(frame);
  if (!locked) return REUSE_NO;
  if (in_swap_cache(frame)) {
    yield "try_to_free_swap";
    try_to_free_swap(frame);
  }
  yield "read ref again under the page lock";
  const sole = page_count(frame) === 1;
  if (sole && kernel.wp.reuse === "exclusive") {
    yield "set PageAnonExclusive";
    page.exclusive[frame] = 1;
  }
  yield* unlock_page(frame);
  return sole ? REUSE_YES : REUSE_NO;
}

/**
 * From v6.15: an entry of a large folio may be reused when no other mm is known to map the folio, and
 * every reference is a mapping. Compare mm/memory.c:__wp_can_reuse_large_anon_folio().
 */
export function* reuse_large_folio(frame: number): Path<number> {
  yield "read the folio's mapcount";
  if (folio_mapcount(frame) <= 1) return REUSE_NO;
  yield "is the folio mapped by another mm";
  if (mapped_by_several_mms(frame)) return REUSE_NO;
  yield "read ref: all references are mappings";
  if (folio_mapcount(frame) !== page_count(frame)) return REUSE_NO;
  yield "the same again under the mapcount lock";
  if (mapped_by_several_mms(frame) || folio_mapcount(frame) !== page_count(frame)) return REUSE_NO;
  page.exclusive[frame] = 1;
  return REUSE_YES;
}

/** Makes the entry writable and drops ptl. */
export function* wp_page_reuse(m: number, at: number, vm: number): Path {
  yield "make the PTE writable";
  const writable = (vm & VM_WRITE) !== 0 ? PTE_WRITE : 0;
  pte.word[slot(m, at)] |= writable | PTE_DIRTY | PTE_SOFT_DIRTY | PTE_YOUNG;
  yield* pte_unlock(m);
}

/**
 * Gives the faulting mm its own copy. A pin on the old page now refers to a page that is in
 * nobody's table, if this was its only one.
 */
export function* wp_page_copy(
  m: number,
  at: number,
  entry: number,
  vm: number,
  flags: number,
): Path<number> {
  const old = pte_special(entry) ? 0 : pte_frame(entry);
  if (old !== 0) {
    yield "hold the old page";
    page.ref[folio(old)]++;
  }
  yield* pte_unlock(m);
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  const copy = yield* alloc_page();
  if (copy === 0) {
    yield* drop_held(old);
    return FAULT_OOM;
  }
  yield "copy the content";
  page.data[copy] = page.data[old];
  yield* pte_lock(m);
  yield "compare the PTE";
  if (pte.word[slot(m, at)] !== entry || pmd_mapped(m, at)) {
    yield* pte_unlock(m);
    yield "free the unused copy";
    put_refs(copy, 1);
    yield* drop_held(old);
    return FAULT_DONE;
  }
  yield "clear the PTE and flush";
  pte.word[slot(m, at)] = 0;
  flush_tlb_page(m, at);
  yield "page_add_new_anon_rmap";
  page_add_new_anon_rmap(copy);
  yield "set the PTE";
  const writable = (flags & (FAULT_UNSHARE | FAULT_FORCE)) === 0 ? vm & VM_WRITE : 0;
  pte.word[slot(m, at)] = copied_pte(copy, entry, writable, flags);
  if (old !== 0) {
    yield "page_remove_rmap of the old page";
    page.map[old]--;
    folio_sub_large_mapcount(m, old, 1);
  }
  yield* pte_unlock(m);
  if (old !== 0) {
    yield "drop the mapping's reference";
    free_page_and_swap_cache(old);
  }
  yield* drop_held(old);
  return FAULT_DONE;
}

/** A copy made to be written is dirty; an unshared one is clean and keeps uffd-wp and soft-dirty. */
export function copied_pte(copy: number, entry: number, writable: number, flags: number): number {
  const made = mk_anon_pte(copy, writable);
  if ((flags & FAULT_UNSHARE) === 0) return made;
  return (made & ~(PTE_DIRTY | PTE_SOFT_DIRTY)) | (entry & (PTE_SOFT_DIRTY | PTE_UFFD_WP));
}

export function* drop_held(frame: number): Path {
  if (frame === 0) return;
  yield "let go of the old page";
  put_refs(frame, 1);
}
