/**
 * Every path and path piece under its kernel name: `import { copy_present_page } from "pinfold/mm"`.
 * A path acts on the state it is run in, see `Mm.run`. The files are those that a build compiles
 * (entries.ts lists them), so what is imported here is what the explorer explores.
 */
export * from "./access.ts";
export * from "./collapse.ts";
export * from "./device.ts";
export * from "./fault.ts";
export * from "./fault-flags.ts";
export * from "./filemap.ts";
export * from "./fork.ts";
export * from "./fork-nonpresent.ts";
export * from "./fork-pmd.ts";
export * from "./fork-pte.ts";
export * from "./grab.ts";
export * from "./gup.ts";
export * from "./gup-fast.ts";
export * from "./huge-memory.ts";
export * from "./hugetlb.ts";
export * from "./hugetlb-fork.ts";
export * from "./hugetlb-pool.ts";
export * from "./interfaces.ts";
export * from "./kernel-actors.ts";
export * from "./ksm.ts";
export * from "./lazyfree.ts";
export * from "./lazyfree-folio.ts";
export * from "./locks.ts";
export * from "./lru.ts";
export * from "./migrate.ts";
export * from "./mm-ids.ts";
export * from "./numa.ts";
export * from "./order.ts";
export * from "./order-bits.ts";
export * from "./page.ts";
export * from "./pageout.ts";
export * from "./pin.ts";
export * from "./pmd.ts";
export * from "./process.ts";
export * from "./protect.ts";
export * from "./pte.ts";
export * from "./reclaim.ts";
export * from "./reclaim-cache.ts";
export * from "./rmap.ts";
export * from "./state.ts";
export * from "./swap.ts";
export * from "./swap-in.ts";
export * from "./syscall.ts";
export * from "./tlb.ts";
export * from "./uffd.ts";
export * from "./uffd-fault.ts";
export * from "./uffd-marker.ts";
export * from "./uffd-move.ts";
export * from "./unmap.ts";
export * from "./vma.ts";
export * from "./vma-lock.ts";
export * from "./wp.ts";
export * from "./writeback.ts";
