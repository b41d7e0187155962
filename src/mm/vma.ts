/**
 * What a VMA says about its pages. A declaration of the test is one VMA; its flags stand with each
 * page, so that munmap, mprotect and madvise of a single page need no splitting.
 * Compare include/linux/mm.h (VM_*), mm/internal.h:is_cow_mapping(), mm/vma.c:vma_wants_writenotify().
 */
import { choose, type Path, self } from "../step/index.ts";
import { actor, address, kernel, slot, vma } from "./state.ts";

export const VM_READ = 0x1;
export const VM_WRITE = 0x2;
export const VM_SHARED = 0x8;
export const VM_MAYWRITE = 0x20;
export const VM_DONTCOPY = 0x40;
export const VM_WIPEONFORK = 0x80;
/** Backed by the page cache: shmem or a file. */
export const VM_FILE = 0x100;
export const VM_HUGETLB = 0x200;
export const VM_UFFD_WP = 0x400;
/** The file wants to hear of the first write to a clean page. */
export const VM_DIRTY_TRACKED = 0x800;
/** KSM may merge the page with an equal one. */
export const VM_MERGEABLE = 0x1000;

/** Of a child's hugetlb mapping: its page was taken for the owner; whoever touches it dies. */
export const VM_RESV_UNMAPPED = 0x2000;
/** clear_refs has been here: the first write through an entry that is not soft-dirty must fault. */
export const VM_SOFT_DIRTY_ENABLED = 0x4000;
/** Not of the VMA: the page's empty entry holds a marker of userfaultfd (uffd-marker.ts). */
export const VM_WP_MARKER = 0x8000;

/** Of a child's mapping: two neighbours that differ in this lay in two VMAs when they were copied. */
export const VM_OTHER_AREA = 0x4;

/** What tells one VMA from its neighbour. */
export function vma_rights(flags: number): number {
  return flags & ~VM_WP_MARKER;
}

/** Whether all pages of the range lie in one VMA. */
export function in_one_vma(m: number, at: number, count: number): boolean {
  const rights = vma_rights(vma.flags[slot(m, at)]);
  for (let i = 1; i < count; i++)
    if (vma_rights(vma.flags[slot(m, at + i)]) !== rights) return false;
  return true;
}

/**
 * Each VMA of a child has an anon_vma of its own, so that what were two in the parent never become one
 * again, however alike. Without an anon_vma they merge when they next become alike, and no test can tell
 * when that is. Compare mm/rmap.c:anon_vma_fork(), mm/vma.c:is_mergeable_anon_vma().
 */
export function area_of_copy(m: number, c: number, at: number): number {
  if (address.first[at] === at) return 0;
  const before = vma.flags[slot(c, at - 1)] & VM_OTHER_AREA;
  const mapped = vma.anon_vma[slot(m, at)] || vma.anon_vma[slot(m, at - 1)];
  return in_one_vma(m, at - 1, 2) || !mapped ? before : before ^ VM_OTHER_AREA;
}

/** Whether a write must break copy-on-write rather than reach the shared object. */
export function is_cow_mapping(flags: number): boolean {
  return (flags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;
}

/** Whether somebody wants to hear of the first write through each entry of a shared mapping. */
export function wants_writenotify(flags: number): boolean {
  if ((flags & VM_DIRTY_TRACKED) !== 0) return true;
  if ((flags & (VM_SOFT_DIRTY_ENABLED | VM_HUGETLB)) === VM_SOFT_DIRTY_ENABLED) return true;
  return (flags & VM_UFFD_WP) !== 0 && kernel.uffd.hearsShared;
}

/** The whole VMA gets an anon_vma, once one of its pages is to be anonymous. */
export function anon_vma_prepare(m: number, at: number): void {
  for (let i = 0; i < address.pages[at]; i++) vma.anon_vma[slot(m, address.first[at] + i)] = 1;
}

/**
 * A change of a part of a VMA makes a VMA of its own: 0 when there is no memory for it, and then nothing
 * has changed. A step only where allocations may fail. Compare mm/vma.c:__split_vma().
 */
export function* split_vma(at: number, count: number): Path<number> {
  if (!actor.may_fail[self()] || count === address.pages[at]) return 1;
  yield "split_vma: allocate a VMA";
  const failed = choose(2);
  return failed ? 0 : 1;
}
