/**
 * v6.2: a read-only long-term pin is as reliable as a writable one; RDMA stops forcing writes.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_2: KernelFile = {
  name: "v6.2",
  extends: "v6.1",
  mainline: true,
  summary: "R/O long-term pins break copy-on-write of page cache and zero page.",
  decisions: {
    "gup.unshare": {
      value: "anon-and-longterm",
      why: "Also a long-term R/O pin of a page-cache or zero page in a COW mapping unshares.",
      commit: "84209e87c696",
      evidence: { kind: "read", where: "6.2.1 mm/internal.h:gup_must_unshare()" },
    },
    "wp.unsharesNonAnon": {
      value: true,
      why: "The unshare fault copies any page of a COW mapping.",
      commit: "8d6a0ac09a16",
      evidence: { kind: "read", where: "6.2.1 mm/memory.c:do_wp_page()" },
    },
    "uffd.hearsShared": {
      value: true,
      why: "A shared mapping that is watched wants to hear of each first write.",
      commit: "51d3d5eb74ff",
      evidence: {
        kind: "derived",
        where: "read in Debian 6.1.192 mm/mmap.c:vma_wants_writenotify()",
      },
    },
    "mprotect.restoresWrite": {
      value: "exclusive",
      why: "mprotect makes entries of exclusive pages writable, clean ones too.",
      commit: "d84887739d5c",
      evidence: { kind: "read", where: "6.2.1 mm/mprotect.c:can_change_pte_writable()" },
    },
    "mprotect.restoresHugeWrite": {
      value: true,
      why: "mprotect makes the PMDs of exclusive huge pages writable, too.",
      commit: "c27f479e1e29",
      evidence: {
        kind: "derived",
        where:
          "hash recalled; mm/huge_memory.c:can_change_pmd_writable() is in 6.5 and not in Debian 6.1.192",
      },
    },
    "interface.rdmaForcesWrite": {
      value: false,
      why: "A read-only region is pinned read-only.",
      commit: "b40656aa7d55",
      evidence: { kind: "mail", where: "20221116102659.70287-1" },
    },
    "numa.restoresWrite": {
      value: "exclusive",
      why: "The fault asks whether the page is exclusive, as mprotect does.",
      commit: "6a56ccbcf6c6",
      evidence: { kind: "derived", where: "recalled; savedwrite is gone by 6.2" },
    },
  },
};
