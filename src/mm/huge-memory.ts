/**
 * A THP mapped by a PMD: first touch, the write fault, splitting the PMD.
 * Compare mm/huge_memory.c:do_huge_pmd_anonymous_page(), do_huge_pmd_wp_page(), __split_huge_pmd().
 *
 * The page-table lock of the model serves as PMD lock, too. GUP-fast reads a PMD without it.
 * Not modelled: deferred splitting of the compound page, the deposited page table.
 */
import type { Path } from "../step/index.ts";
import {
  FAULT_DONE,
  FAULT_FALLBACK,
  FAULT_SIGBUS,
  FAULT_UNSHARE,
  FAULT_WRITE,
} from "./fault-flags.ts";
import { lock_page, pte_lock, pte_unlock, trylock_page, unlock_page } from "./locks.ts";
import { lru_add_drain } from "./lru.ts";
import { folio_add_large_mapcount, folio_sub_large_mapcount } from "./mm-ids.ts";
import {
  alloc_huge_page,
  folio,
  is_large,
  most_mapped_part,
  PG_ANON,
  PG_DIRTY,
  page_count,
  put_refs,
} from "./page.ts";
import { HPAGE_PMD_NR, HUGE_THP, PMD_TABLE, pmd_slot, pte_alloc } from "./pmd.ts";
import {
  mk_anon_pte,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_dirty,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
  pte_write,
} from "./pte.ts";
import { address, kernel, page, pmd, pte, slot } from "./state.ts";
import { flush_tlb_pmd } from "./tlb.ts";
import { handle_userfault, userfaultfd_pte_wp } from "./uffd-fault.ts";
import { anon_vma_prepare, in_one_vma, VM_WRITE } from "./vma.ts";

/** A fault in a range that a PMD may map. Returns FAULT_*, FALLBACK when the entries decide. */
export function* huge_fault(m: number, at: number, vm: number, flags: number): Path<number> {
  yield "read the PMD";
  let entry = pmd.word[pmd_slot(m, at)];
  if (pte_none(entry)) {
    if (!one_vma_over_range(m, at)) {
      pte_alloc(m, at);
      return FAULT_FALLBACK;
    }
    if ((flags & FAULT_WRITE) === 0) return yield* set_huge_zero_page(m, at);
    return yield* do_huge_pmd_anonymous_page(m, at, vm);
  }
  if (!pte_present(entry)) return FAULT_FALLBACK;
  const breaks = (flags & (FAULT_WRITE | FAULT_UNSHARE)) !== 0 && !pte_write(entry);
  if (!breaks) return FAULT_DONE;
  yield* pte_lock(m);
  yield "compare the PMD";
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
  return yield* do_huge_pmd_wp_page(m, at, entry, vm, flags);
}

/** A huge page can only lie in one VMA. */
export function one_vma_over_range(m: number, at: number): boolean {
  return in_one_vma(m, address.first[at], HPAGE_PMD_NR);
}

/** First read of an untouched range: the huge zero page, for nothing. */
export function* set_huge_zero_page(m: number, at: number): Path<number> {
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  yield* pte_lock(m);
  yield "map the huge zero page, if still none";
  if (pte_none(pmd.word[pmd_slot(m, at)]))
    pmd.word[pmd_slot(m, at)] = PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG;
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/** First write into an untouched range: a whole huge page at once. */
export function* do_huge_pmd_anonymous_page(m: number, at: number, vm: number): Path<number> {
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  const head = yield* alloc_huge_page();
  if (head === 0) {
    pte_alloc(m, at);
    return FAULT_FALLBACK;
  }
  yield* pte_lock(m);
  yield "compare the PMD";
  if (!pte_none(pmd.word[pmd_slot(m, at)])) {
    yield* pte_unlock(m);
    yield "free the unused page";
    put_refs(head, 1);
    return FAULT_DONE;
  }
  yield "page_add_new_anon_rmap";
  add_new_huge_rmap(m, head);
  yield "set the PMD";
  pmd.word[pmd_slot(m, at)] = mk_anon_pte(head, vm & VM_WRITE);
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/** A fresh huge page gets its first mapping, by a PMD. */
export function add_new_huge_rmap(m: number, head: number): void {
  page.entire_map[head] = 1;
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[head + i] = PG_ANON;
  folio_add_large_mapcount(m, head, 1);
  if (kernel.thp.reuse === "exclusive") page.exclusive[head] = 1;
}

/**
 * The write fault on a write-protected PMD: reuse, copy the whole page, or split and fall back. Another
 * thread may have dropped the PMD before the split: the entry that follows needs a table then.
 */
export function* do_huge_pmd_wp_page(
  m: number,
  at: number,
  entry: number,
  vm: number,
  flags: number,
): Path<number> {
  if (pte_special(entry)) return yield* do_huge_zero_wp_pmd(m, at, entry, vm);
  const head = pte_frame(entry);
  const reuse = yield* can_reuse_huge_page(m, at, entry, head);
  if (reuse === HUGE_CHANGED) return FAULT_DONE;
  if (reuse === HUGE_REUSE) {
    if ((flags & FAULT_UNSHARE) === 0) {
      yield "make the PMD writable";
      const writable = (vm & VM_WRITE) !== 0 ? PTE_WRITE : 0;
      pmd.word[pmd_slot(m, at)] |= writable | PTE_DIRTY | PTE_SOFT_DIRTY | PTE_YOUNG;
    }
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  if (kernel.thp.otherwise === "copy") return yield* copy_huge_page(m, at, entry, vm, head);
  yield* pte_unlock(m);
  yield* split_huge_pmd(m, at);
  pte_alloc(m, at);
  return FAULT_FALLBACK;
}

/**
 * The first write to the huge zero page: a whole huge page in its place, or its PMD is split and one
 * small page follows. Precondition: ptl held; dropped here.
 */
export function* do_huge_zero_wp_pmd(
  m: number,
  at: number,
  entry: number,
  vm: number,
): Path<number> {
  yield* pte_unlock(m);
  let head = 0;
  if (kernel.thp.hugeZeroWrite === "allocate") head = yield* alloc_huge_page();
  if (head === 0) {
    yield* split_huge_pmd(m, at);
    pte_alloc(m, at);
    return FAULT_FALLBACK;
  }
  yield* pte_lock(m);
  yield "compare the PMD";
  const same = pmd.word[pmd_slot(m, at)] === entry;
  if (same) {
    yield "page_add_new_anon_rmap";
    add_new_huge_rmap(m, head);
    yield "set the PMD";
    pmd.word[pmd_slot(m, at)] = mk_anon_pte(head, vm & VM_WRITE);
  }
  yield* pte_unlock(m);
  yield "free the unused page";
  if (!same) put_refs(head, 1);
  return FAULT_DONE;
}

/**
 * The highest mapcount of a folio's parts. The parts and the compound count are read one after the
 * other: a PMD that is split between the two reads is counted in neither.
 */
export function* read_trans_huge_mapcount(frame: number): Path<number> {
  yield "read the mapcounts of the parts";
  const parts = most_mapped_part(frame);
  if (!is_large(frame)) return parts;
  yield "read the compound mapcount";
  return parts + page.entire_map[folio(frame)];
}

const HUGE_NO = 0;
const HUGE_REUSE = 1;
/** The PMD changed while the page lock was awaited; ptl is dropped. */
const HUGE_CHANGED = 2;

export function* can_reuse_huge_page(
  m: number,
  at: number,
  entry: number,
  head: number,
): Path<number> {
  if (kernel.thp.reuse === "exclusive") {
    yield "read PageAnonExclusive of the head";
    if (page.exclusive[head]) return HUGE_REUSE;
  }
  const locked = yield* trylock_page(head);
  if (!locked) {
    const same = yield* wait_for_huge_page_lock(m, at, entry, head);
    if (!same) return HUGE_CHANGED;
  }
  let reuse = 0;
  if (kernel.thp.reuse === "mapcount") {
    const mapped = yield* read_trans_huge_mapcount(head);
    reuse = mapped <= 1 ? 1 : 0;
  } else {
    yield* lru_add_drain(head);
    yield "read ref: folio_ref_count";
    reuse = page_count(head) === 1 ? 1 : 0;
    if (reuse && kernel.thp.reuse === "exclusive") {
      yield "set PageAnonExclusive of the head";
      page.exclusive[head] = 1;
    }
  }
  yield* unlock_page(head);
  return reuse ? HUGE_REUSE : HUGE_NO;
}

/** Sleeps on the page lock without ptl; 1 if the PMD is still the same. */
export function* wait_for_huge_page_lock(
  m: number,
  at: number,
  entry: number,
  head: number,
): Path<number> {
  yield "hold the page";
  page.ref[head]++;
  yield* pte_unlock(m);
  yield* lock_page(head);
  yield* pte_lock(m);
  yield "compare the PMD";
  const same = pmd.word[pmd_slot(m, at)] === entry;
  if (!same) {
    yield* unlock_page(head);
    yield* pte_unlock(m);
  }
  yield "let go of the page";
  put_refs(head, 1);
  return same ? 1 : 0;
}

/** Up to v5.7: the whole huge page is copied, if there is another; else its PMD is split. */
export function* copy_huge_page(
  m: number,
  at: number,
  entry: number,
  vm: number,
  head: number,
): Path<number> {
  yield "hold the old page";
  page.ref[head]++;
  yield* pte_unlock(m);
  const copy = yield* alloc_huge_page();
  if (copy !== 0) {
    yield "copy the content";
    for (let i = 0; i < HPAGE_PMD_NR; i++) page.data[copy + i] = page.data[head + i];
  }
  yield* pte_lock(m);
  yield "compare the PMD";
  const same = pmd.word[pmd_slot(m, at)] === entry;
  if (same && copy !== 0) {
    yield "clear the PMD and flush";
    pmd.word[pmd_slot(m, at)] = 0;
    flush_tlb_pmd(m, at);
    yield "page_add_new_anon_rmap";
    add_new_huge_rmap(m, copy);
    yield "set the PMD";
    pmd.word[pmd_slot(m, at)] = mk_anon_pte(copy, vm & VM_WRITE);
    yield "page_remove_rmap of the old page";
    page.entire_map[head]--;
    folio_sub_large_mapcount(m, head, 1);
  }
  yield* pte_unlock(m);
  if (same && copy !== 0) {
    yield "drop the mapping's reference";
    put_refs(head, 1);
  }
  if (!same && copy !== 0) {
    yield "free the unused copy";
    put_refs(copy, 1);
  }
  yield "let go of the old page";
  put_refs(head, 1);
  if (!same || copy !== 0) return FAULT_DONE;
  yield* split_huge_pmd(m, at);
  return FAULT_FALLBACK;
}

/** Splits the PMD that maps `at`, if one does. */
export function* split_huge_pmd(m: number, at: number): Path {
  if (address.huge[at] !== HUGE_THP) return;
  for (;;) {
    yield* pte_lock(m);
    yield "read the PMD";
    const entry = pmd.word[pmd_slot(m, at)];
    if (!pte_present(entry)) {
      yield* pte_unlock(m);
      return;
    }
    const head = pte_frame(entry);
    const locks = kernel.thp.splitLocksPage && !pte_special(entry) ? 1 : 0;
    let same = 1;
    if (locks) {
      const locked = yield* trylock_page(head);
      if (!locked) same = yield* wait_for_huge_page_lock(m, at, entry, head);
    }
    if (same) {
      yield* __split_huge_pmd_locked(m, at);
      if (locks) yield* unlock_page(head);
      yield* pte_unlock(m);
      return;
    }
  }
}

/** As split_huge_pmd, for somebody who holds the page lock: if the PMD maps the page whose head it is. */
export function* split_pmd_of_locked_page(m: number, at: number, head: number): Path {
  yield* pte_lock(m);
  yield "does the PMD map the page";
  const entry = pmd.word[pmd_slot(m, at)];
  const mapped = pte_present(entry) && !pte_special(entry) && pte_frame(entry) === head;
  if (mapped) yield* __split_huge_pmd_locked(m, at);
  yield* pte_unlock(m);
}

/**
 * The PMD gives way to four entries with its rights; the compound page stays. Precondition: ptl
 * held, the PMD maps a THP.
 */
export function* __split_huge_pmd_locked(m: number, at: number): Path {
  yield "pmdp_invalidate";
  const entry = pmd.word[pmd_slot(m, at)];
  pmd.word[pmd_slot(m, at)] = PMD_TABLE;
  flush_tlb_pmd(m, at);
  const first = address.first[at];
  if (pte_special(entry)) {
    yield "pmd_populate: four entries of the zero page";
    for (let i = 0; i < HPAGE_PMD_NR; i++) pte.word[slot(m, first + i)] = entry;
    return;
  }
  const head = folio(pte_frame(entry));
  if (kernel.thp.reuse === "exclusive") {
    yield "hand PageAnonExclusive to the subpages";
    for (let i = 1; i < HPAGE_PMD_NR; i++) page.exclusive[head + i] = page.exclusive[head];
  }
  yield "page_ref_add: one reference for each entry";
  page.ref[head] += HPAGE_PMD_NR - 1;
  yield "the parts' mapcounts + 1";
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.map[head + i]++;
  folio_add_large_mapcount(m, head, HPAGE_PMD_NR);
  yield "the compound mapcount - 1";
  page.entire_map[head]--;
  folio_sub_large_mapcount(m, head, 1);
  yield "pmd_populate: the four entries";
  if (!pte_present(entry)) return;
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    pte.word[slot(m, first + i)] = entry_of_split_pmd(entry) + i;
    if (pte_dirty(entry)) page.flags[head + i] |= PG_DIRTY;
  }
}

/** A dirty PMD makes the page dirty, and its entries on some kernels: soft-dirty with it. */
export function entry_of_split_pmd(entry: number): number {
  if (!pte_dirty(entry)) return entry;
  return kernel.thp.splitKeepsDirty ? entry | PTE_SOFT_DIRTY : entry & ~PTE_DIRTY;
}
