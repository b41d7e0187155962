/**
 * userfaultfd, as far as it changes entries without a fault: write-protection, and the mapping of a page
 * that the object's cache has already. Compare fs/userfaultfd.c, mm/userfaultfd.c:mfill_atomic_install_pte().
 *
 * UFFDIO_CONTINUE once marked the entry dirty only if it was writable; from v5.16 always, and a forced
 * write took a dirty entry for one whose copy-on-write had been broken (CVE-2022-2590).
 * Whoever watches lets each fault pass: uffd-fault.ts.
 */
import type { Path } from "../step/index.ts";
import { split_huge_pmd } from "./huge-memory.ts";
import { mmap_read_lock, mmap_read_unlock, pte_lock, pte_unlock } from "./locks.ts";
import { HPAGE_PMD_NR, mark_translation, pmd_slot, translate } from "./pmd.ts";
import { has_file, make_migration_entry_readable, set_translation_rights } from "./protect.ts";
import {
  PTE_DIRTY,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_none,
  pte_present,
  pte_write,
} from "./pte.ts";
import {
  address,
  cache,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  ENOENT,
  kernel,
  page,
  pmd,
  process,
  pte,
  slot,
  vma,
} from "./state.ts";
import { cuts_hugetlb_page, return_to_user } from "./syscall.ts";
import { flush_tlb_range } from "./tlb.ts";
import { mark_empty_entry, marker_slot } from "./uffd-marker.ts";
import {
  VM_DIRTY_TRACKED,
  VM_FILE,
  VM_HUGETLB,
  VM_SHARED,
  VM_UFFD_WP,
  VM_WP_MARKER,
  VM_WRITE,
  vma_rights,
} from "./vma.ts";

/** Whether userfaultfd may watch writes to this memory. */
export function uffd_refuses(vm: number): boolean {
  if (kernel.uffd.writeProtect === "none" || vm === 0) return true;
  if (!has_file(vm)) return false;
  return kernel.uffd.writeProtect === "anon" || (vm & VM_DIRTY_TRACKED) !== 0;
}

/** UFFDIO_WRITEPROTECT: the next write is to be announced; here it only faults. */
export function* uffd_wp(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  if (uffd_refuses(any_flags(m, at, count)) || cuts_hugetlb_page(at, count)) {
    yield* return_to_user(into, EINVAL);
    return;
  }
  yield* mmap_read_lock(m);
  const protects = kernel.uffd.protectsSeveral || is_one_vma(m, at, count) ? 1 : 0;
  for (let i = 0; i < count; i++) {
    if (vma.flags[slot(m, at + i)] === 0) continue;
    if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at + i);
    yield* pte_lock(m);
    yield "write-protect the entry for userfaultfd";
    if (protects) write_protect_entry(m, at + i);
    vma.flags[slot(m, at + i)] |= VM_UFFD_WP;
    yield* pte_unlock(m);
  }
  yield* flush_tlb_range(m, at, count);
  yield* mmap_read_unlock(m);
  yield* return_to_user(into, protects ? 0 : ENOENT);
}

/** The flags of what is mapped first in a range; 0 where nothing is. */
export function any_flags(m: number, at: number, count: number): number {
  for (let i = 0; i < count; i++)
    if (vma.flags[slot(m, at + i)] !== 0) return vma.flags[slot(m, at + i)];
  return 0;
}

/** Whether a range has no hole and is one VMA, once all of it is watched. */
export function is_one_vma(m: number, at: number, count: number): boolean {
  const first = vma.flags[slot(m, at)];
  for (let i = 0; i < count; i++) {
    const vm = vma.flags[slot(m, at + i)];
    if (vm === 0 || vma_rights(vm | VM_UFFD_WP) !== vma_rights(first | VM_UFFD_WP)) return false;
  }
  return true;
}

/**
 * Entries of pages in swap or under migration are marked, too, and the page comes back protected.
 * Compare mm/mprotect.c:change_pte_range().
 */
export function write_protect_entry(m: number, at: number): void {
  const entry = translate(m, at);
  if (pte_none(entry)) {
    mark_empty_entry(m, at);
    return;
  }
  if (pte_present(entry)) set_translation_rights(m, at, 0);
  else if ((entry & PTE_MIGRATION) !== 0 && pte_write(entry)) make_migration_entry_readable(m, at);
  mark_translation(m, at, PTE_UFFD_WP);
}

/**
 * UFFDIO_CONTINUE: maps the page that the object's cache has. EFAULT where it has none; EEXIST where
 * something is mapped, which came through the cache, so that it has its page there. Each call is by a
 * userfaultfd of its own, for the time of the call: memory that another watches is EBUSY.
 */
export function* uffd_continue(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  const vm = vma.flags[slot(m, at)];
  const huge = (vm & VM_HUGETLB) !== 0 ? 1 : 0;
  const refused = huge ? cuts_hugetlb_page(at, count) : !is_shmem(vm);
  if (kernel.uffd.continues === "none" || refused) {
    yield* return_to_user(into, EINVAL);
    return;
  }
  const error = watched_by_another(m, at, count) ? EBUSY : is_one_vma(m, at, count) ? 0 : ENOENT;
  if (error !== 0) {
    yield* return_to_user(into, error);
    return;
  }
  if (huge) {
    const result = yield* continue_hugetlb(m, at, vm);
    yield* return_to_user(into, result);
    return;
  }
  yield* mmap_read_lock(m);
  let result = 0;
  for (let i = 0; i < count; i++) {
    yield "find the page in the cache";
    const frame = cache.frame[at + i];
    if (frame === 0 && pte_none(pte.word[slot(m, at + i)])) {
      result = EFAULT;
      break;
    }
    yield* pte_lock(m);
    yield "set the PTE, if still none";
    if (frame !== 0 && pte_none(pte.word[slot(m, at + i)])) {
      page.ref[frame]++;
      page.map[frame]++;
      pte.word[slot(m, at + i)] = continued_pte(frame, vma.flags[slot(m, at + i)]);
      vma.flags[slot(m, at + i)] &= ~VM_WP_MARKER;
    } else result = EEXIST;
    yield* pte_unlock(m);
    if (result !== 0) break;
  }
  yield* mmap_read_unlock(m);
  yield* return_to_user(into, result);
}

/** The same for hugetlbfs; memory of nobody's file has no cache. Compare hugetlb_mfill_atomic_pte(). */
export function* continue_hugetlb(m: number, at: number, vm: number): Path<number> {
  if ((vm & VM_FILE) === 0) return EFAULT;
  yield* mmap_read_lock(m);
  yield "find the huge page in the cache";
  const head = cache.frame[address.first[at]];
  let result = head === 0 ? EFAULT : 0;
  if (head !== 0) {
    yield* pte_lock(m);
    yield "set the huge PTE, if still none";
    if (pte_none(pmd.word[pmd_slot(m, at)])) {
      page.ref[head]++;
      page.entire_map[head]++;
      pmd.word[pmd_slot(m, at)] = continued_pte(head, vm) | PTE_DIRTY;
      vma.flags[marker_slot(m, at)] &= ~VM_WP_MARKER;
    } else result = EEXIST;
    yield* pte_unlock(m);
  }
  yield* mmap_read_unlock(m);
  return result;
}

/** Whether a userfaultfd has a part of the range already. Compare fs/userfaultfd.c:userfaultfd_register(). */
export function watched_by_another(m: number, at: number, count: number): boolean {
  for (let i = 0; i < count; i++) if ((vma.flags[slot(m, at + i)] & VM_UFFD_WP) !== 0) return true;
  return false;
}

/** Memory of shmem, shared or private; shared anonymous memory is shmem's, too. */
export function is_shmem(vm: number): boolean {
  return (vm & VM_FILE) !== 0 && (vm & (VM_HUGETLB | VM_DIRTY_TRACKED)) === 0;
}

export function continued_pte(frame: number, vm: number): number {
  const writable = (vm & VM_SHARED) !== 0 && (vm & VM_WRITE) !== 0;
  const dirty = writable || kernel.uffd.continues === "dirty";
  return (
    frame |
    PTE_PRESENT |
    PTE_YOUNG |
    (writable ? PTE_WRITE : 0) |
    (dirty ? PTE_DIRTY | PTE_SOFT_DIRTY : 0)
  );
}
