/**
 * The lock of one VMA: from v6.4 a process's own page fault takes it for reading instead of
 * mmap_lock, so that faults in one VMA do not wait for changes of another. Whoever changes a VMA holds
 * mmap_lock for writing and marks the VMA; all marks end with mmap_lock. A fault that finds the mark
 * goes back to mmap_lock. Compare mm/memory.c:lock_vma_under_rcu(), include/linux/mm.h:vma_start_write().
 *
 * The cells exist only where threads share an mm and the kernel has these locks (`system.vmaLocks`).
 * Not modelled: a fault that gives its VMA lock up half-way (userfaultfd, swap up to v6.6), a first
 * anonymous page under a VMA lock (it takes mmap_lock here), madvise and uffd under it.
 */
import { type Path, until } from "../step/index.ts";
import { address, kernel, slot, system, vma, vma_lock } from "./state.ts";
import { VM_FILE } from "./vma.ts";

/** Marks page `at`'s VMA and waits for faults under it. Precondition: mmap_lock held for writing. */
export function* vma_start_write(m: number, at: number): Path {
  if (!system.vmaLocks[0]) return;
  yield "vma_start_write: wait for faults in the VMA";
  until(vma_lock.word[lock_of(m, at)] <= 1);
  vma_lock.word[lock_of(m, at)] = 1;
}

/** As mmap_lock, writers at once: every mark of the mm ends. */
export function vma_end_write_all(m: number): void {
  if (!system.vmaLocks[0]) return;
  for (let at = 0; at < system.pages[0]; at++)
    if (vma_lock.word[slot(m, at)] === 1) vma_lock.word[slot(m, at)] = 0;
}

/** 1 when the VMA is locked for reading now; 0 when the fault has to take mmap_lock. */
export function* lock_vma_under_rcu(m: number, at: number): Path<number> {
  if (!system.vmaLocks[0]) return 0;
  yield "lock_vma_under_rcu: try the VMA's lock";
  if (vma_lock.word[lock_of(m, at)] === 1 || !vma_lock_serves(vma.flags[slot(m, at)])) return 0;
  if (!vma.anon_vma[slot(m, at)] && (vma.flags[slot(m, at)] & VM_FILE) === 0) return 0;
  vma_lock.word[lock_of(m, at)] += 2;
  return 1;
}

/** Whether faults in such a VMA are handled under its own lock. */
export function vma_lock_serves(vm: number): boolean {
  if (vm === 0 || kernel.fault.vmaLock === "none") return false;
  return kernel.fault.vmaLock === "all" || (vm & VM_FILE) === 0;
}

export function* vma_end_read(m: number, at: number): Path {
  yield "vma_end_read";
  vma_lock.word[lock_of(m, at)] -= 2;
}

/** A declaration is one VMA; its lock stands with its first page. */
export function lock_of(m: number, at: number): number {
  return slot(m, address.first[at]);
}
