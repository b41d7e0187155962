/** Who does what in a random test: the shapes of its processes, and what the kernel does by itself. */

import { isApart, isBasePage, newRegister, type Sheet } from "./sheet.ts";
import { ending, fill, forkText, makePin, moveText, some, step, visit } from "./statements.ts";
import { beginnings, kernel, memory, shares } from "./words.ts";

/** Pin, fork, a later write, with other statements between them. */
export function spineStatements(sheet: Sheet): readonly string[] {
  const { draw } = sheet;
  const page = sheet.pages[0]!;
  const before = [...beginning(sheet), ...some(sheet, "P0", 2)];
  // What is pinned may not move: from v7.2 it is tried for ever.
  const [early, late] = movesOf(sheet);
  const pinFirst = draw.chance(75);
  const first = pinFirst ? [] : some(sheet, "P0", 1);
  const pin = makePin(sheet, page);
  const fork = forkText(sheet, "P0", "P1");
  const write = fill(sheet, "P0", "x = n;", page);
  const middle = pinFirst ? [pin, ...some(sheet, "P0", 1), fork] : [fork, ...first, pin];
  const visits = draw.chance(6) ? [visit(sheet, "P0", "P1")] : [];
  const wait = draw.chance(25) ? ["wait(P1);"] : [];
  const between = [...visits, ...wait, ...late, ...some(sheet, "P0", 1)];
  return [...before, ...early, ...middle, ...between, write, ...ending(sheet, "P0")];
}

/** What userfaultfd's marks and soft-dirty bits do later matters where they were made early. */
function beginning(sheet: Sheet): readonly string[] {
  const page = sheet.pages[0]!;
  const form = beginnings.find(([kind]) => kind.test(page.kind))?.[1];
  if (form === undefined || !sheet.draw.chance(shares.beginning)) return [];
  return [fill(sheet, "P0", form, page)];
}

function movesOf(sheet: Sheet): readonly [early: readonly string[], late: readonly string[]] {
  if (!sheet.hole) return [[], []];
  const move = [moveText(sheet, sheet.draw.chance(shares.sourceStays))];
  return sheet.draw.chance(12) ? [move, []] : [[], move];
}

export function wanderingStatements(sheet: Sheet): readonly string[] {
  const { draw } = sheet;
  const statements = [...beginning(sheet), ...some(sheet, "P0", 3)];
  if (draw.chance(45)) statements.push(makePin(sheet, sheet.pages[0]!));
  statements.push(...some(sheet, "P0", 1));
  if (draw.chance(85)) statements.push(birthText(sheet));
  if (sheet.hole) statements.push(moveText(sheet, draw.chance(shares.sourceStays)));
  return [...statements, ...some(sheet, "P0", 3), ...ending(sheet, "P0")];
}

function birthText(sheet: Sheet): string {
  if (sheet.draw.chance(85)) return forkText(sheet, "P0", "P1");
  return `${newRegister(sheet, "P0")} = vfork(P1);`;
}

/** `exits`: in so many of a hundred the process ends before the test does. */
export function childStatements(sheet: Sheet, process: string, exits: number): readonly string[] {
  const { draw } = sheet;
  const statements = some(sheet, process, 2);
  if (draw.chance(20)) statements.push(makePin(sheet, sheet.pages[0]!, process));
  if (process === "P1" && draw.chance(15)) statements.push(forkText(sheet, "P1", "P2"));
  if (draw.chance(5)) statements.push(visit(sheet, process, "P0"));
  statements.push(...some(sheet, process, 1));
  if (draw.chance(exits)) statements.push("exit();");
  else if (draw.chance(5)) statements.push("exec();");
  return statements;
}

/** The parent waits for it, so it ends. */
export function vforkedStatements(sheet: Sheet): readonly string[] {
  const { draw } = sheet;
  return [...some(sheet, "P1", 2), draw.chance(50) ? "exec();" : "exit();"];
}

/** Threads of P0 beside the first. */
export function threadStatements(sheet: Sheet): readonly string[] {
  const first = [step(sheet, "P0.T1", memory)];
  return sheet.draw.chance(30) ? [...first, step(sheet, "P0.T1", memory)] : first;
}

/** P0 waits for the kernel before it does the rest: a store, a pin, a fork meet what it did. */
export function withWait(
  { draw }: Sheet,
  statements: readonly string[],
  most: number,
): readonly string[] {
  const place = draw.below(Math.max(1, Math.min(most, statements.length - 1)));
  return [...statements.slice(0, place), "await(done);", ...statements.slice(place)];
}

/** What one of the two has done happens before the rest of what the other does. */
export function withEvent(
  { draw }: Sheet,
  parent: readonly string[],
  child: readonly string[],
): readonly [parent: readonly string[], child: readonly string[]] {
  const fork = parent.findIndex((one) => one.includes("fork(P1)"));
  const wait = parent.indexOf("wait(P1);");
  const last = wait < 0 ? parent.length : wait;
  const place = fork + 1 + draw.below(Math.max(1, last - fork));
  const ends = /^(exit|exec)/.test(child.at(-1) ?? "") ? 1 : 0;
  const own = draw.below(child.length - ends + 1);
  const [before, after] = draw.chance(50) ? ["signal", "await"] : ["await", "signal"];
  const insert = (list: readonly string[], at: number, word: string) => [
    ...list.slice(0, at),
    `${word}(told);`,
    ...list.slice(at),
  ];
  return [insert(parent, Math.min(place, last), before), insert(child, own, after)];
}

/** What P0 waits for the kernel to do; none for most tests. */
export function forcedAction({ draw, pages }: Sheet, twins: boolean): string | undefined {
  if (twins) return "must ksm(x, y);";
  return isBasePage(pages[0]!) && draw.chance(shares.hint) ? "must numa_hint(x);" : undefined;
}

/** What the kernel does by itself; none for most tests. */
export function kernelActions(sheet: Sheet): readonly string[] {
  const { draw, pages } = sheet;
  const page = pages[0]!;
  if (isBasePage(page) && draw.chance(shares.kernelAction)) return [kernelAction(sheet)];
  if (isApart(page) && draw.chance(shares.khugepaged)) return ["may khugepaged(x);"];
  const file = /^file$/.test(page.kind) && draw.chance(shares.writeback);
  return file ? ["may writeback(x);"] : [];
}

function kernelAction({ draw, pages }: Sheet): string {
  const form = draw.of(kernel);
  const both = pages.length === 2 && pages.every(({ kind }) => kind === "anon");
  return form.includes("ksm") && !both ? "may reclaim(x);" : form;
}
