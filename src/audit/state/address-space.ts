/**
 * The mappings of one mm as a sorted list of intervals, with what fork will do to each: shared
 * memory stays shared, MADV_DONTFORK leaves a hole, MADV_WIPEONFORK gives zeroes. The list is
 * copied on write, as most children of fork exec before they map anything.
 */
import type { Advice, Range } from "../event.ts";
import type { OpenFile } from "./descriptors.ts";
import { overlaps, roundOut } from "./ranges.ts";

export interface Vma extends Range {
  readonly shared: boolean;
  readonly writable: boolean;
  readonly anonymous: boolean;
  readonly hugetlb: boolean;
  readonly hugeAdvice: boolean;
  readonly dontfork: boolean;
  readonly wipe: boolean;
  readonly heap: boolean;
  /** A mapping holds its file open; kept for files whose end decides something. */
  readonly file: OpenFile | undefined;
}

export class AddressSpace {
  #vmas: Vma[] = [];
  #borrowed = false;

  get vmas(): readonly Vma[] {
    return this.#vmas;
  }

  #own(): Vma[] {
    if (this.#borrowed) {
      this.#vmas = [...this.#vmas];
      this.#borrowed = false;
    }
    return this.#vmas;
  }

  /** What the child of a fork gets: everything but the MADV_DONTFORK ranges. */
  fork(): AddressSpace {
    const child = new AddressSpace();
    if (this.#vmas.some((vma) => vma.dontfork)) {
      child.#vmas = this.#vmas.filter((vma) => !vma.dontfork);
    } else {
      child.#vmas = this.#vmas;
      child.#borrowed = true;
      this.#borrowed = true;
    }
    return child;
  }

  /** Index of the first interval that ends after `address`. */
  #firstAfter(address: number): number {
    let low = 0;
    let high = this.#vmas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#vmas[middle] as Vma).end <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The mapped parts inside the range, cut to it. */
  within(range: Range): readonly Vma[] {
    const found: Vma[] = [];
    for (let index = this.#firstAfter(range.start); index < this.#vmas.length; index++) {
      const vma = this.#vmas[index] as Vma;
      if (vma.start >= range.end) break;
      found.push(cut(vma, range));
    }
    return found;
  }

  /** Removes what lies in the range and puts `fresh` there. */
  replace(range: Range, fresh: readonly Vma[]): void {
    const vmas = this.#own();
    const first = this.#firstAfter(range.start);
    let last = first;
    const pieces: Vma[] = [];
    while (last < vmas.length && (vmas[last] as Vma).start < range.end) last++;
    const left = vmas[first];
    if (first < last && left !== undefined && left.start < range.start)
      pieces.push({ ...left, end: range.start });
    pieces.push(...fresh);
    const right = vmas[last - 1];
    if (first < last && right !== undefined && right.end > range.end)
      pieces.push({ ...right, start: range.end });
    vmas.splice(first, last - first, ...pieces);
  }

  unmap(range: Range): void {
    if (this.within(range).length > 0) this.replace(range, []);
  }

  remap(from: Range, to: Range, keep: boolean): void {
    const parts =
      from.end > from.start
        ? this.within(from)
        : this.within({ start: from.start, end: from.start + 1 });
    if (!keep && from.end > from.start) this.replace(from, []);
    if (parts.length === 0) return;
    const moved = parts.map((vma) => ({
      ...vma,
      start: vma.start - from.start + to.start,
      end: Math.min(vma.end - from.start + to.start, to.end),
    }));
    const last = moved[moved.length - 1] as Vma;
    moved[moved.length - 1] = { ...last, end: to.end };
    this.replace(
      to,
      moved.filter((vma) => vma.start < vma.end),
    );
  }

  /** Advice over what is mapped; `unknown` makes an interval of what is not (late attach, stack). */
  advise(range: Range, advice: Advice, unknown: Vma | undefined): void {
    const whole = roundOut(range);
    const change = changeOf(advice);
    if (change === undefined || whole.start >= whole.end) return;
    const parts: Vma[] = [];
    let at = whole.start;
    for (const vma of this.within(whole)) {
      if (vma.start > at && unknown !== undefined)
        parts.push({ ...unknown, start: at, end: vma.start, ...change });
      parts.push({ ...vma, ...change });
      at = vma.end;
    }
    if (at < whole.end && unknown !== undefined)
      parts.push({ ...unknown, start: at, end: whole.end, ...change });
    if (parts.length > 0) this.replace(whole, parts);
  }

  protect(range: Range, writable: boolean): void {
    const whole = roundOut(range);
    const parts = this.within(whole);
    if (parts.every((vma) => vma.writable === writable)) return;
    this.replace(whole, withGaps(parts, writable));
  }

  holdsFile(file: OpenFile): boolean {
    return this.#vmas.some((vma) => vma.file === file);
  }

  covers(address: number): boolean {
    const vma = this.#vmas[this.#firstAfter(address)];
    return vma !== undefined && overlaps(vma, { start: address, end: address + 1 });
  }
}

/** mprotect leaves holes as they are: only what is mapped comes back. */
function withGaps(parts: readonly Vma[], writable: boolean): readonly Vma[] {
  return parts.map((vma) => ({ ...vma, writable }));
}

function cut(vma: Vma, range: Range): Vma {
  if (vma.start >= range.start && vma.end <= range.end) return vma;
  return { ...vma, start: Math.max(vma.start, range.start), end: Math.min(vma.end, range.end) };
}

function changeOf(advice: Advice): Partial<Vma> | undefined {
  switch (advice) {
    case "DONTFORK":
      return { dontfork: true };
    case "DOFORK":
      return { dontfork: false };
    case "WIPEONFORK":
      return { wipe: true };
    case "KEEPONFORK":
      return { wipe: false };
    case "HUGEPAGE":
      return { hugeAdvice: true };
    case "DONTNEED":
      return undefined;
  }
}
