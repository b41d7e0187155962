/**
 * Page faults: what happens when a process, or GUP on its behalf, needs an entry it does not have.
 * Compare mm/memory.c:handle_mm_fault(), handle_pte_fault(), do_anonymous_page(). Files: filemap.ts.
 *
 * Preconditions: mmap_lock held for reading. The page-table lock is taken and dropped inside; what
 * was read before it is compared again under it.
 * Entries that are neither none nor present: swap-in.ts.
 * Not modelled: userfaultfd of missing pages, mlock, accounting.
 */
import type { Path } from "../step/index.ts";
import {
  FAULT_DONE,
  FAULT_FALLBACK,
  FAULT_FORCE,
  FAULT_OOM,
  FAULT_PROTECTED,
  FAULT_SIGSEGV,
  FAULT_UNSHARE,
  FAULT_WRITE,
} from "./fault-flags.ts";
import { do_fault } from "./filemap.ts";
import { huge_fault } from "./huge-memory.ts";
import { hugetlb_fault } from "./hugetlb.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { do_numa_page } from "./numa.ts";
import { alloc_page, page_add_new_anon_rmap, put_refs } from "./page.ts";
import { HUGE_TLB, pmd_mapped, pte_table_gone } from "./pmd.ts";
import {
  mk_anon_pte,
  PTE_PRESENT,
  PTE_SPECIAL,
  PTE_YOUNG,
  pte_none,
  pte_present,
  pte_protnone,
  pte_write,
} from "./pte.ts";
import { address, pte, slot, vma } from "./state.ts";
import { do_swap_page } from "./swap-in.ts";
import { anon_vma_prepare, VM_FILE, VM_WRITE } from "./vma.ts";
import { do_wp_page } from "./wp.ts";

/** Resolves one fault of mm `m` at page `at`. Returns FAULT_*; done does not promise the entry stays. */
export function* handle_mm_fault(m: number, at: number, flags: number): Path<number> {
  yield "find the VMA";
  const vm = vma.flags[slot(m, at)];
  if (vm === 0) return FAULT_SIGSEGV;
  if ((flags & (FAULT_WRITE | FAULT_FORCE)) === FAULT_WRITE && (vm & VM_WRITE) === 0)
    return FAULT_SIGSEGV;
  if (address.huge[at] === HUGE_TLB) return yield* hugetlb_fault(m, at, vm, flags);
  if (address.huge[at]) {
    const huge = yield* huge_fault(m, at, vm, flags);
    if (huge !== FAULT_FALLBACK) return huge;
  }
  yield "read the PTE";
  let entry = pte.word[slot(m, at)];
  if (pte_none(entry)) {
    if ((vm & VM_FILE) !== 0) return yield* do_fault(m, at, vm, flags);
    return yield* do_anonymous_page(m, at, vm, flags);
  }
  if (pte_protnone(entry)) return yield* do_numa_page(m, at, entry, vm);
  if (!pte_present(entry)) {
    const swapped = yield* do_swap_page(m, at, entry, vm, flags);
    if (swapped !== FAULT_PROTECTED) return swapped;
    yield "the page is back, and protected: take its entry";
    entry = pte.word[slot(m, at)];
  } else {
    yield* pte_lock(m);
    yield "compare the PTE";
    const changed = pte.word[slot(m, at)] !== entry || pmd_mapped(m, at);
    const needs_break = (flags & (FAULT_WRITE | FAULT_UNSHARE)) !== 0 && !pte_write(entry);
    if (changed || !needs_break) {
      yield* pte_unlock(m);
      return FAULT_DONE;
    }
  }
  return yield* do_wp_page(m, at, entry, vm, flags);
}

/** First touch of private anonymous memory: the zero page for a read, a fresh page for a write. */
export function* do_anonymous_page(m: number, at: number, vm: number, flags: number): Path<number> {
  if ((flags & FAULT_WRITE) === 0) {
    yield* pte_lock(m);
    yield "map the zero page, if still none";
    if (pte_none(pte.word[slot(m, at)]) && !pte_table_gone(m, at))
      pte.word[slot(m, at)] = PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG;
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  const frame = yield* alloc_page();
  if (frame === 0) return FAULT_OOM;
  yield* pte_lock(m);
  yield "compare the PTE";
  if (!pte_none(pte.word[slot(m, at)]) || pte_table_gone(m, at)) {
    yield* pte_unlock(m);
    yield "free the unused page";
    put_refs(frame, 1);
    return FAULT_DONE;
  }
  yield "page_add_new_anon_rmap";
  page_add_new_anon_rmap(frame);
  yield "set the PTE";
  pte.word[slot(m, at)] = mk_anon_pte(frame, vm & VM_WRITE);
  yield* pte_unlock(m);
  return FAULT_DONE;
}
