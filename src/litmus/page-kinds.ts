/** What the kinds of pages have in common: how many base pages they are, and what stands behind them. */
import type { PageKind } from "./ast.ts";

/** Base pages of a huge page of the model; a bound may say otherwise. */
export const subpages = 4;

const parts: { readonly [K in PageKind]?: number } = {
  thp: subpages,
  "huge zero": subpages,
  hugetlb: subpages,
  "shared hugetlb": subpages,
  "private hugetlb": subpages,
  "two-page folio": 2,
};

/** Base pages of a declaration that gives no count. */
export function naturalSize(kind: PageKind | { readonly variable: string }): number {
  return typeof kind === "string" ? (parts[kind] ?? 1) : 1;
}

/** Whether a page of this kind is one compound page, whose size is no matter of choice. */
export function isCompound(kind: PageKind | { readonly variable: string }): boolean {
  return naturalSize(kind) > 1;
}

const hugetlbKinds: ReadonlySet<string> = new Set(["hugetlb", "shared hugetlb", "private hugetlb"]);

export function isHugetlb(kind: PageKind | { readonly variable: string }): boolean {
  return typeof kind === "string" && hugetlbKinds.has(kind);
}

const sharedKinds: ReadonlySet<string> = new Set([
  "shared anon",
  "shmem",
  "file",
  "shared hugetlb",
]);

/** MAP_SHARED: every process writes the same page. */
export function isShared(kind: PageKind | { readonly variable: string }): boolean {
  return typeof kind === "string" && sharedKinds.has(kind);
}
