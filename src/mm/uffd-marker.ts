/**
 * What an empty entry remembers of userfaultfd's write protection, where a file or the hugetlb pool will fill
 * it again: a marker. The page that comes back is protected. Anonymous memory has none: what is lost there is
 * a hole, and a hole is not watched. Compare include/linux/mm_inline.h:pte_install_uffd_wp_if_needed(),
 * mm/mprotect.c:change_pte_range(), mm/memory.c:pte_marker_handle_uffd_wp(), mm/hugetlb.c:hugetlb_no_page().
 *
 * Markers came with the write protection of such memory (v5.19). The kernel has them in the entry; here they
 * stand with the page's flags, so that an empty entry is 0 everywhere. Precondition of all: ptl held.
 */
import { PTE_UFFD_WP, PTE_WRITE } from "./pte.ts";
import { address, kernel, slot, vma } from "./state.ts";
import { VM_FILE, VM_HUGETLB, VM_SHARED, VM_UFFD_WP, VM_WP_MARKER } from "./vma.ts";

/** A hugetlb page has one entry, and one marker. */
export function marker_slot(m: number, at: number): number {
  return (vma.flags[slot(m, at)] & VM_HUGETLB) !== 0 ? slot(m, address.first[at]) : slot(m, at);
}

/** Userfaultfd protects an empty entry. */
export function mark_empty_entry(m: number, at: number): void {
  const vm = vma.flags[slot(m, at)];
  if (kernel.uffd.writeProtect === "memory" && (vm & (VM_FILE | VM_SHARED | VM_HUGETLB)) !== 0)
    vma.flags[marker_slot(m, at)] |= VM_WP_MARKER;
}

/** An entry was cleared, and its area stays. hugetlb does not ask whether anybody watches. */
export function keep_marker(m: number, at: number, entry: number): void {
  if ((entry & PTE_UFFD_WP) !== 0 && (vma.flags[slot(m, at)] & (VM_UFFD_WP | VM_HUGETLB)) !== 0)
    mark_empty_entry(m, at);
}

/** The entry that a fault sets where `entry` would be set without a marker. */
export function take_marker(m: number, at: number, entry: number): number {
  if (!has_marker(m, at)) return entry;
  vma.flags[marker_slot(m, at)] &= ~VM_WP_MARKER;
  return (entry & ~PTE_WRITE) | PTE_UFFD_WP;
}

export function has_marker(m: number, at: number): boolean {
  return (vma.flags[marker_slot(m, at)] & VM_WP_MARKER) !== 0;
}
