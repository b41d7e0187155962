/**
 * Who lives: processes are numbered without gaps, every one but P0 is forked exactly once by a
 * process that lives itself, and only a parent waits for its child.
 */
import type { Actor } from "./ast.ts";
import {
  duplicateName,
  forkedTwice,
  forkOfAncestor,
  neverEnds,
  neverForked,
  neverReached,
  noProcess,
  processGap,
  threadOfOther,
  unknownProcess,
  waitForOther,
} from "./diagnostics.ts";
import { nearest } from "./nearest.ts";
import type { RawActor, RawCall, RawFile, RawWord } from "./raw.ts";
import { meantOperation, type Report, report, type Scope } from "./scope.ts";

/** "P0.T1" acts in "P0"; everyone else in himself. */
export function processOf(actor: string): string {
  return actor.split(".")[0]!;
}

export function roleOf(actor: string): Actor["role"] {
  if (actor.startsWith("D")) return "device";
  if (actor.startsWith("K")) return "kernel";
  return actor.includes(".") ? "thread" : "process";
}

/** Enters the actors' names and judges their numbers. */
export function checkActorNames(file: RawFile, scope: Scope, to: Report): void {
  for (const actor of file.actors) {
    const first = scope.actors.get(actor.name);
    if (first !== undefined) {
      report(to, duplicateName(actor.nameSpan, actor.name, "an actor", first.nameSpan));
      continue;
    }
    scope.actors.set(actor.name, actor);
    const process = processOf(actor.name);
    if (process !== actor.name && process !== "P0") {
      report(to, threadOfOther(actor.nameSpan, actor.name, process));
    }
  }
  const processes = [...scope.actors.values()]
    .filter((actor) => roleOf(actor.name) === "process")
    .sort((left, right) => numberOf(left) - numberOf(right));
  if (processes.length === 0 && scope.broken.declarations) return;
  if (processes[0]?.name !== "P0" && !scope.broken.statements) {
    const place = processes[0]?.nameSpan ?? file.nameSpan;
    if (processes[0] === undefined) report(to, noProcess(place));
    else report(to, processGap(place, processes[0].name, "P0"));
    return;
  }
  const gap = processes.find((actor, index) => numberOf(actor) !== index);
  if (gap === undefined || scope.broken.statements) return;
  report(to, processGap(gap.nameSpan, gap.name, `P${processes.indexOf(gap)}`));
}

function numberOf(actor: RawActor): number {
  return Number(actor.name.slice(1));
}

interface Birth {
  readonly parent: string;
  readonly word: RawWord;
}

/** Judges who forks, ends and waits for whom. */
export function checkLives(file: RawFile, scope: Scope, to: Report): void {
  const births = new Map<string, Birth>();
  let unsure = scope.broken.statements;
  for (const [actor, call] of callsOf(file)) {
    const name = meantOperation(call)?.name;
    if (name !== "fork" && name !== "vfork") continue;
    const child = processWord(call);
    if (child === undefined || !checkBirth(actor, child, births, scope, to)) unsure = true;
  }
  for (const actor of scope.actors.values()) checkEnd(actor, to);
  if (unsure) return;
  const alive = living(births);
  const tasks = [...scope.actors.values()].filter((actor) => roleOf(actor.name) === "process");
  const gaps = to.diagnostics.some((diagnostic) => diagnostic.code === "PF114");
  for (const actor of tasks) {
    if (alive.has(actor.name) || gaps) continue;
    // A child of one that never lives is the same mistake.
    const parent = births.get(actor.name)?.parent;
    const parentMissing =
      parent !== undefined && !alive.has(processOf(parent)) && !births.has(processOf(parent));
    if (!parentMissing) report(to, neverForked(actor.nameSpan, actor.name));
  }
  checkWaits(file, births, scope, to);
  checkEndings(file, scope, to);
}

function* callsOf(file: RawFile): Generator<readonly [RawActor, RawCall]> {
  for (const actor of file.actors) {
    for (const statement of actor.statements) {
      if (statement.kind === "call") yield [actor, statement];
    }
  }
}

function processWord(call: RawCall): RawWord | undefined {
  const first = call.arguments[0];
  return first?.kind === "words" && first.words.length === 1 ? first.words[0] : undefined;
}

/** Enters a birth; false where the child is unclear, so that nobody is missed because of it. */
function checkBirth(
  actor: RawActor,
  child: RawWord,
  births: Map<string, Birth>,
  scope: Scope,
  to: Report,
): boolean {
  const known = scope.actors.get(child.text);
  const role = roleOf(actor.name);
  if (role !== "process" && role !== "thread") return false;
  if (known === undefined || roleOf(known.name) !== "process") return false;
  if (child.text === "P0") {
    report(to, forkOfAncestor(child.span, "P0", "runs from the start and is nobody's child"));
    return false;
  }
  if (child.text === processOf(actor.name)) {
    report(to, forkOfAncestor(child.span, child.text, "cannot be its own child"));
    return false;
  }
  const first = births.get(child.text);
  if (first !== undefined) {
    report(to, forkedTwice(child.span, child.text, first.word.span), child.text);
    return true;
  }
  births.set(child.text, { parent: actor.name, word: child });
  return true;
}

/** P0 and all who descend from it. */
function living(births: ReadonlyMap<string, Birth>): ReadonlySet<string> {
  const alive = new Set(["P0"]);
  for (;;) {
    const before = alive.size;
    for (const [child, { parent }] of births) if (alive.has(processOf(parent))) alive.add(child);
    if (alive.size === before) return alive;
  }
}

function checkWaits(
  file: RawFile,
  births: ReadonlyMap<string, Birth>,
  scope: Scope,
  to: Report,
): void {
  for (const [actor, call] of callsOf(file)) {
    if (meantOperation(call)?.name !== "wait") continue;
    const child = processWord(call);
    if (child === undefined || roleOf(child.text) !== "process") continue;
    if (!scope.actors.has(child.text)) continue;
    const birth = births.get(child.text);
    const parent = birth === undefined ? undefined : processOf(birth.parent);
    if (child.text !== "P0" && parent === undefined) continue;
    if (parent !== processOf(actor.name)) {
      report(to, waitForOther(child.span, child.text, actor.name));
    }
  }
}

/** `wait` needs a child that exits, `vfork` one that exits or execs. */
function checkEndings(file: RawFile, scope: Scope, to: Report): void {
  for (const [, call] of callsOf(file)) {
    const operation = meantOperation(call)?.name;
    if (operation !== "wait" && operation !== "vfork") continue;
    const child = processWord(call);
    const statements = child && scope.actors.get(child.text)?.statements;
    if (child === undefined || statements === undefined || child.text === "P0") continue;
    const endings = operation === "wait" ? ["exit"] : ["exit", "exec"];
    const ends = statements.some(
      (statement) =>
        statement.kind === "call" && endings.includes(meantOperation(statement)?.name ?? "exit"),
    );
    if (ends) continue;
    const missing = endings.map((name) => `\`${name}();\``).join(" or ");
    report(to, neverEnds(child.span, child.text, operation, missing));
  }
}

/** A statement behind exit() or exec() is never reached: probably misplaced. */
function checkEnd(actor: RawActor, to: Report): void {
  const ending = actor.statements.findIndex((statement) => {
    const name = statement.kind === "call" ? meantOperation(statement)?.name : undefined;
    return name === "exit";
  });
  const next = actor.statements[ending + 1];
  if (ending === -1 || next === undefined) return;
  report(to, neverReached(next.span, actor.name, "exit()"));
}

/** The process of a word, or undefined after reporting what the test has instead. */
export function findProcess(word: RawWord, scope: Scope, to: Report): string | undefined {
  if (scope.actors.has(word.text) && roleOf(word.text) === "process") return word.text;
  if (scope.broken.statements) return undefined;
  const processes = [...scope.actors.keys()].filter((name) => roleOf(name) === "process");
  const children = processes.filter((name) => name !== "P0");
  const near = nearest(word.text, children) ?? nearest(word.text, processes);
  const expected = `\`${/^P\d+$/.test(word.text) ? word.text : "P1"} { ... }\``;
  report(to, unknownProcess(word.span, word.text, near, expected), word.text);
  return undefined;
}
