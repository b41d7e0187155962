/**
 * What a real kernel offers for a test: which user-space interface makes each handle, which page
 * kinds can be set up, what can be read at the end. What cannot be done is said, never replaced by
 * something similar.
 */
import type { Call, PageDeclaration, Statement, Test } from "../../litmus/ast.ts";
import type { Gate } from "../../verdict/gates.ts";
import {
  type Observable,
  observableName,
  observables,
  type StateProposition,
} from "../../verdict/valuation.ts";

/** What stands behind a handle on a real kernel. */
export type Device =
  | "ring"
  | "pipe"
  | "region"
  | "read-only region"
  | "module"
  | "mapping"
  | "direct read"
  | "umem";

/** What the guest must have for a test. */
export interface Needs {
  readonly rdma: boolean;
  readonly swap: boolean;
  readonly hugetlb: boolean;
  readonly thp: boolean;
  readonly ksm: boolean;
  /** Files on a disk. */
  readonly files: boolean;
  /** A network block device, whose server the tests are. */
  readonly disk: boolean;
  /** A card behind an IOMMU, for drivers in user space. */
  readonly vfio: boolean;
  /** Taps, for AF_XDP. */
  readonly taps: boolean;
  /** Some tests want the module; without it these skip, and the others run. */
  readonly module: boolean;
  /** Reads /proc/kpageflags or other memory information that is for root only. */
  readonly root: boolean;
}

export const noNeeds: Needs = {
  rdma: false,
  swap: false,
  hugetlb: false,
  thp: false,
  ksm: false,
  files: false,
  disk: false,
  vfio: false,
  taps: false,
  module: false,
  root: false,
};

export interface EmitOptions {
  /** The red control: device writes are left out, so that verdicts must change. */
  readonly leaveOutDeviceWrite?: boolean;
  /** Takes no pins and no references: the red control of compared states. */
  readonly leaveOutPins?: boolean;
  /** Shows how processes map the pages: pins are taken by the module, which tells what they hold. */
  readonly showStates?: boolean;
  readonly gate?: Gate | undefined;
  /** What the model says, for the comment above the test: "v5.10: always". */
  readonly verdicts?: (test: Test) => readonly string[];
}

export interface Context {
  readonly test: Test;
  /** The prefix of the test's C names. */
  readonly prefix: string;
  readonly observed: readonly string[];
  readonly devices: ReadonlyMap<string, Device>;
  readonly leaveOutDeviceWrite: boolean;
  readonly leaveOutPins: boolean;
  readonly showStates: boolean;
  /** One thread is held until another has done its part. */
  readonly gate: Gate | undefined;
}

/** A reason why something cannot be done on a real kernel from user space. */
export interface Refusal {
  readonly refusal: string;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refusal" in value;
}

/** The interface that realises what a call asks for; a call that makes no handle has none. */
export function deviceOf(call: Call, test: Test, exact: boolean): Device | Refusal | undefined {
  switch (call.operation) {
    case "io_uring_register":
      return "ring";
    case "vmsplice":
      return "pipe";
    case "ibv_reg_mr":
      return "region";
    case "pin":
      // Where references are counted, a pin of one page must be one pin.
      if (exact || isWatched(call, test)) return "module";
      return standIn(call, test);
    case "get":
      return exact ? "module" : getDevice(flagsOf(call));
    case "xdp_umem":
      // A page of its own lies before the memory, where a part has its neighbour.
      return isPart(call) ? { refusal: "an AF_XDP umem of a part is not emitted yet" } : "umem";
    case "vfio_map":
      return "mapping";
    case "read_direct":
      return "direct read";
    default:
      return undefined;
  }
}

function countsReferences(test: Test): boolean {
  return observables(test).some((one) => one.kind === "measure" && one.measure !== "PTE");
}

/**
 * Whether userfaultfd may watch the memory by then: whether a pin can wait for the watcher depends on
 * its exact flags.
 */
function isWatched(call: Call, test: Test): boolean {
  for (const actor of test.actors) {
    const watches = actor.statements.findIndex(
      (one) => one.kind === "call" && one.operation === "uffd_wp",
    );
    if (watches !== -1 && !actor.statements.slice(0, watches).includes(call)) return true;
  }
  return false;
}

function isPart(call: Call): boolean {
  return call.arguments.some((one) => one.kind === "place" && one.place.index !== undefined);
}

function pageOf(call: Call, test: Test): PageDeclaration | undefined {
  const place = call.arguments.find((one) => one.kind === "place");
  if (place?.kind !== "place") return undefined;
  return test.declarations.find((one) => one.name === place.place.name);
}

/** A region that ends marks its pages dirty (ib_umem_release()); unpin_user_page() does not. */
function standIn(call: Call, test: Test): Device {
  const device = pinDevice(flagsOf(call), pageOf(call, test));
  return device === "region" && isGivenBack(call, test) ? "module" : device;
}

function isGivenBack(call: Call, test: Test): boolean {
  const unpins = (one: Statement): boolean =>
    one.kind === "call" &&
    one.operation === "unpin" &&
    one.arguments.some((given) => given.kind === "handle" && given.handle.name === call.result);
  return test.actors.some(({ statements }) => statements.some(unpins));
}

/**
 * A registered buffer is FOLL_PIN | FOLL_WRITE | FOLL_LONGTERM by the slow path, a memory region the
 * same by the fast one, and a read-only region, from 6.2 on, FOLL_PIN | FOLL_LONGTERM. FOLL_LONGTERM
 * makes no difference to memory that is anonymous already, so there they stand for the other pins too.
 * What is left, and what needs many pins at once, the module does.
 */
function pinDevice(flags: readonly string[], page: PageDeclaration | undefined): Device {
  if (flags.includes("FORCE")) return "module";
  if (!flags.includes("LONGTERM") && !isAnonymous(page, flags.includes("WRITE"))) return "module";
  if (!flags.includes("WRITE")) return "read-only region";
  // A ring refuses what has a file behind it, for reasons that are not GUP's.
  if (hasFile(page)) return "module";
  return flags.includes("FAST") ? "region" : "ring";
}

function hasFile(page: PageDeclaration | undefined): boolean {
  return typeof page?.pageKind === "string" && /file|shmem|shared/.test(page.pageKind);
}

/** Whether the page is anonymous memory by the time it is pinned; a write makes it so. */
function isAnonymous(page: PageDeclaration | undefined, write: boolean): boolean {
  if (page === undefined || typeof page.pageKind !== "string") return false;
  if (page.pageKind === "file") return false;
  if (page.pageKind === "shared anon" || page.pageKind === "shmem") return true;
  if (page.pageKind === "shared hugetlb") return true;
  const zero = page.pageKind === "zero" || page.pageKind === "huge zero";
  return write || (!zero && !page.modifiers.includes("untouched"));
}

/** vmsplice takes plain references for reading. */
function getDevice(flags: readonly string[]): Device {
  const exact = !flags.includes("WRITE") && !flags.includes("FORCE") && !flags.includes("LONGTERM");
  return exact ? "pipe" : "module";
}

/** Whether any actor calls one of the operations. */
export function calls(test: Test, operations: readonly string[]): boolean {
  return test.actors.some(({ statements }) =>
    statements.some((one) => one.kind === "call" && operations.includes(one.operation)),
  );
}

export function flagsOf(call: Call): readonly string[] {
  return call.arguments.flatMap((one) => (one.kind === "flags" ? one.flags : []));
}

/** The device of each handle that the test makes, or why one cannot be made. */
export function devicesOf(test: Test, showStates: boolean): Map<string, Device> | Refusal {
  const devices = new Map<string, Device>();
  const exact = showStates || countsReferences(test);
  for (const actor of test.actors) {
    for (const statement of actor.statements) {
      if (statement.kind !== "call") continue;
      const device = deviceOf(statement, test, exact);
      if (device === undefined) continue;
      if (isRefusal(device)) return device;
      if (statement.result === undefined) {
        return {
          refusal: `${statement.operation}() without a handle: write h = ${statement.operation}(...)`,
        };
      }
      const before = devices.get(statement.result);
      if (before !== undefined && before !== device) {
        return { refusal: `${statement.result} is made by two interfaces` };
      }
      devices.set(statement.result, device);
    }
  }
  return devices;
}

/** The names of what the test observes, in printed order, or why one of them cannot be read. */
export function observedNames(
  test: Test,
  devices: ReadonlyMap<string, Device>,
): string[] | Refusal {
  const names: string[] = [];
  for (const one of observables(test)) {
    const unreadable = unreadableReason(one, devices);
    if (unreadable !== undefined) return { refusal: unreadable };
    names.push(observableName(one));
  }
  return names;
}

function unreadableReason(
  observable: Observable,
  devices: ReadonlyMap<string, Device>,
): string | undefined {
  switch (observable.kind) {
    case "state":
      return isReadableState(observable, devices)
        ? undefined
        : `nothing can read ${observableName(observable)}`;
    case "measure":
      return observable.of.kind === "memory"
        ? undefined
        : `nothing can read ${observableName(observable)}`;
    case "handle":
      return `${observableName(observable)} is not a value`;
    case "memory":
      return observable.place.half === undefined
        ? undefined
        : "the end of a page is read as a whole";
    default:
      return undefined;
  }
}

/** Frames are compared through pagemap; a pin's frame by writing through the device; else the module. */
function isReadableState(state: StateProposition, devices: ReadonlyMap<string, Device>): boolean {
  const [left, right] = state.operands;
  if (state.operands.length === 1) return left?.kind === "memory";
  if (right?.kind !== "memory") return false;
  if (state.predicate === "same") return left?.kind === "memory";
  if (state.predicate !== "pinned" || left?.kind !== "handle") return false;
  const device = devices.get(left.handle.name);
  return device !== undefined && device !== "pipe" && device !== "direct read";
}
