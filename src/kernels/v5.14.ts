/**
 * v5.14: the pin of a small page takes its reference first and adds the rest after.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_14: KernelFile = {
  name: "v5.14",
  extends: "v5.12",
  mainline: true,
  summary: "has_pinned is a flag; a pin is +1 and +1023.",
  decisions: {
    "uffd.continues": {
      value: "clean",
      why: "UFFDIO_CONTINUE maps a page of shmem, dirty only where it is writable.",
      commit: "153132571f02",
      evidence: { kind: "derived", where: "recalled for v5.14; message of 5535be309971" },
    },
    "advice.populate": {
      value: "past-holes",
      why: "Page tables can be filled ahead, VMA by VMA; a hole is an error in the end.",
      commit: "4ca9b3859dac",
      evidence: {
        kind: "derived",
        where: "Debian 6.1.192 mm/madvise.c:madvise_populate(); v5.14 by its history",
      },
    },
    "pin.twoStep": {
      value: true,
      why: "GUP-fast adds 1, then 1023: between the two a pin looks like a reference.",
      commit: "c24d37322548",
      evidence: { kind: "read", where: "5.14-rc5 mm/gup.c:try_grab_compound_head()" },
    },
    "interface.fixedBufferRefuses": {
      value: "disk-files",
      why: "Shared memory may be a fixed buffer; a file on a disk may not, not even privately mapped.",
      commit: "40dad765c045",
      evidence: {
        kind: "derived",
        where:
          "in Debian 5.10.262 io_uring/io_uring.c and 6.1.192 io_uring/rsrc.c; v5.14 by its history",
      },
    },
    "numa.migratesFirst": {
      value: true,
      why: "The page is moved while its entry is inaccessible; only if it stays, the entry is given back.",
      commit: "b99a342d4f11",
      evidence: {
        kind: "derived",
        where:
          "after Debian 5.10.262 and in Debian 6.1.192 mm/memory.c:do_numa_page(); v5.13 recalled",
      },
    },
  },
};
