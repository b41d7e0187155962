/**
 * Compound pages in a test's first state: a THP in each of its shapes, hugetlb with its pool, an order-1
 * folio. A shape is what the kernel leaves behind after the deed it is named by: a THP of which half was
 * moved lies where no PMD can map it; one that was partially shared with a child that is gone has a
 * first page that is write-protected and not exclusive any more. Splitting its PMD
 * made the page itself dirty; its pages are written once more after that, so that their entries are, too.
 */
import type { Kernel } from "../kernels/index.ts";
import type { PageDeclaration, Test } from "../litmus/ast.ts";
import { isCompound, isHugetlb, isShared } from "../litmus/page-kinds.ts";
import { mm_ids_of } from "../mm/mm-ids.ts";
import { PG_ANON, PG_CACHE, PG_DIRTY, PG_HUGETLB } from "../mm/page.ts";
import { HPAGE_PMD_NR, HUGE_THP, HUGE_TLB, PMD_TABLE } from "../mm/pmd.ts";
import { mk_anon_pte, PTE_PRESENT, PTE_SPECIAL, PTE_YOUNG, pte_wrprotect } from "../mm/pte.ts";
import { VM_FILE, VM_HUGETLB, VM_MAYWRITE, VM_READ, VM_SHARED, VM_WRITE } from "../mm/vma.ts";
import type { Row } from "../step/index.ts";
import type { NamedPage } from "./names.ts";
import { swappedEntry } from "./swap-world.ts";

export type CellOf = (field: string, index: number) => number;

/** What a compound page is written with: where the cells are, its PMD range, the head of its frames. */
export interface HugePlace {
  readonly at: CellOf;
  readonly row: Row;
  readonly page: NamedPage;
  readonly region: number;
  readonly head: number;
  readonly kernel: Kernel;
}

/** Frames of compound pages that a declaration needs besides the processes' own copies. */
export function cachedHugePages(declaration: PageDeclaration): number {
  return declaration.pageKind === "private hugetlb" ? 1 : 0;
}

/** `Hugetlb-pool=2` among a test's info lines: the pool has two pages. undefined: it never runs dry. */
export function hugetlbPool(test: Test): number | undefined {
  const line = test.info.find(({ key }) => key === "Hugetlb-pool");
  return line === undefined ? undefined : Number(line.value);
}

/** Why the pool that the test asks for cannot be had, or nothing. */
export function badPool(test: Test): readonly string[] {
  const pool = hugetlbPool(test);
  if (pool === undefined) return [];
  if (!Number.isInteger(pool) || pool < 1 || pool > 255) {
    return ["a pool of hugetlb pages whose size is not 1 to 255"];
  }
  const wanted = test.declarations.reduce((sum, one) => sum + pagesToMap(one), 0);
  if (pool >= wanted) return [];
  return [`a pool of ${pool} for mappings that need ${wanted}: mmap() would be ENOMEM`];
}

/**
 * What a mapping takes from the pool when it is made, touched or not: a private one reserves all of its
 * length even if the file has the page, and ours has it, for the process may write any time later.
 * Compare mm/hugetlb.c:hugetlb_reserve_pages(), hugetlb_acct_memory().
 */
function pagesToMap(declaration: PageDeclaration): number {
  return isHugetlb(declaration.pageKind) ? 1 + cachedHugePages(declaration) : 0;
}

export function writeCompoundPage(place: HugePlace): void {
  const { at, row, page, region } = place;
  const { pageKind, modifiers } = page.declaration;
  const whole = pageKind !== "two-page folio" && !modifiers.includes("mremapped half");
  for (let i = 0; i < page.count; i++) {
    if (whole) row[at("address.huge", page.at + i)] = isHugetlb(pageKind) ? HUGE_TLB : HUGE_THP;
    row[at("address.region", page.at + i)] = region;
    row[at("vma.flags", page.at + i)] = vmFlags(page.declaration);
  }
  if (isHugetlb(pageKind)) writeHugetlbPage(place);
  else if (pageKind === "huge zero") writeHugeZero(place);
  else writeThp(place, whole);
}

function vmFlags({ pageKind, modifiers }: PageDeclaration): number {
  return (
    VM_READ |
    VM_MAYWRITE |
    (modifiers.includes("readonly") ? 0 : VM_WRITE) |
    (isHugetlb(pageKind) ? VM_HUGETLB : 0) |
    (isHugetlb(pageKind) && pageKind !== "hugetlb" ? VM_FILE : 0) |
    (isShared(pageKind) ? VM_SHARED : 0)
  );
}

function isExclusive(kernel: Kernel): number {
  return kernel.decisions["wp.reuse"].value === "exclusive" ? 1 : 0;
}

function writeHugeZero({ at, row, page, region }: HugePlace): void {
  row[at("pmd.word", region)] = PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG;
  for (let i = 0; i < page.count; i++) row[at("vma.anon_vma", page.at + i)] = 1;
}

/** A THP of P0: mapped by its PMD, or by the entries that the modifiers leave. */
function writeThp(place: HugePlace, whole: boolean): void {
  const { at, row, page, region, head, kernel } = place;
  const { modifiers, pageKind } = page.declaration;
  if (modifiers.includes("untouched")) return;
  const alone = modifiers.includes("wiped around");
  const byEntries = ["wiped around", "pte-mapped", "partially shared", "swapped"] as const;
  const byPmd = whole && !byEntries.some((one) => modifiers.includes(one));
  if (whole && !byPmd) row[at("pmd.word", region)] = PMD_TABLE;
  const mapped = alone ? 1 : page.count;
  if (modifiers.includes("swapped")) {
    for (let i = 0; i < mapped; i++) writeSwapped(at, row, page.at + i, kernel);
    // The VMA has its anon_vma as a whole.
    for (let i = mapped; i < page.count; i++) row[at("vma.anon_vma", page.at + i)] = 1;
    return;
  }
  const writable = !modifiers.includes("readonly");
  const split = !byPmd && pageKind !== "two-page folio";
  row[at("page.ref", head)] = byPmd ? 1 : mapped;
  row[at("page.entire_map", head)] = byPmd ? 1 : 0;
  row[at("large_folio.mm_ids", (head - row[at("system.hugeFrames", 0)]!) / HPAGE_PMD_NR)] =
    mm_ids_of(0, byPmd ? 1 : mapped);
  if (byPmd) row[at("pmd.word", region)] = mk_anon_pte(head, writable);
  for (let i = 0; i < page.count; i++) {
    row[at("vma.anon_vma", page.at + i)] = 1;
    row[at("page.head", head + i)] = head;
    row[at("page.flags", head + i)] = PG_ANON | (split ? PG_DIRTY : 0);
    if (byPmd ? i === 0 : i < mapped) row[at("page.exclusive", head + i)] = isExclusive(kernel);
    if (byPmd || i >= mapped) continue;
    row[at("page.map", head + i)] = 1;
    row[at("pte.word", page.at + i)] = mk_anon_pte(head + i, writable);
  }
  if (modifiers.includes("partially shared")) writeShared(place);
}

/** The first page was shared with a child, all others were kept from it, and the child is gone. */
function writeShared({ at, row, page, head }: HugePlace): void {
  const entry = at("pte.word", page.at);
  row[entry] = pte_wrprotect(row[entry]!);
  row[at("page.exclusive", head)] = 0;
}

/** A page of P0 that is in swap, and nowhere else. */
export function writeSwapped(at: CellOf, row: Row, page: number, kernel: Kernel): void {
  row[at("vma.anon_vma", page)] = 1;
  row[at("pte.word", page)] = swappedEntry(page + 1, kernel);
  row[at("swap.count", page + 1)] = 1;
}

/**
 * A page of the pool: P0's own, or the file's. The file of a private mapping has its page in the cache,
 * untouched or not.
 */
function writeHugetlbPage(place: HugePlace): void {
  const { at, row, page, region, head, kernel } = place;
  const { modifiers, pageKind } = page.declaration;
  const untouched = modifiers.includes("untouched");
  const shared = isShared(pageKind);
  if (untouched) row[at("hugetlb.reserved", region)] = 1;
  if (pageKind === "private hugetlb") writePoolPage(place, head + HPAGE_PMD_NR, PG_CACHE, 1);
  if (untouched) return;
  writePoolPage(place, head, shared ? PG_CACHE : PG_ANON, shared ? 2 : 1);
  row[at("page.entire_map", head)] = 1;
  row[at("pmd.word", region)] = mk_anon_pte(head, !modifiers.includes("readonly"));
  if (shared) return;
  row[at("page.exclusive", head)] = isExclusive(kernel);
  for (let i = 0; i < page.count; i++) row[at("vma.anon_vma", page.at + i)] = 1;
}

function writePoolPage(place: HugePlace, head: number, flags: number, refs: number): void {
  const { at, row, page } = place;
  row[at("page.ref", head)] = refs;
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    row[at("page.head", head + i)] = head;
    row[at("page.flags", head + i)] = flags | (i === 0 ? PG_HUGETLB : 0);
  }
  if (flags === PG_CACHE) row[at("cache.frame", page.at)] = head;
}

/** Whether the declaration's frames are those of a compound page. */
export function isCompoundPage(page: NamedPage): boolean {
  return isCompound(page.declaration.pageKind);
}
