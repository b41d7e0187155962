/**
 * v4.19, of the marks that entries bear: soft-dirty, and write-protected for userfaultfd.
 */
import type { KernelFile } from "./kernel.ts";

export const marks: KernelFile["decisions"] = {
  "softDirty.excludesFaults": {
    value: false,
    why: "clear_refs walks under mmap_lock for reading: writers fault and copy meanwhile.",
    evidence: { kind: "mail", where: "the commit message of 29a951dfb3c3, which ended it" },
  },
  "softDirty.flushes": {
    value: true,
    why: "clear_refs flushes the TLB in the end.",
    evidence: {
      kind: "mail",
      where: "the commit message of 912efa17e512, on kernels before v5.6",
    },
  },
  "softDirty.mprotectAsks": {
    value: false,
    why: "mprotect makes a file's dirty entry writable when soft-dirty bits are followed: a write goes unnoticed.",
    evidence: { kind: "read", where: "5.17 mm/mprotect.c:change_pte_range()" },
  },
  "softDirty.migrationKeeps": {
    value: false,
    why: "pte_mkdirty() of an entry that comes back sets the soft-dirty bit, too.",
    evidence: { kind: "read", where: "6.8 mm/migrate.c:remove_migration_pte()" },
  },
  "softDirty.ksmKeeps": {
    value: false,
    why: "The entry of a merged page is made anew.",
    evidence: { kind: "read", where: "Debian 5.10.262 mm/ksm.c:replace_page()" },
  },
  "uffd.hearsShared": {
    value: false,
    why: "Rights of a shared mapping do not depend on who watches.",
    evidence: { kind: "mail", where: "the commit message of 51d3d5eb74ff, which ended it" },
  },
  "softDirty.skipsPinned": {
    value: false,
    why: "clear_refs write-protects every entry.",
    evidence: { kind: "read", where: "4.19.13 fs/proc/task_mmu.c:clear_soft_dirty()" },
  },
  "uffd.continues": {
    value: "none",
    why: "UFFDIO_CONTINUE does not exist.",
    evidence: { kind: "derived", where: "it came for shmem with 153132571f02" },
  },
  "uffd.moves": {
    value: false,
    why: "UFFDIO_MOVE does not exist.",
    evidence: { kind: "derived", where: "it came with adef440691ba; not in Debian 6.1.192" },
  },
  "uffd.movesHeld": {
    value: "busy",
    why: "UFFDIO_MOVE does not exist.",
    evidence: { kind: "derived", where: "it came with adef440691ba; not in Debian 6.1.192" },
  },
  "uffd.movesAgain": {
    value: "until-it-moved",
    why: "There is no UFFDIO_MOVE that could be tried again.",
    evidence: { kind: "read", where: "Debian 5.10.262 fs/userfaultfd.c:userfaultfd_ioctl()" },
  },
  "uffd.writeProtect": {
    value: "none",
    why: "userfaultfd has no write-protection.",
    evidence: { kind: "derived", where: "UFFDIO_WRITEPROTECT came with 63b2d4174c4a" },
  },
  "uffd.protectsSeveral": {
    value: false,
    why: "The range has to lie in one VMA; what userfaultfd watches meanwhile stays unprotected.",
    evidence: {
      kind: "read",
      where: "Debian 5.10.262, 6.1.192 mm/userfaultfd.c:mwriteprotect_range(), absent before v5.7",
    },
  },
};
