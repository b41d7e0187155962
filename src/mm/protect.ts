/**
 * Changes of rights and advice: what write-protects an entry besides fork.
 * Compare mm/mprotect.c:change_pte_range(), mm/madvise.c, fs/proc/task_mmu.c:clear_soft_dirty().
 *
 * All hold mmap_lock for writing, except MADV_FREE; entries change under ptl, so GUP-fast can see
 * an entry before and after, never between.
 */
import type { Path } from "../step/index.ts";
import { page_exclusive } from "./grab.ts";
import { split_huge_pmd } from "./huge-memory.ts";
import {
  mmap_read_lock,
  mmap_read_unlock,
  mmap_write_lock,
  mmap_write_unlock,
  pte_lock,
  pte_unlock,
} from "./locks.ts";
import { page_anon, page_maybe_dma_pinned } from "./page.ts";
import { HPAGE_PMD_NR, HUGE_TLB, pmd_mapped, pmd_slot, translate } from "./pmd.ts";
import {
  PTE_MIGRATION,
  PTE_SOFT_DIRTY,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  PTE_WRITE,
  pte_dirty,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
  pte_write,
} from "./pte.ts";
import {
  ALIVE,
  address,
  EAGAIN,
  EFAULT,
  EINVAL,
  ENOMEM,
  ESRCH,
  GONE,
  kernel,
  mm,
  pmd,
  process,
  pte,
  slot,
  system,
  vma,
} from "./state.ts";
import { cuts_hugetlb_page, return_to_user } from "./syscall.ts";
import { flush_tlb_page, flush_tlb_range, leave_stale, leave_stale_pmd } from "./tlb.ts";
import {
  in_one_vma,
  is_cow_mapping,
  split_vma,
  VM_DIRTY_TRACKED,
  VM_DONTCOPY,
  VM_FILE,
  VM_HUGETLB,
  VM_MERGEABLE,
  VM_SHARED,
  VM_SOFT_DIRTY_ENABLED,
  VM_UFFD_WP,
  VM_WIPEONFORK,
  VM_WP_MARKER,
  VM_WRITE,
  wants_writenotify,
} from "./vma.ts";
import { vma_start_write } from "./vma-lock.ts";

/**
 * mprotect(x, R) or, with `writable`, mprotect(x, RW). It stops at the first hole: what lies before it
 * is changed, the result is ENOMEM. A VMA that has the rights already is passed over, whatever its entries
 * allow: a forced write may have left one writable, userfaultfd one protected.
 */
export function* mprotect(
  p: number,
  at: number,
  count: number,
  writable: number,
  into: number,
): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  yield* mmap_write_lock(m);
  const rights = writable ? VM_WRITE : 0;
  const changes = vma_changes(m, at, count, VM_WRITE, rights) ? 1 : 0;
  let result = 0;
  if (changes) result = yield* part_vma(at, count, ENOMEM);
  for (let i = 0; i < count && result === 0; i++) {
    const old = vma.flags[slot(m, at + i)];
    const vm = (old & ~VM_WRITE) | rights;
    if (old === 0) result = ENOMEM;
    if (old === 0 || vm === old) continue;
    yield* vma_start_write(m, at + i);
    yield "change the VMA's flags";
    vma.flags[slot(m, at + i)] = vm;
    if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at + i);
    yield* change_pte(m, at + i, vm);
  }
  if (changes) yield* flush_tlb_range(m, at, count);
  yield* mmap_write_unlock(m);
  yield* return_to_user(into, result);
}

/**
 * Whether some page of the range gets other flags: else its VMAs stay as they are, whole.
 * Compare mm/mprotect.c:mprotect_fixup(), mm/madvise.c:madvise_update_vma().
 */
export function vma_changes(
  m: number,
  at: number,
  count: number,
  clear: number,
  set: number,
): boolean {
  for (let i = 0; i < count; i++) {
    const vm = vma.flags[slot(m, at + i)];
    if (vm !== 0 && advised_flags(vm, clear, set) !== vm) return true;
  }
  return false;
}

/** A VMA of its own for the range: 0, EINVAL where that would cut a hugetlb page, or `failure`. */
export function* part_vma(at: number, count: number, failure: number): Path<number> {
  if (cuts_hugetlb_page(at, count)) return EINVAL;
  const splits = yield* split_vma(at, count);
  return splits ? 0 : failure;
}

/** change_pte_range and change_huge_pmd: whichever entry maps the page gets the VMA's new rights. */
export function* change_pte(m: number, at: number, vm: number): Path {
  yield* pte_lock(m);
  yield "modify the entry";
  const entry = translate(m, at);
  if (pte_present(entry)) {
    if ((vm & VM_WRITE) === 0) set_translation_rights(m, at, 0);
    else if (can_change_pte_writable(m, at, entry, vm)) set_translation_rights(m, at, PTE_WRITE);
  } else if ((entry & PTE_MIGRATION) !== 0 && pte_write(entry))
    make_migration_entry_readable(m, at);
  yield* pte_unlock(m);
}

/** The page that comes back is read-only, and exclusive if it was: write permission said so. */
export function make_migration_entry_readable(m: number, at: number): void {
  const exclusive = kernel.wp.reuse === "exclusive" ? PTE_SWAP_EXCLUSIVE : 0;
  pte.word[slot(m, at)] = (pte.word[slot(m, at)] & ~PTE_WRITE) | exclusive;
}

export function set_translation_rights(m: number, at: number, write: number): void {
  if (write === 0) leave_translation_stale(m, at);
  if (pmd_mapped(m, at))
    pmd.word[pmd_slot(m, at)] = (pmd.word[pmd_slot(m, at)] & ~PTE_WRITE) | write;
  else pte.word[slot(m, at)] = (pte.word[slot(m, at)] & ~PTE_WRITE) | write;
}

/** Whichever entry maps the page: all pages of a PMD are translated by it. */
export function leave_translation_stale(m: number, at: number): void {
  if (pmd_mapped(m, at)) leave_stale_pmd(m, at, pmd.word[pmd_slot(m, at)]);
  else leave_stale(m, at, pte.word[slot(m, at)]);
}

/** Whether mprotect itself may set the write bit, or must leave it to the next write fault. */
export function can_change_pte_writable(m: number, at: number, entry: number, vm: number): boolean {
  if ((vm & VM_SHARED) !== 0) return can_change_shared_pte_writable(entry, vm);
  if (address.huge[at] === HUGE_TLB) return false;
  if (pmd_mapped(m, at) && !kernel.mprotect.restoresHugeWrite) return false;
  if (kernel.mprotect.restoresWrite === "never" || pte_special(entry)) return false;
  if ((vm & VM_SOFT_DIRTY_ENABLED) !== 0 && (entry & PTE_SOFT_DIRTY) === 0) return false;
  if (kernel.mprotect.restoresWrite === "exclusive-dirty" && !pte_dirty(entry)) return false;
  if ((vm & VM_UFFD_WP) !== 0 && (entry & PTE_UFFD_WP) !== 0) return false;
  return page_anon(pte_frame(entry)) && page_exclusive(m, at, pte_frame(entry));
}

/** The write bit comes with the VMA's rights where nobody listens; a file system is asked for each entry. */
export function can_change_shared_pte_writable(entry: number, vm: number): boolean {
  if ((vm & VM_DIRTY_TRACKED) === 0) return !wants_writenotify(vm);
  if (!pte_dirty(entry)) return false;
  const unheard = (vm & VM_SOFT_DIRTY_ENABLED) !== 0 && (entry & PTE_SOFT_DIRTY) === 0;
  return !(unheard && kernel.softDirty.mprotectAsks);
}

/** Whether a VMA has a file behind it, be it shmem's or hugetlbfs's: its advice is refused. */
export function has_file(vm: number): boolean {
  return (vm & (VM_FILE | VM_SHARED | VM_HUGETLB)) !== 0;
}

/**
 * WIPEONFORK is for anonymous memory. DOFORK is refused for memory that no child may have: by VM_IO, or
 * by any flag of VM_SPECIAL, among which hugetlb's VM_DONTEXPAND is.
 */
export function fork_advice_refused(vm: number, clear: number, set: number): boolean {
  if (set === VM_WIPEONFORK) return has_file(vm);
  return clear === VM_DONTCOPY && (vm & VM_HUGETLB) !== 0 && !kernel.advice.doforkHugetlb;
}

/** The flags of a VMA after such advice. KSM takes no notice of what is shared, or huge by contract. */
export function advised_flags(vm: number, clear: number, set: number): number {
  if (set === VM_MERGEABLE && (vm & (VM_SHARED | VM_HUGETLB)) !== 0) return vm;
  return (vm & ~clear) | set;
}

/**
 * MADV_DONTFORK, DOFORK, WIPEONFORK, MERGEABLE: only the VMA changes, if it does. A hole is an error in the
 * end, and no obstacle.
 */
export function* madvise_fork(
  p: number,
  at: number,
  count: number,
  clear: number,
  set: number,
  into: number,
): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  yield* mmap_write_lock(m);
  let result = 0;
  if (vma_changes(m, at, count, clear, set)) result = yield* part_vma(at, count, EAGAIN);
  for (let i = 0; i < count && (result === 0 || result === ENOMEM); i++) {
    const vm = vma.flags[slot(m, at + i)];
    if (vm === 0) result = ENOMEM;
    else if (fork_advice_refused(vm, clear, set)) result = EINVAL;
    else if (advised_flags(vm, clear, set) !== vm) {
      yield* vma_start_write(m, at + i);
      if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at + i);
      yield "change the VMA's flags";
      vma.flags[slot(m, at + i)] = advised_flags(vm, clear, set);
    }
  }
  yield* mmap_write_unlock(m);
  yield* return_to_user(into, result);
}

/** What madvise_fork sets and clears for each advice. */
export const ADVICE_DONTFORK = VM_DONTCOPY;
export const ADVICE_WIPEONFORK = VM_WIPEONFORK;

/**
 * mremap to another address: the entry moves with its page, and the test's name moves with it. Up to
 * v6.16 one call moves one VMA. Whoever watched it by userfaultfd watches its old address.
 */
export function* mremap(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  yield* mmap_write_lock(m);
  const refused = mremap_refused(m, at, count);
  if (refused !== 0) {
    yield* mmap_write_unlock(m);
    yield* return_to_user(into, refused);
    return;
  }
  for (let i = 0; i < count; i++) {
    yield* vma_start_write(m, at + i);
    if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at + i);
    yield* pte_lock(m);
    yield "clear the old PTE";
    const entry = pte.word[slot(m, at + i)];
    pte.word[slot(m, at + i)] = 0;
    flush_tlb_page(m, at + i);
    yield "set the new PTE";
    pte.word[slot(m, at + i)] = moved_entry(entry);
    forget_watcher(m, at + i);
    yield* pte_unlock(m);
  }
  yield* mmap_write_unlock(m);
  yield* return_to_user(into, 0);
}

/** Every moved entry is soft-dirty. */
export function moved_entry(entry: number): number {
  return pte_none(entry) ? 0 : entry | PTE_SOFT_DIRTY;
}

/** Nobody watches the new address, unless he asked to be told of moves; entries may remember him. */
export function forget_watcher(m: number, at: number): void {
  if ((vma.flags[slot(m, at)] & VM_UFFD_WP) === 0) return;
  vma.flags[slot(m, at)] &= ~(VM_UFFD_WP | VM_WP_MARKER);
  if (kernel.mremap.keepsUffdWp) return;
  if (pmd_mapped(m, at)) pmd.word[pmd_slot(m, at)] &= ~PTE_UFFD_WP;
  else if (!pte_none(pte.word[slot(m, at)])) pte.word[slot(m, at)] &= ~PTE_UFFD_WP;
}

/** The errno for a range that cannot move, or 0. */
export function mremap_refused(m: number, at: number, count: number): number {
  const vm = vma.flags[slot(m, at)];
  if (vm === 0) return EFAULT;
  if ((vm & VM_HUGETLB) !== 0 && (!kernel.mremap.hugetlb || cuts_hugetlb_page(at, count)))
    return EINVAL;
  if (kernel.mremap.severalVmas) return watched_among_several(m, at, count) ? EFAULT : 0;
  return in_one_vma(m, at, count) ? 0 : EFAULT;
}

/**
 * A watched VMA moves alone. The one in front of others is refused at once; where it comes later, those
 * before it have moved to an address that no test has a name for: the world has no place for it.
 * Compare mm/mremap.c:remap_move(), vma_multi_allowed().
 */
export function watched_among_several(m: number, at: number, count: number): boolean {
  let watched = false;
  for (let i = 0; i < count; i++)
    if ((vma.flags[slot(m, at + i)] & VM_UFFD_WP) !== 0) watched = true;
  if (in_one_vma(m, at, count) || !watched) return false;
  if ((vma.flags[slot(m, at)] & VM_UFFD_WP) === 0) system.exhausted[0] = 1;
  return true;
}

/**
 * Writing 4 to /proc/PID/clear_refs: every entry is write-protected to notice the next write. A process
 * that is gone has nothing to clear. Up to v5.10.0 under mmap_lock for reading, and from v5.6 without a
 * flush: then a writer whose CPU holds the old entry goes on unnoticed. hugetlb is left out.
 */
export function* clear_refs(target: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[target];
  if (process.state[target] !== ALIVE) {
    yield* return_to_user(into, process.state[target] === GONE ? 0 : ESRCH);
    return;
  }
  if (kernel.softDirty.excludesFaults) yield* mmap_write_lock(m);
  else yield* mmap_read_lock(m);
  for (let at = 0; at < system.pages[0]; at++)
    if (vma.flags[slot(m, at)] !== 0) vma.flags[slot(m, at)] |= VM_SOFT_DIRTY_ENABLED;
  for (let at = 0; at < system.pages[0]; at++) {
    if (kernel.softDirty.excludesFaults) yield* vma_start_write(m, at);
    if (address.huge[at] !== HUGE_TLB) yield* clear_soft_dirty(m, at);
  }
  if (kernel.softDirty.flushes) yield* flush_tlb_range(m, 0, system.pages[0]);
  if (kernel.softDirty.excludesFaults) yield* mmap_write_unlock(m);
  else yield* mmap_read_unlock(m);
  yield* return_to_user(into, 0);
}

/** An entry that is not present, as of a page in swap or under migration, only loses the mark. */
export function* clear_soft_dirty(m: number, at: number): Path {
  yield* pte_lock(m);
  yield "clear_soft_dirty: read the PTE";
  const entry = pte.word[slot(m, at)];
  const vm = vma.flags[slot(m, at)];
  if (pmd_mapped(m, at)) {
    yield "write-protect the PMD, clear soft-dirty";
    leave_translation_stale(m, at);
    pmd.word[pmd_slot(m, at)] &= ~(PTE_WRITE | PTE_SOFT_DIRTY);
  } else if (pte_present(entry)) {
    const keep = yield* pte_is_pinned(m, vm, entry);
    if (!keep) {
      yield "write-protect the PTE, clear soft-dirty";
      leave_stale(m, at, entry);
      pte.word[slot(m, at)] = entry & ~(PTE_WRITE | PTE_SOFT_DIRTY);
    }
  } else if ((entry & PTE_SOFT_DIRTY) !== 0) {
    yield "clear the entry's soft-dirty";
    pte.word[slot(m, at)] = entry & ~PTE_SOFT_DIRTY;
  }
  yield* pte_unlock(m);
}

/** A writable entry of a page that may be pinned is left alone where the kernel knows to. */
export function* pte_is_pinned(m: number, vm: number, entry: number): Path<number> {
  if (!kernel.softDirty.skipsPinned || !pte_write(entry) || !is_cow_mapping(vm)) return 0;
  yield "read has_pinned";
  if (!mm.has_pinned[m]) return 0;
  yield "read ref: page_maybe_dma_pinned";
  return page_maybe_dma_pinned(pte_frame(entry)) ? 1 : 0;
}
