/**
 * How a system call ends: with 0 or an errno for the register that the statement assigns. A statement
 * that takes no result has no such step, so asking for a result is what makes it observable.
 * Compare arch/x86/entry/common.c: regs->ax.
 */
import type { Path } from "../step/index.ts";
import { HPAGE_PMD_NR, HUGE_TLB } from "./pmd.ts";
import { address, register } from "./state.ts";

/** Nobody takes the result. */
export const NO_REGISTER = 0xff;

/** `into` gets `result`: 0, or ERRNO + the errno. */
export function* return_to_user(into: number, result: number): Path {
  if (into === NO_REGISTER) return;
  yield "return to the process";
  register.value[into] = result;
}

/** Whether pages at .. at+count-1 are a part of a hugetlb page: no VMA can begin or end inside one. */
export function cuts_hugetlb_page(at: number, count: number): boolean {
  return address.huge[at] === HUGE_TLB && count < HPAGE_PMD_NR;
}
