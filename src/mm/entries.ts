/**
 * The paths that a test's statements call, by name, and the files that hold all paths. A build
 * compiles these ahead of time; a user's own kernel compiles them again with its functions on top.
 */
export const entryNames = [
  "store",
  "load",
  "fork",
  "vfork",
  "exit",
  "exec",
  "wait",
  "signal",
  "await_event",
  "may_fail_alloc",
  "munmap",
  "madvise_dontneed",
  "madvise_fork",
  "madvise_free",
  "mprotect",
  "mremap",
  "uffd_wp",
  "clear_refs",
  "registration",
  "remote_write",
  "unregister_pages",
  "dma_write",
  "dma_read",
  "await_handle",
  "speculative_ref",
] as const;

export type EntryName = (typeof entryNames)[number];

export const pathFiles = [
  "state.ts",
  "pte.ts",
  "vma.ts",
  "pmd.ts",
  "page.ts",
  "locks.ts",
  "fault.ts",
  "wp.ts",
  "fork.ts",
  "fork-pte.ts",
  "fork-pmd.ts",
  "huge-memory.ts",
  "gup.ts",
  "gup-fast.ts",
  "pin.ts",
  "interfaces.ts",
  "device.ts",
  "unmap.ts",
  "process.ts",
  "access.ts",
  "protect.ts",
  "kernel-actors.ts",
] as const;
