/**
 * v5.17: what changed since v5.14 lies in NUMA hinting and long-term pins.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_17: KernelFile = {
  name: "v5.17",
  extends: "v5.14",
  mainline: true,
  summary: "As v5.14 for base pages.",
  decisions: {
    "uffd.continues": {
      value: "dirty",
      why: "UFFDIO_CONTINUE marks the entry dirty, writable or not.",
      commit: "9ae0f87d009c",
      evidence: { kind: "mail", where: "message of 5535be309971: v5.16" },
    },
    "mremap.hugetlb": {
      value: true,
      why: "hugetlb memory can be moved.",
      commit: "550a7d60bd5e",
      evidence: { kind: "derived", where: "v5.16; read in Debian 6.1.192 mm/mremap.c" },
    },
    "numa.skips": {
      value: "refcount",
      why: "A page of a COW mapping with a second reference gets no hint.",
      commit: "80d47f5de5e3",
      evidence: { kind: "read", where: "5.17-rc5 mm/mprotect.c:change_pte_range()" },
    },
  },
};
