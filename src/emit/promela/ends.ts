/**
 * A test's filter and condition as C over the row: written from the language's description and not
 * from src/verdict/observe.ts, so that SPIN's verdict is a second opinion on the condition, too.
 *
 * Every value is a number: a word of memory or a register as its cell has it, an errno e as 0xff00 + e,
 * a word such as `writable` as a number of its own, and -1 for what is absent.
 */
import type { Operand, Proposition } from "../../litmus/ast.ts";
import { HUGE_TLB } from "../../mm/pmd.ts";
import {
  FRAME_MASK,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_SWAP,
  PTE_UFFD_WP,
  PTE_WRITE,
} from "../../mm/pte.ts";
import { ABSENT, ALIVE, ERRNO } from "../../mm/state.ts";
import { VM_HUGETLB, VM_SOFT_DIRTY_ENABLED, VM_WP_MARKER } from "../../mm/vma.ts";
import { cellOf } from "../../verdict/data-words.ts";
import { findHandle, placeRange } from "../../verdict/names.ts";
import type { World } from "../../verdict/world.ts";

const words = ["none", "present", "writable", "swap", "made"];
const wordCode = (word: string): number => 0x20000 + words.indexOf(word);

const errnos: Readonly<Record<string, number>> = {
  ESRCH: 3,
  EIO: 5,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EINVAL: 22,
  EOPNOTSUPP: 95,
};

/** C code of `pinfold_end`: whether an end shows what the condition asks for. */
export function endAsC(world: World): string {
  const { filter, condition } = world.test;
  const proposition = propositionAsC(condition.proposition, world);
  const shown = condition.quantifier === "forall" ? `!${proposition}` : proposition;
  return `${helpers(world)}
/* Whether a run that ends here counts, and shows the condition; for a forall, that it fails. */
static int pinfold_end(cell *v) {
  int shown;
${waits(world)}
  if (!${filter === undefined ? "1" : propositionAsC(filter, world)}) return 0;
  shown = ${shown};
  return getenv("PINFOLD_OTHER_ENDS") ? !shown : shown;
}`;
}

/** Who stands at a statement and cannot go on makes no end; a device without its handle is idle. */
function waits({ model, program }: World): string {
  const { actorBase, actorStride } = model.layout;
  return program.actors
    .map(({ statements }, t) => {
      const base = actorBase + t * actorStride;
      const idle = statements.flatMap(({ entry }, ip) =>
        entry === "await_handle" ? [`v[${base + 1}] == ${ip}`] : [],
      );
      const stands = `v[${base}] != 0`;
      const busy = idle.length === 0 ? stands : `${stands} && !(${idle.join(" || ")})`;
      return `  if (${busy}) return 0;`;
    })
    .join("\n");
}

function helpers(world: World): string {
  const at = (field: string) => world.model.layout.offsets.get(field)!;
  const pages = world.names.pageCount;
  return `/* The entry by which process p translates page at; -1 when it has no memory any more. */
static int pf_entry(cell *v, int p, int at) {
  int m = v[${at("process.mm")} + p], pmd;
  if (v[${at("process.state")} + p] != ${ALIVE}) return -1;
  if (v[${at("address.huge")} + at]) {
    pmd = v[${at("pmd.word")} + m * v[${at("system.regions")}] + v[${at("address.region")} + at]];
    if (pmd & ${PTE_PRESENT}) return pmd + at - v[${at("address.first")} + at];
  }
  return v[${at("pte.word")} + m * ${pages} + at];
}
static int pf_frame(cell *v, int p, int at) {
  int entry = pf_entry(v, p, at);
  return entry >= 0 && (entry & ${PTE_PRESENT}) ? entry & ${FRAME_MASK} : -1;
}
/* What a read by process p would give. */
static int pf_memory(cell *v, int p, int at) {
  int entry = pf_entry(v, p, at), frame;
  if (entry < 0 || v[${at("vma.flags")} + v[${at("process.mm")} + p] * ${pages} + at] == 0) return -1;
  if (entry & ${PTE_PRESENT | PTE_MIGRATION}) return v[${at("page.data")} + (entry & ${FRAME_MASK})];
  frame = entry ? v[${at("swap.cache")} + (entry & ${FRAME_MASK})] : v[${at("cache.frame")} + at];
  if (frame) return v[${at("page.data")} + frame];
  return entry ? v[${at("swap.data")} + (entry & ${FRAME_MASK})] : v[${at("cache.disk")} + at];
}
static int pf_low(int word) { return word < 0 ? word : word & 0xff; }
static int pf_high(int word) { return word < 0 ? word : word >> 8; }
static int pf_register(cell word) { return word == ${ABSENT} ? -1 : word; }
static int pf_pte(cell *v, int p, int at) {
  int entry = pf_entry(v, p, at);
  if (entry < 0) return -1;
  if (entry & ${PTE_PRESENT}) return entry & ${PTE_WRITE} ? ${wordCode("writable")} : ${wordCode("present")};
  return entry & ${PTE_SWAP} ? ${wordCode("swap")} : ${wordCode("none")};
}
static int pf_count(cell *v, int p, int at, int maps) {
  int entry = pf_entry(v, p, at), frame = entry & ${FRAME_MASK}, head;
  if (entry < 0 || !(entry & ${PTE_PRESENT}) || (entry & ${PTE_SPECIAL})) return -1;
  head = v[${at("page.head")} + frame] ? v[${at("page.head")} + frame] : frame;
  if (!maps) return v[${at("page.ref")} + head];
  return v[${at("page.map")} + frame] + v[${at("page.entire_map")} + head];
}
static int pf_vma(cell *v, int p, int at) {
  return v[${at("vma.flags")} + v[${at("process.mm")} + p] * ${pages} + at];
}
static int pf_soft_dirty(cell *v, int p, int at) {
  int entry = pf_entry(v, p, at);
  if (entry < 0 || !pf_vma(v, p, at)) return 0;
  if (!(pf_vma(v, p, at) & ${VM_SOFT_DIRTY_ENABLED})) return 1;
  return v[${at("address.huge")} + at] != ${HUGE_TLB} && (entry & ${PTE_SOFT_DIRTY}) != 0;
}
static int pf_uffd_wp(cell *v, int p, int at) {
  int entry = pf_entry(v, p, at);
  if (entry < 0 || !pf_vma(v, p, at)) return 0;
  if (entry) return (entry & ${PTE_UFFD_WP}) != 0;
  if (pf_vma(v, p, at) & ${VM_HUGETLB}) at = v[${at("address.first")} + at];
  return (pf_vma(v, p, at) & ${VM_WP_MARKER}) != 0;
}
static int pf_equal(int one, int other) { return one >= 0 && other >= 0 && one == other; }`;
}

function propositionAsC(proposition: Proposition, world: World): string {
  const both = (sign: string, left: Proposition, right: Proposition) =>
    `(${propositionAsC(left, world)} ${sign} ${propositionAsC(right, world)})`;
  switch (proposition.kind) {
    case "true":
      return "1";
    case "false":
      return "0";
    case "not":
      return `(!${propositionAsC(proposition.operand, world)})`;
    case "and":
      return both("&&", proposition.left, proposition.right);
    case "or":
      return both("||", proposition.left, proposition.right);
    case "implies":
      return `(!${propositionAsC(proposition.left, world)} || ${propositionAsC(proposition.right, world)})`;
    case "compare": {
      const { left, right, operator } = proposition;
      const counted = left.kind === "measure" || right.kind === "measure";
      const asC = (one: Operand) =>
        one.kind === "number" && !counted ? wordAsC(one.value, world) : operandAsC(one, world);
      const equal = `pf_equal(${asC(left)}, ${asC(right)})`;
      return operator === "=" ? equal : `(!${equal})`;
    }
    case "state":
      return stateAsC(proposition, world);
  }
}

/** A number as a cell holds it; -1, which equals nothing, where none does. */
function wordAsC(number: number, world: World): string {
  return String(cellOf(world.names.words, number) ?? -1);
}

function stateAsC(
  { predicate, operands }: Extract<Proposition, { kind: "state" }>,
  world: World,
): string {
  const at = (field: string) => world.model.layout.offsets.get(field)!;
  const [first, second] = operands as [Operand, Operand | undefined];
  if (predicate === "pinned" && first.kind === "handle") {
    const handle = findHandle(world.names, first.handle.name);
    const pin = handle.first + (first.handle.index ?? 0);
    const frame = `pf_equal(v[${at("pin.frame") + pin}], pf_frame(${placeAsC(second, world)}))`;
    return `(v[${at("pin.kind") + pin}] != 0 && ${frame})`;
  }
  if (predicate === "soft_dirty") return `pf_soft_dirty(${placeAsC(first, world)})`;
  if (predicate === "uffd_wp") return `pf_uffd_wp(${placeAsC(first, world)})`;
  const left = `pf_frame(${placeAsC(first, world)})`;
  if (predicate === "same") return `pf_equal(${left}, pf_frame(${placeAsC(second, world)}))`;
  return `(${left} >= 0 && v[${at("page.exclusive")} + ${left}] != 0)`;
}

/** `v, process, page` */
function placeAsC(operand: Operand | undefined, world: World): string {
  if (operand?.kind !== "memory") throw new Error("The checker lets only locations come here.");
  const process = world.names.processes.indexOf(operand.process);
  return `v, ${process}, ${placeRange(operand.place, world.names.pages).at}`;
}

function operandAsC(operand: Operand, world: World): string {
  const at = (field: string) => world.model.layout.offsets.get(field)!;
  switch (operand.kind) {
    case "register": {
      const index = world.names.registers.indexOf(`${operand.actor}:${operand.register}`);
      return index < 0 ? "-1" : `pf_register(v[${at("register.value") + index}])`;
    }
    case "memory": {
      const word = `pf_memory(${placeAsC(operand, world)})`;
      const { half } = operand.place;
      return half === undefined ? word : half === "lo" ? `pf_low(${word})` : `pf_high(${word})`;
    }
    case "errno":
    case "handle": {
      const name = operand.kind === "errno" ? operand.handle : operand.handle.name;
      const { index } = findHandle(world.names, name);
      const errno = `v[${at("handle.errno") + index}]`;
      const made = operand.kind === "errno" ? "" : `${errno} == 0 ? ${wordCode("made")} : `;
      return `(v[${at("handle.made") + index}] == 0 ? -1 : ${made}${errno})`;
    }
    case "measure": {
      const place = placeAsC(operand.of, world);
      if (operand.measure === "PTE") return `pf_pte(${place})`;
      return `pf_count(${place}, ${operand.measure === "map" ? 1 : 0})`;
    }
    case "number":
      return String(operand.value);
    case "name":
      return String(
        operand.name in errnos ? ERRNO + errnos[operand.name]! : wordCode(operand.name),
      );
  }
}
