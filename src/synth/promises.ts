/**
 * synth: the shortest programs on which a kernel breaks what it ought to keep, by breadth-first
 * search over the kernel beside the promise of src/synth/ideal.ts; or, with none, a guarantee as
 * far as it was searched.
 */
import type { Kernel } from "../kernels/index.ts";
import { printFile, type Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { check } from "../verdict/check.ts";
import type { CheckResult } from "../verdict/result.ts";
import { type Alphabet, type AlphabetOptions, alphabet } from "./alphabet.ts";
import { bench, notModelled } from "./bench.ts";
import { familiesOf } from "./classes.ts";
import { KernelGraph, NOT_APPLICABLE, STUCK } from "./graph.ts";
import { Ideal } from "./ideal.ts";
import type { Operation } from "./operation.ts";
import { type Judged, type Outcome, readOutcome, wrongValue } from "./outcome.ts";
import { seenIn, succeeded } from "./replay.ts";
import { wordOf, writeTest } from "./write-test.ts";

export interface PromiseOptions extends AlphabetOptions {
  readonly depth?: number;
  readonly limit?: number;
  readonly machine?: Machine;
  readonly interrupted?: () => boolean;
  /** How many tests of this kernel have been named before; numbers go on from there. */
  readonly named?: number;
}

export interface Broken {
  readonly test: Test;
  readonly litmus: string;
  readonly outcome: Outcome;
  readonly result: CheckResult;
  /** What the program needs besides reading and writing: "rdma", "fork", "mprotect". */
  readonly families: readonly string[];
  readonly kinds: readonly string[];
}

export interface PromiseResult {
  readonly kernel: string;
  readonly broken: readonly Broken[];
  readonly depth: number;
  readonly complete: boolean;
  readonly bound: "interrupted" | "enough" | "frames" | undefined;
  readonly states: number;
  readonly operations: readonly string[];
  readonly pages: readonly string[];
  readonly notModelled: readonly string[];
}

interface Node {
  readonly state: number;
  readonly ideal: Ideal;
  readonly program: readonly number[];
}

/** The shortest programs on which `kernel` breaks a promise, one for each way to break it. */
export function promises(kernel: Kernel, options: PromiseOptions = {}): PromiseResult {
  const letters = alphabet(options);
  const search = new PromiseSearch(kernel, letters, options);
  const { depth, bound } = search.run(options.depth ?? 5, options.limit ?? 12);
  return {
    kernel: kernel.name,
    broken: search.broken,
    depth,
    complete: bound === undefined,
    bound,
    states: search.states,
    operations: letters.operations.map(({ name }) => name),
    pages: letters.pages.map(({ name }) => name),
    notModelled: notModelled(letters),
  };
}

class PromiseSearch {
  readonly broken: Broken[] = [];
  private readonly kernel: Kernel;
  private readonly alphabet: Alphabet;
  private readonly machine: Machine | undefined;
  private readonly interrupted: () => boolean;
  private readonly named: number;
  private readonly graph: KernelGraph;
  private readonly met = new Set<string>();

  constructor(kernel: Kernel, letters: Alphabet, options: PromiseOptions) {
    this.kernel = kernel;
    this.alphabet = letters;
    this.machine = options.machine;
    this.interrupted = options.interrupted ?? (() => false);
    this.named = options.named ?? 0;
    this.graph = new KernelGraph(bench(letters, options.machine), kernel);
  }

  get states(): number {
    return this.met.size;
  }

  run(depth: number, limit: number): Pick<PromiseResult, "depth" | "bound"> {
    let level: Node[] = [{ state: 0, ideal: new Ideal(this.alphabet), program: [] }];
    for (let length = 0; length < depth; length++) {
      const next: Node[] = [];
      for (const node of level) {
        if (this.interrupted()) return { depth: length, bound: "interrupted" };
        for (let o = 0; o < this.alphabet.operations.length; o++) {
          const after = this.after(node, o);
          if (after !== undefined) next.push(after);
          if (this.broken.length >= limit) return { depth: length, bound: "enough" };
        }
      }
      level = next;
    }
    return { depth, bound: this.graph.exhausted ? "frames" : undefined };
  }

  /** The node behind an operation; undefined if it is known, impossible, or breaks the promise. */
  private after({ state, ideal, program }: Node, o: number): Node | undefined {
    const operation = this.alphabet.operations[o]!;
    const otherPage =
      operation.page !== undefined && operation.page !== this.alphabet.pages[0]!.name;
    if (state === 0 && this.alphabet.alike && otherPage) return undefined;
    const next = this.graph.next(state, o);
    if (next === NOT_APPLICABLE) return undefined;
    const shown = this.graph.shown(state, o);
    const promise = ideal.copy();
    const wanted = succeeded(operation, shown) ? promise.follow(operation) : undefined;
    const longer = [...program, o];
    const judged = this.judge(longer, shown, wanted, next, promise);
    if (judged !== undefined) {
      this.report(longer, judged);
      return undefined;
    }
    const key = `${next} ${promise.key()}`;
    if (shown === STUCK || this.met.has(key)) return undefined;
    this.met.add(key);
    return { state: next, ideal: promise, program: longer };
  }

  private judge(
    program: readonly number[],
    shown: number,
    wanted: number | undefined,
    state: number,
    ideal: Ideal,
  ): Judged | undefined {
    const last = program.length - 1;
    const operation = this.alphabet.operations[program[last]!]!;
    if (wanted !== undefined && shown !== wanted && shown < errnoMin) {
      const outcome = readOutcome(operation, shown, ideal);
      if (outcome !== "leak" && this.promisesNothing(program)) return undefined;
      const witness = { kind: "shown", operation: last } as const;
      return { outcome, witness, bad: 0, values: [shown, wanted] };
    }
    for (const { process, page, value } of seenIn(this.alphabet, this.graph.view(state))) {
      const ought = ideal.memory(process, page);
      if (value === undefined || ought === undefined || value === ought) continue;
      const outcome = wrongValue(value, ought, process, false);
      return {
        outcome,
        witness: { kind: "memory", process, page },
        bad: 0,
        values: [value, ought],
      };
    }
    return undefined;
  }

  /** A pipe holds what it was given; that its reader sees later writes, nobody ever said. */
  private promisesNothing(program: readonly number[]): boolean {
    return program.some((o) => this.alphabet.operations[o]!.family === "vmsplice");
  }

  private report(program: readonly number[], judged: Judged): void {
    const operations = program.map((o) => this.alphabet.operations[o]!);
    const families = familiesOf(operations);
    const kinds = kindsOf(this.alphabet, operations);
    if (this.isKnown(judged.outcome, families, kinds)) return;
    const name = wordOf(`${this.kernel.name}+${this.named + this.broken.length + 1}`);
    const doc = `Found by search: ${judged.outcome} on ${this.kernel.name}.`;
    const test = writeTest(this.alphabet, operations, judged, { name, doc, expectations: [] });
    if (test === undefined) return;
    const result = check(test, this.kernel, this.machine ? { machine: this.machine } : {});
    if (result.verdict !== "always" && result.verdict !== "sometimes") return;
    const { outcome } = judged;
    this.broken.push({ test, litmus: printFile(test), outcome, result, families, kinds });
  }

  /** Whoever needs more than a program already found shows nothing new. */
  private isKnown(
    outcome: Outcome,
    families: readonly string[],
    kinds: readonly string[],
  ): boolean {
    return this.broken.some(
      (one) =>
        one.outcome === outcome &&
        one.kinds.every((kind) => kinds.includes(kind)) &&
        one.families.every((family) => families.includes(family)),
    );
  }
}

const errnoMin = 0xff00;
function kindsOf({ pages }: Alphabet, program: readonly Operation[]): readonly string[] {
  const used = pages.filter(({ name }) => program.some(({ page }) => page === name));
  return [...new Set(used.map(({ pageKind, modifiers }) => [...modifiers, pageKind].join(" ")))];
}
