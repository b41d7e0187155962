/**
 * Alphabets: which operations a search may put together. A family is one word of `--ops`; the
 * default alphabet leaves out what only adds names (an interface that takes the same pins) and
 * what only costs states.
 */
import type { PageDeclaration, PageKind, PageModifier, Test } from "../litmus/ast.ts";
import { pageKinds, pageModifiers, printStatement } from "../litmus/index.ts";
import {
  argument,
  call,
  deviceValue,
  type Effect,
  load,
  nowhere,
  type Operation,
  store,
  valueBy,
} from "./operation.ts";

export interface Alphabet {
  readonly pages: readonly PageDeclaration[];
  /** All pages are declared alike, so that their names may be exchanged. */
  readonly alike: boolean;
  readonly processes: readonly string[];
  readonly operations: readonly Operation[];
  /** Info lines of every test that a program becomes. */
  readonly info: Test["info"];
}

export interface AlphabetOptions {
  /** "anon", "untouched anon", "thp" ...; one page of each, or several of one. */
  readonly kinds?: readonly string[];
  /** Base pages of each kind; 2 unless said otherwise. */
  readonly pages?: number;
  /** Base pages of one mapping, `x[0]`, `x[1]` ...; each page is a mapping of its own unless said otherwise. */
  readonly mapped?: number;
  /** 2 unless said otherwise. */
  readonly processes?: number;
  readonly families?: readonly string[];
  /** Swap in memory; a disk unless said otherwise. */
  readonly swap?: "zram";
}

type Make = (actor: string, page: string) => Operation[];

const flags = argument.flags;

function registering(name: string, ...words: readonly string[]): Make {
  return (actor, page) => {
    const given = words.length === 0 ? [] : [flags(...words)];
    const statement = call(name, [argument.place(page), ...given], "h");
    const writes = words.includes("WRITE") || alwaysWritten.has(name);
    return [made(actor, "", statement, writes ? "registers-writable" : "registers", page)];
  };
}

/** Interfaces that take their pages to write to them, without being told. */
const alwaysWritten: ReadonlySet<string> = new Set([
  "io_uring_register",
  "xdp_umem",
  "read_direct",
]);

function onPage(name: string, ...words: readonly string[]): Make {
  return (actor, page) => {
    const given = words.length === 0 ? [] : [flags(...words)];
    return [made(actor, "", call(name, [argument.place(page), ...given]), "plain", page)];
  };
}

function made(
  actor: string,
  family: string,
  statement: Operation["statement"],
  effect: Effect,
  page?: string,
): Operation {
  const name = `${actor}: ${printStatement(statement)}`;
  return { name, family, actor, statement, page, child: undefined, effect, fails: undefined };
}

/** What a process does to a page; `first` families belong to the default alphabet of P0. */
const pageFamilies: Readonly<Record<string, readonly Make[]>> = {
  write: [(a, x) => [made(a, "", store(x, valueBy(a)), "plain", x)]],
  read: [(a, x) => [made(a, "", load("r0", x), "reads", x)]],
  pin: [registering("pin", "WRITE"), registering("pin")],
  get: [registering("get", "WRITE"), registering("get")],
  longterm: [registering("pin", "LONGTERM")],
  force: [registering("pin", "FORCE", "WRITE")],
  rdma: [registering("ibv_reg_mr", "WRITE"), registering("ibv_reg_mr", "READ")],
  uring: [registering("io_uring_register")],
  vmsplice: [registering("vmsplice")],
  xdp: [registering("xdp_umem")],
  vfio: [registering("vfio_map", "READ", "WRITE"), registering("vfio_map", "READ")],
  direct: [registering("read_direct")],
  mprotect: [onPage("mprotect", "R"), onPage("mprotect", "RW")],
  munmap: [onPage("munmap")],
  dontneed: [onPage("madvise", "DONTNEED")],
  dontfork: [onPage("madvise", "DONTFORK")],
  dofork: [onPage("madvise", "DOFORK")],
  wipeonfork: [onPage("madvise", "WIPEONFORK")],
  free: [onPage("madvise", "FREE")],
  pageout: [onPage("madvise", "PAGEOUT")],
  collapse: [onPage("madvise", "COLLAPSE")],
  populate: [onPage("madvise", "POPULATE_READ"), onPage("madvise", "POPULATE_WRITE")],
  mremap: [onPage("mremap")],
  uffd: [onPage("uffd_wp")],
  continue: [onPage("uffd_continue")],
  procmem: [
    (a, x) => [
      made(
        a,
        "",
        call("proc_mem_write", [argument.place(x), argument.value(valueBy(a))]),
        "plain",
        x,
      ),
    ],
  ],
};

/** What happens once, whatever the page. */
const otherFamilies: readonly string[] = [
  "fork",
  "failing-fork",
  "exit",
  "dma",
  "unpin",
  "softdirty",
];

/** Every word that `--ops` knows. */
export const families: readonly string[] = [...Object.keys(pageFamilies), ...otherFamilies];

/** 26 operations over two base pages, a parent and its child: what programs of length 7 are made of. */
export const coreFamilies: readonly string[] = [
  "write",
  "read",
  "pin",
  "vmsplice",
  "mprotect",
  "dontneed",
  "fork",
  "exit",
  "dma",
  "unpin",
];

/** What a child does, too: the rest is the parent's. */
const childFamilies: ReadonlySet<string> = new Set(["write", "read", "vmsplice", "munmap"]);

/** The alphabet that the options ask for; programs over it are what a search enumerates. */
export function alphabet(options: AlphabetOptions = {}): Alphabet {
  const kinds = options.kinds ?? ["anon"];
  const wanted = new Set(options.families ?? coreFamilies);
  const processes = Array.from({ length: options.processes ?? 2 }, (_, p) => `P${p}`);
  const mapped = options.mapped ?? 1;
  const pages = declarations(kinds, options.pages ?? 2, mapped);
  const places = pages.flatMap(({ name, count }) =>
    count === undefined ? [name] : Array.from({ length: count }, (_, i) => `${name}[${i}]`),
  );
  const operations = [
    ...processes.flatMap((actor) =>
      places.flatMap((place) => pageOperations(actor, place, wanted)),
    ),
    ...processes.slice(1).flatMap((child, c) => births(processes.slice(0, c + 1), child, wanted)),
    ...deviceOperations(wanted),
  ];
  const info =
    options.swap === undefined ? [] : [{ key: "Swap", value: options.swap, span: nowhere }];
  return { pages, alike: kinds.length === 1 && mapped === 1, processes, operations, info };
}

function declarations(kinds: readonly string[], each: number, mapped: number): PageDeclaration[] {
  const letters = "xyzuvw";
  const found: PageDeclaration[] = [];
  for (const kind of kinds) {
    const huge = kind.includes("thp") || kind.includes("hugetlb");
    const several = huge || kinds.length > 1 ? 1 : each;
    const count = huge || mapped === 1 ? undefined : mapped;
    for (let i = 0; i < several; i++) found.push(declare(letters[found.length]!, kind, count));
  }
  return found;
}

/** "untouched anon" -> kind and modifiers. The caller has looked at the words. */
function declare(name: string, words: string, count: number | undefined): PageDeclaration {
  const modifiers: PageModifier[] = [];
  let rest = words.trim();
  for (const modifier of pageModifiers) {
    if (!rest.startsWith(`${modifier} `)) continue;
    modifiers.push(modifier);
    rest = rest.slice(modifier.length + 1);
  }
  const pageKind = rest as PageKind;
  return {
    kind: "page",
    name,
    nameSpan: nowhere,
    count,
    pageKind,
    modifiers,
    span: nowhere,
  };
}

/** Whether `words` are a page kind with its modifiers, as a declaration would write them. */
export function isKind(words: string): boolean {
  return (pageKinds as readonly string[]).includes(
    declare("x", words, undefined).pageKind as string,
  );
}

function pageOperations(actor: string, page: string, wanted: ReadonlySet<string>): Operation[] {
  return Object.entries(pageFamilies)
    .filter(([family]) => wanted.has(family) && (actor === "P0" || childFamilies.has(family)))
    .flatMap(([family, makes]) =>
      makes.flatMap((make) => make(actor, page).map((operation) => ({ ...operation, family }))),
    );
}

/** The mm, a VMA, a page table, and the copies of two pages: which of fork's allocations fails. */
const forkAllocations = [0, 1, 2, 3, 4];

function births(
  parents: readonly string[],
  child: string,
  wanted: ReadonlySet<string>,
): Operation[] {
  const statement = call("fork", [argument.process(child)], "r0");
  const found: Operation[] = [];
  for (const actor of parents) {
    const fork = { ...made(actor, "fork", statement, "forks"), child };
    if (wanted.has("fork")) found.push(fork);
    if (!wanted.has("failing-fork")) continue;
    for (const fails of forkAllocations) {
      const name = `${actor}: may fail alloc (number ${fails}); fork(${child});`;
      found.push({ ...fork, name, family: "failing-fork", fails });
    }
  }
  if (wanted.has("exit")) found.push(made(child, "exit", call("exit"), "exits"));
  return found;
}

function deviceOperations(wanted: ReadonlySet<string>): Operation[] {
  const h = argument.handle("h");
  const found: Operation[] = [];
  if (wanted.has("dma")) {
    const write = call("dma_write", [h, argument.value(deviceValue)]);
    found.push(made("P0", "dma", write, "device-writes"));
    found.push(made("P0", "dma", call("dma_read", [h], "r0"), "device-reads"));
  }
  if (wanted.has("unpin")) found.push(made("P0", "unpin", call("unpin", [h]), "releases"));
  if (wanted.has("softdirty"))
    found.push(made("P0", "softdirty", call("clear_refs", [argument.process("P0")]), "plain"));
  return found;
}
