/**
 * The questions that shared paths ask a kernel, and every answer some kernel gives. A path never
 * asks for a version. What each answer means, since which commit, and how it is known stands with
 * the kernels, in src/kernels.
 */
export const decisions = {
  pin: {
    /** FOLL_PIN adds 1024 to ref, so that page_maybe_dma_pinned can see it. */
    countable: [false, true],
    /** mm.has_pinned is kept. */
    hasPinned: [false, true],
    /** GUP-fast adds the 1024 as +1 and +1023: a window in which the pin looks like a reference. */
    twoStep: [false, true],
    /** Under ptl, a pin of a compound page raises its exact count before its reference count. */
    countsLargeFirst: [false, true],
    /** A compound page of two pages counts its pins exactly, as larger ones do; else by 1024. */
    exactForOrder1: [false, true],
  },
  gup: {
    /** A read reference in a COW mapping is taken as a write. */
    readForcesCow: [false, true],
    /** GUP-fast with FOLL_PIN backs off when write_protect_seq says that fork is at work. */
    checksSequence: [false, true],
    /** GUP-fast reads the PMD again, too: a collapse may have taken the page table out. */
    rechecksPmd: [false, true],
    /** Which pages a R/O pin must unshare first. */
    unshare: ["never", "anon", "anon-and-longterm"],
    /** A long-term writable pin of a shared file with dirty tracking is refused. */
    refusesFileLongterm: [false, true],
    /** Which requests of the slow path follow an entry that a NUMA hint made inaccessible. */
    followsHinted: ["forced", "all"],
    /** When FOLL_FORCE may write through an entry without write permission. */
    force: ["cow-flag", "cow-flag-any-write", "exclusive"],
    /** FOLL_FORCE also writes into a read-only hugetlb mapping. */
    forcesHugetlb: [false, true],
    /** A long-term pin by GUP-fast, too, lets go of mmap_lock while a fault has to wait. */
    longtermUnlocks: [false, true],
    /** A hugetlb entry that a forced write went through stays read-only, as the mapping is. */
    forcedHugetlbProtected: [false, true],
  },
  fault: {
    /** Whose faults take the VMA's own lock instead of mmap_lock: nobody's, anonymous memory's, all. */
    vmaLock: ["none", "anon", "all"],
    /** A read fault maps a dirty page of a shared writable mapping dirty at once. */
    mapsDirty: [false, true],
  },
  wp: {
    /** When a write fault may reuse the page instead of copying it. */
    reuse: ["mapcount", "mapcount-or-ksm", "refcount", "refcount-drained", "exclusive"],
    /** The page is unlocked only after the entry was made writable. */
    unlocksPageLate: [false, true],
    /** In userfaultfd's memory a write fault flushes first if a write-protection has not yet. */
    flushesPending: [false, true],
    /** A write fault leaves a hugetlb entry alone that has userfaultfd's mark, watched or not. */
    leavesHugetlbUffdWp: [false, true],
    /** An unshared page-cache or zero page is copied, too. */
    unsharesNonAnon: [false, true],
  },
  thp: {
    /** When a write fault may reuse a PMD-mapped THP. */
    reuse: ["mapcount", "refcount", "exclusive"],
    /** What it does when it may not. */
    otherwise: ["copy", "split"],
    /** Splitting a PMD holds the page lock, so that mapcounts do not move under a reader's eyes. */
    splitLocksPage: [false, true],
    /** What the first write to the huge zero page does: another huge page, or split and one page. */
    hugeZeroWrite: ["allocate", "split"],
    /** The entries that take a dirty PMD's place are dirty; else only the page is. */
    splitKeepsDirty: [false, true],
    /** Parts that hold only zeroes become the zero page when a compound page is taken apart. */
    splitMapsZero: [false, true],
    /** Their entries keep the marks of soft-dirty and of userfaultfd. */
    splitZeroKeepsMarks: [false, true],
    /** When an entry of a PTE-mapped large folio may be reused without being exclusive. */
    largeReuse: ["as-small", "never", "mm-ids"],
  },
  fork: {
    /** How one present entry of a COW mapping is copied. */
    presentPte: [
      "share",
      "peter-xu-v1",
      "linus-atomic",
      "protect-then-test",
      "test-then-share",
      "test-mapcount-then-share",
      "exclusive",
    ],
    /** What fork does with a PMD-mapped anonymous THP. */
    hugePmd: ["share", "split-if-pinned-anywhere", "split-if-pinned", "exclusive"],
    /** What fork does with a private hugetlb page. */
    hugetlb: ["share", "copy-if-pinned", "exclusive"],
    /** The child's copy of a hugetlb page is writable, whatever the mapping allows. */
    copiesHugetlbWritable: [false, true],
    /** The child's entry of a shared hugetlb page keeps userfaultfd's mark, though nobody watches there. */
    keepsHugetlbUffdWp: [false, true],
    /** A hugetlb VMA without anonymous pages is walked, too. */
    walksHugetlb: [false, true],
    /** write_protect_seq is odd while a hugetlb VMA is walked. */
    hugetlbSeq: [false, true],
    /** Whether a page's counts are read before or after what the VMA and the entry say. */
    preconditions: ["counts-last", "counts-first"],
    /** The early copy of a pinned page is made at all. */
    copyPinned: [false, true],
    /** Only anonymous pages are copied early. */
    copiesAnonOnly: [false, true],
    /** fork write-locks each source VMA, so that no fault under a VMA's lock runs meanwhile. */
    locksVmas: [false, true],
    /** Whether a page may be pinned is asked before whether it is exclusive; hugetlb asks after. */
    readsPinsFirst: [false, true],
    /** write_protect_seq is odd while a COW VMA is walked. */
    writeProtectSeq: [false, true],
  },
  swap: {
    /** When a write fault on a swapped page may map it writable; the last also when it is only read. */
    reuse: ["map-and-swapcount", "refcount", "exclusive", "exclusive-writable"],
    /** On a synchronous device a slot with one user is read past the swap cache. */
    skipsCache: [false, true],
  },
  reclaim: {
    /** Whether a pinned page is left alone: not; by a look that a pin may come after; always. */
    skipsPinned: ["never", "racy", "exact"],
    /** Whether unmapping flushes once for a batch of pages; or at once if the page is exclusive. */
    flushes: ["batched", "exclusive-at-once"],
    /** When a page of MADV_FREE is dropped: while clean, or while nobody else holds it, either. */
    lazyfree: ["clean", "unreferenced"],
    /** How a folio that was given up as a whole goes: up to its first dirty entry, or only as a whole. */
    dropsLazyfree: ["part-by-part", "all-or-none"],
    /** What a page of MADV_FREE that is held counts as after a reclaim: written again, or lazyfree still. */
    heldLazyfree: ["swapbacked", "lazyfree"],
    /** A huge page of MADV_FREE is taken apart before it is unmapped; one that is held stays as it is. */
    splitsLazyfree: [false, true],
    /**
     * The PMD that maps a folio of MADV_FREE: split, so that its entries go one by one; cleared with all it
     * maps, or split if the folio is dirty or held; or cleared, and left where it is otherwise.
     */
    lazyfreePmd: ["split", "drop-or-split", "drop-or-keep"],
  },
  advice: {
    /** Which pages MADV_PAGEOUT offers to reclaim. */
    pageout: ["none", "any", "mapped-once"],
    /** By what MADV_PAGEOUT tells that others map a compound page: the part's mapcount, the head's ... */
    sharedFolio: ["part", "head", "folio", "mm-ids"],
    /** By what MADV_FREE tells it. */
    freeShared: ["part", "head", "folio", "mm-ids"],
    /** MADV_DONTNEED of a private hugetlb page promises its owner another one. */
    restoresReserve: [false, true],
    /** MADV_COLLAPSE exists. */
    collapse: [false, true],
    /** MADV_POPULATE_*: not there; VMA by VMA, past holes; or up to the first hole. */
    populate: ["none", "past-holes", "up-to-a-hole"],
    /** MADV_FREE of all parts of a compound page gives it up as one; else it falls apart. */
    freesWhole: [false, true],
    /** MADV_DONTNEED of hugetlb: refused; of a page's first part, of the whole page; or of none of it. */
    dontneedHugetlb: ["refused", "rounds-up", "rounds-down"],
    /** MADV_DONTNEED of all that a page table maps frees the table, too. */
    dontneedFreesTable: [false, true],
    /** MADV_DOFORK takes MADV_DONTFORK of hugetlb back; else it is refused for it. */
    doforkHugetlb: [false, true],
  },
  collapse: {
    /** Pages mapped more than once, and parts of huge pages, are collapsed, too. */
    takesShared: [false, true],
    /** A range is collapsed only if one of its entries is writable. */
    needsWritable: [false, true],
    /** MADV_COLLAPSE of less than a huge page, none of which could be collapsed, is no failure. */
    nothingIsDone: [false, true],
  },
  migrate: {
    /** An entry that comes back is as dirty as it was; else it is clean, and the page alone dirty. */
    keepsDirty: [false, true],
  },
  numa: {
    /** Which pages of a COW mapping get no hint: mapped twice, referenced twice, shared or pinned. */
    skips: ["mapcount", "refcount", "shared-or-pinned", "pinned-anywhere"],
    /** How the hinting fault knows that the entry was writable. */
    restoresWrite: ["saved", "exclusive"],
    /** The fault moves the page while its entry is inaccessible, not after making it accessible. */
    migratesFirst: [false, true],
  },
  mprotect: {
    /** mprotect(RW) makes entries of exclusive anonymous pages writable at once. */
    restoresWrite: ["never", "exclusive-dirty", "exclusive"],
    /** PMDs of exclusive huge pages, too. */
    restoresHugeWrite: [false, true],
  },
  mremap: {
    /** hugetlb memory can be moved. */
    hugetlb: [false, true],
    /** MREMAP_DONTUNMAP exists. */
    dontunmap: [false, true],
    /** Entries keep the mark of who watched them by userfaultfd, and does not any more. */
    keepsUffdWp: [false, true],
    /** One call moves a range that is several VMAs. */
    severalVmas: [false, true],
  },
  uffd: {
    /** Which memory userfaultfd can write-protect: none, anonymous, or also shmem and hugetlb. */
    writeProtect: ["none", "anon", "memory"],
    /** UFFDIO_WRITEPROTECT of a range that is several VMAs, or has a hole, protects what is there. */
    protectsSeveral: [false, true],
    /** What is shared and watched is mapped read-only, so that each first write faults. */
    hearsShared: [false, true],
    /** UFFDIO_CONTINUE for shmem: not there; an entry as clean as it is read-only; always dirty. */
    continues: ["none", "clean", "dirty"],
    /** UFFDIO_MOVE exists. */
    moves: [false, true],
    /** What it says of a large folio that others hold, so that it cannot be split. */
    movesHeld: ["busy", "retries"],
    /** A page that moved at a second try: that is noticed, or it is tried once more, and in its own way. */
    movesAgain: ["until-it-moved", "until-refused"],
  },
  softDirty: {
    /** clear_refs leaves entries of pinned pages writable. */
    skipsPinned: [false, true],
    /** It holds mmap_lock for writing, so that nobody faults meanwhile. */
    excludesFaults: [false, true],
    /** It flushes the TLB before it is over. */
    flushes: [false, true],
    /** mprotect(RW) of a file leaves the write bit to a fault as long as the soft-dirty bit is clear. */
    mprotectAsks: [false, true],
    /** An entry that was dirty, but not soft-dirty, comes back from migration so. */
    migrationKeeps: [false, true],
    /** The entry of a page that KSM replaces keeps the bit. */
    ksmKeeps: [false, true],
  },
  order: {
    /** Memory barriers pair GUP-fast with the clearing of PageAnonExclusive. */
    exclusive: [false, true],
  },
  interface: {
    rdma: ["get", "pin"],
    /** A read-only memory region is registered by WRITE and FORCE. */
    rdmaForcesWrite: [false, true],
    /** What io_uring's fixed buffers hold; the last is taken by GUP-fast. */
    fixedBuffer: ["none", "get", "pin", "pin-fast"],
    /** Which mappings with a file behind them are refused as fixed buffers, once GUP has the pages. */
    fixedBufferRefuses: ["nothing", "disk-files", "files"],
    xdp: ["get", "get-longterm", "pin"],
    vfio: ["get", "pin"],
    directIo: ["get", "pin"],
    processVm: ["get", "pin"],
    /** A write through /proc/PID/mem ignores write protection without being a debugger's. */
    procMemForces: [false, true],
  },
} as const;

export type Decisions = typeof decisions;
