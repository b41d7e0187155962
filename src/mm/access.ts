/**
 * Loads and stores of a process: the hardware translates, and faults into the kernel until the
 * entry allows the access. Setting the entry's dirty and young bits is part of the access.
 * A fault that cannot be resolved is caught by a handler, as a test program has one: the load gives
 * EFAULT, the store does nothing, and the process goes on.
 * Not modelled: a translation that is used after its entry changed (TLB).
 */
import type { Path } from "../step/index.ts";
import { handle_mm_fault } from "./fault.ts";
import { FAULT_DONE, FAULT_WRITE } from "./fault-flags.ts";
import { mmap_read_lock, mmap_read_unlock } from "./locks.ts";
import { half_of, with_half } from "./page.ts";
import { mark_translation, translate } from "./pmd.ts";
import {
  PTE_DIRTY,
  PTE_SOFT_DIRTY,
  PTE_YOUNG,
  pte_accessible,
  pte_frame,
  pte_write,
} from "./pte.ts";
import { EFAULT, page, process, register } from "./state.ts";

export function* store(p: number, at: number, half: number, value: number): Path {
  for (;;) {
    yield "store";
    const entry = translate(process.mm[p], at);
    if (pte_accessible(entry) && pte_write(entry)) {
      mark_translation(process.mm[p], at, PTE_DIRTY | PTE_YOUNG | PTE_SOFT_DIRTY);
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

export function* do_user_addr_fault(m: number, at: number, flags: number): Path<number> {
  yield* mmap_read_lock(m);
  const fault = yield* handle_mm_fault(m, at, flags);
  yield* mmap_read_unlock(m);
  return fault;
}
