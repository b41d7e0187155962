/**
 * What a fault wants, and how it ends. Compare include/linux/mm_types.h: enum fault_flag,
 * vm_fault_reason.
 */

export const FAULT_WRITE = 1;
/** Make the page exclusive without making it writable: for a R/O pin. */
export const FAULT_UNSHARE = 2;
/** GUP with FOLL_FORCE: write permission of the VMA is not asked for. */
export const FAULT_FORCE = 4;
/** Who faults keeps mmap_lock, and so cannot wait for anybody: FAULT_FLAG_ALLOW_RETRY is missing. */
export const FAULT_NO_RETRY = 8;

export const FAULT_DONE = 0;
export const FAULT_SIGSEGV = 1;
export const FAULT_OOM = 2;
/** Beyond the end of a truncated object, or watched where nobody can wait. */
export const FAULT_SIGBUS = 4;
/** The fault is to be handled at the page-table entries. */
export const FAULT_FALLBACK = 3;
/** The page is mapped now, and still protected against the write; ptl is held. */
export const FAULT_PROTECTED = 5;
