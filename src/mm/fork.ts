/**
 * fork: a new mm that shares the parent's pages, except those it may not share.
 * Compare kernel/fork.c:dup_mmap(), mm/memory.c:copy_page_range(), copy_present_pte().
 *
 * The parent's mmap_lock is held for writing throughout; both page-table locks around each entry.
 * GUP-fast takes none of them: that is the race this file is about. How one present entry is
 * copied is a piece that the kernel's table selects (kernel.fork.presentPte), see fork-pte.ts.
 * The parent's TLB is flushed once, in the end: until then its threads may write through what their
 * CPUs hold (tlb.ts). Not modelled: the child's own locks (nobody can know it yet), rlimits,
 * UFFD_FEATURE_EVENT_FORK, so the child's memory is never userfaultfd's.
 */
import { choose, type Path, self, start, until } from "../step/index.ts";
import { copy_huge_pmd } from "./fork-pmd.ts";
import { copy_present_pte } from "./fork-pte.ts";
import { copy_hugetlb_page_range } from "./hugetlb-fork.ts";
import { mmap_write_lock, mmap_write_unlock } from "./locks.ts";
import { HUGE_THP, HUGE_TLB, pmd_mapped, pmd_slot, pte_alloc } from "./pmd.ts";
import { pte_none } from "./pte.ts";
import {
  ALIVE,
  actor,
  address,
  descriptor,
  ENOMEM,
  kernel,
  mm,
  NEVER_BORN,
  pmd,
  process,
  pte,
  register,
  slot,
  system,
  vma,
} from "./state.ts";
import { NO_REGISTER } from "./syscall.ts";
import { flush_tlb_mm } from "./tlb.ts";
import { exit_mmap } from "./unmap.ts";
import {
  area_of_copy,
  in_one_vma,
  is_cow_mapping,
  VM_DONTCOPY,
  VM_OTHER_AREA,
  VM_UFFD_WP,
  VM_WIPEONFORK,
  VM_WP_MARKER,
} from "./vma.ts";
import { vma_start_write } from "./vma-lock.ts";

/** The system call. `child` is the process to be born; `into` the register for 0 or an errno. */
export function* fork(p: number, child: number, into: number): Path {
  yield "copy the task";
  const m = process.mm[p];
  const error = yield* dup_mmap(m, child);
  if (error !== 0) {
    yield* exit_mmap(child);
    yield "fork fails";
    process.state[child] = NEVER_BORN;
    if (into !== NO_REGISTER) register.value[into] = error;
    return;
  }
  yield "wake up the child";
  if (into !== NO_REGISTER) register.value[into] = 0;
  wake_up_new_task(p, child, child);
}

/** The child lives: with mm `m`, with the parent's open files, and its actors may run. */
export function wake_up_new_task(p: number, child: number, m: number): void {
  process.state[child] = ALIVE;
  process.mm[child] = m;
  for (let h = 0; h < system.handles[0]; h++)
    descriptor.open[child * system.handles[0] + h] = descriptor.open[p * system.handles[0] + h];
  for (let t = 0; t < system.actors[0]; t++) if (actor.process[t] === child) start(t);
}

/** Copies mm `m` into the new mm `c`. Returns 0 or ENOMEM; after ENOMEM the copy is partial. */
export function* dup_mmap(m: number, c: number): Path<number> {
  yield* mmap_write_lock(m);
  yield "mm_init of the child";
  let failed = 0;
  if (actor.may_fail[self()]) failed = choose(2);
  mm.users[c] = 1;
  mm.has_pinned[c] = 0;
  mm.write_protect_seq[c] = 0;
  let error = failed ? ENOMEM : 0;
  for (let at = 0; at < system.pages[0] && error === 0; at++) {
    yield "copy the VMA";
    const vm = vma.flags[slot(m, at)];
    let none = 0;
    if (actor.may_fail[self()] && vm !== 0 && address.first[at] === at) none = choose(2);
    if (none) error = ENOMEM;
    if (none) break;
    if (vm !== 0 && address.first[at] === at) yield* lock_source_vma(m, at);
    if (vm !== 0 && (vm & VM_DONTCOPY) === 0) {
      const kept = vm & ~(VM_UFFD_WP | VM_WP_MARKER | VM_OTHER_AREA);
      vma.flags[slot(c, at)] = kept | area_of_copy(m, c, at);
      if ((vm & VM_WIPEONFORK) === 0) {
        vma.anon_vma[slot(c, at)] = vma.anon_vma[slot(m, at)];
        error = yield* copy_page_range(m, c, at, vm);
        if (error !== 0) break;
      }
    }
  }
  yield "flush the parent's TLB";
  flush_tlb_mm(m);
  yield* mmap_write_unlock(m);
  return error;
}

/** Faults in the VMA are kept out until fork is over; those that come take mmap_lock, and wait. */
export function* lock_source_vma(m: number, at: number): Path {
  if (!system.vmaLocks[0]) return;
  yield "is the VMA locked against faults";
  if (kernel.fork.locksVmas) yield* vma_start_write(m, at);
}

/**
 * Copies the entries of one VMA; the child's page table for them may not be had. A VMA
 * without anon_vma has nothing that a fault in the child would not find again, so its entries are not
 * copied; those of hugetlb were once nevertheless. Reclaim and migration may clear an entry for a moment
 * under ptl, so whether there is one can only be said while ptl is free.
 */
export function* copy_page_range(m: number, c: number, at: number, vm: number): Path<number> {
  const hugetlb = address.huge[at] === HUGE_TLB;
  if (!vma.anon_vma[slot(m, at)] && !(hugetlb && kernel.fork.walksHugetlb)) return 0;
  if (hugetlb && address.first[at] !== at) return 0;
  const protects =
    is_cow_mapping(vm) && (hugetlb ? kernel.fork.hugetlbSeq : kernel.fork.writeProtectSeq);
  if (protects && !same_walk(m, at)) {
    yield "raw_write_seqcount_begin";
    mm.write_protect_seq[m]++;
  }
  yield "is there an entry";
  until(mm.ptl[m] === 0);
  let failed = 0;
  if (actor.may_fail[self()] && address.first[at] === at) failed = choose(2);
  let error = failed ? ENOMEM : 0;
  if (error === 0 && hugetlb) error = yield* copy_hugetlb_page_range(m, c, at, vm);
  else if (error === 0 && pmd_mapped(m, at)) {
    if (address.first[at] === at) yield* copy_huge_pmd(m, c, at, vm);
    yield "is there an entry, now";
    until(mm.ptl[m] === 0);
  }
  if (address.huge[at] === HUGE_THP && !pmd_mapped(m, at)) copy_page_table(m, c, at);
  if (error === 0 && !pte_none(pte.word[slot(m, at)]))
    error = yield* copy_present_pte(m, c, at, vm);
  if (protects && (error !== 0 || !same_walk(m, at + 1))) {
    yield "raw_write_seqcount_end";
    mm.write_protect_seq[m]++;
  }
  return error;
}

/** Whether page `at` is copied in the same walk of one VMA as the page before it: under one odd count. */
export function same_walk(m: number, at: number): boolean {
  if (at === system.pages[0] || address.first[at] === at) return false;
  if (address.huge[at] === HUGE_TLB) return false;
  const vm = vma.flags[slot(m, at)];
  return in_one_vma(m, at - 1, 2) && (vm & (VM_DONTCOPY | VM_WIPEONFORK)) === 0;
}

/** Where the parent has a page table, the child gets one, whatever its entries come to be. */
export function copy_page_table(m: number, c: number, at: number): void {
  if (pmd.word[pmd_slot(m, at)] !== 0) pte_alloc(c, at);
}
