/**
 * What GUP asks for, and how a page is taken and given back: one reference, or 1024 for a pin.
 * Compare mm/gup.c, include/linux/mm.h (FOLL_*).
 */
import type { Path } from "../step/index.ts";
import { folio, GUP_PIN_COUNTING_BIAS, has_exact_pincount, put_refs, ZERO_PAGE } from "./page.ts";
import { pmd_mapped } from "./pmd.ts";
import { ERRNO, kernel, page } from "./state.ts";
import { VM_DIRTY_TRACKED, VM_SHARED } from "./vma.ts";

export const FOLL_WRITE = 1;
export const FOLL_FORCE = 2;
export const FOLL_LONGTERM = 4;
/** A pin; without it a plain reference. */
export const FOLL_PIN = 8;
/** Try without locks first. */
export const FOLL_FAST = 16;
/** The caller makes do with the first pages, if not all can be had. */
export const FEWER_PAGES = 32;
/** A fault that has to wait may let go of mmap_lock meanwhile. */
export const FOLL_UNLOCKABLE = 64;
/** The caller says ENOMEM where the first pages can be had, and not all. */
export const TOO_FEW_IS_ENOMEM = 128;
/** The caller marks the pages dirty before it hands them to the device, too. */
export const DIRTY_AHEAD = 256;
/** Nobody takes the pages: they are only to be mapped. */
export const FOLL_POPULATE = 512;
/** A page taken for writing by the slow path counts as written from then on; GUP-fast marks nothing. */
export const FOLL_TOUCH = 1024;

export const KIND_NONE = 0;
export const KIND_GET = 1;
export const KIND_PIN = 2;

/** get_user_pages_fast took nothing; the slow path has to. No frame and no errno has this number. */
export const GUP_FAST_FAILED = 0xfe00;

/** PageAnonExclusive, which stands on the head while a PMD maps the page. */
export function page_exclusive(m: number, at: number, frame: number): boolean {
  return page.exclusive[pmd_mapped(m, at) ? folio(frame) : frame] !== 0;
}

/** A long-term writable pin of a shared file that must hear of writes: write-back cannot stop it. */
export function longterm_pin_of_file(vm: number, flags: number): boolean {
  const both = FOLL_PIN | FOLL_LONGTERM;
  return (flags & both) === both && (vm & VM_SHARED) !== 0 && (vm & VM_DIRTY_TRACKED) !== 0;
}

/**
 * Takes the reference or the pin, under ptl: the page is mapped, so it cannot be freed meanwhile.
 * Every pin of a small page is one addition here. The zero page is not counted.
 * Compare mm/gup.c:try_grab_page(), from v6.10 try_grab_folio().
 */
export function* grab_page(frame: number, flags: number): Path {
  if (frame === ZERO_PAGE) return;
  if ((flags & FOLL_PIN) === 0 || !kernel.pin.countable) {
    yield "try_grab_page: ref + 1";
    page.ref[folio(frame)]++;
    return;
  }
  if (!has_exact_pincount(frame)) {
    yield "try_grab_page: ref + 1024";
    page.ref[folio(frame)] += GUP_PIN_COUNTING_BIAS;
    return;
  }
  if (kernel.pin.countsLargeFirst) {
    yield "try_grab_page: pincount + 1";
    page.pincount[folio(frame)]++;
  }
  yield "try_grab_page: ref + 1";
  page.ref[folio(frame)]++;
  if (!kernel.pin.countsLargeFirst) {
    yield "try_grab_page: pincount + 1";
    page.pincount[folio(frame)]++;
  }
}

/** A pin is a reference so far: its count is a step of its own. */
export const COUNT_TO_COME = 2;

/**
 * The first step of a grab in GUP-fast, which holds nothing: 0 if the page was freed meanwhile. The
 * reference comes first; what makes it a pin comes after it, where this says COUNT_TO_COME.
 * Compare mm/gup.c:try_grab_compound_head(), from v5.18 try_grab_folio(), from v6.10 try_grab_folio_fast().
 */
export function* grab_reference(frame: number, flags: number): Path<number> {
  if (frame === ZERO_PAGE) return 1;
  const pins = (flags & FOLL_PIN) !== 0 && kernel.pin.countable;
  if (pins && !has_exact_pincount(frame) && !kernel.pin.twoStep) {
    yield "try_grab_page: ref + 1024";
    if (page.ref[folio(frame)] === 0) return 0;
    page.ref[folio(frame)] += GUP_PIN_COUNTING_BIAS;
    return 1;
  }
  yield "try_grab_page: ref + 1";
  if (page.ref[folio(frame)] === 0) return 0;
  page.ref[folio(frame)]++;
  return pins ? COUNT_TO_COME : 1;
}

export function* add_pin_count(frame: number): Path {
  if (has_exact_pincount(frame)) {
    yield "try_grab_page: pincount + 1";
    page.pincount[folio(frame)]++;
    return;
  }
  yield "try_grab_page: ref + 1023";
  page.ref[folio(frame)] += GUP_PIN_COUNTING_BIAS - 1;
}

/**
 * The flags of GUP-fast's slow rest, which holds mmap_lock on its own account and touches what it takes.
 * Callers of the slow path hold it themselves; get_user_pages() touches, pin_user_pages() does not.
 * Compare mm/gup.c:gup_fast_fallback(), before v6.3 __gup_longterm_unlocked().
 */
export function slow_flags(flags: number): number {
  const pins = (flags & FOLL_PIN) !== 0 && kernel.pin.countable;
  if ((flags & FOLL_FAST) === 0) return pins ? flags : flags | FOLL_TOUCH;
  if ((flags & FOLL_LONGTERM) !== 0 && !kernel.gup.longtermUnlocks) return flags;
  return flags | FOLL_UNLOCKABLE | FOLL_TOUCH;
}

/** What one grab of the page added to ref. */
export function grabbed_refs(frame: number, kind: number): number {
  if (kind !== KIND_PIN || !kernel.pin.countable || has_exact_pincount(frame)) return 1;
  return GUP_PIN_COUNTING_BIAS;
}

/** Whether a grab of the page is in the compound page's exact count, too. */
export function counted_exactly(frame: number, kind: number): boolean {
  return kind === KIND_PIN && kernel.pin.countable && has_exact_pincount(frame);
}

/**
 * Gives back one grab that nobody has written down yet: the exact count of a compound page first,
 * then the reference. Compare mm/gup.c:put_compound_head(), gup_put_folio().
 */
export function* ungrab(frame: number, kind: number): Path {
  if (counted_exactly(frame, kind)) {
    yield "give the page back: pincount - 1";
    page.pincount[folio(frame)]--;
  }
  yield "give the page back: ref - 1, or - 1024";
  if (frame !== ZERO_PAGE) put_refs(frame, grabbed_refs(frame, kind));
}

export function kind_of(flags: number): number {
  return (flags & FOLL_PIN) !== 0 ? KIND_PIN : KIND_GET;
}

export function is_errno(result: number): boolean {
  return result >= ERRNO;
}
