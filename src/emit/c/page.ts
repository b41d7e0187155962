/**
 * A page declaration as a row of C: which function maps it and which shape it then gets. A huge
 * page has four pages of the test, a quarter each, as the model's has four base pages.
 */
import type { PageDeclaration, PageKind } from "../../litmus/ast.ts";
import { isRefusal, type Refusal } from "./context.ts";
import type { Code } from "./statement.ts";

interface Kind {
  readonly map: string;
  readonly huge?: boolean;
  /** Its pages are not anonymous, once written. */
  readonly shared?: boolean;
}

const kinds: Readonly<Record<PageKind, Kind | Refusal>> = {
  anon: { map: "map_private" },
  thp: { map: "map_huge", huge: true },
  hugetlb: { map: "map_hugetlb", huge: true },
  "shared anon": { map: "map_shared", shared: true },
  shmem: { map: "map_shmem", shared: true },
  "private shmem": { map: "map_private_shmem" },
  file: { map: "map_file", shared: true },
  "private file": { map: "map_private_file" },
  zero: { map: "map_private" },
  "huge zero": { map: "map_huge", huge: true },
  "shared hugetlb": { map: "map_shared_hugetlb", huge: true, shared: true },
  "private hugetlb": { map: "map_private_hugetlb", huge: true },
  "two-page folio": { refusal: "no user-space interface gives a compound page of two pages" },
};

/** One initializer of `struct page_spec`, or why user space cannot make such a page. */
export function pageCode(page: PageDeclaration): Code | Refusal {
  if (typeof page.pageKind !== "string") return { refusal: "a matrix variable is not a page kind" };
  const kind = kinds[page.pageKind];
  if (isRefusal(kind)) return kind;
  const has = (modifier: PageDeclaration["modifiers"][number]): boolean =>
    page.modifiers.includes(modifier);
  const shapes = shapesOf(page);
  const count = page.count ?? (kind.huge ? 4 : 1);
  const fields = [
    `.name = "${page.name}"`,
    `.map = ${kind.map}`,
    `.length = ${kind.huge ? "HUGE_SIZE" : count === 1 ? "PAGE_SIZE" : `${count} * PAGE_SIZE`}`,
    `.count = ${count}`,
    ...(shapes.length > 0 ? [`.shape = { ${shapes.join(", ")} }`] : []),
    ...(kind.shared ? [".shared = true"] : []),
    ...(page.pageKind === "zero" || page.pageKind === "huge zero" ? [".zero = true"] : []),
    ...(["untouched", "readonly", "swapped"] as const).filter(has).map((one) => `.${one} = true`),
    ...(has("wiped around") ? [".alone = true"] : []),
  ];
  const huge = kind.huge ? ["huge_size"] : [];
  return { lines: wrapFields(fields), uses: [kind.map, ...huge, ...shapes] };
}

/** What happens to the page after it was written, in this order. */
function shapesOf(page: PageDeclaration): string[] {
  const has = (modifier: PageDeclaration["modifiers"][number]): boolean =>
    page.modifiers.includes(modifier);
  const shapes: string[] = [];
  if (page.pageKind === "thp" && !has("untouched")) shapes.push("is_huge");
  if (has("wiped around")) shapes.push("wipe_around");
  else if (has("mremapped half")) shapes.push("move_half");
  else if (has("partially shared")) shapes.push("share_first_page");
  else if (has("pte-mapped")) shapes.push("split_mapping");
  if (has("swapped")) shapes.push(has("wiped around") ? "swap_out_first" : "swap_out");
  return shapes;
}

/** `{ .name = "x", ... }`, over several lines where one would be long. */
function wrapFields(fields: readonly string[]): string[] {
  const line = `{ ${fields.join(", ")} }`;
  if (line.length <= 80) return [line];
  return [`{\n${fields.map((field) => `\t\t\t${field},`).join("\n")}\n\t\t}`];
}
