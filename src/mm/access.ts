/**
 * Loads and stores of a process: the hardware translates, and faults into the kernel until the
 * entry allows the access. Setting the entry's dirty and young bits is part of the access.
 * A fault that cannot be resolved is caught by a handler, as a test program has one: the load gives
 * EFAULT, the store does nothing, and the process goes on.
 * A store may go through a translation that outlived its entry, see tlb.ts.
 */
import { choose, type Path } from "../step/index.ts";
import { handle_mm_fault } from "./fault.ts";
import { FAULT_DONE, FAULT_WRITE } from "./fault-flags.ts";
import { mmap_read_lock, mmap_read_unlock } from "./locks.ts";
import { half_of, with_half } from "./page.ts";
import { mark_translation, translate } from "./pmd.ts";
import { PTE_DIRTY, PTE_YOUNG, pte_accessible, pte_frame, pte_write } from "./pte.ts";
import { EFAULT, page, process, register } from "./state.ts";
import { stale_translation } from "./tlb.ts";
import { lock_vma_under_rcu, vma_end_read } from "./vma-lock.ts";

export function* store(p: number, at: number, half: number, value: number): Path {
  for (;;) {
    yield "store";
    const cached = stale_translation(process.mm[p], at);
    let hit = 0;
    if (cached !== 0) hit = choose(2);
    if (hit) {
      page.data[pte_frame(cached)] = with_half(page.data[pte_frame(cached)], half, value);
      return;
    }
    const entry = translate(process.mm[p], at);
    if (pte_accessible(entry) && pte_write(entry)) {
      mark_translation(process.mm[p], at, PTE_DIRTY | PTE_YOUNG);
      page.data[pte_frame(entry)] = with_half(page.data[pte_frame(entry)], half, value);
      return;
    }
    const fault = yield* do_user_addr_fault(process.mm[p], at, FAULT_WRITE);
    if (fault !== FAULT_DONE) return;
  }
}

export function* load(p: number, at: number, half: number, into: number): Path {
  for (;;) {
    yield "load";
    const entry = translate(process.mm[p], at);
    if (pte_accessible(entry)) {
      mark_translation(process.mm[p], at, PTE_YOUNG);
      register.value[into] = half_of(page.data[pte_frame(entry)], half);
      return;
    }
    const fault = yield* do_user_addr_fault(process.mm[p], at, 0);
    if (fault !== FAULT_DONE) {
      yield "the signal handler notes the fault";
      register.value[into] = EFAULT;
      return;
    }
  }
}

/** Under the VMA's own lock where that can be had, else under mmap_lock. */
export function* do_user_addr_fault(m: number, at: number, flags: number): Path<number> {
  const alone = yield* lock_vma_under_rcu(m, at);
  if (!alone) yield* mmap_read_lock(m);
  const fault = yield* handle_mm_fault(m, at, flags);
  if (alone) yield* vma_end_read(m, at);
  else yield* mmap_read_unlock(m);
  return fault;
}
