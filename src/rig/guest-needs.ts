/** What a compiled batch of tests wants of a guest, in the rig's words. */
import type { Needs } from "../emit/c/index.ts";
import type { GuestNeeds } from "./initramfs.ts";

/** 2 MB pages that a guest keeps for tests of hugetlb. */
const hugePages = 24;

/** `swap`: the kind of it, where tests swap at all. */
export function guestNeeds(needs: Needs, swap: "zram" | "disk"): GuestNeeds {
  return {
    rdma: needs.rdma,
    module: needs.module,
    files: needs.files,
    disk: needs.disk,
    vfio: needs.vfio,
    taps: needs.taps,
    swap: needs.swap ? swap : undefined,
    hugetlb: needs.hugetlb ? hugePages : undefined,
  };
}
