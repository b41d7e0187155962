/**
 * v6.18: nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_18: KernelFile = {
  name: "v6.18",
  extends: "v6.12",
  mainline: true,
  summary: "Large folios are reused by mm ids.",
  decisions: {},
};
