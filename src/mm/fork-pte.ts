/**
 * One present entry at fork: shared write-protected, or, when the page may be pinned, copied for
 * the child at once. Compare mm/memory.c:copy_present_pte(), copy_present_page().
 *
 * Each piece below is one kernel's order of steps. They differ in when the source is
 * write-protected, when pins are looked for, and where the copy's memory comes from.
 *
 * Preconditions: the parent's mmap_lock held for writing; the locks below are taken inside, the
 * child's ptl with the parent's as one step (nobody else can hold the child's).
 * Returns 0 or ENOMEM.
 */
import type { Path } from "../step/index.ts";
import { copy_nonpresent_pte } from "./fork-nonpresent.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { folio_add_large_mapcount } from "./mm-ids.ts";
import { may_reorder, protection_waits } from "./order.ts";
import { PROTECT_AFTER_PIN_TEST } from "./order-bits.ts";
import {
  alloc_page,
  copy_user_highpage,
  folio,
  page_add_new_anon_rmap,
  page_anon,
  page_mapcount,
  page_maybe_dma_pinned,
  page_needs_cow_for_dma,
  put_refs,
} from "./page.ts";
import {
  mk_anon_pte,
  PTE_PRESENT,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_dirty,
  pte_frame,
  pte_mkclean_old,
  pte_present,
  pte_special,
  pte_write,
  pte_wrprotect,
} from "./pte.ts";
import { ENOMEM, kernel, page, pte, slot, vma } from "./state.ts";
import { leave_stale } from "./tlb.ts";
import { is_cow_mapping, VM_SHARED, VM_WRITE } from "./vma.ts";

export function* copy_present_pte(m: number, c: number, at: number, vm: number): Path<number> {
  yield* pte_lock(m);
  yield "read the source PTE";
  const entry = pte.word[slot(m, at)];
  if (!pte_present(entry)) return yield* copy_nonpresent_pte(m, c, at, vm, entry);
  if (pte_special(entry)) return yield* share_special_pte(m, c, at, vm, entry);
  if (!is_cow_mapping(vm)) return yield* share_pte(m, c, at, vm, entry);
  switch (kernel.fork.presentPte) {
    case "share":
      return yield* share_pte(m, c, at, vm, entry);
    case "peter-xu-v1":
      return yield* copy_one_pte_peter_xu_v1(m, c, at, vm, entry);
    case "linus-atomic":
      return yield* copy_normal_page(m, c, at, vm, entry);
    case "protect-then-test":
      return yield* protect_then_test(m, c, at, vm, entry);
    case "test-mapcount-then-share":
      return yield* test_mapcount_then_share(m, c, at, vm, entry);
    case "exclusive":
      return yield* share_unless_exclusively_pinned(m, c, at, vm, entry);
    default:
      return yield* test_then_share(m, c, at, vm, entry);
  }
}

/** No struct page: nothing is counted, both sides are protected. */
export function* share_special_pte(
  m: number,
  c: number,
  at: number,
  vm: number,
  entry: number,
): Path<number> {
  yield* wrprotect_source(m, at, vm, entry);
  yield* set_child_pte(c, at, vm, entry);
  yield* pte_unlock(m);
  return 0;
}

/** Every kernel's common case: one more reference, one more mapping, both sides write-protected. */
export function* share_pte(
  m: number,
  c: number,
  at: number,
  vm: number,
  entry: number,
): Path<number> {
  yield* count_new_mapping(c, pte_frame(entry));
  yield* wrprotect_source(m, at, vm, entry);
  yield* set_child_pte(c, at, vm, entry);
  yield* pte_unlock(m);
  return 0;
}

/** In the child `c`. */
export function* count_new_mapping(c: number, frame: number): Path {
  yield "get_page: ref + 1";
  page.ref[folio(frame)]++;
  yield "page_dup_rmap: map + 1";
  page.map[frame]++;
  folio_add_large_mapcount(c, frame, 1);
}

export function* wrprotect_source(m: number, at: number, vm: number, entry: number): Path {
  if (!is_cow_mapping(vm) || !pte_write(entry)) return;
  yield "write-protect the source PTE";
  leave_stale(m, at, pte.word[slot(m, at)]);
  pte.word[slot(m, at)] = pte_wrprotect(pte.word[slot(m, at)]);
}

/** What the child's entry keeps of the parent's. */
export function* set_child_pte(c: number, at: number, vm: number, entry: number): Path {
  yield "set the child's PTE";
  const cow = is_cow_mapping(vm) ? pte_wrprotect(entry) : entry;
  const clean = (vm & VM_SHARED) !== 0 ? pte_mkclean_old(cow) : cow & ~PTE_YOUNG;
  pte.word[slot(c, at)] = clean & ~PTE_UFFD_WP;
}

// --- v5.9 to v5.18: test for pins, then share and protect ---

export function* test_then_share(
  m: number,
  c: number,
  at: number,
  vm: number,
  first: number,
): Path<number> {
  let entry = first;
  let copy = 0;
  for (;;) {
    const frame = pte_frame(entry);
    let pinned = 0;
    if (!kernel.fork.copiesAnonOnly || page_anon(frame))
      pinned = yield* page_needs_cow_for_dma(m, vm, frame);
    if (!pinned) {
      yield* share_pte(m, c, at, vm, entry);
      yield* free_prealloc(copy);
      return 0;
    }
    if (copy !== 0) {
      yield* copy_present_page(m, c, at, vm, frame, copy);
      return 0;
    }
    yield* pte_unlock(m);
    copy = yield* alloc_page();
    if (copy === 0) return ENOMEM;
    yield* pte_lock(m);
    yield "read the source PTE again";
    entry = pte.word[slot(m, at)];
    if (!pte_present(entry)) {
      yield* free_prealloc(copy);
      return yield* copy_nonpresent_pte(m, c, at, vm, entry);
    }
  }
}

/** The child gets the copy, writable if the VMA is; the parent keeps the page, its entry untouched. */
export function* copy_present_page(
  m: number,
  c: number,
  at: number,
  vm: number,
  frame: number,
  copy: number,
): Path {
  yield* copy_user_highpage(copy, frame);
  yield "page_add_new_anon_rmap of the copy";
  page_add_new_anon_rmap(copy);
  yield "set the child's PTE to the copy";
  pte.word[slot(c, at)] = mk_anon_pte(copy, vm & VM_WRITE);
  yield* pte_unlock(m);
}

export function* free_prealloc(copy: number): Path {
  if (copy === 0) return;
  yield "free the unused copy";
  put_refs(copy, 1);
}

// --- v5.9-rc7: protect first, so that GUP-fast must notice, then test, and restore ---

export function* protect_then_test(
  m: number,
  c: number,
  at: number,
  vm: number,
  first: number,
): Path<number> {
  let entry = first;
  let copy = 0;
  for (;;) {
    const frame = pte_frame(entry);
    let waits = 0;
    if (may_reorder(PROTECT_AFTER_PIN_TEST)) waits = yield* protection_waits();
    if (!waits) yield* wrprotect_source(m, at, vm, entry);
    const pinned = yield* page_needs_cow_for_dma(m, vm, frame);
    if (waits) yield* wrprotect_source(m, at, vm, entry);
    if (!pinned) {
      yield* count_new_mapping(c, frame);
      yield* set_child_pte(c, at, vm, entry);
      yield* pte_unlock(m);
      yield* free_prealloc(copy);
      return 0;
    }
    if (pte_write(entry)) {
      yield "put the source PTE's old value back";
      pte.word[slot(m, at)] = entry;
    }
    if (copy !== 0) {
      yield* copy_present_page(m, c, at, vm, frame, copy);
      return 0;
    }
    yield* pte_unlock(m);
    copy = yield* alloc_page();
    if (copy === 0) return ENOMEM;
    yield* pte_lock(m);
    yield "read the source PTE again";
    entry = pte.word[slot(m, at)];
    if (!pte_present(entry)) {
      yield* free_prealloc(copy);
      return yield* copy_nonpresent_pte(m, c, at, vm, entry);
    }
  }
}

// --- 28 Sep 2020: as v5.9, but a page mapped more than once is shared without more ado ---

export function* test_mapcount_then_share(
  m: number,
  c: number,
  at: number,
  vm: number,
  entry: number,
): Path<number> {
  yield "read map: shared already";
  if (page_mapcount(pte_frame(entry)) > 1) return yield* share_pte(m, c, at, vm, entry);
  return yield* test_then_share(m, c, at, vm, entry);
}

// --- Linus, 25 Sep 2020: protect, test, copy from GFP_ATOMIC under the locks ---

export function* copy_normal_page(
  m: number,
  c: number,
  at: number,
  vm: number,
  entry: number,
): Path<number> {
  const frame = pte_frame(entry);
  let waits = 0;
  if (may_reorder(PROTECT_AFTER_PIN_TEST)) waits = yield* protection_waits();
  if (!waits) yield* wrprotect_source(m, at, vm, entry);
  const copies = yield* normal_page_is_pinned(m, at, entry, frame);
  if (waits) yield* wrprotect_source(m, at, vm, entry);
  if (!copies) {
    yield* count_new_mapping(c, frame);
    yield* set_child_pte(c, at, vm, entry);
    yield* pte_unlock(m);
    return 0;
  }
  const copy = yield* alloc_page();
  if (copy === 0) {
    yield* pte_unlock(m);
    return ENOMEM;
  }
  yield* copy_user_highpage(copy, frame);
  yield "page_add_new_anon_rmap of the copy";
  page_add_new_anon_rmap(copy);
  yield "set the child's PTE to the copy, clean and read-only";
  pte.word[slot(c, at)] = copy | PTE_PRESENT | PTE_YOUNG;
  if ((vm & VM_WRITE) !== 0) {
    yield "make the source PTE writable again";
    pte.word[slot(m, at)] |= PTE_WRITE;
  }
  yield* pte_unlock(m);
  return 0;
}

/**
 * The patch's preconditions; the mm's has_pinned is not among them. As posted the counts come first;
 * with them last, a page that the VMA or the entry rules out costs no load.
 */
export function* normal_page_is_pinned(
  m: number,
  at: number,
  entry: number,
  frame: number,
): Path<number> {
  let wanted = 0;
  if (kernel.fork.preconditions === "counts-last") {
    wanted = yield* vma_and_entry_are_anon(m, at, entry);
    if (!wanted) return 0;
  }
  yield "read ref: page_maybe_dma_pinned";
  if (!page_maybe_dma_pinned(frame)) return 0;
  yield "read map: page_mapcount";
  if (page_mapcount(frame) !== 1) return 0;
  if (wanted) return 1;
  return yield* vma_and_entry_are_anon(m, at, entry);
}

/** A VMA without anon_vma has no page of its own; a clean entry maps none that was written. */
export function* vma_and_entry_are_anon(m: number, at: number, entry: number): Path<number> {
  yield "test anon_vma";
  if (!vma.anon_vma[slot(m, at)]) {
    yield "there is no anon_vma: share";
    return 0;
  }
  return pte_dirty(entry) ? 1 : 0;
}

// --- Peter Xu, first version, 21 Sep 2020: reference first, copy without the locks ---

export function* copy_one_pte_peter_xu_v1(
  m: number,
  c: number,
  at: number,
  vm: number,
  first: number,
): Path<number> {
  let entry = first;
  for (;;) {
    const frame = pte_frame(entry);
    yield "get_page: ref + 1";
    page.ref[folio(frame)]++;
    let pinned = 0;
    if (pte_write(entry)) pinned = yield* page_needs_cow_for_dma(m, vm, frame);
    if (!pinned) {
      yield "page_dup_rmap: map + 1";
      page.map[frame]++;
      folio_add_large_mapcount(c, frame, 1);
      yield* wrprotect_source(m, at, vm, entry);
      yield* set_child_pte(c, at, vm, entry);
      yield* pte_unlock(m);
      return 0;
    }
    yield* pte_unlock(m);
    const copy = yield* alloc_page();
    if (copy !== 0) {
      yield* copy_user_highpage(copy, frame);
    }
    yield "drop the reference";
    put_refs(frame, 1);
    if (copy === 0) return ENOMEM;
    yield* pte_lock(m);
    yield "compare the source PTE";
    const now = pte.word[slot(m, at)];
    if (now === entry) {
      yield "page_add_new_anon_rmap of the copy";
      page_add_new_anon_rmap(copy);
      yield "set the child's PTE to the copy";
      pte.word[slot(c, at)] = mk_anon_pte(copy, vm & VM_WRITE);
      yield* pte_unlock(m);
      return 0;
    }
    yield "free the stale copy";
    put_refs(copy, 1);
    entry = now;
    if (!pte_present(entry)) return yield* copy_nonpresent_pte(m, c, at, vm, entry);
  }
}

// --- from v5.19: only an exclusive page can be pinned ---

export function* share_unless_exclusively_pinned(
  m: number,
  c: number,
  at: number,
  vm: number,
  first: number,
): Path<number> {
  let entry = first;
  let copy = 0;
  for (;;) {
    const frame = pte_frame(entry);
    yield "get_page: ref + 1";
    page.ref[folio(frame)]++;
    const pinned = yield* page_try_dup_anon_rmap(m, c, vm, frame);
    if (!pinned) {
      yield* wrprotect_source(m, at, vm, entry);
      yield* set_child_pte(c, at, vm, entry);
      yield* pte_unlock(m);
      yield* free_prealloc(copy);
      return 0;
    }
    yield "drop the reference";
    put_refs(frame, 1);
    if (copy !== 0) {
      yield* copy_present_page(m, c, at, vm, frame, copy);
      return 0;
    }
    yield* pte_unlock(m);
    copy = yield* alloc_page();
    if (copy === 0) return ENOMEM;
    yield* pte_lock(m);
    yield "read the source PTE again";
    entry = pte.word[slot(m, at)];
    if (!pte_present(entry)) {
      yield* free_prealloc(copy);
      return yield* copy_nonpresent_pte(m, c, at, vm, entry);
    }
  }
}

/** Adds a mapping, clearing PageAnonExclusive; 1 when it may not, since the page may be pinned. */
export function* page_try_dup_anon_rmap(
  m: number,
  c: number,
  vm: number,
  frame: number,
): Path<number> {
  if (page_anon(frame)) {
    const pinned = yield* exclusively_pinned(m, vm, frame);
    if (pinned) return 1;
  }
  yield "page_dup_rmap: map + 1";
  page.map[frame]++;
  folio_add_large_mapcount(c, frame, 1);
  return 0;
}

/**
 * Whether the page (of a PMD the head) is exclusive and may be pinned, so that it must be copied; an
 * exclusive page that may not be loses the mark. Either question comes first, as the kernel has it.
 */
export function* exclusively_pinned(m: number, vm: number, frame: number): Path<number> {
  let pinned = 0;
  if (kernel.fork.readsPinsFirst) pinned = yield* page_needs_cow_for_dma(m, vm, frame);
  yield "read PageAnonExclusive";
  if (!page.exclusive[frame]) return 0;
  if (!kernel.fork.readsPinsFirst) pinned = yield* page_needs_cow_for_dma(m, vm, frame);
  if (pinned) return 1;
  yield "clear PageAnonExclusive";
  page.exclusive[frame] = 0;
  return 0;
}
