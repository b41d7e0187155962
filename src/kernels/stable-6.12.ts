/**
 * The 6.12.y that Debian ships; base pages as v6.12.
 */
import type { KernelFile } from "./kernel.ts";

export const stable_6_12: KernelFile = {
  name: "stable-6.12",
  extends: "v6.12",
  mainline: false,
  summary: "Debian's 6.12.y.",
  decisions: {},
};
