/**
 * The state of the memory manager: which objects there are, and which word of each a path may
 * touch. Names are the kernel's. Compare include/linux/mm_types.h.
 *
 * Everything is numbered from 0: processes by name (P0 = 0), pages by declaration ("at": the page's
 * place in the address space, the same in every process), mms by the process they were made for.
 * `slot(m, at)` numbers page-table entries and VMAs. Frame 0 is the zero page.
 *
 * Lock order, outermost first:
 *   mm.mmap_lock (parent before child)
 *     vma_lock.word
 *       page.locked
 *         mm.ptl (child before parent)
 */
import { objects, questions } from "../step/index.ts";
import { decisions } from "./decisions.ts";

export const classes = {
  /**
   * Sizes of this test's world; constant. exhausted: a frame or a slot was wanted and the world had
   * none. slots: one more than there are swap slots. syncSwap: swap is memory (zram), not a disk.
   * reorderings: those of order.ts that may happen.
   * tlb: whether translations may outlive their entries, see tlb.ts. vmaLocks: whether faults may
   * take a VMA's own lock, see vma-lock.ts.
   * hugetlbPool: how many huge pages the pool has, 0 for as many as anybody wants.
   */
  system: [
    "pages",
    "processes",
    "frames",
    "handles",
    "actors",
    "regions",
    "hugeFrames",
    "exhausted",
    "halves",
    "slots",
    "syncSwap",
    "reorderings",
    "tlb",
    "vmaLocks",
    "hugetlbPool",
  ],
  /**
   * Constant per page of the address space. huge: 0 a base page, 1 part of a range that a THP can
   * map, 2 hugetlb. first, pages: the declaration (one VMA) it belongs to. region: the number of its PMD.
   */
  address: ["huge", "first", "pages", "region"],
  /**
   * mmap_lock: 0 free, 1 held for writing, 2n held by n readers. ptl: 1 while the page tables'
   * spinlock is held. has_pinned: set before the first pin, never cleared, not inherited.
   * write_protect_seq: odd while fork protects a VMA's entries.
   */
  mm: ["users", "mmap_lock", "ptl", "has_pinned", "write_protect_seq"],
  /** flags: VM_*; 0 where nothing is mapped. Protected by mmap_lock. */
  vma: ["flags", "anon_vma"],
  /** word: 1 while whoever holds mmap_lock for writing changes the VMA, 2n with n faults in it. */
  vma_lock: ["word"],
  /** word: one page-table entry, see pte.ts. Written under ptl, read by GUP-fast without it. */
  pte: ["word"],
  /** word: the writable entry that CPUs may still hold for a page whose entry lost that right; or 0. */
  tlb: ["word"],
  /** word: a PMD that maps a huge page, as an entry whose frame is the head; see pmd.ts. Under ptl. */
  pmd: ["word"],
  /**
   * Per PMD range. reserved: 1 while a page of the pool is promised to its mapping. restores: the head
   * of a page that brings such a promise as soon as nobody holds it, or 0.
   */
  hugetlb: ["reserved", "restores"],
  /**
   * One frame. ref: struct page's refcount, on the head of a compound page. map: page-table entries
   * that map it; entire_map: PMDs that map the compound page. pincount: the exact count of pins that
   * a compound page keeps. pins: completed FOLL_PINs of this frame (for people; the kernel does not
   * know). head: the head's number for every part of a compound page, else 0. exclusive:
   * PG_anon_exclusive, on the head while a PMD maps the page. data: content.
   */
  page: [
    "ref",
    "map",
    "pins",
    "flags",
    "locked",
    "exclusive",
    "data",
    "head",
    "entire_map",
    "pincount",
  ],
  /** Per compound page that the world has room for: who maps it, see mm-ids.ts. */
  large_folio: ["mm_ids"],
  /**
   * The object behind a mapping, page by page: which frame its cache holds (0: none), what its disk
   * holds, whether it was cut off before this page.
   */
  cache: ["frame", "disk", "truncated"],
  /** state: 0 unborn, 1 alive, 2 gone, 3 never born. */
  process: ["state", "mm", "vfork_done"],
  /** What a process's descriptor table holds: 1 while process p has handle h's file open. */
  descriptor: ["open"],
  /**
   * An open file's registration. made: 0 not yet, 1 made, 2 failed, 3 released. errno: why it
   * failed. dirties: it marks its pages dirty when it gives them back. Constant: its pins are
   * first .. first+count-1; cloexec: closed by exec; requester: 1 + the process whose request holds the
   * pages until it completes, or 0 where the file holds them.
   */
  handle: ["made", "errno", "first", "count", "cloexec", "requester", "dirties"],
  /** One pinned page of a handle. kind: see gup.ts. count: how often it was taken. */
  pin: ["frame", "kind", "count"],
  /** What reads returned; ABSENT before. */
  register: ["value"],
  event: ["signalled"],
  actor: ["process", "halted", "may_fail", "skipped"],
  /**
   * A swap slot, from 1. count: the entries that name it. cache: the frame that stands for it in the
   * swap cache, 0 for none. data: what the device holds.
   */
  swap: ["count", "cache", "data"],
} as const;

export const system = objects("system", classes.system);
export const mm = objects("mm", classes.mm);
export const vma_lock = objects("vma_lock", classes.vma_lock);
export const vma = objects("vma", classes.vma);
export const pte = objects("pte", classes.pte);
export const tlb = objects("tlb", classes.tlb);
export const address = objects("address", classes.address);
export const pmd = objects("pmd", classes.pmd);
export const hugetlb = objects("hugetlb", classes.hugetlb);
export const page = objects("page", classes.page);
export const large_folio = objects("large_folio", classes.large_folio);
export const cache = objects("cache", classes.cache);
export const process = objects("process", classes.process);
export const descriptor = objects("descriptor", classes.descriptor);
export const handle = objects("handle", classes.handle);
export const pin = objects("pin", classes.pin);
export const register = objects("register", classes.register);
export const event = objects("event", classes.event);
export const actor = objects("actor", classes.actor);
export const swap = objects("swap", classes.swap);

/** The modelled kernel, as its paths ask it: `kernel.fork.writeProtectSeq`. */
export const kernel = questions(decisions);

export const mmSchema = { classes, decisions } as const;

/** A register that nothing was read into. */
export const ABSENT = 0xffff;
/** An errno e is the value ERRNO + e. */
export const ERRNO = 0xff00;
export const ENOENT = 0xff02;
export const ESRCH = 0xff03;
export const EIO = 0xff05;
export const EAGAIN = 0xff0b;
export const ENOMEM = 0xff0c;
export const EACCES = 0xff0d;
export const EFAULT = 0xff0e;
export const EBUSY = 0xff10;
export const EEXIST = 0xff11;
export const EINVAL = 0xff16;
export const EOPNOTSUPP = 0xff5f;

export const UNBORN = 0;
export const ALIVE = 1;
export const GONE = 2;
export const NEVER_BORN = 3;

/** The number of the VMA and of the page-table entry of page `at` in mm `m`. */
export function slot(m: number, at: number): number {
  return m * system.pages[0] + at;
}
