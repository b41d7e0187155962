/**
 * The late 5.10.y that Debian ships (read in 5.10.262): v5.9 with write_protect_seq, with the tests
 * for pins in clear_refs and reclaim, and with early copies of anonymous pages only. The early copy
 * of hugetlb pages never came to this tree.
 */
import type { KernelFile } from "./kernel.ts";

const gup = "Debian 5.10.262 mm/gup.c";
const memory = "Debian 5.10.262 mm/memory.c";
const hugeMemory = "Debian 5.10.262 mm/huge_memory.c";

export const stable_5_10: KernelFile = {
  name: "stable-5.10",
  extends: "v5.9",
  mainline: false,
  summary: "Debian's late 5.10.y: v5.9 with the sequence count and the soft-dirty test.",
  decisions: {
    "pin.twoStep": {
      value: true,
      why: "GUP-fast adds 1, then 1023: between the two a pin looks like a reference.",
      commit: "c24d37322548",
      evidence: { kind: "read", where: `${gup}:try_grab_compound_head()` },
    },
    "fork.writeProtectSeq": {
      value: true,
      why: "The count is odd while a COW VMA is walked.",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: `${memory}:copy_page_range()` },
    },
    "gup.checksSequence": {
      value: true,
      why: "A FOLL_PIN that began before or during a fork is undone.",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: `${gup}:lockless_pages_from_mm()` },
    },
    "interface.fixedBufferRefuses": {
      value: "disk-files",
      why: "Its io_uring is that of a later kernel: shared memory may be a fixed buffer, files may not.",
      commit: "40dad765c045",
      evidence: {
        kind: "read",
        where: "Debian 5.10.262 io_uring/io_uring.c:io_sqe_buffer_register()",
      },
    },
    "softDirty.skipsPinned": {
      value: true,
      why: "clear_refs leaves pages alone that look pinned.",
      commit: "9348b73c2e1b",
      evidence: { kind: "read", where: "Debian 5.10.262 fs/proc/task_mmu.c:pte_is_pinned()" },
    },
    "fork.copiesAnonOnly": {
      value: true,
      why: "Only anonymous pages are copied early; of this tree alone, never of mainline.",
      evidence: { kind: "read", where: `${memory}:copy_present_page()` },
    },
    "softDirty.excludesFaults": {
      value: true,
      why: "clear_refs holds mmap_lock for writing.",
      commit: "29a951dfb3c3",
      evidence: { kind: "read", where: "Debian 5.10.262 fs/proc/task_mmu.c:clear_refs_write()" },
    },
    "gup.rechecksPmd": {
      value: true,
      why: "GUP-fast reads the PMD again as well, as v6.0 does.",
      commit: "70cbc3cc78a9",
      evidence: { kind: "read", where: `${gup}:gup_pte_range()` },
    },
    "softDirty.flushes": {
      value: true,
      why: "clear_refs flushes the TLB in the end.",
      commit: "912efa17e512",
      evidence: { kind: "read", where: "Debian 5.10.262 fs/proc/task_mmu.c:clear_refs_write()" },
    },
    "wp.flushesPending": {
      value: true,
      why: "A write fault in userfaultfd's memory flushes first if a write-protection has not yet.",
      commit: "6ce64428d620",
      evidence: { kind: "read", where: `${memory}:do_wp_page()` },
    },
    "reclaim.skipsPinned": {
      value: "racy",
      why: "Reclaim leaves pages alone that look pinned before they enter the swap cache; a pin may come after the look.",
      commit: "feb889fb40fa",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/vmscan.c:shrink_page_list()" },
    },
    "numa.skips": {
      value: "refcount",
      why: "A page of a COW mapping with a second reference gets no hint.",
      commit: "80d47f5de5e3",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/mprotect.c:change_pte_range()" },
    },
    "reclaim.lazyfree": {
      value: "unreferenced",
      why: "A page of MADV_FREE with more references than mappings is kept.",
      commit: "6c8e2a256915",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/rmap.c:try_to_unmap_one()" },
    },
  },
  readAgain: {
    "pin.hasPinned": `${gup}:internal_get_user_pages_fast()`,
    "numa.migratesFirst": `${memory}:do_numa_page()`,
    "numa.restoresWrite": `${memory}:do_numa_page()`,
    "gup.followsHinted": `${gup}:__get_user_pages()`,
    "pin.countsLargeFirst": `${gup}:try_grab_page()`,
    "pin.countable": `${gup}:try_grab_page()`,
    "gup.force": `${gup}:can_follow_write_pte()`,
    "gup.forcesHugetlb": `${gup}:check_vma_flags()`,
    "gup.readForcesCow": `${gup}:follow_page_pte()`,
    "gup.unshare": `${gup}:follow_page_pte()`,
    "wp.reuse": `${memory}:do_wp_page()`,
    "wp.unlocksPageLate": `${memory}:do_wp_page()`,
    "thp.reuse": `${hugeMemory}:do_huge_pmd_wp_page()`,
    "thp.otherwise": `${hugeMemory}:do_huge_pmd_wp_page()`,
    "fork.presentPte": `${memory}:copy_present_pte()`,
    "fork.copyPinned": `${memory}:copy_present_page()`,
    "fork.hugePmd": `${hugeMemory}:copy_huge_pmd()`,
    "mprotect.restoresWrite": "Debian 5.10.262 mm/mprotect.c:change_pte_range()",
    "interface.rdma": "Debian 5.10.262 drivers/infiniband/core/umem.c:ib_umem_get()",
    "interface.rdmaForcesWrite": "Debian 5.10.262 drivers/infiniband/core/umem.c:ib_umem_get()",
    "interface.xdp": "Debian 5.10.262 net/xdp/xdp_umem.c:xdp_umem_pin_pages()",
    "interface.vfio": "Debian 5.10.262 drivers/vfio/vfio_iommu_type1.c:vaddr_get_pfns()",
    "interface.directIo": "Debian 5.10.262 lib/iov_iter.c:iov_iter_get_pages()",
    "interface.processVm": "Debian 5.10.262 mm/process_vm_access.c",
    "interface.fixedBuffer": "Debian 5.10.262 io_uring/io_uring.c:io_sqe_buffer_register()",
  },
};
