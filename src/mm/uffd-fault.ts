/**
 * A write to what userfaultfd protects is announced, and whoever faults waits for the watcher, who lets it
 * pass. Who cannot let go of mmap_lock cannot wait: the fault fails.
 * Compare fs/userfaultfd.c:handle_userfault().
 *
 * Not modelled: the time of the wait. The watcher takes the protection away at once, and the fault goes on.
 */
import type { Path } from "../step/index.ts";
import { FAULT_NO_RETRY, FAULT_UNSHARE } from "./fault-flags.ts";
import { pmd_mapped, pmd_slot } from "./pmd.ts";
import { PTE_UFFD_WP } from "./pte.ts";
import { pmd, pte, slot } from "./state.ts";
import { VM_UFFD_WP } from "./vma.ts";

/** Whether breaking the write protection of the entry has to be announced. A read pin may pass. */
export function userfaultfd_pte_wp(vm: number, entry: number, flags: number): boolean {
  if ((flags & FAULT_UNSHARE) !== 0) return false;
  return (vm & VM_UFFD_WP) !== 0 && (entry & PTE_UFFD_WP) !== 0;
}

/** 1: the watcher has let the fault pass. Precondition: ptl held. */
export function* handle_userfault(m: number, at: number, flags: number): Path<number> {
  yield "handle_userfault";
  if ((flags & FAULT_NO_RETRY) !== 0) return 0;
  if (pmd_mapped(m, at)) pmd.word[pmd_slot(m, at)] &= ~PTE_UFFD_WP;
  else pte.word[slot(m, at)] &= ~PTE_UFFD_WP;
  return 1;
}
