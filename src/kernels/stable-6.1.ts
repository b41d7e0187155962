/**
 * The 6.1.y that Debian ships; base pages as v6.1.
 */
import type { KernelFile } from "./kernel.ts";

export const stable_6_1: KernelFile = {
  name: "stable-6.1",
  extends: "v6.1",
  mainline: false,
  summary: "Debian's 6.1.y.",
  decisions: {},
};
