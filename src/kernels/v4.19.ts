/**
 * v4.19, the first kernel of the lineage: it decides everything. FOLL_PIN does not exist; a pin is a
 * plain reference. A write fault reuses a page that is mapped once, whoever else holds it.
 */
import type { KernelFile } from "./kernel.ts";
import { marks } from "./v4.19-marks.ts";

export const v4_19: KernelFile = {
  name: "v4.19",
  mainline: true,
  summary: "The old world: reuse by mapcount, references invisible to copy-on-write.",
  decisions: {
    ...marks,
    "pin.countable": {
      value: false,
      why: "A pin is one reference like any other.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c:follow_page_pte()" },
    },
    "pin.exactForOrder1": {
      value: false,
      why: "A compound page of two pages has no place for a count of its own.",
      evidence: { kind: "read", where: "5.9.2 include/linux/mm.h:hpage_pincount_available()" },
    },
    "pin.hasPinned": {
      value: false,
      why: "The mm does not remember pins.",
      evidence: { kind: "read", where: "4.19.13 include/linux/mm_types.h" },
    },
    "pin.twoStep": {
      value: false,
      why: "A reference is one addition.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c" },
    },
    "pin.countsLargeFirst": {
      value: false,
      why: "There is no exact count.",
      evidence: { kind: "read", where: "4.19.13 include/linux/mm_types.h" },
    },
    "gup.readForcesCow": {
      value: false,
      why: "A read reference takes whatever is mapped.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c:follow_page_pte()" },
    },
    "gup.checksSequence": {
      value: false,
      why: "There is no sequence count to check.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c:gup_pte_range()" },
    },
    "gup.unshare": {
      value: "never",
      why: "A read-only reference may stay on a shared page.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c" },
    },
    "gup.forcesHugetlb": {
      value: true,
      why: "A write fault of hugetlb makes the entry writable, whatever the mapping allows.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/hugetlb.c:set_huge_ptep_writable()" },
    },
    "gup.forcedHugetlbProtected": {
      value: false,
      why: "What a write fault of hugetlb leaves is writable, whatever the mapping allows.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/hugetlb.c:set_huge_ptep_writable()" },
    },
    "gup.force": {
      value: "cow-flag",
      why: "A forced write needs FOLL_COW, set after a fault broke copy-on-write, and a dirty entry.",
      commit: "19be0eaffa3a",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c:can_follow_write_pte()" },
    },
    "wp.reuse": {
      value: "mapcount",
      why: "A page mapped once, in no swap slot, is reused; its refcount is not looked at.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:do_wp_page()" },
    },
    "wp.unlocksPageLate": {
      value: false,
      why: "The page is unlocked before the entry is made writable.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:do_wp_page()" },
    },
    "wp.unsharesNonAnon": {
      value: false,
      why: "There is no unshare fault.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c" },
    },
    "fork.presentPte": {
      value: "share",
      why: "Every present entry is shared and write-protected.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_one_pte()" },
    },
    "fork.copyPinned": {
      value: false,
      why: "fork does not look for pins.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_one_pte()" },
    },
    "fork.copiesAnonOnly": {
      value: false,
      why: "Nothing is copied early, so nothing is excepted.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_one_pte()" },
    },
    "fork.locksVmas": {
      value: false,
      why: "VMAs have no locks; mmap_lock keeps faults out.",
      evidence: { kind: "read", where: "4.19.13 kernel/fork.c:dup_mmap()" },
    },
    "fault.vmaLock": {
      value: "none",
      why: "Every fault takes mmap_lock for reading.",
      evidence: { kind: "read", where: "4.19.13 arch/x86/mm/fault.c:__do_page_fault()" },
    },
    "fault.mapsDirty": {
      value: false,
      why: "A read fault in shared memory maps the page writable and clean.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:alloc_set_pte()" },
    },
    "fork.readsPinsFirst": {
      value: false,
      why: "fork does not look for pins.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_one_pte()" },
    },
    "fork.writeProtectSeq": {
      value: false,
      why: "GUP-fast cannot notice a fork.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_page_range()" },
    },
    "mprotect.restoresWrite": {
      value: "never",
      why: "mprotect leaves private entries read-only; the next write faults.",
      evidence: { kind: "read", where: "4.19.13 mm/mprotect.c:change_pte_range()" },
    },
    "migrate.keepsDirty": {
      value: false,
      why: "An entry comes back from migration clean; the page is dirty if the entry was.",
      evidence: { kind: "read", where: "4.19.13 mm/migrate.c:remove_migration_pte()" },
    },
    "thp.splitKeepsDirty": {
      value: false,
      why: "A split hands the PMD's dirty bit to the page and leaves the entries clean.",
      evidence: { kind: "read", where: "4.19.13 mm/huge_memory.c:__split_huge_pmd_locked()" },
    },
    "mprotect.restoresHugeWrite": {
      value: false,
      why: "mprotect leaves the PMD of a huge page read-only; the next write faults.",
      evidence: { kind: "read", where: "4.19.13 mm/huge_memory.c:change_huge_pmd()" },
    },
    "reclaim.flushes": {
      value: "batched",
      why: "Reclaim flushes once for many unmapped pages, before it writes or frees them.",
      commit: "72b252aed506",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/rmap.c:should_defer_flush()" },
    },
    "wp.flushesPending": {
      value: false,
      why: "A write fault does not look for pending flushes.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:do_wp_page()" },
    },
    "interface.rdma": {
      value: "get",
      why: "A memory region holds plain references, long-term by get_user_pages_longterm().",
      commit: "5f1d43de5416",
      evidence: { kind: "read", where: "4.19.13 drivers/infiniband/core/umem.c:ib_umem_get()" },
    },
    "interface.rdmaForcesWrite": {
      value: true,
      why: "A read-only region is taken by WRITE and FORCE, to break copy-on-write first.",
      evidence: { kind: "read", where: "4.19.13 drivers/infiniband/core/umem.c:ib_umem_get()" },
    },
    "interface.fixedBuffer": {
      value: "none",
      why: "io_uring does not exist.",
      evidence: { kind: "read", where: "4.19.13 has no fs/io_uring.c" },
    },
    "interface.xdp": {
      value: "get",
      why: "An AF_XDP umem holds plain references.",
      evidence: { kind: "read", where: "4.19.13 net/xdp/xdp_umem.c:xdp_umem_pin_pages()" },
    },
    "interface.vfio": {
      value: "get",
      why: "VFIO holds plain references.",
      evidence: { kind: "read", where: "4.19.13 drivers/vfio/vfio_iommu_type1.c" },
    },
    "interface.directIo": {
      value: "get",
      why: "Direct I/O holds plain references.",
      evidence: { kind: "read", where: "4.19.13 block/bio.c:bio_iov_iter_get_pages()" },
    },
    "interface.processVm": {
      value: "get",
      why: "process_vm_* hold plain references.",
      evidence: { kind: "read", where: "4.19.13 mm/process_vm_access.c" },
    },
    "interface.procMemForces": {
      value: true,
      why: "A write through /proc/PID/mem is forced.",
      evidence: { kind: "read", where: "Debian 5.10.262 fs/proc/base.c:mem_rw()" },
    },
    "thp.reuse": {
      value: "mapcount",
      why: "A huge page mapped once, in no swap slot, is reused; its refcount is not looked at.",
      evidence: { kind: "read", where: "4.19.13 mm/huge_memory.c:do_huge_pmd_wp_page()" },
    },
    "thp.otherwise": {
      value: "copy",
      why: "The fault copies the whole huge page; without memory for one, page by page.",
      evidence: { kind: "read", where: "4.19.13 mm/huge_memory.c:do_huge_pmd_wp_page()" },
    },
    "thp.hugeZeroWrite": {
      value: "allocate",
      why: "A write to the huge zero page gets a whole huge page.",
      evidence: {
        kind: "derived",
        where: "recalled of 4.19 mm/huge_memory.c:do_huge_pmd_wp_page()",
      },
    },
    "thp.splitMapsZero": {
      value: false,
      why: "A compound page that is taken apart leaves each of its parts where it was.",
      evidence: { kind: "derived", where: "Debian 6.1.192: MADV_COLLAPSE finds writable entries" },
    },
    "thp.largeReuse": {
      value: "as-small",
      why: "A page-table entry of a huge page follows the rule of small pages.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:do_wp_page()" },
    },
    "fork.hugePmd": {
      value: "share",
      why: "A PMD-mapped huge page is shared and write-protected.",
      evidence: { kind: "read", where: "4.19.13 mm/huge_memory.c:copy_huge_pmd()" },
    },
    "thp.splitLocksPage": {
      value: false,
      why: "Splitting a PMD takes no page lock: mapcounts move while a reuse test reads them.",
      evidence: { kind: "read", where: "4.19.13 mm/huge_memory.c:__split_huge_pmd()" },
    },
    "fork.hugetlb": {
      value: "share",
      why: "A private hugetlb page is shared and write-protected; pins are not looked at.",
      evidence: { kind: "read", where: "4.19.13 mm/hugetlb.c:copy_hugetlb_page_range()" },
    },
    "fork.preconditions": {
      value: "counts-last",
      why: "No count of a page is looked at before the VMA and the entry say that it matters.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_one_pte()" },
    },
    "fork.walksHugetlb": {
      value: true,
      why: "A hugetlb VMA is walked in any case; its cache pages are mapped in the child at once.",
      evidence: { kind: "read", where: "4.19.13 mm/memory.c:copy_page_range()" },
    },
    "fork.hugetlbSeq": {
      value: false,
      why: "The hugetlb walk has no sequence count.",
      evidence: { kind: "read", where: "4.19.13 mm/hugetlb.c" },
    },
    "gup.refusesFileLongterm": {
      value: false,
      why: "Any shared file may be referenced for writing, for ever.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c" },
    },
    "interface.fixedBufferRefuses": {
      value: "nothing",
      why: "io_uring does not exist.",
      evidence: { kind: "read", where: "4.19.13 has no fs/io_uring.c" },
    },
    "swap.reuse": {
      value: "map-and-swapcount",
      why: "A write fault takes the page over when entries and swap entries are one; references are not looked at.",
      evidence: { kind: "read", where: "4.19.13 mm/swapfile.c:reuse_swap_page()" },
    },
    "swap.skipsCache": {
      value: true,
      why: "On a synchronous device a slot with one user is read into a page that the swap cache never sees.",
      commit: "0bcac06f27d7",
      evidence: { kind: "read", where: "5.10, 6.1, 6.12 and 6.18.2 mm/memory.c:do_swap_page()" },
    },
    "reclaim.skipsPinned": {
      value: "never",
      why: "Reclaim unmaps pinned pages and then finds that it cannot free them.",
      evidence: { kind: "read", where: "4.19.13 mm/vmscan.c:shrink_page_list()" },
    },
    "reclaim.lazyfree": {
      value: "clean",
      why: "A clean page of MADV_FREE is dropped, whoever holds it.",
      evidence: { kind: "read", where: "4.19.13 mm/rmap.c:try_to_unmap_one()" },
    },
    "advice.pageout": {
      value: "none",
      why: "MADV_PAGEOUT does not exist.",
      evidence: { kind: "read", where: "4.19.13 mm/madvise.c" },
    },
    "advice.sharedFolio": {
      value: "part",
      why: "A part of a compound page is shared if its own mapcount is not 1.",
      evidence: {
        kind: "read",
        where: "Debian 5.10.262 mm/madvise.c:madvise_cold_or_pageout_pte_range()",
      },
    },
    "advice.freeShared": {
      value: "part",
      why: "A part of a compound page is shared if its own mapcount is not 1.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/madvise.c" },
    },
    "advice.restoresReserve": {
      value: false,
      why: "A huge page that is given up goes back to the pool, for whoever comes first.",
      evidence: { kind: "read", where: "Debian 6.1.192 mm/hugetlb.c:__unmap_hugepage_range()" },
    },
    "reclaim.heldLazyfree": {
      value: "swapbacked",
      why: "A page that cannot be dropped counts as written again.",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/rmap.c:try_to_unmap_one()" },
    },
    "reclaim.lazyfreePmd": {
      value: "split",
      why: "A PMD is split before what it maps is unmapped.",
      evidence: { kind: "read", where: "Debian 6.1.192 and 6.5 mm/rmap.c:try_to_unmap_one()" },
    },
    "reclaim.splitsLazyfree": {
      value: true,
      why: "Reclaim takes a huge page apart that was given up, and leaves it alone where it cannot.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/vmscan.c:shrink_page_list()" },
    },
    "reclaim.dropsLazyfree": {
      value: "part-by-part",
      why: "Entries are dropped one after the other, up to the first dirty one.",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/rmap.c:try_to_unmap_one()" },
    },
    "advice.collapse": {
      value: false,
      why: "MADV_COLLAPSE does not exist.",
      evidence: { kind: "read", where: "4.19.13 mm/madvise.c" },
    },
    "mremap.dontunmap": {
      value: false,
      why: "MREMAP_DONTUNMAP does not exist.",
      evidence: { kind: "read", where: "4.19.13 mm/mremap.c:SYSCALL_DEFINE5(mremap)" },
    },
    "advice.populate": {
      value: "none",
      why: "MADV_POPULATE_READ and MADV_POPULATE_WRITE do not exist.",
      evidence: { kind: "read", where: "4.19.13 and Debian 5.10.262 mm/madvise.c" },
    },
    "advice.freesWhole": {
      value: false,
      why: "MADV_FREE takes a compound page that entries map apart.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/madvise.c:madvise_free_pte_range()" },
    },
    "advice.dontneedHugetlb": {
      value: "refused",
      why: "MADV_DONTNEED is refused for hugetlb memory.",
      evidence: { kind: "read", where: "4.19.13 mm/madvise.c:can_madv_dontneed_vma()" },
    },
    "advice.dontneedFreesTable": {
      value: false,
      why: "MADV_DONTNEED leaves an empty page table.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/memory.c:zap_pte_range()" },
    },
    "advice.doforkHugetlb": {
      value: true,
      why: "MADV_DOFORK is refused for VM_IO alone, which hugetlb memory does not have.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/madvise.c:madvise_behavior()" },
    },
    "collapse.takesShared": {
      value: false,
      why: "A page with a second mapping or any other reference, and any part of a huge page, is refused.",
      evidence: { kind: "derived", where: "parts, shared pages since 5503fbf2b0b8, 71a2c112a0f6" },
    },
    "collapse.needsWritable": {
      value: true,
      why: "A range without one writable entry is refused.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/khugepaged.c:khugepaged_scan_pmd()" },
    },
    "mremap.hugetlb": {
      value: false,
      why: "Moving hugetlb memory is refused.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/mremap.c:vma_to_resize()" },
    },
    "thp.splitZeroKeepsMarks": {
      value: false,
      why: "Nothing becomes the zero page when a huge page falls apart.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/migrate.c:remove_migration_pte()" },
    },
    "fork.keepsHugetlbUffdWp": {
      value: false,
      why: "userfaultfd protects no hugetlb memory.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/hugetlb.c:copy_hugetlb_page_range()" },
    },
    "wp.leavesHugetlbUffdWp": {
      value: false,
      why: "A write fault does not ask the entry for userfaultfd's mark.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/hugetlb.c:hugetlb_cow()" },
    },
    "collapse.nothingIsDone": {
      value: false,
      why: "What should have been collapsed is counted by the difference of two rounded addresses.",
      evidence: { kind: "read", where: "Debian 6.1.192 mm/khugepaged.c:madvise_collapse()" },
    },
    "mremap.keepsUffdWp": {
      value: true,
      why: "move_ptes() takes over every bit of an entry.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/mremap.c:move_ptes()" },
    },
    "mremap.severalVmas": {
      value: false,
      why: "A range over more than one VMA is refused.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/mremap.c:vma_to_resize()" },
    },
    "numa.skips": {
      value: "mapcount",
      why: "A page of a COW mapping that is mapped twice gets no hint; references are not looked at.",
      evidence: { kind: "read", where: "4.19.13 mm/mprotect.c:change_pte_range()" },
    },
    "numa.restoresWrite": {
      value: "saved",
      why: "The hinted entry keeps its write bit for the fault to find.",
      evidence: { kind: "derived", where: "pte_savedwrite() is the write bit on x86" },
    },
    "numa.migratesFirst": {
      value: false,
      why: "The entry is made accessible, then the page is moved.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/memory.c:do_numa_page()" },
    },
    "fork.copiesHugetlbWritable": {
      value: false,
      why: "fork makes no copies of hugetlb pages.",
      evidence: { kind: "read", where: "4.19.13 mm/hugetlb.c:copy_hugetlb_page_range()" },
    },
    "gup.longtermUnlocks": {
      value: false,
      why: "GUP-fast's slow rest keeps mmap_lock for a long-term pin, so that a fault that has to wait fails.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/gup.c:__gup_longterm_locked()" },
    },
    "gup.followsHinted": {
      value: "forced",
      why: "The slow path faults on an inaccessible entry, unless FOLL_FORCE is given.",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/gup.c:__get_user_pages()" },
    },
    "order.exclusive": {
      value: false,
      why: "There is no PageAnonExclusive to order.",
      evidence: { kind: "read", where: "4.19.13 include/linux/page-flags.h" },
    },
    "gup.rechecksPmd": {
      value: false,
      why: "GUP-fast reads only the entry again.",
      evidence: { kind: "read", where: "4.19.13 mm/gup.c:gup_pte_range()" },
    },
  },
};
