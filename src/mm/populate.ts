/**
 * MADV_POPULATE_READ and MADV_POPULATE_WRITE: the pages of a range are mapped as if each had been read, or
 * written. Compare mm/madvise.c:madvise_populate(), mm/gup.c:faultin_page_range(), follow_page_pte().
 *
 * Faults go through GUP's slow path, which takes no page here: a shared page stays shared for reading, and
 * for writing is copied as by a store. Whoever watches by userfaultfd is waited for, as a store waits.
 */
import type { Path } from "../step/index.ts";
import { FOLL_POPULATE, FOLL_TOUCH, FOLL_UNLOCKABLE, FOLL_WRITE, is_errno } from "./grab.ts";
import { __get_user_pages, vma_allows } from "./gup.ts";
import { mmap_read_lock, mmap_read_unlock } from "./locks.ts";
import { lru_add_drain } from "./lru.ts";
import { translate } from "./pmd.ts";
import { pte_frame, pte_present, pte_special } from "./pte.ts";
import { EFAULT, EINVAL, ENOMEM, kernel, process, slot, vma } from "./state.ts";
import { return_to_user } from "./syscall.ts";

/** EINVAL where the mapping does not allow it, EFAULT where a page cannot be had, ENOMEM for a hole. */
export function* madvise_populate(
  p: number,
  at: number,
  count: number,
  write: number,
  into: number,
): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  if (kernel.advice.populate === "none") {
    yield* return_to_user(into, EINVAL);
    return;
  }
  yield* mmap_read_lock(m);
  let result = 0;
  for (let i = 0; i < count; i++) {
    yield "look up the VMA";
    const hole = vma.flags[slot(m, at + i)] === 0;
    if (hole) result = ENOMEM;
    if (hole && kernel.advice.populate === "up-to-a-hole") break;
    if (!hole) {
      const error = yield* faultin_page(m, at + i, write ? FOLL_WRITE : 0);
      if (error !== 0) {
        result = error;
        break;
      }
    }
  }
  for (let i = 0; i < count; i++) {
    const entry = translate(m, at + i);
    if (pte_present(entry) && !pte_special(entry)) yield* lru_add_drain(pte_frame(entry));
  }
  yield* mmap_read_unlock(m);
  yield* return_to_user(into, result);
}

/** One page; what a VMA that changed while the lock was let go of would say is said of the VMA as it is. */
export function* faultin_page(m: number, at: number, asked: number): Path<number> {
  if (!vma_allows(vma.flags[slot(m, at)], asked)) return EINVAL;
  const flags = asked | FOLL_POPULATE | FOLL_TOUCH | FOLL_UNLOCKABLE;
  const result = yield* __get_user_pages(m, at, flags);
  if (!is_errno(result)) return 0;
  const vm = vma.flags[slot(m, at)];
  if (vm === 0) return ENOMEM;
  return result === EFAULT && !vma_allows(vm, asked) ? EINVAL : result;
}
