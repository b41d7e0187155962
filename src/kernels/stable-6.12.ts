/**
 * The 6.12.y that Debian ships, from 6.12.116 on (read in 6.12.117): base and huge pages as v6.12.
 */
import type { KernelFile } from "./kernel.ts";

const source = "Debian 6.12.117";

export const stable_6_12: KernelFile = {
  name: "stable-6.12",
  extends: "stable-6.12.115",
  mainline: false,
  summary: "Debian's 6.12.y.",
  decisions: {
    "softDirty.ksmKeeps": {
      value: true,
      why: "The new entry is soft-dirty if the old one was.",
      evidence: { kind: "read", where: "Debian 6.12.118 mm/ksm.c:replace_page()" },
    },
    "reclaim.lazyfreePmd": {
      value: "split",
      why: "A PMD is split before what it maps is unmapped.",
      evidence: { kind: "read", where: "Debian 6.12.118 mm/rmap.c:try_to_unmap_one()" },
    },
    "uffd.movesHeld": {
      value: "busy",
      why: "A large folio that cannot be split is refused: others may hold it for ever.",
      evidence: { kind: "read", where: `${source} mm/userfaultfd.c:move_pages_pte()` },
    },
  },
  readAgain: {
    "pin.countable": `${source} mm/gup.c:try_grab_folio()`,
    "pin.twoStep": `${source} mm/gup.c:try_grab_folio_fast()`,
    "pin.countsLargeFirst": `${source} mm/gup.c:try_grab_folio()`,
    "fork.readsPinsFirst": `${source} include/linux/rmap.h:__folio_try_dup_anon_rmap()`,
    "numa.skips": `${source} mm/mprotect.c:change_pte_range()`,
    "numa.migratesFirst": `${source} mm/memory.c:do_numa_page()`,
    "numa.restoresWrite": `${source} mm/memory.c:do_numa_page()`,
    "gup.followsHinted": `${source} include/linux/mm.h:gup_can_follow_protnone()`,
    "fork.locksVmas": `${source} kernel/fork.c:dup_mmap()`,
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
    "interface.rdma": `${source} drivers/infiniband/core/umem.c:ib_umem_get()`,
    "interface.rdmaForcesWrite": `${source} drivers/infiniband/core/umem.c:ib_umem_get()`,
    "interface.fixedBuffer": `${source} io_uring/memmap.c:io_pin_pages()`,
    "interface.xdp": `${source} net/xdp/xdp_umem.c:xdp_umem_pin_pages()`,
    "interface.vfio": `${source} drivers/vfio/vfio_iommu_type1.c:vaddr_get_pfns()`,
    "interface.directIo": `${source} lib/iov_iter.c:iov_iter_extract_user_pages()`,
    "interface.processVm": `${source} mm/process_vm_access.c`,
  },
};
