/**
 * v5.7.0: pins can be told from references, but nobody asks. Read from 5.7.14, less the enforced
 * copy-on-write that 5.7.14 carries as a backport.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_7: KernelFile = {
  name: "v5.7",
  extends: "v5.4",
  mainline: true,
  summary: "FOLL_PIN is counted: 1024 of ref a pin. Copy-on-write does not look yet.",
  decisions: {
    "pin.countable": {
      value: true,
      why: "A pin adds 1024 to ref.",
      commit: "3faa52c03f44",
      evidence: { kind: "read", where: "5.7.14 mm/gup.c:try_grab_page()" },
    },
    "pin.countsLargeFirst": {
      value: true,
      why: "Under ptl a pin of a huge page raises its exact count, then its reference count.",
      commit: "47e29d32afba",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/gup.c:try_grab_page(), the same code" },
    },
    "interface.rdma": {
      value: "pin",
      why: "A memory region pins, by GUP-fast, long-term.",
      evidence: { kind: "read", where: "5.7.14 drivers/infiniband/core/umem.c" },
    },
    "interface.fixedBuffer": {
      value: "pin",
      why: "Registered buffers are pinned for writing, long-term.",
      evidence: { kind: "read", where: "5.7.14 fs/io_uring.c" },
    },
    "interface.xdp": {
      value: "pin",
      why: "An AF_XDP umem pins for writing, long-term.",
      evidence: { kind: "read", where: "5.7.14 net/xdp/xdp_umem.c" },
    },
    "interface.vfio": {
      value: "pin",
      why: "VFIO pins, long-term.",
      evidence: { kind: "read", where: "5.7.14 drivers/vfio/vfio_iommu_type1.c" },
    },
    "interface.processVm": {
      value: "pin",
      why: "process_vm_* pin for their copy.",
      evidence: { kind: "read", where: "5.7.14 mm/process_vm_access.c" },
    },
    "uffd.writeProtect": {
      value: "anon",
      why: "userfaultfd can write-protect anonymous memory.",
      commit: "63b2d4174c4a",
      evidence: { kind: "read", where: "Debian 5.10.262 fs/userfaultfd.c:vma_can_userfault()" },
    },
    "softDirty.flushes": {
      value: false,
      why: "clear_refs leaves the TLB as it is: a write through an old translation is not noticed.",
      commit: "0758cd830494",
      evidence: { kind: "mail", where: "the commit message of 912efa17e512" },
    },
    "mremap.dontunmap": {
      value: true,
      why: "A move may leave the old place mapped, and empty.",
      commit: "e346b3813067",
      evidence: { kind: "derived", where: "Debian 5.10.262 mm/mremap.c; v5.7 by its history" },
    },
    "advice.pageout": {
      value: "mapped-once",
      why: "Pages that somebody else maps, too, are left alone.",
      commit: "12e967fd8e4e",
      evidence: { kind: "derived", where: "read in 6.1 mm/madvise.c; the commit is recalled" },
    },
  },
};
