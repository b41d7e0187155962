/** One random statement at a time, as text: a form whose letters become names. */
import type { Weighted } from "./draw.ts";
import { type Handle, newRegister, newValue, type Page, type Sheet } from "./sheet.ts";
import { device, forcedPins, memory, pins, remote } from "./words.ts";

/** Up to `most` statements of any sort. */
export function some(sheet: Sheet, process: string, most: number): string[] {
  const { draw, handles } = sheet;
  return Array.from({ length: draw.below(most + 1) }, () =>
    step(sheet, process, handles.length > 0 && draw.chance(25) ? device : memory),
  );
}

export function step(sheet: Sheet, process: string, choices: Weighted<string>): string {
  const { draw, pages } = sheet;
  const page = draw.among(pages);
  const form = draw.of(choices);
  // Only around huge pages is there anything to collapse.
  const fits =
    (!form.includes("COLLAPSE") || page.kind.includes("thp")) &&
    (!form.includes("uffd_wp") || canWatch(sheet, process));
  return fill(sheet, process, fits ? form : "x = n;", page);
}

/** The process writes the memory of another that it knows. */
export function visit(sheet: Sheet, process: string, other: string): string {
  const form = sheet.draw.of(remote).replace("Q", other);
  return fill(sheet, process, form, sheet.draw.among(sheet.pages));
}

/** A hole that one descriptor watches takes no page that another one moves: docs/findings.md. */
function canWatch(sheet: Sheet, process: string): boolean {
  return !process.includes(".T") && !sheet.hole;
}

export function makePin(sheet: Sheet, page: Page, process = "P0"): string {
  const { draw, handles } = sheet;
  const name = `h${handles.length}`;
  const forces = page.kind.startsWith("readonly") && draw.chance(85);
  const drawn = draw.of(forces ? forcedPins : pins);
  // A process does not end while its read is on the way, and only P0 is sure to end it.
  const form = drawn.includes("direct") && process !== "P0" ? "h = io_uring_register(x);" : drawn;
  // A pipe with a hole in what it was lent has nothing to read there: docs/findings.md.
  const whole = form.includes("xdp") || form.includes("vmsplice");
  const part = !whole && page.parts.length > 1 && draw.chance(15);
  const text = form.replace("h", name).replace("x", part ? draw.among(page.parts) : page.name);
  const direct = form.includes("direct");
  handles.push({
    name,
    reads: !/WRITE|uring|direct|xdp/.test(form),
    pipe: form.includes("vmsplice"),
    direct,
    parts: part || whole ? 1 : page.parts.length,
    inFlight: direct,
  });
  sheet.observed.push(`${name}.errno`);
  return text;
}

export function forkText(sheet: Sheet, parent: string, child: string): string {
  return `${newRegister(sheet, parent)} = fork(${child});`;
}

/** All of the page, or a part of it. */
export function moveText(sheet: Sheet, sourceStays: boolean): string {
  const { draw, pages } = sheet;
  const operation = sourceStays ? "mremap_dontunmap" : "uffd_move";
  const places = pages.map(({ name, parts }) => (parts.length > 1 ? parts[1]! : name));
  const [from, to] = draw.chance(50) ? places : pages.map(({ name }) => name);
  return `${newRegister(sheet, "P0")} = ${operation}(${from}, ${to});`;
}

export function completed(sheet: Sheet, handle: Handle): string {
  handle.inFlight = false;
  return `complete(${handle.name}, ${newValue(sheet)});`;
}

/** What the device and the process see at the end. */
export function ending(sheet: Sheet, process: string): readonly string[] {
  const { draw, handles } = sheet;
  if (handles.length === 0) return [];
  const chosen = draw.chance(70) ? device : memory;
  const steps = [step(sheet, process, chosen)];
  if (draw.chance(50)) steps.push(step(sheet, process, device));
  for (const handle of handles) if (handle.inFlight) steps.push(completed(sheet, handle));
  return steps;
}

/** A form with its letters replaced by names. */
export function fill(sheet: Sheet, process: string, form: string, page: Page): string {
  const { draw, handles } = sheet;
  let text = form.replace(/\bx\b/g, placeFor(sheet, form, page));
  if (/\bh\b/.test(form)) {
    const handle = draw.among(handles);
    if (handle.inFlight && process === "P0") return completed(sheet, handle);
    if (handle.direct) return fill(sheet, process, "x = n;", page);
    // A device does not write through what it may only read.
    if (handle.reads && form.startsWith("dma_write"))
      return fill(sheet, process, "r = dma_read(h);", page);
    text = text.replace(/\bh\b/, nameOf(sheet, handle, form));
  }
  text = text.replace("(P)", `(${process.replace(".T1", "")})`);
  if (/\bn\b/.test(form)) text = text.replace(/\bn\b/, newValue(sheet));
  if (/\br\b/.test(form)) text = text.replace(/\br\b/, newRegister(sheet, process));
  return text.replaceAll("?", () => (draw.chance(40) ? `${newRegister(sheet, process)} = ` : ""));
}

/** A device reaches all of a handle's parts. */
function nameOf({ draw }: Sheet, { name, parts }: Handle, form: string): string {
  const part = !form.startsWith("unpin") && parts > 1 && draw.chance(40);
  return part ? `${name}[${draw.below(parts)}]` : name;
}

/** Advice is given to all of a page or of an array, or to a part of it; loads and stores reach a part. */
function placeFor({ draw }: Sheet, form: string, page: Page): string {
  if (!/madvise|mprotect|mremap|munmap|uffd_wp/.test(form)) return draw.among(page.parts);
  const part = page.parts.length > 1 && !form.includes("mremap") && draw.chance(apart(form, page));
  return part ? draw.among(page.parts) : page.name;
}

/** Reclaim and lazy freeing of a part take a huge page apart. */
function apart(form: string, { kind, count }: Page): number {
  if (count !== undefined) return 50;
  if (kind.includes("hugetlb")) return 6;
  return /FREE|PAGEOUT|uffd_wp/.test(form) ? 40 : 15;
}
