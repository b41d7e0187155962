/**
 * What a read at the end would find in a hugetlb mapping where nothing is mapped: the object's page, zeroes
 * of a page that the pool still gives, or nothing, and death. Compare src/mm/hugetlb-pool.ts:pool_gives().
 *
 * Not modelled: that who reads first takes the page that another would have read.
 */
import { PG_HUGETLB } from "../mm/page.ts";
import { HPAGE_PMD_NR, HUGE_TLB } from "../mm/pmd.ts";
import { VM_SHARED } from "../mm/vma.ts";

type Read = (field: string, index: number) => number;

/** The frame of the object's page that page `at` shows, or 0. */
function cachedFrame(read: Read, at: number): number {
  if (read("address.huge", at) !== HUGE_TLB) return read("cache.frame", at);
  const first = read("address.first", at);
  const head = read("cache.frame", first);
  return head === 0 ? 0 : head + at - first;
}

/** Whether a hole of mm `m` at page `at` could not be filled: the pool has nothing for it. */
export function poolIsEmptyFor(read: Read, m: number, at: number, vma: number): boolean {
  const pool = read("system.hugetlbPool", 0);
  if (read("address.huge", at) !== HUGE_TLB || pool === 0 || cachedFrame(read, at) !== 0)
    return false;
  let free = pool;
  for (
    let head = read("system.hugeFrames", 0);
    head < read("system.frames", 0);
    head += HPAGE_PMD_NR
  )
    if (isInUse(read, head)) free--;
  const region = read("address.region", at);
  const promised = read("hugetlb.reserved", region) + read("hugetlb.restores", region) !== 0;
  if (promised && (m === 0 || (vma & VM_SHARED) !== 0)) return free <= 0;
  for (let r = 0; r < read("system.regions", 0); r++) {
    const returning = read("hugetlb.restores", r);
    const returned = returning !== 0 && !isInUse(read, returning);
    if (returned || read("hugetlb.reserved", r) !== 0) free--;
  }
  return free <= 0;
}

/** Whether the page is one that the pool has given out. */
function isInUse(read: Read, head: number): boolean {
  return read("page.ref", head) !== 0 && (read("page.flags", head) & PG_HUGETLB) !== 0;
}
