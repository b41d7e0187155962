/**
 * The memory manager as objects, to be called one operation at a time: an mm that forks, pins,
 * writes and exits on a kernel of one's choice. Each call runs its whole path at once; what ran,
 * step by step, is `mm.lastSteps`. For what happens when two of them run at the same time there
 * are litmus tests and the explorer; the paths are the same.
 */

import type { Path } from "../../step/index.ts";
import { FOLL_FAST, FOLL_FORCE, FOLL_LONGTERM, FOLL_PIN, FOLL_WRITE } from "../grab.ts";
import {
  BY_FLAGS,
  IBV_REG_MR,
  IO_URING_REGISTER,
  READ_DIRECT,
  VFIO_MAP,
  VMSPLICE,
  XDP_UMEM,
} from "../interfaces.ts";
import { WHOLE } from "../page.ts";
import { ALIVE, ERRNO, NEVER_BORN } from "../state.ts";
import {
  VM_DIRTY_TRACKED,
  VM_DONTCOPY,
  VM_FILE,
  VM_MAYWRITE,
  VM_READ,
  VM_SHARED,
  VM_WIPEONFORK,
  VM_WRITE,
} from "../vma.ts";
import { Pin } from "./pin.ts";
import { errnoName, type PageView, type PteView, viewPage, viewPte } from "./views.ts";
import { type Capacity, type KernelAnswers, type MmStep, MmWorld, unread } from "./world.ts";

/** What stands behind a page of a new mm. */
export type MappingKind = "anon" | "untouched" | "zero" | "shared anon" | "file" | "private file";

/** What the VMA of each kind says besides its rights. */
const backing: Readonly<Record<MappingKind, number>> = {
  anon: 0,
  untouched: 0,
  zero: 0,
  "shared anon": VM_FILE | VM_SHARED,
  file: VM_FILE | VM_SHARED | VM_DIRTY_TRACKED,
  "private file": VM_FILE | VM_DIRTY_TRACKED,
};

export interface MmOptions {
  /** The pages of the address space: a name, or a name and what it maps ("anon" without it). */
  readonly pages: readonly (string | { readonly name: string; readonly kind: MappingKind })[];
  /** Room for so many processes (8), pins (16) and frames (32). */
  readonly capacity?: Partial<Capacity>;
}

export interface ForkOptions {
  /** Lets the n-th page that fork allocates be refused. */
  readonly failAllocation?: number;
}

export interface PinOptions {
  readonly write?: boolean;
  readonly longterm?: boolean;
  readonly force?: boolean;
  /** Try GUP-fast before the slow path. */
  readonly fast?: boolean;
  /** So many pins of the same page, in one go. */
  readonly times?: number;
}

export type Advice = "DONTFORK" | "DOFORK" | "WIPEONFORK" | "DONTNEED" | "FREE";

/**
 * A fresh process on a kernel. Every page named has been written with 0, unless its kind says
 * otherwise: present, writable, dirty, ref and map 1.
 *
 * @example
 * const parent = createMm(findKernel("v5.8")!, { pages: ["x"] });
 * const pin = parent.pin("x", { write: true, longterm: true });
 * const child = parent.fork();
 * parent.write("x", 1); // Breaks copy-on-write: the parent gets a new page, the pin keeps the old.
 * pin.dmaWrite(2);
 * parent.read("x"); // 1: the device's write is lost
 */
export function createMm(kernel: KernelAnswers, options: MmOptions): Mm {
  const pages = options.pages.map((page) =>
    typeof page === "string" ? { name: page, kind: "anon" as const } : page,
  );
  const names = pages.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`Two pages are named ${twice}.`);
  const capacity = { processes: 8, handles: 16, frames: 32, ...options.capacity };
  const world = new MmWorld(kernel, names, capacity);
  const made = new Mm(world, 0, undefined);
  pages.forEach(({ name, kind }, at) => {
    world.write("address.first", at, at);
    world.write("address.pages", at, 1);
    world.write("vma.flags", at, VM_READ | VM_WRITE | VM_MAYWRITE | backing[kind]);
    if (kind === "zero") made.read(name);
    else if (kind !== "untouched") made.write(name, 0);
  });
  world.steps = [];
  return made;
}

/** One address space with the process that lives in it. */
export class Mm {
  readonly #world: MmWorld;
  readonly #process: number;
  /** Why the process was never born: fork's errno. */
  readonly errno: string | undefined;

  /** Use `createMm` for the first one and `fork` for the others. */
  constructor(world: MmWorld, process: number, errno: string | undefined) {
    this.#world = world;
    this.#process = process;
    this.errno = errno;
  }

  /** "P0" for the first process, "P1" for the first that it forked, and so on. */
  get name(): string {
    return `P${this.#process}`;
  }

  get alive(): boolean {
    return this.#world.read("process.state", this.#process) === ALIVE;
  }

  /** 1 once anything was pinned through this mm. Never cleared, not inherited. */
  get has_pinned(): number {
    return this.#world.read("mm.has_pinned", this.#number);
  }

  /** Even, but while fork walks a copy-on-write VMA. */
  get write_protect_seq(): number {
    return this.#world.read("mm.write_protect_seq", this.#number);
  }

  /** What the last call, on whichever object of this world, ran. */
  get lastSteps(): readonly MmStep[] {
    return this.#world.steps;
  }

  /** The entry that maps `page` here. */
  pte(page: string): PteView {
    return viewPte(this.#world.read("pte.word", this.#slot(page)));
  }

  /** The page that `page` maps here; undefined where there is none of its own (none, zero page). */
  page(page: string): PageView | undefined {
    const { frame } = this.pte(page);
    return frame === undefined ? undefined : viewPage(this.#world, frame);
  }

  /** A load. Undefined when the access faults for good; a handler catches it, as a test program's does. */
  read(page: string): number | undefined {
    this.#world.write("register.value", 0, unread);
    this.#run("load", this.#at(page), 0, 0);
    const value = this.#world.read("register.value", 0);
    return value >= ERRNO ? undefined : value;
  }

  /** A store. False when the access faults for good, and nothing was stored. */
  write(page: string, value: number): boolean {
    this.#run("store", this.#at(page), 0, value);
    return this.lastSteps.at(-1)?.label === "store";
  }

  /**
   * A child with a copy of this address space. When the kernel refuses, the child is not alive and
   * `child.errno` says why.
   *
   * @example
   * const parent = createMm(findKernel("v5.11")!, { pages: ["x"] });
   * parent.pin("x", { write: true });
   * const child = parent.fork();
   * child.page("x")?.frame === parent.page("x")?.frame; // false: a pinned page is copied at fork
   * parent.lastSteps.some((step) => step.label === "copy_user_highpage"); // true
   */
  fork(options: ForkOptions = {}): Mm {
    const child = this.#world.newProcess();
    this.#world.write("register.value", 0, 0);
    this.#expectAlive();
    this.#world.run("fork", [this.#process, child, 0], options.failAllocation);
    const failed = this.#world.read("process.state", child) === NEVER_BORN;
    const error = this.#world.read("register.value", 0);
    return new Mm(this.#world, child, failed ? errnoName(error, ERRNO) : undefined);
  }

  /** The process ends: its memory first, then its files, and with them pins that nobody else holds. */
  exit(): void {
    this.#run("exit");
  }

  /** A fresh address space without a page; files marked close-on-exec are closed. */
  exec(): void {
    this.#run("exec");
  }

  /** As the calls below: undefined when it was done, else why not. */
  munmap(page: string): string | undefined {
    return this.#call("munmap", this.#at(page), 1);
  }

  /**
   * @example
   * const mm = createMm(findKernel("v6.12")!, { pages: ["x"] });
   * mm.mprotect("x", "R"); // undefined: done
   * mm.munmap("x");
   * mm.mprotect("x", "RW"); // "ENOMEM": nothing is mapped there
   */
  mprotect(page: string, rights: "R" | "RW"): string | undefined {
    return this.#call("mprotect", this.#at(page), 1, rights === "RW" ? 1 : 0);
  }

  madvise(page: string, advice: Advice): string | undefined {
    const at = this.#at(page);
    if (advice === "DONTFORK") return this.#call("madvise_fork", at, 1, 0, VM_DONTCOPY);
    if (advice === "DOFORK") return this.#call("madvise_fork", at, 1, VM_DONTCOPY, 0);
    if (advice === "WIPEONFORK") return this.#call("madvise_fork", at, 1, 0, VM_WIPEONFORK);
    return this.#call(advice === "FREE" ? "madvise_free" : "madvise_dontneed", at, 1);
  }

  mremap(page: string): string | undefined {
    return this.#call("mremap", this.#at(page), 1);
  }

  uffd_wp(page: string): string | undefined {
    return this.#call("uffd_wp", this.#at(page), 1);
  }

  /** Writes 4 to this process's clear_refs. */
  clear_refs(): string | undefined {
    return this.#call("clear_refs");
  }

  /**
   * FOLL_PIN: what a device's registration takes.
   *
   * @example
   * const mm = createMm(findKernel("v5.19")!, { pages: ["x"] });
   * const pin = mm.pin("x", { write: true, longterm: true });
   * mm.has_pinned; // 1
   * pin.page?.ref; // 1025: one mapping and one pin
   * pin.unpin();
   * mm.page("x")?.ref; // 1
   */
  pin(page: string, options: PinOptions = {}): Pin {
    return this.#gup(page, options, FOLL_PIN);
  }

  /** FOLL_GET: a plain reference. */
  get(page: string, options: PinOptions = {}): Pin {
    return this.#gup(page, options, 0);
  }

  /** A memory region; with `write` the device may write to it. */
  ibv_reg_mr(page: string, options: { readonly write?: boolean } = {}): Pin {
    return this.#register(IBV_REG_MR, page, options.write ? FOLL_WRITE : 0);
  }

  /** A registered buffer of io_uring. */
  io_uring_register(page: string): Pin {
    return this.#register(IO_URING_REGISTER, page);
  }

  /** The page into a pipe. */
  vmsplice(page: string): Pin {
    return this.#register(VMSPLICE, page);
  }

  /** An AF_XDP umem. */
  xdp_umem(page: string): Pin {
    return this.#register(XDP_UMEM, page);
  }

  vfio_map(page: string, options: { readonly write?: boolean } = {}): Pin {
    return this.#register(VFIO_MAP, page, options.write ? FOLL_WRITE : 0);
  }

  /** A direct read that is in flight until it is unpinned. */
  read_direct(page: string): Pin {
    return this.#register(READ_DIRECT, page);
  }

  process_vm_writev(target: Mm, page: string, value: number): string | undefined {
    this.#expectAlive();
    this.#world.run("remote_write", [target.#process, this.#at(page), WHOLE, value, 0, 0]);
    return this.#result();
  }

  /** A write through this process's own /proc/PID/mem: by force. */
  proc_mem_write(page: string, value: number): string | undefined {
    return this.#call("remote_write", this.#at(page), WHOLE, value, 1);
  }

  /**
   * Runs one path by itself on this world's state, for a look at a piece that no system call
   * isolates. Paths count mms, pages and frames from 0; the labels are in `lastSteps`.
   *
   * @example
   * const mm = createMm(findKernel("v6.2")!, { pages: ["x"] });
   * const at = 0; // x is the first page
   * mm.run(() => handle_mm_fault(0, at, FAULT_WRITE)); // FAULT_DONE: the entry is writable
   * mm.lastSteps[0]?.label; // "find the VMA"
   */
  run<R>(path: () => Path<R>): R {
    return this.#world.runPath(path);
  }

  get #number(): number {
    return this.#world.read("process.mm", this.#process);
  }

  #at(page: string): number {
    const at = this.#world.pages.indexOf(page);
    if (at < 0)
      throw new Error(`No page is named ${page}; there are ${this.#world.pages.join(", ")}.`);
    return at;
  }

  #slot(page: string): number {
    return this.#number * this.#world.pages.length + this.#at(page);
  }

  #run(entry: string, ...args: readonly number[]): void {
    this.#expectAlive();
    this.#world.run(entry, [this.#process, ...args]);
  }

  /** A system call whose last argument is the register for its result. */
  #call(entry: string, ...args: readonly number[]): string | undefined {
    this.#run(entry, ...args, 0);
    return this.#result();
  }

  #result(): string | undefined {
    return errnoName(this.#world.read("register.value", 0), ERRNO);
  }

  #expectAlive(): void {
    if (!this.alive) throw new Error(`${this.name} is not alive.`);
  }

  #gup(page: string, options: PinOptions, how: number): Pin {
    const flags =
      how |
      (options.write ? FOLL_WRITE : 0) |
      (options.force ? FOLL_FORCE : 0) |
      (options.longterm ? FOLL_LONGTERM : 0) |
      (options.fast ? FOLL_FAST : 0);
    return this.#register(BY_FLAGS, page, flags, options.times);
  }

  #register(through: number, page: string, flags = 0, times = 1): Pin {
    const handle = this.#world.newHandle();
    this.#run("registration", this.#at(page), 1, handle, handle, through, flags, times);
    return new Pin(this.#world, handle);
  }
}
