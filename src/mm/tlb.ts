/**
 * Translations that a CPU holds after the entry in memory changed. A path that takes an entry's write
 * permission away flushes later: until then another thread of the same mm may write through the
 * translation its CPU cached. Compare mm/rmap.c:ptep_clear_flush(), arch/x86/mm/tlb.c, mm/mmu_gather.c.
 *
 * Any CPU may have cached any entry, and may have dropped it: a store takes either way. Only an entry
 * that was writable and dirty serves, since the hardware looks again before it sets the dirty bit.
 * What clears an entry altogether flushes in the same step. The cells exist only where threads share
 * an mm, or where a kernel forgets to flush (`system.tlb`).
 * Not modelled: reads through a translation of a page that was replaced, which every kernel flushes.
 */
import type { Path } from "../step/index.ts";
import { HPAGE_PMD_NR } from "./pmd.ts";
import { pte_accessible, pte_dirty, pte_write } from "./pte.ts";
import { address, slot, system, tlb } from "./state.ts";

/** The entry of page `at` loses its rights in memory; CPUs may hold it as it was. */
export function leave_stale(m: number, at: number, entry: number): void {
  if (!system.tlb[0]) return;
  if (pte_accessible(entry) && pte_write(entry) && pte_dirty(entry)) tlb.word[slot(m, at)] = entry;
}

/** As leave_stale, for each page under a PMD. */
export function leave_stale_pmd(m: number, at: number, entry: number): void {
  for (let i = 0; i < HPAGE_PMD_NR; i++) leave_stale(m, address.first[at] + i, entry + i);
}

/** The old entry of a page through which a thread of `m` may still write, or 0. */
export function stale_translation(m: number, at: number): number {
  return system.tlb[0] ? tlb.word[slot(m, at)] : 0;
}

export function flush_tlb_page(m: number, at: number): void {
  if (system.tlb[0]) tlb.word[slot(m, at)] = 0;
}

export function flush_tlb_pmd(m: number, at: number): void {
  for (let i = 0; i < HPAGE_PMD_NR; i++) flush_tlb_page(m, address.first[at] + i);
}

export function flush_tlb_mm(m: number): void {
  if (!system.tlb[0]) return;
  for (let at = 0; at < system.pages[0]; at++) tlb.word[slot(m, at)] = 0;
}

/** The flush at the end of a path that changed entries: a step only where it can matter. */
export function* flush_tlb_range(m: number, at: number, count: number): Path {
  if (!system.tlb[0]) return;
  yield "flush the TLB";
  for (let i = 0; i < count; i++) tlb.word[slot(m, at + i)] = 0;
}
