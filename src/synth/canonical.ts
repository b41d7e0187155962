/**
 * States between operations, made canonical: locks are free, scratch cells are clear, and frames
 * carry numbers in the order in which page tables, caches and pins first mention them, so that two
 * worlds that differ only in which frame was free are one state.
 *
 * What renumbers a frame must know every cell that holds a frame's number. A field this file has
 * not been told of switches the renumbering off: more states, no wrong ones.
 */
import { MADE, RELEASED } from "../mm/pin.ts";
import { HPAGE_PMD_NR } from "../mm/pmd.ts";
import { FRAME_MASK, PTE_PRESENT, PTE_SOFT_DIRTY, PTE_YOUNG } from "../mm/pte.ts";
import type { Model, Row } from "../step/index.ts";

/** Cells that hold a page-table entry, or a frame's number. */
const entryFields: readonly string[] = ["pte.word", "pmd.word", "tlb.word"];
const frameFields: readonly string[] = [
  "cache.frame",
  "pin.frame",
  "swap.cache",
  "hugetlb.restores",
];
/** Bits of a present entry that statements set and clear but never ask for. */
const unaskedBits = PTE_YOUNG | PTE_SOFT_DIRTY;
/** Constant, scratch, or computed from other cells: not part of a state between operations. */
const droppedFields: readonly string[] = [
  "page.pins",
  "page.locked",
  "mm.mmap_lock",
  "mm.ptl",
  "vma_lock.word",
  "mm.write_protect_seq",
  "register.value",
  "event.signalled",
  "process.vfork_done",
  "handle.errno",
  "handle.first",
  "handle.count",
  "handle.cloexec",
  "handle.requester",
];
const droppedClasses: readonly string[] = ["system", "address", "actor"];
/** Per compound page, by the place of its head. */
const folioFields: readonly string[] = ["large_folio.mm_ids"];
const plainFields: readonly string[] = [
  "mm.users",
  "mm.has_pinned",
  "vma.flags",
  "vma.anon_vma",
  "hugetlb.reserved",
  "page.ref",
  "page.map",
  "page.flags",
  "page.exclusive",
  "page.data",
  "page.head",
  "page.entire_map",
  "page.pincount",
  "process.state",
  "process.mm",
  "descriptor.open",
  "handle.made",
  "handle.dirties",
  "pin.kind",
  "pin.count",
  "cache.disk",
  "cache.truncated",
  "swap.count",
  "swap.data",
];

/** Fields that nobody has told this file about; with any of them, frames keep their numbers. */
export function unknownFields(model: Model): readonly string[] {
  const known = new Set([
    ...[...entryFields, ...frameFields, ...droppedFields],
    ...[...folioFields, ...plainFields],
  ]);
  return [...model.layout.offsets.keys()].filter((field) => {
    const of = field.slice(0, field.indexOf("."));
    return !known.has(field) && !droppedClasses.includes(of) && model.layout.counts[of]! > 0;
  });
}

export class Canonical {
  /** The cells of a row that make up a state between operations. */
  readonly cells: Int32Array;
  private readonly entries: readonly number[];
  private readonly references: readonly number[];
  private readonly perFrame: readonly number[];
  private readonly perFolio: readonly number[];
  private readonly headAt: number;
  private readonly frames: number;
  private readonly huge: number;
  private readonly renumbers: boolean;
  private readonly handles: number;
  private readonly made: number;
  private readonly open: { readonly from: number; readonly to: number };
  private readonly map: Uint8Array;
  private readonly scratch: Uint16Array;

  constructor(model: Model, first: Row) {
    const { offsets, counts } = model.layout;
    const span = (field: string): number[] => {
      const at = offsets.get(field);
      const count = counts[field.slice(0, field.indexOf("."))] ?? 0;
      return at === undefined ? [] : Array.from({ length: count }, (_, i) => at + i);
    };
    const unknown = unknownFields(model);
    this.renumbers = unknown.length === 0;
    this.entries = entryFields.flatMap(span);
    this.references = frameFields.flatMap(span);
    this.frames = counts.page!;
    this.huge = first[offsets.get("system.hugeFrames")!]!;
    this.headAt = offsets.get("page.head")!;
    this.perFrame = [...offsets.keys()]
      .filter((field) => field.startsWith("page."))
      .map((field) => offsets.get(field)!);
    this.perFolio = folioFields.map((field) => offsets.get(field)!);
    this.handles = counts.handle!;
    this.made = offsets.get("handle.made")!;
    const opened = offsets.get("descriptor.open")!;
    this.open = { from: opened, to: opened + counts.descriptor! };
    this.map = new Uint8Array(this.frames);
    this.scratch = new Uint16Array(this.frames);
    const small = this.huge === this.frames;
    const hugeOnly = new Set(["page.head", "page.entire_map", "page.pincount"]);
    const kept = [...entryFields, ...frameFields, ...folioFields, ...plainFields, ...unknown];
    this.cells = Int32Array.from(kept.filter((f) => !(small && hugeOnly.has(f))).flatMap(span));
  }

  /** Makes `row` canonical in place. */
  apply(row: Row): void {
    for (const cell of this.entries)
      if ((row[cell]! & PTE_PRESENT) !== 0) row[cell]! &= ~unaskedBits;
    this.forgetHandles(row);
    if (!this.renumbers || !this.number(row)) return;
    const { map, scratch, frames } = this;
    for (const at of this.perFrame) {
      const heads = at === this.headAt;
      for (let f = 0; f < frames; f++) {
        const value = row[at + f]!;
        scratch[map[f]!] = heads && value !== 0 ? map[value]! : value;
      }
      for (let f = 0; f < frames; f++) row[at + f] = scratch[f]!;
    }
    for (const at of this.perFolio) {
      for (let f = this.huge, k = 0; f < frames; f += HPAGE_PMD_NR, k++)
        scratch[(map[f]! - this.huge) / HPAGE_PMD_NR] = row[at + k]!;
      for (let k = 0; k < (frames - this.huge) / HPAGE_PMD_NR; k++) row[at + k] = scratch[k]!;
    }
    for (const cell of this.entries) {
      const entry = row[cell]!;
      if ((entry & PTE_PRESENT) !== 0) row[cell] = (entry & ~FRAME_MASK) | map[entry & FRAME_MASK]!;
    }
    for (const cell of this.references) row[cell] = map[row[cell]!]!;
  }

  /** A registration that failed, or that is over, is nobody's any more, whoever has its file open. */
  private forgetHandles(row: Row): void {
    const { made, open, handles } = this;
    for (let h = 0; h < handles; h++) {
      if (row[made + h] === 0 || row[made + h] === MADE) continue;
      row[made + h] = RELEASED;
      for (let cell = open.from + h; cell < open.to; cell += handles) row[cell] = 0;
    }
  }

  /** Fills `map` with the new numbers; false when nothing moves. */
  private number(row: Row): boolean {
    const { map, huge } = this;
    map.fill(unnumbered);
    map[0] = 0;
    let next = { small: 1, huge };
    for (const cell of this.entries) {
      const entry = row[cell]!;
      if ((entry & PTE_PRESENT) !== 0) next = this.mention(entry & FRAME_MASK, next);
    }
    for (const cell of this.references) next = this.mention(row[cell]!, next);
    let moved = false;
    for (let f = 0; f < this.frames; f++) {
      next = this.mention(f, next);
      moved ||= map[f] !== f;
    }
    return moved;
  }

  private mention(frame: number, next: { small: number; huge: number }) {
    const { map, huge } = this;
    if (map[frame] !== unnumbered) return next;
    if (frame < huge) {
      map[frame] = next.small++;
      return next;
    }
    const head = frame - ((frame - huge) % HPAGE_PMD_NR);
    for (let i = 0; i < HPAGE_PMD_NR; i++) map[head + i] = next.huge++;
    return next;
  }
}

const unnumbered = 0xff;
