/**
 * The 7.1 that Debian ships, as its last release (7.1.13) behaves: v7.1 in Debian's configuration.
 */
import type { KernelFile } from "./kernel.ts";

export const stable_7_1: KernelFile = {
  name: "stable-7.1",
  extends: "v7.1",
  mainline: false,
  summary: "Debian's 7.1.y.",
  decisions: {
    "interface.procMemForces": {
      value: false,
      why: "A write through /proc/PID/mem is forced for debuggers only: CONFIG_PROC_MEM_FORCE_PTRACE.",
      commit: "41e8149c8892",
      evidence: {
        kind: "derived",
        where: "Debian 7.1.13 says EIO, 7.0.13 forces; read in Debian 7.2.13 fs/proc/base.c",
      },
    },
  },
};
