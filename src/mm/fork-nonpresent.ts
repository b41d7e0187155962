/**
 * Entries that are neither none nor present, at fork: swap entries get a second user, migration
 * entries a second reader. Compare mm/memory.c:copy_nonpresent_pte().
 *
 * A migration entry takes no reference and no mapping: whoever restores it does. It loses its write
 * permission, which is how a pinned page under migration could come to be shared up to v5.18.
 * Precondition: ptl held; dropped here. Not modelled: device-private memory, count continuation.
 */
import type { Path } from "../step/index.ts";
import { pte_unlock } from "./locks.ts";
import {
  PTE_SWAP,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  PTE_WRITE,
  pte_frame,
  pte_none,
} from "./pte.ts";
import { pte, slot, swap } from "./state.ts";
import { is_cow_mapping } from "./vma.ts";

export function* copy_nonpresent_pte(
  m: number,
  c: number,
  at: number,
  vm: number,
  entry: number,
): Path<number> {
  if (!pte_none(entry)) {
    if ((entry & PTE_SWAP) !== 0) {
      yield "swap_duplicate: count + 1";
      swap.count[pte_frame(entry)]++;
    }
    const rights = is_cow_mapping(vm) ? PTE_WRITE | PTE_SWAP_EXCLUSIVE : 0;
    if ((entry & rights) !== 0) {
      yield "make the source entry readable only, not exclusive";
      pte.word[slot(m, at)] = entry & ~rights;
    }
    yield "set the child's entry";
    pte.word[slot(c, at)] = entry & ~(rights | PTE_UFFD_WP);
  }
  yield* pte_unlock(m);
  return 0;
}
