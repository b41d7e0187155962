/**
 * What a kernel promises of every state: the invariants of fork, copy-on-write and pins, as data.
 * Which kernels promise one is said by their decisions, never by their names; a promise may also
 * end where a test does something that the kernel of its day did not guard against.
 */

import type { DecisionName, Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { KIND_PIN } from "../mm/grab.ts";
import { GUP_PIN_COUNTING_BIAS, PG_ANON, ZERO_PAGE } from "../mm/page.ts";
import { HPAGE_PMD_NR } from "../mm/pmd.ts";
import { pte_write } from "../mm/pte.ts";
import { NEVER_BORN } from "../mm/state.ts";
import { is_cow_mapping } from "../mm/vma.ts";
import type { DecisionValue } from "../step/index.ts";
import { frameMappedBy, type HeldPin, type StateView } from "./state-view.ts";

export interface Invariant {
  readonly name: string;
  /** What holds, in plain words. */
  readonly holds: string;
  /** A kernel promises it when each of these decisions has one of these values. */
  readonly promisedBy: Readonly<Partial<Record<DecisionName, readonly DecisionValue[]>>>;
  /** Operations and page modifiers that end the promise: a test with one is not held to it. */
  readonly except: readonly string[];
  /** What is wrong in this state, in words; undefined when it holds. */
  readonly broken: (state: StateView) => string | undefined;
}

/** What write-protects or unmaps an entry besides fork and the process's own munmap. */
const separating = [
  ...["mprotect", "uffd_wp", "clear_refs", "reclaim", "numa_hint", "migrate", "ksm"],
  ...["khugepaged", "writeback", "PAGEOUT", "MERGEABLE", "COLLAPSE"],
] as const;

const forkHonoursPins = {
  "pin.countable": [true],
  "pin.hasPinned": [true],
  "fork.copyPinned": [true],
  "fork.writeProtectSeq": [true],
  "gup.checksSequence": [true],
} as const;

const reuseAsksReferences = {
  "wp.reuse": ["refcount", "refcount-drained", "exclusive"],
  "fork.presentPte": [
    "share",
    "peter-xu-v1",
    "protect-then-test",
    "test-then-share",
    "test-mapcount-then-share",
    "exclusive",
  ],
} as const;

export const invariants: readonly Invariant[] = [
  {
    name: "I1-fork",
    holds: "A page pinned for writing stays the page its process maps, whatever fork does.",
    promisedBy: forkHonoursPins,
    except: separating,
    broken: (state) => strayPin(state, (pin) => pin.write && !isHugetlb(state, pin)),
  },
  {
    name: "I1-hugetlb",
    holds: "A hugetlb page pinned for writing stays the page its process maps, whatever fork does.",
    promisedBy: {
      ...forkHonoursPins,
      "fork.hugetlb": ["copy-if-pinned", "exclusive"],
      "fork.hugetlbSeq": [true],
    },
    except: separating,
    broken: (state) => strayPin(state, (pin) => pin.write && isHugetlb(state, pin)),
  },
  {
    name: "I1",
    holds: "A page pinned for writing stays the page its process maps, whatever happens.",
    promisedBy: {
      ...forkHonoursPins,
      "wp.reuse": ["exclusive"],
      "fork.hugetlbSeq": [true],
      "gup.rechecksPmd": [true],
    },
    except: [],
    broken: (state) => strayPin(state, (pin) => pin.write),
  },
  {
    name: "I2",
    holds: "An anonymous page pinned for reading stays the page its process maps.",
    promisedBy: {
      ...forkHonoursPins,
      "gup.rechecksPmd": [true],
      "wp.reuse": ["exclusive"],
      "gup.unshare": ["anon", "anon-and-longterm"],
    },
    except: [],
    broken: (state) => strayPin(state, (pin) => !pin.write && isAnon(state, pin.frame)),
  },
  {
    name: "I3",
    holds:
      "A long-term pin in a private mapping holds an anonymous page, never zero page or cache.",
    promisedBy: { "gup.unshare": ["anon-and-longterm"], "wp.unsharesNonAnon": [true] },
    except: [],
    broken: longtermOnSharedPage,
  },
  {
    name: "I4",
    holds: "Who may write a small anonymous page in place is the only one who can read it.",
    promisedBy: reuseAsksReferences,
    except: ["swapped", "reclaim", "PAGEOUT"],
    broken: (state) => writableAndVisible(state, false),
  },
  {
    name: "I4-swap",
    holds: "The same, and whatever has been to swap.",
    promisedBy: {
      ...reuseAsksReferences,
      "swap.reuse": ["refcount", "exclusive", "exclusive-writable"],
    },
    except: [],
    broken: (state) => writableAndVisible(state, false),
  },
  {
    name: "I4-huge",
    holds: "Who may write a part of a THP in place is the only one who can read it.",
    promisedBy: {
      "wp.reuse": ["refcount", "refcount-drained", "exclusive"],
      "thp.reuse": ["refcount", "exclusive"],
    },
    except: [],
    broken: (state) => writableAndVisible(state, true),
  },
  {
    name: "I5",
    holds: "An exclusive page is mapped once at most.",
    promisedBy: { "wp.reuse": ["exclusive"], "fork.presentPte": ["exclusive"] },
    except: [],
    broken: exclusiveAndMappedTwice,
  },
  {
    name: "I6",
    holds: "A pinned anonymous page is exclusive.",
    promisedBy: {
      ...forkHonoursPins,
      "wp.reuse": ["exclusive"],
      "gup.unshare": ["anon", "anon-and-longterm"],
    },
    except: [],
    broken: pinnedAndNotExclusive,
  },
  {
    name: "I7",
    holds:
      "A writable entry of a private mapping maps an exclusive page, while no one edits the table.",
    promisedBy: { "wp.reuse": ["exclusive"], "fork.presentPte": ["exclusive"] },
    except: [],
    broken: writableAndNotExclusive,
  },
  {
    name: "I8",
    holds: "fork does not fail, pins or not, unless an allocation does.",
    promisedBy: {},
    except: ["mayFail", "hugetlb", "shared hugetlb", "private hugetlb"],
    broken: forkFailed,
  },
  {
    name: "I9",
    holds: "What a child gets is its parent's memory at one instant.",
    promisedBy: {
      "fork.presentPte": ["share"],
      "fork.hugePmd": ["share"],
      "fork.hugetlb": ["share"],
    },
    except: [],
    broken: copyOfAnotherInstant,
  },
  {
    name: "I10",
    holds: "A page that does not look pinned has no completed pin.",
    promisedBy: { "pin.countable": [true] },
    except: [],
    broken: pinnedUnseen,
  },
];

/** Whether `kernel` promises the invariant for every state of `test`. */
export function promises(
  kernel: Kernel,
  invariant: Invariant,
  test: Pick<Test, "actors" | "declarations">,
): boolean {
  return isDecided(kernel, invariant) && !isExcepted(test, invariant);
}

type Known<Key extends object> = WeakMap<Key, Map<Invariant, boolean>>;
const decidedBy: Known<Kernel> = new WeakMap();
const exceptedIn: Known<object> = new WeakMap();

function isDecided(kernel: Kernel, invariant: Invariant): boolean {
  return remembered(decidedBy, kernel, invariant, () =>
    Object.entries(invariant.promisedBy).every(([name, values]) =>
      values.includes(kernel.decisions[name as DecisionName].value),
    ),
  );
}

function isExcepted(test: Pick<Test, "actors" | "declarations">, invariant: Invariant): boolean {
  return remembered(exceptedIn, test, invariant, () => usesAny(test, invariant.except));
}

/** Asked for every kernel of every test: what is known of one is not found again. */
function remembered<Key extends object>(
  known: Known<Key>,
  key: Key,
  invariant: Invariant,
  find: () => boolean,
): boolean {
  const answers = known.get(key) ?? new Map<Invariant, boolean>();
  known.set(key, answers);
  const before = answers.get(invariant);
  if (before !== undefined) return before;
  const found = find();
  answers.set(invariant, found);
  return found;
}

/** Whether the test does one of these, or declares a page of this kind or with one of these modifiers. */
function usesAny(
  { actors, declarations }: Pick<Test, "actors" | "declarations">,
  operations: readonly string[],
): boolean {
  const words = declarations.flatMap((page) => [...page.modifiers, String(page.pageKind)]);
  if (words.some((word) => operations.includes(word))) return true;
  return actors.some(({ statements }) =>
    statements.some(
      (statement) =>
        operations.includes(statement.kind) ||
        (statement.kind === "call" &&
          (operations.includes(statement.operation) ||
            statement.arguments.some(
              (one) => one.kind === "flags" && one.flags.some((flag) => operations.includes(flag)),
            ))),
    ),
  );
}

// --- the predicates ---

function isAnon({ read }: StateView, frame: number): boolean {
  return (read("page.flags", headOf(read, frame)) & PG_ANON) !== 0;
}

function isHugetlb(state: StateView, { at }: { readonly at: number }): boolean {
  return state.read("address.huge", at) === HUGETLB;
}

/** What address.huge says of a page that hugetlb maps. */
const HUGETLB = 2;

function headOf(read: StateView["read"], frame: number): number {
  const head = read("page.head", frame);
  return head === 0 ? frame : head;
}

/**
 * The exclusive mark of a part of a huge page is its own where an entry maps it, and the head's
 * where a PMD does, or while the PMD is being split.
 */
function isExclusive(state: StateView, frame: number): boolean {
  const byEntry = state.entries.some((entry) => !entry.whole && entry.frame === frame);
  if (state.read("page.exclusive", frame) !== 0) return true;
  return !byEntry && state.read("page.exclusive", headOf(state.read, frame)) !== 0;
}

/** A FOLL_PIN whose process now maps another page at the pinned address, or, when quiet, none. */
function strayPin(state: StateView, wanted: (pin: HeldPin) => boolean): string | undefined {
  for (const pin of state.pins) {
    if (pin.kind !== KIND_PIN || !pin.stays || !wanted(pin)) continue;
    if (state.read("process.state", pin.process) !== 1) continue;
    const mapped = frameMappedBy(state, pin.process, pin.at);
    if (mapped === pin.frame || (mapped === undefined && !state.quiet)) continue;
    // Unmapped by reclaim: whoever comes back finds it in the page cache.
    if (mapped === undefined && state.read("cache.frame", pin.at) === pin.frame) continue;
    return `pin ${pin.k} holds frame ${pin.frame}, the process maps ${mapped ?? "none"}`;
  }
  return undefined;
}

function longtermOnSharedPage(state: StateView): string | undefined {
  for (const pin of state.pins) {
    if (pin.kind !== KIND_PIN || !pin.longterm) continue;
    const m = state.read("process.mm", pin.process);
    const flags = state.read("vma.flags", m * state.world.names.pageCount + pin.at);
    if (flags === 0 || !is_cow_mapping(flags)) continue;
    if (pin.frame === ZERO_PAGE) return `pin ${pin.k} holds the zero page`;
    if (!isAnon(state, pin.frame)) return `pin ${pin.k} holds page-cache frame ${pin.frame}`;
  }
  return undefined;
}

function writableAndVisible(state: StateView, huge: boolean): string | undefined {
  for (const entry of state.entries) {
    const { m, frame, word } = entry;
    if (!pte_write(word) || !isAnon(state, frame)) continue;
    if ((state.read("page.head", frame) !== 0) !== huge || isHugetlb(state, entry)) continue;
    const other = state.entries.find((one) => one.frame === frame && one.m !== m);
    if (other) return `frame ${frame} is writable in mm ${m} and mapped by mm ${other.m}`;
    const pin = state.pins.find(
      (one) => one.frame === frame && one.mm !== undefined && one.mm !== m,
    );
    if (pin)
      return `frame ${frame} is writable in mm ${m} and held by pin ${pin.k} of P${pin.process}`;
  }
  return undefined;
}

function exclusiveAndMappedTwice(state: StateView): string | undefined {
  const mappings = new Map<number, number>();
  for (const { frame } of state.entries) mappings.set(frame, (mappings.get(frame) ?? 0) + 1);
  for (const [frame, count] of mappings)
    if (count > 1 && isExclusive(state, frame))
      return `frame ${frame} is exclusive, mapped ${count} times`;
  return undefined;
}

function pinnedAndNotExclusive(state: StateView): string | undefined {
  for (const { k, frame, kind } of state.pins) {
    if (kind !== KIND_PIN || frame === ZERO_PAGE || !isAnon(state, frame)) continue;
    if (!isExclusive(state, frame)) return `pin ${k} holds frame ${frame}, which is not exclusive`;
  }
  return undefined;
}

function writableAndNotExclusive(state: StateView): string | undefined {
  for (const { m, at, frame, word } of state.entries) {
    const flags = state.read("vma.flags", m * state.world.names.pageCount + at);
    if (state.read("mm.ptl", m) !== 0) continue;
    if (!pte_write(word) || !is_cow_mapping(flags) || !isAnon(state, frame)) continue;
    if (!isExclusive(state, frame))
      return `frame ${frame} is writable in mm ${m}, and not exclusive`;
  }
  return undefined;
}

function forkFailed({ world, read }: StateView): string | undefined {
  const p = world.names.processes.findIndex((_, at) => read("process.state", at) === NEVER_BORN);
  return p < 0 ? undefined : `${world.names.processes[p]} was never born`;
}

/** While fork holds mmap_lock and has copied all, nobody can write what the child is to get. */
function copyOfAnotherInstant(state: StateView): string | undefined {
  for (const { parent, child } of state.copied)
    for (const { m, at, frame } of state.entries) {
      const copy = state.entries.find((one) => one.m === child && one.at === at);
      if (m !== parent || copy === undefined) continue;
      const [now, copied] = [state.read("page.data", frame), state.read("page.data", copy.frame)];
      if (now !== copied) return `page ${at} reads ${now} in the parent, ${copied} in the child`;
    }
  return undefined;
}

/** A compound page of two pages counts its pins by references where the kernel says so. */
function countsExactly(state: StateView, head: number): boolean {
  const pages = state.read("page.head", head + HPAGE_PMD_NR - 1) === 0 ? 2 : HPAGE_PMD_NR;
  return pages > 2 || state.world.kernel.decisions["pin.exactForOrder1"].value === true;
}

function pinnedUnseen(state: StateView): string | undefined {
  const { pins, read } = state;
  for (const { k, frame, kind } of pins) {
    if (kind !== KIND_PIN || frame === ZERO_PAGE) continue;
    const head = headOf(read, frame);
    const large = read("page.head", frame) !== 0;
    const seen =
      large && countsExactly(state, head)
        ? read("page.pincount", head) > 0
        : read("page.ref", head) >= GUP_PIN_COUNTING_BIAS;
    if (!seen) return `pin ${k} holds frame ${frame}, which does not look pinned`;
  }
  return undefined;
}
