/**
 * The reorderings that weak memory order means here, by name: which step becomes visible after which
 * later one, what closes it, and where that is said. Weak order is sequential consistency and these,
 * each of which can be left out; it is not the memory model of any CPU.
 */
import {
  CLEAR_AFTER_PIN_TEST,
  EXCLUSIVE_BEFORE_RECHECK,
  PIN_AFTER_RECHECK,
  PROTECT_AFTER_PIN_TEST,
  SET_BEFORE_UNEXCLUSIVE,
} from "./order-bits.ts";

export interface Reordering {
  readonly name: string;
  /** Its bit in system.reorderings. */
  readonly bit: number;
  /** The two accesses in the order of the source, and the paths in which they stand. */
  readonly earlier: string;
  readonly later: string;
  readonly paths: readonly string[];
  /** What keeps the two in order where the kernel has it. */
  readonly closedBy: string;
  readonly source: string;
}

const barriers = "088b8aa537c2 (v6.1)";

export const reorderings: readonly Reordering[] = [
  {
    name: "protect-after-pin-test",
    bit: PROTECT_AFTER_PIN_TEST,
    earlier: "write-protect the source PTE",
    later: "read ref: page_maybe_dma_pinned",
    paths: ["protect_then_test", "copy_normal_page"],
    closedBy:
      "a full barrier for each entry, which was refused; f3c64eda3e50 (v5.9) tests first, 57efa1fe5957 (v5.11) notices GUP",
    source: "20200928124937.GN9916@ziepe.ca: the atomics of fork are not strong enough off x86",
  },
  {
    name: "clear-after-pin-test",
    bit: CLEAR_AFTER_PIN_TEST,
    earlier: "clear the PTE",
    later: "read ref: page_try_share_anon_rmap",
    paths: ["try_to_unmap"],
    closedBy: `a full barrier before the pin test, ${barriers}`,
    source: "6.1 include/linux/rmap.h:page_try_share_anon_rmap()",
  },
  {
    name: "pin-after-recheck",
    bit: PIN_AFTER_RECHECK,
    earlier: "try_grab_page: ref + 1023, or pincount + 1",
    later: "read the PTE again",
    paths: ["gup_pte_range"],
    closedBy: `a full barrier after the count, ${barriers}`,
    source: "6.1 mm/gup.c:try_grab_folio()",
  },
  {
    name: "exclusive-before-recheck",
    bit: EXCLUSIVE_BEFORE_RECHECK,
    earlier: "read the PTE again",
    later: "read PageAnonExclusive",
    paths: ["gup_pte_range"],
    closedBy: `a read barrier before the second read, ${barriers}`,
    source: "6.1 include/linux/mm.h:gup_must_unshare()",
  },
  {
    name: "set-before-unexclusive",
    bit: SET_BEFORE_UNEXCLUSIVE,
    earlier: "clear PageAnonExclusive",
    later: "set the PTE, write-protected and clean",
    paths: ["try_to_merge"],
    closedBy: `a barrier after the clearing, ${barriers}`,
    source: "6.1 include/linux/rmap.h:page_try_share_anon_rmap()",
  },
];

/** What a check assumes of memory. */
export type MemoryOrder = "sequential" | "weak";

/** The bits of the named reorderings. */
export function reorderingBits(names: readonly string[]): number {
  return reorderings
    .filter(({ name }) => names.includes(name))
    .reduce((bits, { bit }) => bits | bit, 0);
}
