/**
 * The pool of huge pages: so many and no more, some of them promised. The mm that maps hugetlb memory
 * reserves what it will need; a page taken against the promise always comes, any other only if the
 * pool has more free pages than promised ones.
 * Compare mm/hugetlb.c:alloc_huge_page(), unmap_ref_private().
 *
 * A test that names no pool has one that never runs dry, except where an allocation may fail.
 * Not modelled: surplus pages, sub-pools.
 */
import { choose, type Path, self } from "../step/index.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { free_huge_frame, PG_HUGETLB, page_anon, prep_compound_page, put_refs } from "./page.ts";
import { HPAGE_PMD_NR, HUGE_TLB, pmd_slot } from "./pmd.ts";
import { pte_frame, pte_present } from "./pte.ts";
import { actor, address, hugetlb, kernel, page, pmd, slot, system, vma } from "./state.ts";
import { flush_tlb_pmd } from "./tlb.ts";
import { VM_RESV_UNMAPPED, VM_SHARED } from "./vma.ts";

/** The mm that reserved the pages of private mappings: the one that mapped them. A child never owns. */
export const RESERVE_OWNER = 0;

/**
 * A page of the pool for `at` with one reference; its head, or 0. `avoids`: not against the reserve,
 * which is for pages of the mapping that were never touched.
 */
export function* alloc_hugetlb_page(m: number, at: number, avoids: number): Path<number> {
  yield "allocate a huge page from the pool";
  let failed = 0;
  if (actor.may_fail[self()]) failed = choose(2);
  if (failed || !pool_gives(m, at, avoids)) return 0;
  const head = free_huge_frame();
  if (head === 0) system.exhausted[0] = 1;
  else {
    settle_promises();
    if (!avoids && may_use_reserve(m, at)) forget_promise(at);
    prep_compound_page(head);
    page.flags[head] = PG_HUGETLB;
  }
  return head;
}

/** Whether the pool has a page for this caller: one promised to it, or one promised to nobody. */
export function pool_gives(m: number, at: number, avoids: number): boolean {
  if (system.hugetlbPool[0] === 0) return true;
  let free = system.hugetlbPool[0];
  for (let head = system.hugeFrames[0]; head < system.frames[0]; head += HPAGE_PMD_NR)
    if (is_in_use(head)) free--;
  if (!avoids && may_use_reserve(m, at)) return free > 0;
  for (let r = 0; r < system.regions[0]; r++) if (is_promised(r)) free--;
  return free > 0;
}

function is_in_use(head: number): boolean {
  return page.ref[head] !== 0 && (page.flags[head] & PG_HUGETLB) !== 0;
}

/** Whether the pool counts a page as promised to the mapping of region `r`. */
function is_promised(r: number): boolean {
  const head = hugetlb.restores[r];
  return hugetlb.reserved[r] !== 0 || (head !== 0 && !is_in_use(head));
}

/** Pages that are free by now have brought their promises: their numbers are about to mean other pages. */
function settle_promises(): void {
  for (let r = 0; r < system.regions[0]; r++) {
    if (is_promised(r)) {
      hugetlb.reserved[r] = 1;
      hugetlb.restores[r] = 0;
    }
  }
}

function forget_promise(at: number): void {
  hugetlb.reserved[address.region[at]] = 0;
  hugetlb.restores[address.region[at]] = 0;
}

/**
 * A shared mapping's reserve is everybody's, a private one's its owner's, who has it from the moment when
 * the mapping goes, even if the pool counts it later.
 */
export function may_use_reserve(m: number, at: number): boolean {
  const r = address.region[at];
  if (hugetlb.reserved[r] === 0 && hugetlb.restores[r] === 0) return false;
  return m === RESERVE_OWNER || (vma.flags[slot(m, at)] & VM_SHARED) !== 0;
}

/**
 * Whether the page's last mapping goes and its owner, whose the mapping stays, gets the promise of another.
 * The pool counts the promise when the page is free. Compare free_huge_folio().
 */
export function restores_reserve(m: number, at: number, head: number): boolean {
  if (address.huge[at] !== HUGE_TLB || !kernel.advice.restoresReserve) return false;
  if (m !== RESERVE_OWNER || (vma.flags[slot(m, at)] & VM_SHARED) !== 0) return false;
  return vma.flags[slot(m, at)] !== 0 && page.entire_map[head] === 0 && page_anon(head);
}

export function restore_reserve(at: number, head: number): void {
  hugetlb.restores[address.region[at]] = head;
}

/** The owner's mapping goes, and what was promised to it. */
export function give_up_reserve(m: number, at: number): void {
  if (m === RESERVE_OWNER && (vma.flags[slot(m, at)] & VM_SHARED) === 0) forget_promise(at);
}

/**
 * The pool is empty and the owner must have its page: the children lose theirs, and are killed should
 * they come back for it.
 */
export function* unmap_ref_private(m: number, at: number, frame: number): Path {
  for (let other = 0; other < system.processes[0]; other++) {
    if (other !== m) {
      yield* pte_lock(other);
      yield "unmap_ref_private: another mm";
      const entry = pmd.word[pmd_slot(other, at)];
      if (pte_present(entry) && pte_frame(entry) === frame) {
        pmd.word[pmd_slot(other, at)] = 0;
        flush_tlb_pmd(other, at);
        page.entire_map[frame]--;
        put_refs(frame, 1);
        for (let i = 0; i < HPAGE_PMD_NR; i++)
          vma.flags[slot(other, address.first[at] + i)] |= VM_RESV_UNMAPPED;
      }
      yield* pte_unlock(other);
    }
  }
}
