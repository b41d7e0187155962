/**
 * The words of random tests and how often each is drawn: kinds of pages, ways to pin them, what
 * processes, devices and the kernel do to them. All of it a real kernel can be asked from user space.
 *
 * In a form `P` is the process, `Q` one that it knows, `x` the page or a part of it, `h` the handle, `r` a
 * register, `n` a fresh number; `?` stands where a result may be kept.
 */
import type { Weighted } from "./draw.ts";

/** `anon*3`: an array of three pages. */
export const kinds: Weighted<string> = [
  [26, "anon"],
  [8, "swapped anon"],
  [4, "readonly anon"],
  [5, "untouched anon"],
  [5, "zero"],
  [15, "thp"],
  [12, "pte-mapped thp"],
  [4, "wiped around thp"],
  [3, "readonly thp"],
  [2, "swapped thp"],
  [1, "untouched thp"],
  [3, "huge zero"],
  [2, "mremapped half thp"],
  [2, "partially shared thp"],
  [1, "swapped wiped around thp"],
  [10, "hugetlb"],
  [8, "untouched hugetlb"],
  [18, "readonly hugetlb"],
  [3, "shared hugetlb"],
  [2, "private hugetlb"],
  [2, "untouched private hugetlb"],
  [4, "private shmem"],
  [3, "untouched private shmem"],
  [5, "shared anon"],
  [5, "shmem"],
  [3, "untouched shmem"],
  [6, "file"],
  [2, "private file"],
  [1, "untouched private file"],
  [8, "anon*3"],
  [2, "untouched anon*3"],
  [2, "swapped anon*2"],
  [1, "readonly anon*2"],
  [1, "zero*2"],
  [1, "private shmem*2"],
  [1, "shmem*2"],
  [1, "shared anon*2"],
  [1, "untouched private file*2"],
];

export const pins: Weighted<string> = [
  [5, "h = io_uring_register(x);"],
  [4, "h = ibv_reg_mr(x, READ | WRITE);"],
  [3, "h = ibv_reg_mr(x, READ);"],
  [3, "h = vmsplice(x);"],
  [2, "h = pin(x, WRITE | LONGTERM);"],
  [1, "h = pin(x, LONGTERM);"],
  [1, "h = pin(x, WRITE | LONGTERM | FAST);"],
  [1, "h = get(x, WRITE);"],
  [1, "h = pin(x, WRITE | FORCE);"],
  [1, "h = vfio_map(x, READ | WRITE);"],
  [1, "h = vfio_map(x, READ);"],
  [2, "h = read_direct(x);"],
  [2, "h = xdp_umem(x);"],
];

/** Of memory that may be read only: by force, which is no matter of course. */
export const forcedPins: Weighted<string> = [
  [2, "h = pin(x, WRITE | FORCE);"],
  [1, "h = pin(x, WRITE | LONGTERM | FORCE);"],
  [1, "h = ibv_reg_mr(x, READ);"],
];

export const memory: Weighted<string> = [
  [20, "x = n;"],
  [2, "x.lo = n;"],
  [18, "r = x;"],
  [2, "r = x.hi;"],
  [6, "?mprotect(x, R);"],
  [6, "?mprotect(x, RW);"],
  [14, "mprotect(x, R); ?mprotect(x, RW);"],
  [4, "?madvise(x, DONTFORK);"],
  [8, "?madvise(x, DOFORK);"],
  [2, "?madvise(x, WIPEONFORK);"],
  [4, "?madvise(x, DONTNEED);"],
  [2, "?madvise(x, FREE);"],
  [32, "?madvise(x, FREE); ?madvise(x, PAGEOUT);"],
  [4, "?mremap(x);"],
  [2, "?munmap(x);"],
  [4, "?madvise(x, PAGEOUT);"],
  [17, "?madvise(x, COLLAPSE);"],
  [3, "?madvise(x, POPULATE_READ);"],
  [3, "?madvise(x, POPULATE_WRITE);"],
  [2, "clear_refs(P);"],
  [2, "?proc_mem_write(x, n);"],
  [4, "?uffd_wp(x);"],
  [2, "?uffd_continue(x);"],
  [2, "uffd_wp(x); ?mremap(x);"],
];

/** What the kernel does by itself to a base page of P0's: `y` is another one. */
export const kernel: Weighted<string> = [
  [4, "may reclaim(x);"],
  [2, "may migrate(x);"],
  [1, "may ksm(x, y);"],
  [2, "may numa_hint(x);"],
];

/** What a process does to another's memory. */
export const remote: Weighted<string> = [
  [4, "?process_vm_writev(Q, x, n);"],
  [1, "?process_vm_writev(Q, x.lo, n);"],
];

/** Of what moves, from where and into a hole of the same shape. */
export const movable: Weighted<readonly [from: string, hole: string]> = [
  [3, ["anon", "untouched anon"]],
  [1, ["anon*2", "untouched anon*2"]],
  [1, ["swapped anon", "untouched anon"]],
  [4, ["thp", "untouched thp"]],
  [8, ["pte-mapped thp", "untouched thp"]],
];

export const device: Weighted<string> = [
  [5, "dma_write(h, n);"],
  [4, "r = dma_read(h);"],
  [1, "unpin(h);"],
];

/** How memory of some kinds begins: watched, or written and looked at. */
export const beginnings: readonly (readonly [kind: RegExp, form: string])[] = [
  [/hugetlb/, "uffd_wp(x);"],
  [/^(shmem|shared anon)$/, "uffd_wp(x); mprotect(x, R); ?mprotect(x, RW);"],
  [/^file$/, "x = n; clear_refs(P); mprotect(x, R); ?mprotect(x, RW);"],
];

/** So many tests of a hundred have this in them. */
export const shares = {
  /** Pin, fork and a later write. */
  spine: 75,
  /** A page that moves to a hole; of these the source stays mapped in so many. */
  move: 15,
  /** Two small pages that KSM merges before P0 goes on. */
  twins: 4,
  sourceStays: 25,
  /** What happens to the page before anything else, of the kinds that have such. */
  beginning: 36,
  secondPage: 25,
  thirdPage: 4,
  thread: 7,
  /** NUMA balancing's scan comes to a small page, and P0 waits for it. */
  hint: 18,
  kernelAction: 15,
  khugepaged: 20,
  writeback: 25,
  /** A pool of huge pages that may run dry. */
  pool: 35,
  /** The child waits for the parent, or the parent for the child. */
  event: 12,
  /** P0 ends before the test does. */
  leave: 3,
};
