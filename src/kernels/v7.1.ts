/**
 * v7.1: nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v7_1: KernelFile = {
  name: "v7.1",
  extends: "v6.18",
  mainline: true,
  summary: "The newest kernel read.",
  decisions: {},
};
