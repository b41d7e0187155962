/**
 * A PMD-mapped THP at fork: shared as a whole, or, when it may be pinned, its PMD is split so that
 * the entries below are copied one by one. Compare mm/huge_memory.c:copy_huge_pmd().
 * Precondition: the parent's mmap_lock held for writing.
 */
import type { Path } from "../step/index.ts";
import { exclusively_pinned } from "./fork-pte.ts";
import { split_huge_pmd } from "./huge-memory.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { folio_add_large_mapcount } from "./mm-ids.ts";
import { page_needs_cow_for_dma, put_refs } from "./page.ts";
import { pmd_mapped, pmd_slot } from "./pmd.ts";
import { PTE_UFFD_WP, PTE_YOUNG, pte_frame, pte_special, pte_write, pte_wrprotect } from "./pte.ts";
import { kernel, page, pmd } from "./state.ts";
import { leave_stale_pmd } from "./tlb.ts";
import { VM_MAYWRITE } from "./vma.ts";

export function* copy_huge_pmd(m: number, c: number, at: number, vm: number): Path {
  yield* pte_lock(m);
  yield "read the source PMD";
  const entry = pmd.word[pmd_slot(m, at)];
  if (!pmd_mapped(m, at)) {
    yield* pte_unlock(m);
    return;
  }
  if (pte_special(entry)) {
    yield* set_both_pmds(m, c, at);
    return;
  }
  const head = pte_frame(entry);
  if (kernel.fork.hugePmd === "exclusive") {
    yield* share_huge_pmd_unless_pinned(m, c, at, vm, head);
    return;
  }
  const pinned = yield* huge_page_needs_split(m, vm, head);
  if (pinned) {
    yield* pte_unlock(m);
    yield* split_huge_pmd(m, at);
    return;
  }
  yield "get_page: ref + 1";
  page.ref[head]++;
  yield "page_dup_rmap: the compound map + 1";
  page.entire_map[head]++;
  folio_add_large_mapcount(c, head, 1);
  yield* set_both_pmds(m, c, at);
}

export function* huge_page_needs_split(m: number, vm: number, head: number): Path<number> {
  if (kernel.fork.hugePmd === "share") return 0;
  const asked = kernel.fork.hugePmd === "split-if-pinned-anywhere" ? vm | VM_MAYWRITE : vm;
  return yield* page_needs_cow_for_dma(m, asked, head);
}

/** From v5.19: only an exclusive THP can be pinned; sharing clears the bit. */
export function* share_huge_pmd_unless_pinned(
  m: number,
  c: number,
  at: number,
  vm: number,
  head: number,
): Path {
  yield "get_page: ref + 1";
  page.ref[head]++;
  const pinned = yield* exclusively_pinned(m, vm, head);
  if (pinned) {
    yield "drop the reference";
    put_refs(head, 1);
    yield* pte_unlock(m);
    yield* split_huge_pmd(m, at);
    return;
  }
  yield "page_dup_rmap: the compound map + 1";
  page.entire_map[head]++;
  folio_add_large_mapcount(c, head, 1);
  yield* set_both_pmds(m, c, at);
}

export function* set_both_pmds(m: number, c: number, at: number): Path {
  yield "write-protect the source PMD";
  const entry = pmd.word[pmd_slot(m, at)];
  leave_stale_pmd(m, at, entry);
  if (pte_write(entry)) pmd.word[pmd_slot(m, at)] = pte_wrprotect(entry);
  yield "set the child's PMD";
  pmd.word[pmd_slot(c, at)] = pte_wrprotect(entry) & ~(PTE_YOUNG | PTE_UFFD_WP);
  yield* pte_unlock(m);
}
