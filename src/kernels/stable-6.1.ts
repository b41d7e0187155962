/**
 * The 6.1.y that Debian ships, from 6.1.191 on (read in 6.1.192): base and huge pages as v6.1.
 */
import type { KernelFile } from "./kernel.ts";

const source = "Debian 6.1.192";

export const stable_6_1: KernelFile = {
  name: "stable-6.1",
  extends: "stable-6.1.190",
  mainline: false,
  summary: "Debian's 6.1.y.",
  decisions: {
    "mremap.keepsUffdWp": {
      value: false,
      why: "A moved entry loses the mark of who watched it.",
      commit: "0cef0bb836e3",
      evidence: { kind: "read", where: `${source} mm/mremap.c:move_ptes()` },
    },
  },
  readAgain: {
    "pin.countable": `${source} mm/gup.c:try_grab_page()`,
    "pin.twoStep": `${source} mm/gup.c:try_grab_folio()`,
    "pin.countsLargeFirst": `${source} mm/gup.c:try_grab_page()`,
    "fork.readsPinsFirst": `${source} include/linux/rmap.h:page_try_dup_anon_rmap()`,
    "numa.skips": `${source} mm/mprotect.c:change_pte_range()`,
    "numa.migratesFirst": `${source} mm/memory.c:do_numa_page()`,
    "numa.restoresWrite": `${source} mm/memory.c:do_numa_page()`,
    "gup.followsHinted": `${source} include/linux/mm.h:gup_can_follow_protnone()`,
    "gup.force": `${source} mm/gup.c:can_follow_write_pte()`,
    "gup.unshare": `${source} include/linux/mm.h:gup_must_unshare()`,
    "wp.reuse": `${source} mm/memory.c:do_wp_page()`,
    "wp.unlocksPageLate": `${source} mm/memory.c:do_wp_page()`,
    "wp.unsharesNonAnon": `${source} mm/memory.c:do_wp_page()`,
    "thp.reuse": `${source} mm/huge_memory.c:do_huge_pmd_wp_page()`,
    "thp.otherwise": `${source} mm/huge_memory.c:do_huge_pmd_wp_page()`,
    "thp.largeReuse": `${source} mm/memory.c:do_wp_page()`,
    "fork.presentPte": `${source} mm/memory.c:copy_present_pte()`,
    "fork.copyPinned": `${source} include/linux/rmap.h:page_try_dup_anon_rmap()`,
    "fork.copiesAnonOnly": `${source} mm/memory.c:copy_present_pte()`,
    "fork.hugePmd": `${source} mm/huge_memory.c:copy_huge_pmd()`,
    "mprotect.restoresWrite": `${source} mm/mprotect.c:can_change_pte_writable()`,
    "softDirty.skipsPinned": `${source} fs/proc/task_mmu.c:pte_is_pinned()`,
    "interface.rdma": `${source} drivers/infiniband/core/umem.c:ib_umem_get()`,
    "interface.rdmaForcesWrite": `${source} drivers/infiniband/core/umem.c:ib_umem_get()`,
    "interface.fixedBuffer": `${source} io_uring/rsrc.c:io_pin_pages()`,
    "interface.fixedBufferRefuses": `${source} io_uring/rsrc.c:io_pin_pages()`,
    "interface.xdp": `${source} net/xdp/xdp_umem.c:xdp_umem_pin_pages()`,
    "interface.vfio": `${source} drivers/vfio/vfio_iommu_type1.c:vaddr_get_pfns()`,
    "interface.directIo": `${source} lib/iov_iter.c:__iov_iter_get_pages_alloc()`,
    "interface.processVm": `${source} mm/process_vm_access.c`,
  },
};
