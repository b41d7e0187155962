/**
 * Write-back and truncation of a file's page, as a kernel actor does them.
 * Compare mm/page-writeback.c:clear_page_dirty_for_io(), mm/rmap.c:page_mkclean(), mm/truncate.c.
 * Write-back protects every shared mapping first, so that the next write is heard of. A device
 * that writes through a pin is not heard of.
 * Not modelled: I/O that takes time under PG_writeback, several files.
 */
import { choose, type Path } from "../step/index.ts";
import { lock_page, pte_lock, pte_unlock, unlock_page } from "./locks.ts";
import { PG_DIRTY, put_refs } from "./page.ts";
import { PTE_DIRTY, PTE_WRITE, pte_frame, pte_present, pte_special } from "./pte.ts";
import { cache, page, pte, slot, system } from "./state.ts";
import { flush_tlb_page } from "./tlb.ts";

/** Write-back of page `at`'s object; `may`: or never. */
export function* writeback(at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  const frame = cache.frame[at];
  if (!happens || frame === 0) return;
  yield* lock_page(frame);
  for (let m = 0; m < system.processes[0]; m++) {
    yield* pte_lock(m);
    yield "page_mkclean: write-protect and clean the PTE";
    const entry = pte.word[slot(m, at)];
    if (pte_present(entry) && pte_frame(entry) === frame) {
      pte.word[slot(m, at)] = entry & ~(PTE_WRITE | PTE_DIRTY);
      flush_tlb_page(m, at);
    }
    yield* pte_unlock(m);
  }
  yield "write the page to disk";
  cache.disk[at] = page.data[frame];
  page.flags[frame] &= ~PG_DIRTY;
  yield* unlock_page(frame);
}

/** The object is cut off before page `at`: every mapping of it goes, private copies included. */
export function* truncate(at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield "the object ends earlier";
  cache.truncated[at] = 1;
  cache.disk[at] = 0;
  for (let m = 0; m < system.processes[0]; m++) {
    yield* pte_lock(m);
    yield "unmap_mapping_range: clear the PTE";
    const entry = pte.word[slot(m, at)];
    pte.word[slot(m, at)] = 0;
    flush_tlb_page(m, at);
    const mapped = pte_present(entry) && !pte_special(entry);
    if (mapped) page.map[pte_frame(entry)]--;
    yield* pte_unlock(m);
    yield "drop the mapping's reference";
    if (mapped) put_refs(pte_frame(entry), 1);
  }
  yield "remove the page from the cache";
  const frame = cache.frame[at];
  cache.frame[at] = 0;
  if (frame !== 0) put_refs(frame, 1);
}
