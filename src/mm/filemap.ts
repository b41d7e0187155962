/**
 * Pages of files and of shmem: one page cache per object, mapped by everybody. A private mapping
 * reads the cache's page and gets a copy of its own when it writes; a shared one writes the cache.
 * Compare mm/memory.c:do_read_fault(), do_cow_fault(), do_shared_fault(), mm/filemap.c.
 *
 * A file that tracks dirty pages maps a clean page read-only even if shared, to hear of the first
 * write (page_mkwrite); shmem does not.
 * Preconditions: mmap_lock held for reading.
 * Not modelled: read-ahead, fault-around, page_mkwrite that sleeps or fails.
 */
import type { Path } from "../step/index.ts";
import { FAULT_DONE, FAULT_OOM, FAULT_SIGBUS, FAULT_WRITE } from "./fault-flags.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { alloc_page, PG_CACHE, PG_DIRTY, page_add_new_anon_rmap, put_refs } from "./page.ts";
import {
  mk_anon_pte,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_WRITE,
  PTE_YOUNG,
  pte_none,
} from "./pte.ts";
import { cache, kernel, page, pte, slot } from "./state.ts";
import { take_marker } from "./uffd-marker.ts";
import { anon_vma_prepare, VM_SHARED, VM_WRITE, wants_writenotify } from "./vma.ts";

/** A fault on an empty entry of an object's mapping. */
export function* do_fault(m: number, at: number, vm: number, flags: number): Path<number> {
  const frame = yield* find_get_page(at);
  if (frame === 0) return FAULT_OOM;
  if (frame === TRUNCATED) return FAULT_SIGBUS;
  let mapped = frame;
  const copies = (vm & VM_SHARED) === 0 && (flags & FAULT_WRITE) !== 0;
  if (copies) {
    yield "anon_vma_prepare";
    anon_vma_prepare(m, at);
    mapped = yield* alloc_page();
    if (mapped !== 0) {
      yield "copy the content";
      page.data[mapped] = page.data[frame];
    }
    yield "drop the cache page's reference";
    put_refs(frame, 1);
    if (mapped === 0) return FAULT_OOM;
  }
  yield* pte_lock(m);
  yield "compare the PTE";
  if (!pte_none(pte.word[slot(m, at)])) {
    yield* pte_unlock(m);
    yield "drop the reference";
    put_refs(mapped, 1);
    return FAULT_DONE;
  }
  yield "add the mapping";
  if (copies) page_add_new_anon_rmap(mapped);
  else page.map[mapped]++;
  yield "set the PTE";
  const entry = copies ? mk_anon_pte(mapped, vm & VM_WRITE) : cache_pte(mapped, vm, flags);
  pte.word[slot(m, at)] = take_marker(m, at, entry);
  yield* pte_unlock(m);
  return FAULT_DONE;
}

/** Beyond the object's end. No frame has this number. */
export const TRUNCATED = 0xff;

/** The object's page with a reference, read from disk if need be; 0 if there is no memory. */
export function* find_get_page(at: number): Path<number> {
  yield "find the page in the cache";
  if (cache.truncated[at]) return TRUNCATED;
  if (cache.frame[at] !== 0) {
    page.ref[cache.frame[at]]++;
    return cache.frame[at];
  }
  const made = yield* alloc_page();
  if (made === 0) return 0;
  yield "add to the page cache";
  if (cache.frame[at] === 0) {
    cache.frame[at] = made;
    page.flags[made] = PG_CACHE;
    page.data[made] = cache.disk[at];
  } else put_refs(made, 1);
  page.ref[cache.frame[at]]++;
  return cache.frame[at];
}

/**
 * How an object's page is mapped: a write to a shared mapping dirties page and entry; for a read the entry
 * is writable and clean, or read-only where somebody wants to hear of the first write.
 */
export function cache_pte(frame: number, vm: number, flags: number): number {
  const plain = frame | PTE_PRESENT | PTE_YOUNG;
  if ((vm & VM_SHARED) === 0 || (vm & VM_WRITE) === 0) return plain;
  const dirty = PTE_DIRTY | PTE_SOFT_DIRTY;
  if ((flags & FAULT_WRITE) !== 0) {
    page.flags[frame] |= PG_DIRTY;
    return plain | PTE_WRITE | dirty;
  }
  if (wants_writenotify(vm)) return plain;
  const mapsDirty = kernel.fault.mapsDirty && (page.flags[frame] & PG_DIRTY) !== 0;
  return plain | PTE_WRITE | (mapsDirty ? dirty : 0);
}
