/**
 * Pinners that no statement of a test is for: what they ask of GUP on the kernels whose trees were read,
 * or that they hold nothing. What such a pin does to fork and to copy-on-write is what any other pin
 * with these flags does, except where `note` says otherwise.
 */
export const readKernels = ["stable-5.10", "stable-6.1", "stable-6.12", "v7.2"] as const;
export type ReadKernel = (typeof readKernels)[number];

export interface OtherPinner {
  readonly user: string;
  /** Flags in the words of pins.ts; undefined where the kernel has no such interface. */
  readonly flags: Readonly<Partial<Record<ReadKernel, string>>>;
  readonly where: string;
  readonly note?: string;
}

const fixed = "PIN WRITE LONGTERM";
const fixedFast = "PIN fast WRITE LONGTERM";
const byDirection = "PIN LONGTERM, WRITE if the device writes";
const byDirectionFast = "PIN fast LONGTERM, WRITE if the device writes";

export const otherPinners: readonly OtherPinner[] = [
  {
    user: "udmabuf over a memfd",
    flags: { "stable-6.12": "memfd_pin_folios()", "v7.2": "memfd_pin_folios()" },
    where: "drivers/dma-buf/udmabuf.c",
    note: "Pins without any mm, so has_pinned is never set; 5.10 and 6.1 hold page cache references.",
  },
  {
    user: "iommufd mapping",
    flags: { "stable-6.12": byDirectionFast, "v7.2": byDirectionFast },
    where: "drivers/iommu/iommufd/pages.c:pfn_reader_user_pin()",
    note: "Of another process's memory by pin_user_pages_remote(); on 7.2 of a memfd without any mm.",
  },
  {
    user: "io_uring provided buffer ring in user memory",
    flags: { "stable-6.1": fixed, "stable-6.12": fixedFast, "v7.2": fixedFast },
    where: "io_uring/kbuf.c, io_uring/memmap.c:io_pin_pages()",
  },
  {
    user: "io_uring rings in user memory",
    flags: { "stable-6.12": fixedFast, "v7.2": fixedFast },
    where: "io_uring/memmap.c:io_pin_pages()",
  },
  {
    user: "io_uring zero-copy receive area",
    flags: { "v7.2": fixedFast },
    where: "io_uring/zcrx.c, io_uring/memmap.c:io_pin_pages()",
  },
  {
    user: "vhost-vdpa mapping",
    flags: {
      "stable-5.10": byDirection,
      "stable-6.1": byDirection,
      "stable-6.12": byDirection,
      "v7.2": byDirection,
    },
    where: "drivers/vhost/vdpa.c",
  },
  {
    user: "vhost dirty log",
    flags: {
      "stable-5.10": "PIN fast WRITE",
      "stable-6.1": "PIN fast WRITE",
      "stable-6.12": "PIN fast WRITE",
      "v7.2": "PIN fast WRITE",
    },
    where: "drivers/vhost/vhost.c:set_bit_to_user()",
    note: "While one bit is set.",
  },
  {
    user: "vduse umem",
    flags: { "stable-6.1": fixed, "stable-6.12": fixed, "v7.2": fixed },
    where: "drivers/vdpa/vdpa_user/vduse_dev.c:vduse_dev_reg_umem()",
  },
  {
    user: "ublk",
    flags: {
      "stable-6.1": "GET fast, WRITE to fill memory",
      "stable-6.12": "GET fast, WRITE to fill memory",
      "v7.2": "PIN fast LONGTERM, WRITE unless registered read-only",
    },
    where: "drivers/block/ublk_drv.c",
    note: "6.1 and 6.12 while one request is copied.",
  },
  {
    user: "tee shared memory",
    flags: {
      "stable-5.10": "PIN fast WRITE",
      "stable-6.1": "PIN fast WRITE",
      "stable-6.12": "PIN fast WRITE",
      "v7.2": "PIN fast WRITE",
    },
    where: "drivers/tee/tee_shm.c",
    note: "Not long-term by its flags, though it stays registered.",
  },
];

/** They follow the page table, told of its changes by mmu_notifier, and hold no page. */
export const holdNothing: readonly string[] = [
  "RDMA on-demand paging",
  "KVM",
  "shared virtual addressing",
];
