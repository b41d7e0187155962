/**
 * Huge pages in the page table: one PMD word maps the four base pages of a THP, or is none, or says
 * that there is a page table, whose entries count. A PMD word that maps is an entry (pte.ts) whose
 * frame is the head; a special one maps the huge zero page. A page table stays until the range is
 * unmapped, and on newer kernels until MADV_DONTNEED empties it: so long, what was once mapped by
 * entries is not touched as a whole.
 * Compare include/linux/huge_mm.h, mm/huge_memory.c. A THP has four base pages in the model.
 */
import { pte_present, pte_special } from "./pte.ts";
import { address, pmd, pte, slot, system } from "./state.ts";

export const HPAGE_PMD_NR = 4;
export const HPAGE_PMD_ORDER = 2;

/** address.huge: a range that a THP can map. */
export const HUGE_THP = 1;
export const HUGE_TLB = 2;

/** The PMD of a range whose page table a collapse took out: nothing is mapped. */
export const PMD_COLLAPSING = 0x2000;

/** A page table stands here; no entry has this value. */
export const PMD_TABLE = 0x4000;

export function pmd_slot(m: number, at: number): number {
  return m * system.regions[0] + address.region[at];
}

/** Whether page `at` of mm `m` is mapped by a PMD now. */
export function pmd_mapped(m: number, at: number): boolean {
  return address.huge[at] !== 0 && pte_present(pmd.word[pmd_slot(m, at)]);
}

/** Whether a collapse has the page table of `at` in its hands. */
export function pmd_collapsing(m: number, at: number): boolean {
  return address.huge[at] !== 0 && pmd.word[pmd_slot(m, at)] === PMD_COLLAPSING;
}

/** Which part of its huge page `at` is. */
export function subpage_index(at: number): number {
  return at - address.first[at];
}

/** The entry that translates page `at`: the PMD's, as if it were the page's own, or the PTE. */
export function translate(m: number, at: number): number {
  if (pmd_mapped(m, at)) return entry_of_pmd(pmd.word[pmd_slot(m, at)], at);
  return pmd_collapsing(m, at) ? 0 : pte.word[slot(m, at)];
}

/** A PMD as if it were the entry of page `at`; every part of the huge zero page is the zero page. */
export function entry_of_pmd(word: number, at: number): number {
  return pte_special(word) ? word : word + subpage_index(at);
}

/** A fault that falls back to small pages finds a page table, or makes one. */
export function pte_alloc(m: number, at: number): void {
  if (pmd.word[pmd_slot(m, at)] === 0) pmd.word[pmd_slot(m, at)] = PMD_TABLE;
}

/** Whether the page table that a fault found at `at` has been freed, or a PMD maps the range. */
export function pte_table_gone(m: number, at: number): boolean {
  return address.huge[at] !== 0 && pmd.word[pmd_slot(m, at)] !== PMD_TABLE;
}

/** Sets bits in whichever entry translates page `at`, as the hardware does. */
export function mark_translation(m: number, at: number, bits: number): void {
  if (pmd_mapped(m, at)) pmd.word[pmd_slot(m, at)] |= bits;
  else pte.word[slot(m, at)] |= bits;
}
