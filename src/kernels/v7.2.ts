/**
 * The 7.2 that Debian ships (read in 7.2.13): base and huge pages as v7.1.
 */
import type { KernelFile } from "./kernel.ts";

const source = "Debian 7.2.13";

export const v7_2: KernelFile = {
  name: "v7.2",
  extends: "v7.1",
  mainline: false,
  summary: "Debian's 7.2.",
  decisions: {
    "collapse.nothingIsDone": {
      value: true,
      why: "A range without a whole huge page is done at once.",
      evidence: { kind: "read", where: `${source} mm/khugepaged.c:madvise_collapse()` },
    },
    "uffd.movesAgain": {
      value: "until-it-moved",
      why: "The error of a try is forgotten before the next one.",
      evidence: { kind: "read", where: `${source} mm/userfaultfd.c:move_pages()` },
    },
    "interface.procMemForces": {
      value: false,
      why: "A write through /proc/PID/mem is forced for debuggers only: CONFIG_PROC_MEM_FORCE_PTRACE.",
      commit: "41e8149c8892",
      evidence: {
        kind: "read",
        where: "Debian 7.2.13 fs/proc/base.c:proc_mem_foll_force(), its configuration",
      },
    },
  },
  readAgain: {
    "pin.countable": `${source} mm/gup.c:try_grab_folio()`,
    "pin.twoStep": `${source} mm/gup.c:try_grab_folio_fast()`,
    "pin.countsLargeFirst": `${source} mm/gup.c:try_grab_folio()`,
    "fork.readsPinsFirst": `${source} include/linux/rmap.h:__folio_try_dup_anon_rmap()`,
    "numa.skips": `${source} mm/mempolicy.c:folio_can_map_prot_numa()`,
    "numa.migratesFirst": `${source} mm/memory.c:do_numa_page()`,
    "numa.restoresWrite": `${source} mm/memory.c:do_numa_page()`,
    "gup.followsHinted": `${source} include/linux/mm.h:gup_can_follow_protnone()`,
    "gup.force": `${source} mm/gup.c:can_follow_write_pte()`,
    "gup.unshare": `${source} mm/internal.h:gup_must_unshare()`,
    "wp.reuse": `${source} mm/memory.c:do_wp_page()`,
    "wp.unlocksPageLate": `${source} mm/memory.c:do_wp_page()`,
    "wp.unsharesNonAnon": `${source} mm/memory.c:do_wp_page()`,
    "thp.reuse": `${source} mm/huge_memory.c:do_huge_pmd_wp_page()`,
    "thp.otherwise": `${source} mm/huge_memory.c:do_huge_pmd_wp_page()`,
    "thp.largeReuse": `${source} mm/memory.c:wp_can_reuse_anon_folio()`,
    "fork.presentPte": `${source} mm/memory.c:copy_present_ptes()`,
    "fork.copyPinned": `${source} include/linux/rmap.h:__folio_try_dup_anon_rmap()`,
    "fork.copiesAnonOnly": `${source} mm/memory.c:copy_present_ptes()`,
    "fork.hugePmd": `${source} mm/huge_memory.c:copy_huge_pmd()`,
    "mprotect.restoresWrite": `${source} mm/mprotect.c:can_change_pte_writable()`,
    "softDirty.skipsPinned": `${source} fs/proc/task_mmu.c:pte_is_pinned()`,
    "interface.rdma": `${source} drivers/infiniband/core/umem.c:__ib_umem_get_va()`,
    "interface.rdmaForcesWrite": `${source} drivers/infiniband/core/umem.c:__ib_umem_get_va()`,
    "interface.fixedBuffer": `${source} io_uring/memmap.c:io_pin_pages()`,
    "interface.xdp": `${source} net/xdp/xdp_umem.c:xdp_umem_pin_pages()`,
    "interface.vfio": `${source} drivers/vfio/vfio_iommu_type1.c:vaddr_get_pfns()`,
    "interface.directIo": `${source} lib/iov_iter.c:iov_iter_extract_user_pages()`,
    "interface.processVm": `${source} mm/process_vm_access.c`,
  },
};
