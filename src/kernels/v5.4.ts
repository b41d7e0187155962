/**
 * v5.4: what changed for base pages since v4.19 is the reuse of KSM pages, and who takes long-term
 * references.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_4: KernelFile = {
  name: "v5.4",
  extends: "v4.19",
  mainline: true,
  summary: "As v4.19; a merged page may be reused by its last user; io_uring.",
  decisions: {
    "wp.reuse": {
      value: "mapcount-or-ksm",
      why: "As by mapcount, and a KSM page with one reference may be reused.",
      commit: "52d1e606ee73",
      evidence: {
        kind: "read",
        where: "5.4.0 mm/memory.c:do_wp_page(), mm/ksm.c:reuse_ksm_page()",
      },
    },
    "interface.xdp": {
      value: "get-longterm",
      why: "Plain references, long-term.",
      evidence: { kind: "read", where: "5.4.0 net/xdp/xdp_umem.c:xdp_umem_pin_pages()" },
    },
    "interface.fixedBuffer": {
      value: "get",
      why: "Registered buffers hold plain references for writing.",
      evidence: { kind: "read", where: "5.4.0 fs/io_uring.c:io_sqe_buffer_register()" },
    },
    "interface.fixedBufferRefuses": {
      value: "files",
      why: "Fixed buffers over any mapping of a file but hugetlb are refused, shared memory included.",
      evidence: {
        kind: "read",
        where: "5.2 and 5.10 fs/io_uring.c:io_sqe_buffer_register(), the same test in both",
      },
    },
    "advice.pageout": {
      value: "any",
      why: "MADV_PAGEOUT offers every page of the range to reclaim.",
      commit: "1a4e58cce84e",
      evidence: {
        kind: "derived",
        where: "5.4 has the advice; the test for shared pages is younger",
      },
    },
  },
};
