/**
 * A page-table entry: one word, as the hardware and other CPUs see it. Reading it and replacing it
 * are single steps; these functions only take a word apart and put it together.
 * Compare arch/x86/include/asm/pgtable.h. Not modelled: huge entries above the PMD, protection keys.
 */

/** The low bits hold the frame, or the slot of a swap entry; 255 is neither. */
export const FRAME_MASK = 0xff;
export const PTE_PRESENT = 0x100;
export const PTE_WRITE = 0x200;
export const PTE_DIRTY = 0x400;
export const PTE_YOUNG = 0x800;
/** No struct page behind it: the zero page. */
export const PTE_SPECIAL = 0x1000;
export const PTE_UFFD_WP = 0x2000;
export const PTE_SOFT_DIRTY = 0x4000;
/** In a present entry: no access until a NUMA hinting fault; PTE_WRITE is the right it had. */
export const PTE_PROTNONE = 0x8000;

// In an entry that is not present four of these bits mean something else.

/** Not present, but not empty either: the page is in swap. */
export const PTE_SWAP = 0x400;
/** On its way to another frame, or back. */
export const PTE_MIGRATION = 0x800;
/** In a migration entry: the entry that it stands for was dirty. */
export const PTE_MIGRATION_DIRTY = 0x1000;
/** In a swap or migration entry: the page was exclusive to this mm. */
export const PTE_SWAP_EXCLUSIVE = 0x8000;

export function pte_frame(entry: number): number {
  return entry & FRAME_MASK;
}

export function pte_none(entry: number): boolean {
  return entry === 0;
}

export function pte_present(entry: number): boolean {
  return (entry & PTE_PRESENT) !== 0;
}

/** Whether the hardware follows the entry. */
export function pte_accessible(entry: number): boolean {
  return (entry & (PTE_PRESENT | PTE_PROTNONE)) === PTE_PRESENT;
}

export function pte_protnone(entry: number): boolean {
  return (entry & (PTE_PRESENT | PTE_PROTNONE)) === (PTE_PRESENT | PTE_PROTNONE);
}

export function pte_write(entry: number): boolean {
  return (entry & PTE_WRITE) !== 0;
}

export function pte_dirty(entry: number): boolean {
  return (entry & PTE_DIRTY) !== 0;
}

export function pte_special(entry: number): boolean {
  return (entry & PTE_SPECIAL) !== 0;
}

export function pte_wrprotect(entry: number): number {
  return entry & ~PTE_WRITE;
}

export function pte_mkclean_old(entry: number): number {
  return entry & ~(PTE_DIRTY | PTE_YOUNG);
}

/** An entry for a fresh anonymous page: dirty, and writable if the VMA is. */
export function mk_anon_pte(frame: number, writable: boolean | number): number {
  return frame | PTE_PRESENT | PTE_DIRTY | PTE_YOUNG | PTE_SOFT_DIRTY | (writable ? PTE_WRITE : 0);
}
