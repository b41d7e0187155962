/**
 * The 7.2 that Debian ships; base pages as v7.1.
 */
import type { KernelFile } from "./kernel.ts";

export const v7_2: KernelFile = {
  name: "v7.2",
  extends: "v7.1",
  mainline: false,
  summary: "Debian's 7.2.",
  decisions: {},
};
