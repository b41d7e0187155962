/**
 * Blocks to one JavaScript module: one small function per step, `(v, b, t, c) => alternatives`.
 * `v` is the row, `b` the actor's first cell, `t` its number, `c` the choice taken. It returns 0
 * when the step is not enabled, else how many alternatives the step has. A step loads its live
 * locals, runs, stores those that live on, and sets the actor's program counter.
 */
import { type Liveness, liveness } from "./liveness.ts";
import type { Schema } from "./objects.ts";
import { newNotes, type PrintContext, printStatement } from "./print.ts";
import {
  type Access,
  type Block,
  type Code,
  type Entry,
  type Register,
  reachable,
  type StepInfo,
  successors,
} from "./program.ts";
import type { PathFunction, Sources } from "./source.ts";

/** A step's place in its path, with parameters' cells instead of registers. */
export interface StepDescription {
  readonly label: string;
  readonly path: readonly {
    readonly name: string;
    readonly cell?: number;
    readonly value?: number;
  }[];
  readonly file: string;
  readonly line: number;
  /** Fields that the step, once taken, may read and write: "page.ref". */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** The steps that may follow within the same statement. */
  readonly next: readonly number[];
}

export interface EntryDescription {
  readonly pc: number;
  readonly parameters: readonly { readonly name: string; readonly cell: number | undefined }[];
  readonly cells: number;
}

export interface Emitted {
  /** The body of a function that takes nothing and returns the `Compiled` tables. */
  readonly text: string;
  readonly steps: readonly (StepDescription | undefined)[];
  readonly entries: Readonly<Record<string, EntryDescription>>;
}

interface Numbered {
  readonly entry: Entry;
  readonly live: Liveness;
  readonly pcs: ReadonlyMap<Block, number>;
}

export function emit(
  entries: readonly Entry[],
  sources: Sources,
  schema: Schema,
  context: Pick<PrintContext, "fields" | "decisions">,
): Emitted {
  const plain = plainFunctions(sources, schema, context);
  const parts: string[] = [prologue(context.fields.size), ...plain.texts];
  const steps: (StepDescription | undefined)[] = [undefined];
  const descriptions: Record<string, EntryDescription> = {};
  let pc = 1;
  for (const entry of entries) {
    const pcs = new Map<Block, number>();
    for (const block of reachable(entry.first)) if (block.step) pcs.set(block, pc++);
    const numbered: Numbered = { entry, live: liveness(entry), pcs };
    for (const [block, number] of pcs) {
      parts.push(stepFunction(block, number, numbered));
      steps.push(describe(block, block.step!, numbered, plain.accesses));
    }
    descriptions[entry.name] = describeEntry(numbered);
  }
  const table = Array.from({ length: pc - 1 }, (_, i) => `s${i + 1}`).join(",");
  parts.push(`return {bind,load,steps:[null,${table}]};`);
  return { text: parts.join("\n"), steps, entries: descriptions };
}

function prologue(fields: number): string {
  const offsets = Array.from({ length: fields }, (_, i) => `O${i}=0`).join(",");
  const assigns = Array.from({ length: fields }, (_, i) => `O${i}=offsets[${i}];`).join("");
  return `"use strict";
let TB=0,TS=0,H=-1,P=[],D=[],A=[]${offsets ? `,${offsets}` : ""};
function bind(offsets,actorBase,actorStride,halted,programs,decisions,asked){TB=actorBase;TS=actorStride;H=halted;P=programs;D=decisions;A=asked;${assigns}}
function ask(d){A[d]=1;return D[d];}
function load(v,b,t,ip){const p=P[t];v[b+1]=ip;if(ip>=p.length||(H>=0&&v[H+t]!==0)){v[b]=0;return;}const s=p[ip];v[b]=s.pc;for(let i=0;i<s.cells.length;i++)v[b+2+s.cells[i]]=s.values[i];}
function start(v,t){load(v,TB+t*TS,t,0);return 0;}`;
}

// --- plain functions ---

interface Plain {
  readonly texts: readonly string[];
  /** Every field that a call may read or write, through everything it calls. */
  readonly accesses: ReadonlyMap<string, readonly Access[]>;
}

function plainFunctions(
  sources: Sources,
  schema: Schema,
  context: Pick<PrintContext, "fields" | "decisions">,
): Plain {
  const texts: string[] = [];
  const own = new Map<string, { accesses: Access[]; calls: string[] }>();
  for (const called of sources.functions.values()) {
    if (called.isPath) continue;
    const notes = newNotes();
    const text = plainFunction(called, sources, schema, context, notes);
    texts.push(text);
    own.set(called.name, notes);
  }
  const accesses = new Map<string, readonly Access[]>();
  for (const name of own.keys())
    accesses.set(
      name,
      closure(name, own).flatMap((one) => one.accesses),
    );
  return { texts, accesses };
}

function plainFunction(
  called: PathFunction,
  sources: Sources,
  schema: Schema,
  context: Pick<PrintContext, "fields" | "decisions">,
  notes: ReturnType<typeof newNotes>,
): string {
  let names = 0;
  const printContext: PrintContext = {
    ...context,
    sources,
    schema,
    source: called.source,
    inPath: false,
    declare: (name) => ({ kind: "plain", name: `${name}_${names++}` }),
  };
  const scope = new Map(called.parameters.map((name) => [name, { kind: "plain", name } as const]));
  const body = printStatement(called.body, scope, notes, printContext);
  return `function F_${called.name}(${["v", "t", ...called.parameters].join(",")})${body}`;
}

/** A function and everything it calls. */
function closure<T extends { readonly calls: readonly string[] }>(
  name: string,
  own: ReadonlyMap<string, T>,
): readonly T[] {
  const seen = new Set<string>([name]);
  for (const one of seen) for (const callee of own.get(one)?.calls ?? []) seen.add(callee);
  return [...seen].flatMap((one) => own.get(one) ?? []);
}

// --- steps ---

function stepFunction(first: Block, pc: number, at: Numbered): string {
  const inside = blocksOfStep(first);
  const registers = new Set<Register>();
  let choosing = false;
  for (const block of inside)
    for (const code of codes(block)) {
      for (const register of [...code.uses, ...code.touches]) registers.add(register);
      choosing ||= code.text.includes("(N=");
    }
  const live = at.live.liveIn.get(first)!;
  for (const register of live) registers.add(register);
  const declared = [...registers]
    .sort((a, b) => a - b)
    .map((register) => {
      const cell = live.has(register) ? at.live.cells.get(register) : undefined;
      return cell === undefined ? `L${register}=0` : `L${register}=v[b+${2 + cell}]`;
    });
  const locals = declared.length > 0 ? `let ${declared.join(",")};` : "";
  const body = isTree(first, inside) ? tree(first, first, at) : machine(first, inside, at);
  return `function s${pc}(v,b,t,c){${choosing ? "let N=1;" : "const N=1;"}${locals}${body}}`;
}

const codes = (block: Block): readonly Code[] =>
  block.end?.kind === "branch" ? [...block.code, block.end.test] : block.code;

/** The step's own block and the joins and branches before the next steps. */
function blocksOfStep(first: Block): Block[] {
  const seen = new Set<Block>([first]);
  for (const block of seen)
    for (const next of successors(block)) if (next.step === undefined) seen.add(next);
  return [...seen];
}

function isTree(first: Block, inside: readonly Block[]): boolean {
  const entered = new Map<Block, number>();
  for (const block of inside)
    for (const next of successors(block)) entered.set(next, (entered.get(next) ?? 0) + 1);
  return inside.every(
    (block) => block === first || (entered.get(block) ?? 0) <= 1 || isShortTail(block),
  );
}

/** A join that only leads on to the next step may be written out at each of its ends. */
function isShortTail(block: Block): boolean {
  const end = block.end;
  if (block.code.length > 0 || end === undefined || end.kind === "branch") return false;
  return end.kind === "done" || end.to.step !== undefined || isShortTail(end.to);
}

function tree(block: Block, first: Block, at: Numbered): string {
  const text = block.code.map((code) => code.text).join("");
  const end = block.end;
  if (end === undefined || end.kind === "done") return text + leaveEntry(first, at);
  const to = (next: Block): string =>
    next.step !== undefined ? leaveStep(next, first, at) : tree(next, first, at);
  if (end.kind === "goto") return text + to(end.to);
  return `${text}if(${end.test.text}){${to(end.yes)}}else{${to(end.no)}}`;
}

/** Joins inside one step: a switch over its blocks. */
function machine(first: Block, inside: readonly Block[], at: Numbered): string {
  const cases = inside.map((block) => {
    const text = block.code.map((code) => code.text).join("");
    const end = block.end;
    const to = (next: Block): string =>
      next.step !== undefined ? leaveStep(next, first, at) : `B=${next.id};continue;`;
    if (end === undefined || end.kind === "done")
      return `case ${block.id}:{${text}${leaveEntry(first, at)}}`;
    if (end.kind === "goto") return `case ${block.id}:{${text}${to(end.to)}}`;
    return `case ${block.id}:{${text}if(${end.test.text}){${to(end.yes)}}else{${to(end.no)}}}`;
  });
  return `for(let B=${first.id};;)switch(B){${cases.join("")}}`;
}

/** Stores what lives on, clears what died, and moves on to the next step. */
function leaveStep(next: Block, first: Block, at: Numbered): string {
  const stored = new Map<number, Register>();
  for (const register of at.live.liveIn.get(next)!)
    stored.set(at.live.cells.get(register)!, register);
  let text = "";
  for (const [cell, register] of stored) text += `v[b+${2 + cell}]=L${register};`;
  for (const register of at.live.liveIn.get(first)!) {
    const cell = at.live.cells.get(register)!;
    if (!stored.has(cell)) text += `v[b+${2 + cell}]=0;`;
  }
  return `${text}v[b]=${at.pcs.get(next)};return N;`;
}

function leaveEntry(first: Block, at: Numbered): string {
  let text = "";
  for (const register of at.live.liveIn.get(first)!)
    text += `v[b+${2 + at.live.cells.get(register)!}]=0;`;
  return `${text}load(v,b,t,v[b+1]+1);return N;`;
}

// --- descriptions ---

function describe(
  first: Block,
  info: StepInfo,
  at: Numbered,
  plain: ReadonlyMap<string, readonly Access[]>,
): StepDescription {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const next = new Set<number>();
  for (const block of blocksOfStep(first)) {
    for (const code of codes(block)) {
      const called = code.calls.flatMap((name) => plain.get(name) ?? []);
      for (const access of [...code.accesses, ...called])
        (access.write ? writes : reads).add(access.field);
    }
    for (const after of successors(block)) if (after.step) next.add(at.pcs.get(after)!);
  }
  const live = at.live.liveIn.get(first)!;
  const path = info.path.map(({ name, at: value }) => {
    if (value?.kind === "constant") return { name, value: value.value };
    const cell = value && live.has(value.register) ? at.live.cells.get(value.register) : undefined;
    return cell === undefined ? { name } : { name, cell };
  });
  return {
    label: info.label,
    path,
    file: info.file,
    line: info.line,
    reads: [...reads],
    writes: [...writes],
    next: [...next],
  };
}

function describeEntry(at: Numbered): EntryDescription {
  const live = at.live.liveIn.get(at.entry.first)!;
  const parameters = at.entry.parameters.map(({ name, register }) => ({
    name,
    cell: live.has(register) ? at.live.cells.get(register) : undefined,
  }));
  return { pc: at.pcs.get(at.entry.first)!, parameters, cells: at.live.cellCount };
}
