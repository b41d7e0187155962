/**
 * What every process and every device ought to see: each process has its own copy of each private
 * page from the moment of fork on, and a registration stays with the page of whoever made it. This
 * is the promise that outcomes are measured by; no modelled kernel keeps all of it.
 */
import type { Alphabet } from "./alphabet.ts";
import { type Operation, registers, valueBy } from "./operation.ts";

/** After MADV_FREE and before the next write the kernel may drop a page's content, or keep it. */
const droppable = -1;

type Advice = "DONTFORK" | "WIPEONFORK";

/** One state of the promise. Cells are numbered; who may write one is whoever names it. */
export class Ideal {
  /** Whose page the handle holds: "P0:x", if anybody's. */
  held: string | undefined;
  private readonly shared: ReadonlySet<string>;
  private cells = new Map<string, number>();
  private advice = new Map<string, Advice>();
  /** Addresses that may not be written. */
  private readonly = new Set<string>();
  private values: number[] = [];
  private heldCell = -1;

  constructor(alphabet: Alphabet) {
    const shared = alphabet.pages.filter(({ pageKind }) => isShared(String(pageKind)));
    this.shared = new Set(shared.map(({ name }) => name));
    for (const { name, modifiers } of alphabet.pages) {
      this.cells.set(`P0:${name}`, this.cell(0));
      if (modifiers.includes("readonly")) this.readonly.add(`P0:${name}`);
    }
  }

  /** What the process reads there; undefined where it has nothing. */
  memory(process: string, page: string): number | undefined {
    return this.known(this.cells.get(`${process}:${page}`));
  }

  private known(cell: number | undefined): number | undefined {
    const value = cell === undefined ? undefined : this.values[cell];
    return value === droppable ? undefined : value;
  }

  /** Equal texts: equal promises from here on. */
  key(): string {
    const order = new Map<number, number>();
    const place = (cell: number) => {
      if (!order.has(cell)) order.set(cell, order.size);
      return `${order.get(cell)}=${this.values[cell]}`;
    };
    const cells = [...this.cells].map(([key, cell]) => `${key}${place(cell)}`).sort();
    const held = this.heldCell < 0 ? "" : place(this.heldCell);
    return `${cells.join()} ${this.held}${held} ${[...this.advice].sort().join()} ${[...this.readonly].sort().join()}`;
  }

  copy(): Ideal {
    const made = Object.create(Ideal.prototype) as Ideal;
    return Object.assign(made, this, {
      cells: new Map(this.cells),
      advice: new Map(this.advice),
      readonly: new Set(this.readonly),
      values: [...this.values],
    });
  }

  /** Follows an operation that the kernel did; what it should have read, if it reads. */
  follow(operation: Operation): number | undefined {
    const { effect, actor, page, statement, child } = operation;
    const key = `${actor}:${page}`;
    const cell = this.cells.get(key);
    if (effect === "reads") return this.known(cell);
    if (effect === "device-reads") return this.known(this.heldCell);
    if (effect === "forks") this.inherit(actor, child!);
    if (effect === "exits") this.forget(actor);
    if (registers(operation) && cell !== undefined) {
      this.held = key;
      this.heldCell = cell;
    }
    if (effect === "releases") {
      this.held = undefined;
      this.heldCell = -1;
    }
    if (effect === "device-writes" && this.heldCell >= 0)
      this.values[this.heldCell] = deviceWrites(operation);
    if (statement.kind === "store" && cell !== undefined && !this.readonly.has(key))
      this.values[cell] = valueBy(actor);
    if (effect === "plain" && statement.kind === "call" && cell !== undefined)
      this.remap(operation, key);
    return undefined;
  }

  private cell(value: number): number {
    return this.values.push(value) - 1;
  }

  private inherit(parent: string, child: string): void {
    for (const [key, cell] of [...this.cells]) {
      const [process, page] = key.split(":") as [string, string];
      const advice = this.advice.get(key);
      if (process !== parent || advice === "DONTFORK") continue;
      const own = this.shared.has(page)
        ? cell
        : this.cell(advice === "WIPEONFORK" ? 0 : this.values[cell]!);
      this.cells.set(`${child}:${page}`, own);
      if (this.readonly.has(key)) this.readonly.add(`${child}:${page}`);
    }
  }

  private forget(process: string): void {
    for (const key of [...this.cells.keys()])
      if (key.startsWith(`${process}:`)) this.cells.delete(key);
  }

  /** munmap and advice: the address gets other content, or none. */
  private remap({ statement, page }: Operation, key: string): void {
    if (statement.kind !== "call") return;
    if (statement.operation === "munmap") this.cells.delete(key);
    const [advice] = statement.arguments.flatMap((one) => (one.kind === "flags" ? one.flags : []));
    if (statement.operation === "mprotect" && advice === "R") this.readonly.add(key);
    if (statement.operation === "mprotect" && advice === "RW") this.readonly.delete(key);
    if (statement.operation !== "madvise") return;
    if (advice === "DONTNEED" && !this.shared.has(page!)) this.cells.set(key, this.cell(0));
    if (advice === "FREE" && !this.shared.has(page!)) this.values[this.cells.get(key)!] = droppable;
    if (advice === "DOFORK") this.advice.delete(key);
    if (advice === "DONTFORK" || advice === "WIPEONFORK") this.advice.set(key, advice);
  }
}

function isShared(kind: string): boolean {
  return kind === "shared anon" || kind === "shmem" || kind === "file";
}

function deviceWrites({ statement }: Operation): number {
  if (statement.kind !== "call") return 0;
  const value = statement.arguments.find((one) => one.kind === "value");
  return value?.kind === "value" ? value.value : 0;
}
