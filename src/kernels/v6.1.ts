/**
 * v6.1: the memory barriers that pair GUP-fast with the clearing of PageAnonExclusive. Under
 * sequential consistency it is v6.0.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_1: KernelFile = {
  name: "v6.1",
  extends: "v6.0",
  mainline: true,
  summary: "Barriers around PageAnonExclusive.",
  decisions: {
    "migrate.keepsDirty": {
      value: true,
      why: "A migration entry remembers that the entry was dirty, and young.",
      commit: "2e3468778dbe",
      evidence: {
        kind: "read",
        where: "Debian 6.1.192 mm/rmap.c:try_to_migrate_one(), mm/migrate.c",
      },
    },
    "order.exclusive": {
      value: true,
      why: "Barriers order the entry, the pin count and PageAnonExclusive on both sides.",
      commit: "088b8aa537c2",
      evidence: { kind: "read", where: "6.1 include/linux/rmap.h:page_try_share_anon_rmap()" },
    },
    "reclaim.flushes": {
      value: "batched",
      why: "The barriers serve where the flush did: exclusive pages, too, are flushed in a batch.",
      commit: "088b8aa537c2",
      evidence: { kind: "read", where: "Debian 6.1.192 mm/rmap.c:try_to_unmap_one()" },
    },
    "advice.dontneedHugetlb": {
      value: "rounds-down",
      why: "The end of a range is rounded down: a part of a hugetlb page is not dropped.",
      commit: "8ebe0a5eaaeb",
      evidence: {
        kind: "read",
        where: "Debian 6.1.192 mm/madvise.c:madvise_dontneed_free_valid_vma()",
      },
    },
    "advice.collapse": {
      value: true,
      why: "A process may ask for the collapse of its pages.",
      commit: "7d8faaf15545",
      evidence: { kind: "derived", where: "6.1 mm/khugepaged.c:madvise_collapse()" },
    },
  },
};
