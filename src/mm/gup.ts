/**
 * get_user_pages and pin_user_pages: references on the pages behind a range of user memory, for
 * somebody who will use them without the page table. Compare mm/gup.c:__get_user_pages(),
 * follow_page_pte(), try_grab_page(), gup_must_unshare().
 *
 * A FOLL_GET adds 1 to ref; a FOLL_PIN adds 1024 where the kernel counts pins. The mm's
 * has_pinned is set before any pin. The slow path holds mmap_lock for reading, and ptl around each
 * entry; the fast path (gup-fast.ts) holds nothing.
 * A range is not taken at once: a prefix without locks, the rest under one hold of mmap_lock, unless a
 * fault drops it (pin.ts). Not modelled: migration out of CMA and movable memory for FOLL_LONGTERM.
 */
import { choose, type Path, until } from "../step/index.ts";
import { handle_mm_fault } from "./fault.ts";
import {
  FAULT_DONE,
  FAULT_FORCE,
  FAULT_NO_RETRY,
  FAULT_OOM,
  FAULT_UNSHARE,
  FAULT_WRITE,
} from "./fault-flags.ts";
import {
  FOLL_FAST,
  FOLL_FORCE,
  FOLL_LONGTERM,
  FOLL_PIN,
  FOLL_POPULATE,
  FOLL_TOUCH,
  FOLL_UNLOCKABLE,
  FOLL_WRITE,
  GUP_FAST_FAILED,
  grab_page,
  longterm_pin_of_file,
  page_exclusive,
  slow_flags,
} from "./grab.ts";
import { get_user_pages_fast } from "./gup-fast.ts";
import { mmap_read_lock, mmap_read_unlock, pte_lock, pte_unlock } from "./locks.ts";
import { page_anon, set_page_dirty } from "./page.ts";
import { HUGE_TLB, mark_translation, pmd_mapped, translate } from "./pmd.ts";
import {
  PTE_DIRTY,
  PTE_SOFT_DIRTY,
  PTE_SWAP,
  PTE_YOUNG,
  pte_accessible,
  pte_dirty,
  pte_frame,
  pte_none,
  pte_present,
  pte_protnone,
  pte_special,
  pte_write,
} from "./pte.ts";
import { address, EFAULT, ENOMEM, kernel, mm, slot, vma } from "./state.ts";
import { userfaultfd_pte_wp } from "./uffd-fault.ts";
import { is_cow_mapping, VM_FILE, VM_HUGETLB, VM_SOFT_DIRTY_ENABLED, VM_WRITE } from "./vma.ts";

/** A pin is announced before it is taken: from then on fork looks for pins of this mm. */
export function* mm_set_has_pinned(m: number, flags: number): Path {
  if ((flags & FOLL_PIN) === 0 || !kernel.pin.hasPinned) return;
  yield "set has_pinned";
  mm.has_pinned[m] = 1;
}

/** The frame behind one page of mm `m`, with a plain reference; or an errno (>= ERRNO). */
export function* get_user_page(m: number, at: number, flags: number): Path<number> {
  if ((flags & FOLL_FAST) !== 0) {
    const fast = yield* get_user_pages_fast(m, at, flags);
    if (fast !== GUP_FAST_FAILED) return fast;
  }
  return yield* get_user_page_remote(m, at, slow_flags(flags));
}

/** One page of an mm that may be another process's, with a reference or pin; or an errno. */
export function* get_user_page_remote(m: number, at: number, flags: number): Path<number> {
  yield* mm_set_has_pinned(m, flags);
  yield* mmap_read_lock(m);
  const result = yield* __get_user_pages(m, at, flags);
  yield* mmap_read_unlock(m);
  return result;
}

/**
 * Faults until the entry allows what is asked, then grabs the page under ptl. A fault that has to wait
 * for a page to be read drops mmap_lock, if the caller can do without, and everything is looked at anew.
 * Precondition: mmap_lock held for reading.
 */
export function* __get_user_pages(m: number, at: number, flags: number): Path<number> {
  yield "check_vma_flags";
  let vm = vma.flags[slot(m, at)];
  if (!vma_allows(vm, flags)) return EFAULT;
  const stays = (flags & FOLL_UNLOCKABLE) === 0 ? FAULT_NO_RETRY : 0;
  const write = (flags & FOLL_WRITE) !== 0 || (kernel.gup.readForcesCow && is_cow_mapping(vm));
  let broke_cow = 0;
  for (;;) {
    yield* pte_lock(m);
    yield "follow_page: read the entry";
    const entry = translate(m, at);
    let need = 0;
    if (!gup_can_follow(entry, flags)) need = write ? FAULT_WRITE : FAULT_READ;
    else if (write && !pte_write(entry) && !can_follow_write(m, at, entry, vm, flags, broke_cow))
      need = FAULT_WRITE;
    else if (!write && gup_must_unshare(m, at, entry, vm, flags)) need = FAULT_UNSHARE;
    if (need === 0) {
      if ((flags & FOLL_POPULATE) === 0) yield* grab_page(pte_frame(entry), flags);
      if ((flags & FOLL_TOUCH) !== 0) yield* touch_page(m, at, entry, flags);
      yield* pte_unlock(m);
      return pte_frame(entry);
    }
    yield* pte_unlock(m);
    const force = need === FAULT_WRITE && (vm & VM_WRITE) === 0 ? FAULT_FORCE : 0;
    const error = yield* handle_mm_fault(m, at, (need & ~FAULT_READ) | force | stays);
    if (error === FAULT_OOM) return ENOMEM;
    if (error !== FAULT_DONE) return EFAULT;
    if (!stays && waits_for_content(entry, vm)) {
      yield* drop_mmap_lock_for_a_while(m);
      vm = vma.flags[slot(m, at)];
      if (!vma_allows(vm, flags)) return EFAULT;
    }
    if (force !== 0) {
      broke_cow = 1;
      yield* fault_again(m, at, entry, vm);
    }
  }
}

/**
 * FOLL_TOUCH: a page that is to be written is dirty, also where its entry allows the write and is clean.
 * hugetlb's is let be. Compare mm/gup.c:follow_page_pte(), mm/huge_memory.c:touch_pmd().
 */
export function* touch_page(m: number, at: number, entry: number, flags: number): Path {
  if ((flags & FOLL_WRITE) === 0 || pte_dirty(entry) || address.huge[at] === HUGE_TLB) return;
  yield "touch the page";
  if (pmd_mapped(m, at)) mark_translation(m, at, PTE_DIRTY | PTE_SOFT_DIRTY | PTE_YOUNG);
  else set_page_dirty(pte_frame(entry));
}

/**
 * A forced write fault leaves a read-only hugetlb entry as it is, soft-dirty or not: who wants it soft-dirty
 * faults for ever. Compare mm/hugetlb.c:set_huge_ptep_maybe_writable().
 */
export function* fault_again(m: number, at: number, entry: number, vm: number): Path {
  if ((vm & VM_HUGETLB) === 0 || kernel.gup.force !== "exclusive") return;
  if (translate(m, at) !== entry || !write_fault_is_required(entry, vm)) return;
  yield "the fault changed nothing: fault again";
  until(translate(m, at) !== entry);
}

/** Whether the page's content comes from a device: a fault may have to wait for it. */
export function waits_for_content(entry: number, vm: number): boolean {
  if (pte_none(entry)) return (vm & VM_FILE) !== 0;
  return !pte_present(entry) && (entry & PTE_SWAP) !== 0;
}

/** VM_FAULT_RETRY: the lock is let go of while the device reads, or it was not necessary. */
export function* drop_mmap_lock_for_a_while(m: number): Path {
  yield "did the fault drop mmap_lock";
  const dropped = choose(2);
  if (!dropped) return;
  yield* mmap_read_unlock(m);
  yield* mmap_read_lock(m);
}

/** Whether an entry maps a page for GUP: one that a NUMA hint made inaccessible may still. */
export function gup_can_follow(entry: number, flags: number): boolean {
  if (pte_accessible(entry)) return true;
  return pte_protnone(entry) && (kernel.gup.followsHinted === "all" || (flags & FOLL_FORCE) !== 0);
}

/** A read fault, where 0 means no fault at all. */
const FAULT_READ = 0x100;

/** Writing needs VM_WRITE, or FOLL_FORCE into a private mapping that could be made writable. */
export function vma_allows(vm: number, flags: number): boolean {
  if (vm === 0) return false;
  if ((flags & FOLL_WRITE) === 0) return true;
  if (kernel.gup.refusesFileLongterm && longterm_pin_of_file(vm, flags)) return false;
  if ((vm & VM_WRITE) !== 0) return true;
  if ((flags & FOLL_FORCE) === 0 || !is_cow_mapping(vm)) return false;
  return (vm & VM_HUGETLB) === 0 || kernel.gup.forcesHugetlb;
}

/** Whether a write may go through an entry without write permission. */
export function can_follow_write(
  m: number,
  at: number,
  entry: number,
  vm: number,
  flags: number,
  broke_cow: number,
): boolean {
  if ((vm & VM_WRITE) !== 0) return false;
  if (kernel.gup.force === "exclusive")
    return (
      (flags & FOLL_FORCE) !== 0 &&
      !pte_special(entry) &&
      !write_fault_is_required(entry, vm) &&
      page_anon(pte_frame(entry)) &&
      page_exclusive(m, at, pte_frame(entry))
    );
  if (!broke_cow || !pte_dirty(entry)) return false;
  return kernel.gup.force === "cow-flag-any-write" || (flags & FOLL_FORCE) !== 0;
}

/** Whether a write has to be seen by who follows soft-dirty bits, or announced to who watches the page. */
export function write_fault_is_required(entry: number, vm: number): boolean {
  if ((vm & VM_SOFT_DIRTY_ENABLED) !== 0 && (entry & PTE_SOFT_DIRTY) === 0) return true;
  return userfaultfd_pte_wp(vm, entry, 0);
}

/** Whether a R/O pin of this entry could be parted from it by the next write. */
export function gup_must_unshare(
  m: number,
  at: number,
  entry: number,
  vm: number,
  flags: number,
): boolean {
  if ((flags & FOLL_PIN) === 0 || kernel.gup.unshare === "never") return false;
  if (pte_write(entry)) return false;
  if (pte_special(entry) || !page_anon(pte_frame(entry)))
    return (
      kernel.gup.unshare === "anon-and-longterm" &&
      (flags & FOLL_LONGTERM) !== 0 &&
      is_cow_mapping(vm)
    );
  return !page_exclusive(m, at, pte_frame(entry));
}
