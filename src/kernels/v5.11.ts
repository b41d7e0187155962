/**
 * v5.11: the sequence count closes the race of fork and GUP-fast; clear_refs and reclaim skip pages
 * that look pinned.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_11: KernelFile = {
  name: "v5.11",
  extends: "v5.9",
  mainline: true,
  summary: "write_protect_seq: GUP-fast notices a fork at work.",
  decisions: {
    "fork.writeProtectSeq": {
      value: true,
      why: "The count is odd while a COW VMA is walked.",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: "5.11 mm/memory.c:copy_page_range()" },
    },
    "gup.checksSequence": {
      value: true,
      why: "A FOLL_PIN that began before or during a fork is undone.",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: "5.11 mm/gup.c:lockless_pages_from_mm()" },
    },
    "softDirty.skipsPinned": {
      value: true,
      why: "clear_refs leaves pages alone that look pinned.",
      commit: "9348b73c2e1b",
      evidence: { kind: "read", where: "5.11 fs/proc/task_mmu.c:pte_is_pinned()" },
    },
    "softDirty.excludesFaults": {
      value: true,
      why: "clear_refs holds mmap_lock for writing.",
      commit: "29a951dfb3c3",
      evidence: {
        kind: "read",
        where: "Debian 5.10.262 fs/proc/task_mmu.c:clear_refs_write(), a backport",
      },
    },
    "softDirty.flushes": {
      value: true,
      why: "clear_refs flushes the TLB in the end.",
      commit: "912efa17e512",
      evidence: {
        kind: "read",
        where: "Debian 5.10.262 fs/proc/task_mmu.c:clear_refs_write(), a backport",
      },
    },
    "reclaim.skipsPinned": {
      value: "racy",
      why: "Reclaim leaves pages alone that look pinned before they enter the swap cache; a pin may come after the look.",
      commit: "feb889fb40fa",
      evidence: { kind: "read", where: "5.11 mm/vmscan.c:shrink_page_list()" },
    },
  },
};
