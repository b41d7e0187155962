/**
 * Registrations: pages that an open file holds for a device or for the kernel. The pins belong to
 * the file, not to the process that made them: they outlive it, and end with the last descriptor. Those of a
 * direct read belong to the request, and end with it.
 * Compare mm/gup.c:pin_user_pages(), unpin_user_page(), io_uring/rsrc.c, drivers/infiniband/core/umem.c.
 */
import { type Path, until } from "../step/index.ts";
import {
  counted_exactly,
  DIRTY_AHEAD,
  FEWER_PAGES,
  FOLL_FAST,
  grabbed_refs,
  is_errno,
  KIND_NONE,
  KIND_PIN,
  kind_of,
  slow_flags,
  TOO_FEW_IS_ENOMEM,
} from "./grab.ts";
import { __get_user_pages, mm_set_has_pinned } from "./gup.ts";
import { lockless_pages_from_mm } from "./gup-fast.ts";
import { mmap_read_lock, mmap_read_unlock } from "./locks.ts";
import { folio, put_refs, set_page_dirty, ZERO_PAGE } from "./page.ts";
import { descriptor, ENOMEM, handle, page, pin, process, system } from "./state.ts";

export const MADE = 1;
export const FAILED = 2;
export const RELEASED = 3;

/**
 * Takes pages at .. at+count-1 of process `p` for handle `h`, whose pins are numbered from `first`. A
 * page that cannot be had gives back those before it, unless the caller makes do with them. `refusal`: the
 * errno of a caller that has no use for the pages once it has them, or 0.
 */
export function* register_pages(
  p: number,
  at: number,
  count: number,
  h: number,
  first: number,
  flags: number,
  times: number,
  refusal: number,
): Path {
  let error = yield* pin_user_pages(process.mm[p], at, count, first, flags, times);
  if (error === 0) error = refusal;
  const some = pin.kind[first] !== KIND_NONE;
  if (error !== 0 && some && (flags & TOO_FEW_IS_ENOMEM) !== 0) error = ENOMEM;
  if (error !== 0 && !(some && (flags & FEWER_PAGES) !== 0)) {
    yield* release_pages(first, count, 0);
    yield "the registration fails";
    handle.made[h] = FAILED;
    handle.errno[h] = error;
    return;
  }
  if ((flags & DIRTY_AHEAD) !== 0) yield* set_pages_dirty(first, count);
  yield "the registration is made";
  handle.made[h] = MADE;
  descriptor.open[p * system.handles[0] + h] = 1;
}

/**
 * A range of pages: as many as can be had without a lock, then the rest under mmap_lock, which is held
 * from page to page. 0, or the errno of the first page that cannot be had.
 * Compare mm/gup.c:internal_get_user_pages_fast(), __gup_longterm_locked().
 */
export function* pin_user_pages(
  m: number,
  at: number,
  count: number,
  first: number,
  flags: number,
  times: number,
): Path<number> {
  yield* mm_set_has_pinned(m, flags);
  let done = 0;
  if ((flags & FOLL_FAST) !== 0) {
    done = yield* lockless_pages_from_mm(m, at, count, first, flags);
    for (let i = 0; i < done; i++) yield* hold_page(first + i, pin.frame[first + i], flags, times);
  }
  if (done === count) return 0;
  let error = 0;
  yield* mmap_read_lock(m);
  for (; done < count; done++) {
    const frame = yield* __get_user_pages(m, at + done, slow_flags(flags));
    if (is_errno(frame)) {
      error = frame;
      break;
    }
    yield* hold_page(first + done, frame, flags, times);
  }
  yield* mmap_read_unlock(m);
  return error;
}

export function* hold_page(k: number, frame: number, flags: number, times: number): Path {
  yield "hold the page for the file";
  pin.frame[k] = frame;
  pin.kind[k] = kind_of(flags);
  pin.count[k] = times;
  if (frame === ZERO_PAGE) return;
  grab_more(frame, kind_of(flags), times - 1);
  if (kind_of(flags) === KIND_PIN) page.pins[frame] += times;
}

/**
 * unpin_user_page or put_page of every page, without a lock: one subtraction, and before it one of
 * a compound page's exact count. `dirties`: the pages are marked dirty before.
 * Compare mm/gup.c:unpin_user_pages_dirty_lock().
 */
export function* release_pages(first: number, count: number, dirties: number): Path {
  for (let i = 0; i < count; i++) {
    if (pin.kind[first + i] !== KIND_NONE) {
      if (dirties) yield* set_page_dirty_lock(first + i);
      yield "unpin the page";
      const frame = pin.frame[first + i];
      const times = pin.count[first + i];
      const kind = pin.kind[first + i];
      forget_pin(first + i);
      if (counted_exactly(frame, kind)) {
        page.pincount[folio(frame)] -= times;
        yield "unpin the page: ref";
      }
      if (frame !== ZERO_PAGE) put_refs(frame, times * grabbed_refs(frame, kind));
    }
  }
}

/** The pages that were taken, before a device writes them. Compare block/bio.c:bio_set_pages_dirty(). */
export function* set_pages_dirty(first: number, count: number): Path {
  for (let i = 0; i < count; i++)
    if (pin.kind[first + i] !== KIND_NONE) yield* set_page_dirty_lock(first + i);
}

export function* set_page_dirty_lock(k: number): Path {
  yield "set_page_dirty_lock";
  until(page.locked[folio(pin.frame[k])] === 0);
  if (pin.frame[k] !== ZERO_PAGE) set_page_dirty(pin.frame[k]);
}

export function forget_pin(k: number): void {
  if (pin.kind[k] === KIND_PIN && pin.frame[k] !== ZERO_PAGE)
    page.pins[pin.frame[k]] -= pin.count[k];
  pin.frame[k] = 0;
  pin.kind[k] = KIND_NONE;
  pin.count[k] = 0;
}

/** `times 1024`: the rest of the repetitions at once. */
export function grab_more(frame: number, kind: number, times: number): void {
  page.ref[folio(frame)] += times * grabbed_refs(frame, kind);
  if (counted_exactly(frame, kind)) page.pincount[folio(frame)] += times;
}

/** unpin(h), dereg_mr, io_uring unregister: the owner gives the pages back. */
export function* unregister_pages(h: number, first: number, count: number): Path {
  yield "enter the kernel";
  yield* release_pages(first, count, handle.dirties[h]);
  yield "the registration ends";
  if (handle.made[h] === MADE) handle.made[h] = RELEASED;
}

/**
 * Process `p` closes handle `h`'s file; the last close gives the pages back, unless a request in flight has them.
 * Compare block/bio.c:bio_release_pages(), which the end of the request calls, whoever is left.
 */
export function* close_handle(p: number, h: number, first: number, count: number): Path {
  yield "close the file";
  descriptor.open[p * system.handles[0] + h] = 0;
  if (handle.made[h] !== MADE || handle.requester[h] || is_open_somewhere(h)) return;
  yield* release_pages(first, count, handle.dirties[h]);
  yield "the registration ends";
  handle.made[h] = RELEASED;
}

/** Whether a direct read that process `p` began is in flight. */
export function has_requests(p: number): boolean {
  for (let h = 0; h < system.handles[0]; h++)
    if (handle.requester[h] === p + 1 && handle.made[h] === MADE) return true;
  return false;
}

export function is_open_somewhere(h: number): boolean {
  for (let p = 0; p < system.processes[0]; p++)
    if (descriptor.open[p * system.handles[0] + h]) return true;
  return false;
}
