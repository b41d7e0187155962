/**
 * The `gate` schedule class: one thread is held at a place in the kernel until another has done its
 * part, so that a race happens on purpose. A place has a name, the step of the model before which
 * the thread stands there, and the functions of real kernels at whose call a probe holds it: the
 * first that a kernel has. What the model says of a gated run is in gated.ts.
 */
import type { Actor, Call, Statement, Test } from "../litmus/ast.ts";
import { naturalSize } from "../litmus/page-kinds.ts";
import type { StepDescription } from "../step/index.ts";

export interface Place {
  readonly name: string;
  /** What stands still there, in words. */
  readonly what: string;
  /** Whether a thread that runs the statement passes here. */
  readonly passedBy: (statement: Call) => boolean;
  /** Whether a thread that is about to take the step stands there; the `call`-th time counts. */
  readonly before: (step: StepDescription) => boolean;
  readonly call: number;
  readonly symbols: readonly string[];
  /** Where the thread stands in the middle of one page's turn: which, on both sides. */
  readonly ofPage?: {
    /** The path whose argument the page is. */
    readonly path: string;
    /** The function's argument that is the page's address, counted from 0. */
    readonly argument: number;
  };
  /** Where the other thread lets go before its end: at the first as planned; at the others it has to wait. */
  readonly opens: readonly string[];
  /** As the model has them. */
  readonly opensBefore: (step: StepDescription) => boolean;
}

const isFork = ({ operation }: Call): boolean => operation === "fork";

const fastInterfaces: ReadonlySet<string> = new Set(["ibv_reg_mr", "vmsplice"]);

function isFast(call: Call): boolean {
  if (fastInterfaces.has(call.operation)) return true;
  if (call.operation !== "pin" && call.operation !== "get") return false;
  return call.arguments.some((one) => one.kind === "flags" && one.flags.includes("FAST"));
}

const within =
  (path: string) =>
  (step: StepDescription): boolean =>
    step.path.some(({ name }) => name === path);

const labelled =
  (label: string, path: string) =>
  (step: StepDescription): boolean =>
    step.label === label && within(path)(step);

const never = (): boolean => false;

/** Whoever waits for mmap_lock would wait for the held fork. */
const sleepers = ["", "rwsem_down_read_slowpath", "rwsem_down_write_slowpath"] as const;

export const places: readonly Place[] = [
  {
    name: "fork:begins",
    what: "fork, before it looks at the first page table",
    passedBy: isFork,
    before: within("copy_page_range"),
    call: 1,
    symbols: ["copy_page_range"],
    opens: sleepers,
    opensBefore: never,
  },
  {
    name: "fork:copies",
    what: "fork, which has done with the pages before it, before it allocates a copy",
    passedBy: isFork,
    before: labelled("allocate a page", "copy_present_pte"),
    call: 1,
    symbols: ["vma_alloc_folio_noprof", "vma_alloc_folio", "alloc_pages_vma"],
    ofPage: { path: "copy_present_pte", argument: 3 },
    opens: sleepers,
    opensBefore: never,
  },
  {
    name: "gup-fast:read",
    what: "GUP-fast, between reading the entry and taking the page",
    passedBy: isFast,
    before: labelled("read ref: is the page still in use", "gup_pte_range"),
    call: 1,
    symbols: ["try_grab_folio_fast", "try_grab_folio", "try_grab_compound_head"],
    // Interrupts are off where the thread stands, so whoever flushes would wait for it.
    opens: ["flush_tlb_mm_range", ...sleepers.slice(1)],
    opensBefore: labelled("flush the parent's TLB", "dup_mmap"),
  },
];

/** One thread held in one statement, until another has done its own. */
export interface Gate {
  readonly place: Place;
  /** Who is held, and the statement. */
  readonly held: GateStatement;
  /** Who waits until then: from this statement on it runs, and its last one opens the gate. */
  readonly other: GateStatement;
  /** The page at whose turn the thread is held, for a place that has one. */
  readonly page?: GatePage | undefined;
}

export interface GatePage {
  readonly name: string;
  /** Of an array, or a part of a huge page. */
  readonly index: number | undefined;
}

export interface GateStatement {
  readonly actor: string;
  readonly index: number;
}

/** All gates that a test allows: each statement that passes a place, and each other thread of the process. */
export function gatesOf(test: Test): readonly Gate[] {
  return test.actors.flatMap((actor) =>
    actor.statements.flatMap((statement, index) => {
      if (statement.kind !== "call" || !isThread(actor)) return [];
      const held = { actor: actor.name, index };
      return places
        .filter((place) => place.passedBy(statement))
        .flatMap((place) =>
          pagesOf(test, place).flatMap((page) =>
            othersOf(test, actor, index).map((other) => ({ place, held, other, page })),
          ),
        );
    }),
  );
}

/** All pages of the test, or none in particular. */
function pagesOf({ declarations }: Test, { ofPage }: Place): readonly (GatePage | undefined)[] {
  if (ofPage === undefined) return [undefined];
  return declarations.flatMap(({ name, count, pageKind }) => {
    const pages = count ?? naturalSize(pageKind);
    return Array.from({ length: pages }, (_, index) => ({
      name,
      index: pages === 1 ? undefined : index,
    }));
  });
}

/** `x` or `x[1]` */
export function gatePageName({ name, index }: GatePage): string {
  return index === undefined ? name : `${name}[${index}]`;
}

/** `NAME@fork:begins:P0.0:P0.T1`: the place, the page if it has one, the statement held, who goes on. */
export function gatedName(test: Test, { place, held, other, page }: Gate): string {
  const where = page === undefined ? place.name : `${place.name}:${gatePageName(page)}`;
  return `${test.name}@${where}:${held.actor}.${held.index}:${other.actor}`;
}

const isThread = ({ role }: Actor): boolean => role === "process" || role === "thread";

/** Threads that can begin their part while the statement runs: what they wait for was signalled before. */
function othersOf(test: Test, actor: Actor, held: number): readonly GateStatement[] {
  const before = actor.statements.slice(0, held).map((one) => eventOf(one, "signal"));
  return test.actors
    .filter((one) => one !== actor && isThread(one) && one.process === actor.process)
    .flatMap((one) => {
      const awaited = one.statements.map((statement) => eventOf(statement, "await"));
      const index = awaited.indexOf(undefined);
      const ready = awaited.slice(0, index).every((event) => before.includes(event));
      return index < 0 || !ready ? [] : [{ actor: one.name, index }];
    });
}

/** Before it the other thread opens the gate: it goes no further, or not before another lets it. */
export function opensBeforehand(statement: Statement): boolean {
  return statement.kind === "call" && ["await", "exit", "exec"].includes(statement.operation);
}

function eventOf(statement: Statement, operation: "signal" | "await"): string | undefined {
  if (statement.kind !== "call" || statement.operation !== operation) return undefined;
  const word = statement.arguments.find((one) => one.kind === "event");
  return word?.kind === "event" ? word.event : undefined;
}
