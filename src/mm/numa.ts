/**
 * NUMA balancing: the kernel takes an entry's rights away to see who comes, and the next access's
 * fault gives them back, or moves the page to where it is used. Compare mm/mprotect.c:
 * change_pte_range() with MM_CP_PROT_NUMA, mm/memory.c:do_numa_page().
 *
 * Up to v6.1 the entry keeps its write permission while nobody can use it; from v6.2 the fault finds
 * out anew whether the page may be written, by the exclusive mark. A scan that meets the migration
 * entry of an earlier hint makes it read-only, as mprotect would: a pinned page, which cannot move,
 * comes back without its write permission.
 * Whether a page lies on a foreign node is anybody's guess: both are explored.
 * Not modelled: huge PMDs, and large folios, which the fault leaves where they are.
 */
import { choose, type Path } from "../step/index.ts";
import { FAULT_DONE } from "./fault-flags.ts";
import { mmap_read_lock, mmap_read_unlock, pte_lock, pte_unlock } from "./locks.ts";
import { migrate_isolated_page } from "./migrate.ts";
import {
  is_large,
  PG_KSM,
  page_anon,
  page_count,
  page_mapcount,
  page_maybe_dma_pinned,
} from "./page.ts";
import { pmd_mapped } from "./pmd.ts";
import { make_migration_entry_readable } from "./protect.ts";
import {
  PTE_MIGRATION,
  PTE_PROTNONE,
  PTE_WRITE,
  PTE_YOUNG,
  pte_frame,
  pte_present,
  pte_protnone,
  pte_special,
  pte_write,
} from "./pte.ts";
import { kernel, page, pte, slot, vma } from "./state.ts";
import { flush_tlb_range, leave_stale } from "./tlb.ts";
import { is_cow_mapping, VM_WRITE } from "./vma.ts";

/** The scan comes to page `at` of mm `m`. */
export function* numa_hint(m: number, at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield* mmap_read_lock(m);
  yield* pte_lock(m);
  yield "is the page worth a hint: its counts";
  const entry = pte.word[slot(m, at)];
  const mapped = pte_present(entry) && !pmd_mapped(m, at);
  if (mapped && may_hint(entry, vma.flags[slot(m, at)])) {
    yield "make the entry inaccessible";
    leave_stale(m, at, entry);
    const kept = kernel.numa.restoresWrite === "saved" ? entry : entry & ~PTE_WRITE;
    pte.word[slot(m, at)] = kept | PTE_PROTNONE;
  } else if (!mapped && (entry & PTE_MIGRATION) !== 0 && pte_write(entry)) {
    yield "make the migration entry readable";
    make_migration_entry_readable(m, at);
  }
  yield* pte_unlock(m);
  yield* flush_tlb_range(m, at, 1);
  yield* mmap_read_unlock(m);
}

/** Pages that others use, too, are left alone; how that is told has changed. */
export function may_hint(entry: number, vm: number): boolean {
  if (pte_special(entry) || pte_protnone(entry)) return false;
  const frame = pte_frame(entry);
  if ((page.flags[frame] & PG_KSM) !== 0) return false;
  const cow = is_cow_mapping(vm);
  if (kernel.numa.skips === "mapcount") return !cow || page_mapcount(frame) === 1;
  if (kernel.numa.skips === "refcount") return !cow || page_count(frame) === 1;
  if (kernel.numa.skips === "pinned-anywhere" && page_maybe_dma_pinned(frame)) return false;
  return !cow || (page_mapcount(frame) === 1 && !page_maybe_dma_pinned(frame));
}

/**
 * The fault on a hinted entry. The page is moved after its entry was made accessible (up to v5.12)
 * or before, in which case the entry is given back if the page could not be moved.
 * Precondition: mmap_lock held for reading.
 */
export function* do_numa_page(m: number, at: number, entry: number, vm: number): Path<number> {
  const frame = pte_frame(entry);
  yield* pte_lock(m);
  yield "compare the PTE";
  const same = pte.word[slot(m, at)] === entry;
  if (!same) {
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  yield "does the page lie on a foreign node";
  let misplaced = 0;
  if (!is_large(frame) && page_anon(frame)) misplaced = choose(2);
  if (misplaced) page.ref[frame]++;
  const restores = !misplaced || !kernel.numa.migratesFirst;
  if (restores) {
    yield "make the entry accessible again";
    pte.word[slot(m, at)] = (entry & ~PTE_PROTNONE) | PTE_YOUNG | regained_right(entry, vm);
  }
  yield* pte_unlock(m);
  if (!misplaced) return FAULT_DONE;
  yield* migrate_isolated_page(frame);
  if (restores) return FAULT_DONE;
  yield* pte_lock(m);
  yield "the page did not move: make the entry accessible again";
  if (pte.word[slot(m, at)] === entry) pte.word[slot(m, at)] = (entry & ~PTE_PROTNONE) | PTE_YOUNG;
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/** PTE_WRITE when the fault may set it of its own accord. */
export function regained_right(entry: number, vm: number): number {
  if (kernel.numa.restoresWrite === "saved" || (vm & VM_WRITE) === 0) return 0;
  if (!is_cow_mapping(vm)) return PTE_WRITE;
  const frame = pte_frame(entry);
  return page_anon(frame) && page.exclusive[frame] ? PTE_WRITE : 0;
}
