/**
 * KSM: two equal pages become one, write-protected in both places. Compare mm/ksm.c:
 * try_to_merge_two_pages(), write_protect_page(), replace_page().
 *
 * A page is merged only if every reference is a mapping's, the swap cache's or the scanner's, counted
 * after its entry was taken away; from v5.19 taking its exclusive mark away must succeed, too.
 * Both places must have had MADV_MERGEABLE. Not modelled: checksums, the trees, a third page that
 * joins, and undoing the first half when the second fails: then a merged page has one user.
 */
import { choose, type Path } from "../step/index.ts";
import {
  lock_page,
  mmap_read_lock,
  mmap_read_unlock,
  pte_lock,
  pte_unlock,
  unlock_page,
} from "./locks.ts";
import { may_reorder, unexclusive_waits } from "./order.ts";
import { SET_BEFORE_UNEXCLUSIVE } from "./order-bits.ts";
import { is_large, PG_KSM, page_mapcount, page_maybe_dma_pinned, put_refs } from "./page.ts";
import { PTE_DIRTY, PTE_SOFT_DIRTY, PTE_UFFD_WP, PTE_WRITE, pte_frame } from "./pte.ts";
import { anon_frame } from "./rmap.ts";
import { kernel, page, pte, slot, vma } from "./state.ts";
import { free_page_and_swap_cache, in_swap_cache } from "./swap.ts";
import { flush_tlb_page } from "./tlb.ts";
import { VM_MERGEABLE } from "./vma.ts";

/** ksmd comes to pages `at` and `other` of mm `m`. */
export function* ksm(m: number, at: number, other: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield* mmap_read_lock(m);
  yield "find both pages: ref + 1";
  const first = mergeable_frame(m, at);
  const second = mergeable_frame(m, other);
  const both = first !== 0 && second !== 0 && first !== second;
  if (both) {
    page.ref[first]++;
    page.ref[second]++;
  }
  if (both) {
    yield* try_to_merge(m, at, first, 0);
    yield "is the first page merged";
    if ((page.flags[first] & PG_KSM) !== 0) yield* try_to_merge(m, other, second, first);
    yield "let go of both pages";
    put_refs(first, 1);
    put_refs(second, 1);
  }
  yield* mmap_read_unlock(m);
}

/** The anonymous base page at `at` that KSM may merge, or 0. */
export function mergeable_frame(m: number, at: number): number {
  if ((vma.flags[slot(m, at)] & VM_MERGEABLE) === 0) return 0;
  const frame = anon_frame(pte.word[slot(m, at)]);
  return frame === 0 || is_large(frame) || (page.flags[frame] & PG_KSM) !== 0 ? 0 : frame;
}

/** Write-protects the page, then makes it the merged one (`into` 0), or replaces it by that. */
export function* try_to_merge(m: number, at: number, frame: number, into: number): Path {
  yield* lock_page(frame);
  yield* pte_lock(m);
  yield "clear the PTE and flush";
  const entry = pte.word[slot(m, at)];
  const ours = anon_frame(entry) === frame;
  if (ours) pte.word[slot(m, at)] = 0;
  flush_tlb_page(m, at);
  if (ours) {
    const alone = yield* nobody_else_holds(frame);
    if (!alone) {
      yield "put the PTE back";
      pte.word[slot(m, at)] = entry;
    } else {
      yield "set the PTE, write-protected and clean";
      pte.word[slot(m, at)] = entry & ~(PTE_WRITE | PTE_DIRTY);
      if (alone === ALONE_STILL_EXCLUSIVE) yield* clear_exclusive(frame);
    }
    yield* pte_unlock(m);
    if (alone) {
      if (into === 0) {
        yield "set_page_stable_node: the page is KSM's";
        page.flags[frame] |= PG_KSM;
      } else yield* replace_page(m, at, frame, into, entry & ~(PTE_WRITE | PTE_DIRTY));
    }
  } else yield* pte_unlock(m);
  yield* unlock_page(frame);
}

/** Every reference is a mapping's, the swap cache's or ours; the exclusive mark goes. */
export function* nobody_else_holds(frame: number): Path<number> {
  yield "read map and ref";
  const known = page_mapcount(frame) + 1 + (in_swap_cache(frame) ? 1 : 0);
  if (page.ref[frame] !== known) return 0;
  if (kernel.wp.reuse === "exclusive") {
    yield "read PageAnonExclusive";
    const exclusive = page.exclusive[frame];
    if (exclusive) {
      yield "read ref: page_try_share_anon_rmap";
      if (page_maybe_dma_pinned(frame)) return 0;
      let waits = 0;
      if (may_reorder(SET_BEFORE_UNEXCLUSIVE)) waits = yield* unexclusive_waits();
      if (waits) return ALONE_STILL_EXCLUSIVE;
      yield* clear_exclusive(frame);
    }
  }
  return 1;
}

/** Weak order: the mark's clearing becomes visible after the entry. */
const ALONE_STILL_EXCLUSIVE = 2;

export function* clear_exclusive(frame: number): Path {
  yield "clear PageAnonExclusive";
  page.exclusive[frame] = 0;
}

/** If the contents are equal and the entry still is as we left it, the merged page takes its place. */
export function* replace_page(
  m: number,
  at: number,
  frame: number,
  into: number,
  entry: number,
): Path {
  yield "pages_identical";
  if (page.data[frame] !== page.data[into]) return;
  yield* pte_lock(m);
  yield "compare the PTE";
  const same = pte.word[slot(m, at)] === entry;
  if (same) {
    yield "the merged page: ref + 1, map + 1";
    page.ref[into]++;
    page.map[into]++;
    yield "set the PTE to the merged page";
    const lost = PTE_UFFD_WP | (kernel.softDirty.ksmKeeps ? 0 : PTE_SOFT_DIRTY);
    pte.word[slot(m, at)] = ((entry - pte_frame(entry)) & ~lost) | into;
    yield "the old page: map - 1, ref - 1";
    page.map[frame]--;
    free_page_and_swap_cache(frame);
  }
  yield* pte_unlock(m);
}
