/**
 * hugetlb: pages that are huge by contract. Never split, never swapped; a PMD maps them, and their
 * write fault goes by the mapcount in every kernel. Compare mm/hugetlb.c:hugetlb_fault(),
 * hugetlb_no_page(), hugetlb_wp(). The pool: hugetlb-pool.ts; fork: hugetlb-fork.ts.
 *
 * A shared mapping, and a private one of a file that has its pages, finds them in the page cache; only
 * there is a page that is not anonymous.
 * Not modelled: the fault mutex (ptl and the page lock serialise enough here), PMD sharing, sizes.
 */
import { type Path, until } from "../step/index.ts";
import {
  FAULT_DONE,
  FAULT_PROTECTED,
  FAULT_SIGBUS,
  FAULT_UNSHARE,
  FAULT_WRITE,
} from "./fault-flags.ts";
import { alloc_hugetlb_page, RESERVE_OWNER, unmap_ref_private } from "./hugetlb-pool.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { PG_ANON, PG_CACHE, page_anon, put_refs } from "./page.ts";
import { HPAGE_PMD_NR, pmd_slot } from "./pmd.ts";
import {
  mk_anon_pte,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_frame,
  pte_none,
  pte_write,
} from "./pte.ts";
import { address, cache, kernel, page, pmd } from "./state.ts";
import { flush_tlb_pmd } from "./tlb.ts";
import { handle_userfault, userfaultfd_pte_wp } from "./uffd-fault.ts";
import { has_marker, take_marker } from "./uffd-marker.ts";
import { anon_vma_prepare, VM_FILE, VM_RESV_UNMAPPED, VM_SHARED, VM_WRITE } from "./vma.ts";

export function* hugetlb_fault(m: number, at: number, vm: number, flags: number): Path<number> {
  yield "read the huge PTE";
  let entry = pmd.word[pmd_slot(m, at)];
  if (pte_none(entry)) {
    const made = yield* hugetlb_no_page(m, at, vm, flags);
    if (made !== FAULT_PROTECTED) return made;
    yield "the page is mapped, and protected: take its entry";
    entry = pmd.word[pmd_slot(m, at)];
  } else {
    const breaks = (flags & (FAULT_WRITE | FAULT_UNSHARE)) !== 0 && !pte_write(entry);
    if (!breaks) return FAULT_DONE;
    yield* pte_lock(m);
    yield "compare the huge PTE";
    if (pmd.word[pmd_slot(m, at)] !== entry) {
      yield* pte_unlock(m);
      return FAULT_DONE;
    }
    if (userfaultfd_pte_wp(vm, entry, flags)) {
      const passes = yield* handle_userfault(m, at, flags);
      if (!passes) {
        yield* pte_unlock(m);
        return FAULT_SIGBUS;
      }
      entry &= ~PTE_UFFD_WP;
    }
  }
  return yield* hugetlb_wp(m, at, entry, vm, flags);
}

/** Write permission makes a huge entry dirty, and nothing else does. */
export function make_huge_pte(head: number, writable: boolean | number): number {
  return writable ? mk_anon_pte(head, 1) : head | PTE_PRESENT | PTE_YOUNG;
}

/**
 * First touch: the cache's page, or one from the pool, for a read, too. FAULT_PROTECTED: the cache's page
 * is mapped for a private mapping that wants to write, and ptl is held.
 */
export function* hugetlb_no_page(m: number, at: number, vm: number, flags: number): Path<number> {
  if ((vm & VM_RESV_UNMAPPED) !== 0) return FAULT_SIGBUS;
  if ((vm & VM_FILE) !== 0) return yield* hugetlb_cache_page(m, at, vm, flags);
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  const head = yield* alloc_hugetlb_page(m, at, 0);
  if (head === 0) return FAULT_SIGBUS;
  yield* pte_lock(m);
  yield "compare the huge PTE";
  if (!pte_none(pmd.word[pmd_slot(m, at)])) {
    yield* pte_unlock(m);
    yield "free the unused page";
    put_refs(head, 1);
    return FAULT_DONE;
  }
  yield "hugetlb_add_new_anon_rmap";
  hugetlb_add_new_anon_rmap(head);
  yield "set the huge PTE";
  const writable = (flags & FAULT_WRITE) !== 0 && hugetlb_may_write(vm);
  pmd.word[pmd_slot(m, at)] = filled(m, at, head, writable);
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/** The new entry of a private mapping; where a marked one is left alone, a write faults again. */
export function filled(m: number, at: number, head: number, writable: boolean): number {
  if (!has_marker(m, at)) return make_huge_pte(head, writable);
  const marked = take_marker(m, at, make_huge_pte(head, writable));
  return writable && !kernel.wp.leavesHugetlbUffdWp ? marked | PTE_WRITE : marked;
}

export function hugetlb_add_new_anon_rmap(head: number): void {
  page.entire_map[head] = 1;
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[head + i] |= PG_ANON;
  if (kernel.wp.reuse === "exclusive") page.exclusive[head] = 1;
}

/** The object's page, made if need be. */
export function* hugetlb_cache_page(
  m: number,
  at: number,
  vm: number,
  flags: number,
): Path<number> {
  const first = address.first[at];
  yield "find the page in the cache";
  let head = cache.frame[first];
  if (head !== 0) page.ref[head]++;
  else {
    head = yield* alloc_hugetlb_page(m, at, 0);
    if (head === 0) return FAULT_SIGBUS;
    yield "add to the page cache";
    head = add_to_page_cache(first, head);
  }
  yield* pte_lock(m);
  yield "compare the huge PTE";
  if (!pte_none(pmd.word[pmd_slot(m, at)])) {
    yield* pte_unlock(m);
    yield "drop the reference";
    put_refs(head, 1);
    return FAULT_DONE;
  }
  yield "page_dup_file_rmap: map + 1";
  page.entire_map[head]++;
  yield "set the huge PTE";
  const writable = (vm & VM_SHARED) !== 0 && (vm & VM_WRITE) !== 0;
  const left = has_marker(m, at) && kernel.wp.leavesHugetlbUffdWp;
  pmd.word[pmd_slot(m, at)] = take_marker(m, at, make_huge_pte(head, writable));
  if ((flags & FAULT_WRITE) !== 0 && (vm & VM_SHARED) === 0 && !left) return FAULT_PROTECTED;
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/** The page that the cache has from now on, with a reference for the caller. */
export function add_to_page_cache(first: number, head: number): number {
  if (cache.frame[first] === 0) {
    cache.frame[first] = head;
    for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[head + i] |= PG_CACHE;
  } else put_refs(head, 1);
  page.ref[cache.frame[first]]++;
  return cache.frame[first];
}

/** Reuse a page that is mapped once, whoever else refers to it; else copy. ptl is dropped. */
export function* hugetlb_wp(
  m: number,
  at: number,
  entry: number,
  vm: number,
  flags: number,
): Path<number> {
  const old = pte_frame(entry);
  const unshare = (flags & FAULT_UNSHARE) !== 0;
  if (!unshare && (entry & PTE_UFFD_WP) !== 0 && kernel.wp.leavesHugetlbUffdWp)
    return yield* retried_for_ever(m, at, entry);
  const writable = !unshare && hugetlb_may_write(vm) ? 1 : 0;
  let reuse = (vm & VM_SHARED) !== 0 ? 1 : 0;
  if (!reuse) reuse = yield* hugetlb_is_own(old);
  if (reuse) return yield* hugetlb_reuse(m, at, writable);
  return yield* hugetlb_copy(m, at, entry, writable);
}

/** Whether nobody else maps the page; it is exclusive from then on. */
export function* hugetlb_is_own(old: number): Path<number> {
  yield "read map: page_mapcount";
  const own = page.entire_map[old] === 1 && page_anon(old) ? 1 : 0;
  if (own && kernel.wp.reuse === "exclusive") {
    yield "set PageAnonExclusive";
    page.exclusive[old] = 1;
  }
  return own;
}

/** The page stays where it is. ptl is dropped. */
export function* hugetlb_reuse(m: number, at: number, writable: number): Path<number> {
  if (writable) {
    yield "make the huge PTE writable";
    pmd.word[pmd_slot(m, at)] |= PTE_WRITE | PTE_DIRTY | PTE_SOFT_DIRTY | PTE_YOUNG;
  }
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/**
 * The entry has userfaultfd's mark and nobody watches who could take it away: each fault leaves it as it is,
 * and the next one comes at once, until somebody else changes the entry. Not modelled: that mmap_lock is let
 * go of between the faults.
 */
export function* retried_for_ever(m: number, at: number, entry: number): Path<number> {
  yield* pte_unlock(m);
  yield "the entry is left as it is: fault again";
  until(pmd.word[pmd_slot(m, at)] !== entry);
  return FAULT_DONE;
}

/**
 * Whether a write fault leaves a writable entry: the mapping may be read-only, and the write forced.
 * Compare mm/hugetlb.c:set_huge_ptep_maybe_writable(), make_huge_pte().
 */
export function hugetlb_may_write(vm: number): boolean {
  return (vm & VM_WRITE) !== 0 || !kernel.gup.forcedHugetlbProtected;
}

/**
 * The copy comes from the pool. The owner of the reserve that already has a page here asks outside the
 * reserve, and if there is none takes the page away from the children: the fault goes on and finds it its
 * own. Left out: where it does not it would copy again, and here faults again.
 */
export function* hugetlb_copy(
  m: number,
  at: number,
  entry: number,
  writable: number,
): Path<number> {
  const old = pte_frame(entry);
  yield "hold the old page";
  page.ref[old]++;
  yield* pte_unlock(m);
  const outside = m === RESERVE_OWNER && page_anon(old) ? 1 : 0;
  const copy = yield* alloc_hugetlb_page(m, at, outside);
  if (copy === 0) {
    yield "let go of the old page";
    put_refs(old, 1);
    if (!outside) return FAULT_SIGBUS;
    yield* unmap_ref_private(m, at, old);
    yield* pte_lock(m);
    yield "compare the huge PTE";
    let own = 0;
    if (pmd.word[pmd_slot(m, at)] === entry) own = yield* hugetlb_is_own(old);
    if (own) return yield* hugetlb_reuse(m, at, writable);
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  yield "copy the content";
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.data[copy + i] = page.data[old + i];
  yield* pte_lock(m);
  yield "compare the huge PTE";
  const same = pmd.word[pmd_slot(m, at)] === entry;
  if (same) {
    yield "clear the huge PTE and flush";
    pmd.word[pmd_slot(m, at)] = 0;
    flush_tlb_pmd(m, at);
    yield "page_remove_rmap of the old page";
    page.entire_map[old]--;
    yield "hugetlb_add_new_anon_rmap";
    hugetlb_add_new_anon_rmap(copy);
    yield "set the huge PTE";
    pmd.word[pmd_slot(m, at)] = make_huge_pte(copy, writable);
  }
  yield* pte_unlock(m);
  yield "drop the mapping's reference, or free the unused copy";
  put_refs(same ? old : copy, 1);
  yield "let go of the old page";
  put_refs(old, 1);
  return FAULT_DONE;
}
