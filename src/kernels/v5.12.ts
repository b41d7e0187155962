/**
 * v5.12: the early copy reaches hugetlb. Nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_12: KernelFile = {
  name: "v5.12",
  extends: "v5.11",
  mainline: true,
  summary: "fork copies pinned hugetlb pages, too.",
  decisions: {},
};
