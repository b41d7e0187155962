/**
 * UFFDIO_MOVE: a page changes its address without being copied, from a place that then is a hole to a
 * hole. Compare mm/userfaultfd.c:move_pages(), move_pages_pte(), move_present_pte(), move_swap_pte(),
 * mm/huge_memory.c:move_pages_huge_pmd().
 *
 * The page must be the mm's alone (exclusive) and not pinned, which is asked again when the entry is gone:
 * GUP-fast may have come between. A plain reference is no obstacle: its page moves under it. A large folio
 * that entries map falls apart first; while others hold it the call tries again and again, or is refused.
 * Some kernels keep the error of a try that failed: the page moves, is looked for once more, and its own
 * new entry is in the way (`uffd.movesAgain`).
 * Not modelled: holes that are allowed, the VMAs' own locks, one flush for several entries (v6.18), the
 * waking of those who wait for the fault.
 */
import { type Path, until } from "../step/index.ts";
import { split_huge_pmd } from "./huge-memory.ts";
import {
  lock_page,
  mmap_read_lock,
  mmap_read_unlock,
  pte_lock,
  pte_unlock,
  trylock_page,
  unlock_page,
} from "./locks.ts";
import {
  folio,
  folio_mapcount,
  is_large,
  page_count,
  page_maybe_dma_pinned,
  put_refs,
} from "./page.ts";
import { HPAGE_PMD_NR, HUGE_THP, pmd_mapped, pmd_slot, pte_alloc } from "./pmd.ts";
import { has_file } from "./protect.ts";
import {
  PTE_DIRTY,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_SWAP_EXCLUSIVE,
  PTE_WRITE,
  PTE_YOUNG,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
} from "./pte.ts";
import { split_huge_page } from "./reclaim.ts";
import {
  address,
  EAGAIN,
  EBUSY,
  EEXIST,
  EINVAL,
  ENOENT,
  kernel,
  page,
  pmd,
  process,
  pte,
  slot,
  swap,
  vma,
} from "./state.ts";
import { return_to_user } from "./syscall.ts";
import { flush_tlb_page, flush_tlb_pmd } from "./tlb.ts";
import { anon_vma_prepare, VM_READ, VM_UFFD_WP, VM_WRITE, vma_rights } from "./vma.ts";

/** Pages at .. at+count-1 go to `to`. What moved before an error stays moved, and the error is EAGAIN. */
export function* uffd_move(p: number, at: number, count: number, to: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  yield* mmap_read_lock(m);
  yield "validate_move_areas";
  let result = move_areas_refused(m, at, count, to);
  let moved = 0;
  if (result === 0) anon_vma_prepare(m, to);
  while (moved < count && result === 0) {
    yield "read both PMDs";
    let whole = 0;
    if (pmd_mapped(m, to + moved)) result = EEXIST;
    else if (has_no_page_table(m, at + moved)) result = ENOENT;
    else if (pmd_mapped(m, at + moved)) {
      whole = count === HPAGE_PMD_NR && takes_huge_pmd(m, to) ? 1 : 0;
      if (!whole) result = yield* split_huge_pmd_to_move(m, at + moved);
    }
    if (whole) result = yield* move_pages_huge_pmd(m, at, to);
    else if (result === 0) result = yield* move_pages_pte(m, at + moved, to + moved);
    if (result === 0) moved += whole ? count : 1;
    else if (result === EAGAIN) result = 0;
  }
  yield* mmap_read_unlock(m);
  if (result !== 0 && moved > 0) result = EAGAIN;
  yield* return_to_user(into, result);
}

/**
 * Both are one VMA of writable private anonymous memory, with the same rights. The caller's userfaultfd is
 * one for the time of the call, so that it cannot have a place that another watches.
 */
export function move_areas_refused(m: number, at: number, count: number, to: number): number {
  if (!kernel.uffd.moves) return EINVAL;
  const from = vma.flags[slot(m, at)];
  const into = vma.flags[slot(m, to)];
  if (from === 0 || into === 0) return ENOENT;
  for (let i = 1; i < count; i++) {
    if (vma_rights(vma.flags[slot(m, at + i)]) !== vma_rights(from)) return EINVAL;
    if (vma_rights(vma.flags[slot(m, to + i)]) !== vma_rights(into)) return EINVAL;
  }
  if (has_file(from) || has_file(into) || (into & VM_UFFD_WP) !== 0) return EINVAL;
  return ((from ^ into) & (VM_READ | VM_WRITE)) !== 0 || (from & VM_WRITE) === 0 ? EINVAL : 0;
}

/** Whether nothing was ever mapped around page `at`: a hole is then told before what is at the other place. */
export function has_no_page_table(m: number, at: number): boolean {
  if (address.huge[at]) return pmd.word[pmd_slot(m, at)] === 0;
  return pte_none(pte.word[slot(m, at)]) && vma.anon_vma[slot(m, at)] === 0;
}

/** Whether a PMD can be put where page `to` begins. */
export function takes_huge_pmd(m: number, to: number): boolean {
  return (
    address.huge[to] === HUGE_THP && address.first[to] === to && pmd.word[pmd_slot(m, to)] === 0
  );
}

/** Only a part of a THP moves, or to where no PMD can be: an exclusive one is split. */
export function* split_huge_pmd_to_move(m: number, at: number): Path<number> {
  yield* pte_lock(m);
  yield "is the huge page exclusive";
  const entry = pmd.word[pmd_slot(m, at)];
  const shared = pte_present(entry) && !pte_special(entry) && !page.exclusive[pte_frame(entry)];
  const busy = shared ? 1 : 0;
  yield* pte_unlock(m);
  if (busy) return EBUSY;
  yield* split_huge_pmd(m, at);
  return 0;
}

/** The kernel's own "look at the entry anew": no errno that anybody is told, and none that stays behind. */
const LOOK_ANEW = 85;

/** One page by its entry. Returns 0 or an errno. */
export function* move_pages_pte(m: number, at: number, to: number): Path<number> {
  let tried = 0;
  for (;;) {
    yield* pte_lock(m);
    yield "read both entries";
    if (address.huge[to] === HUGE_THP) pte_alloc(m, to);
    const entry = pte.word[slot(m, at)];
    let result = 0;
    if (!pte_none(pte.word[slot(m, to)])) result = EEXIST;
    else if (pte_none(entry)) result = ENOENT;
    else if (!may_move(entry)) result = EBUSY;
    if (result === 0 && pte_present(entry) && !pte_special(entry)) {
      result = yield* move_present_page(m, at, to, entry);
    } else {
      yield* pte_unlock(m);
      if (result === 0) result = yield* move_other_entry(m, at, to, entry);
    }
    if (result === EAGAIN) tried = 1;
    else if (result !== LOOK_ANEW) {
      const forgotten = !tried || kernel.uffd.movesAgain === "until-it-moved";
      if (result !== 0 || forgotten) return result;
    }
  }
}

/** The mm's alone. A migration entry is waited for, whatever it says. */
export function may_move(entry: number): boolean {
  if (pte_present(entry)) return pte_special(entry) || page.exclusive[pte_frame(entry)] !== 0;
  return (entry & (PTE_MIGRATION | PTE_SWAP_EXCLUSIVE)) !== 0;
}

/** EAGAIN: begin anew. Precondition: ptl held, `entry` is the page's; dropped here. */
export function* move_present_page(m: number, at: number, to: number, entry: number): Path<number> {
  const frame = pte_frame(entry);
  const locked = yield* trylock_page(frame);
  if (!locked && is_large(frame)) {
    yield* pte_unlock(m);
    return EAGAIN;
  }
  yield "hold the page";
  page.ref[folio(frame)]++;
  yield* pte_unlock(m);
  if (!locked) yield* lock_page(frame);
  let result = 0;
  if (is_large(frame)) result = yield* split_folio_to_move(frame);
  else result = yield* move_present_pte(m, at, to, entry);
  yield* unlock_page(frame);
  yield "let go of the page";
  put_refs(frame, 1);
  if (result === EAGAIN && is_large(frame) && kernel.uffd.movesHeld === "retries") {
    yield "the folio is held by others: try again";
    until(page_count(frame) === folio_mapcount(frame) || pte.word[slot(m, at)] !== entry);
  }
  return result;
}

/** When the folio fell apart its page is looked at anew. */
export function* split_folio_to_move(frame: number): Path<number> {
  yield* split_huge_page(frame, 1);
  if (!is_large(frame)) return LOOK_ANEW;
  return kernel.uffd.movesHeld === "busy" ? EBUSY : EAGAIN;
}

/** Precondition: the page is locked, and held by the caller. */
export function* move_present_pte(m: number, at: number, to: number, entry: number): Path<number> {
  const frame = pte_frame(entry);
  yield* pte_lock(m);
  yield "compare both entries";
  let result = 0;
  if (pte.word[slot(m, at)] !== entry || !pte_none(pte.word[slot(m, to)])) result = EAGAIN;
  else if (!page.exclusive[frame]) result = EBUSY;
  if (result === 0) {
    yield "read ref: folio_maybe_dma_pinned";
    if (page_maybe_dma_pinned(frame)) result = EBUSY;
  }
  if (result === 0) {
    yield "clear the source PTE and flush";
    pte.word[slot(m, at)] = 0;
    flush_tlb_page(m, at);
    yield "read ref again: folio_maybe_dma_pinned";
    if (page_maybe_dma_pinned(frame)) {
      result = EBUSY;
      yield "put the source PTE back";
      pte.word[slot(m, at)] = entry;
    } else {
      yield "set the destination PTE";
      pte.word[slot(m, to)] = moved_pte(frame, entry & PTE_DIRTY);
    }
  }
  yield* pte_unlock(m);
  return result;
}

/** What uffd-wp and old write permission said does not move with the page. */
export function moved_pte(frame: number, dirty: number): number {
  return frame | PTE_PRESENT | PTE_WRITE | PTE_YOUNG | PTE_SOFT_DIRTY | dirty;
}

/** The zero page, or what is not present: a swap entry takes its page in the swap cache along. */
export function* move_other_entry(m: number, at: number, to: number, entry: number): Path<number> {
  if (!pte_present(entry) && (entry & PTE_MIGRATION) !== 0) {
    yield "migration_entry_wait";
    until(pte.word[slot(m, at)] !== entry);
    return EAGAIN;
  }
  let cached = 0;
  if (!pte_present(entry)) {
    yield "look up the swap cache";
    cached = swap.cache[pte_frame(entry)];
    if (cached !== 0) page.ref[cached]++;
    if (cached !== 0) yield* lock_page(cached);
  }
  yield* pte_lock(m);
  yield "compare both entries";
  const same = pte.word[slot(m, at)] === entry && pte_none(pte.word[slot(m, to)]);
  let result = EAGAIN;
  if (same && (pte_present(entry) || swap.cache[pte_frame(entry)] === cached)) {
    result = 0;
    yield "clear the source entry";
    pte.word[slot(m, at)] = 0;
    flush_tlb_page(m, at);
    yield "set the destination entry";
    pte.word[slot(m, to)] = pte_present(entry)
      ? PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG
      : entry | PTE_SOFT_DIRTY;
  }
  yield* pte_unlock(m);
  if (cached !== 0) {
    yield* unlock_page(cached);
    yield "let go of the page";
    put_refs(cached, 1);
  }
  return result;
}

/** A whole THP, or the huge zero page, moves with its PMD. */
export function* move_pages_huge_pmd(m: number, at: number, to: number): Path<number> {
  yield* pte_lock(m);
  yield "read the source PMD";
  const entry = pmd.word[pmd_slot(m, at)];
  let head = 0;
  let result = 0;
  if (!pte_present(entry)) result = ENOENT;
  else if (!pte_special(entry)) {
    head = pte_frame(entry);
    if (page.exclusive[head]) page.ref[head]++;
    else result = EBUSY;
  }
  yield* pte_unlock(m);
  if (result !== 0) return result;
  if (head !== 0) yield* lock_page(head);
  yield* pte_lock(m);
  yield "compare both PMDs";
  if (pmd.word[pmd_slot(m, at)] !== entry || pmd.word[pmd_slot(m, to)] !== 0) result = EAGAIN;
  else if (head !== 0 && !page.exclusive[head]) result = EBUSY;
  if (result === 0 && head !== 0) {
    yield "read the pin count: folio_maybe_dma_pinned";
    if (page_maybe_dma_pinned(head)) result = EBUSY;
  }
  if (result === 0) {
    yield "clear the source PMD and flush";
    pmd.word[pmd_slot(m, at)] = 0;
    flush_tlb_pmd(m, at);
    yield "read the pin count again: folio_maybe_dma_pinned";
    if (head !== 0 && page_maybe_dma_pinned(head)) {
      result = EBUSY;
      yield "put the source PMD back";
      pmd.word[pmd_slot(m, at)] = entry;
    } else {
      yield "set the destination PMD";
      pmd.word[pmd_slot(m, to)] =
        head === 0 ? PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG : moved_pte(head, PTE_DIRTY);
    }
  }
  yield* pte_unlock(m);
  if (head !== 0) {
    yield* unlock_page(head);
    yield "let go of the page";
    put_refs(head, 1);
  }
  return result;
}
