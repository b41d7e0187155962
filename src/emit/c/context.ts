/**
 * What a real kernel offers for a test: which user-space interface makes each handle, which page
 * kinds can be set up, what can be read at the end. What cannot be done is said, never replaced by
 * something similar.
 */
import type { Call, Operand, Test } from "../../litmus/ast.ts";
import { type Observable, observableName, observables } from "../../verdict/valuation.ts";

/** What stands behind a handle on a real kernel. */
export type Device = "ring" | "pipe" | "region";

/** What the guest must have for a test. */
export interface Needs {
  readonly rdma: boolean;
  readonly swap: boolean;
  readonly hugetlb: boolean;
  readonly thp: boolean;
  readonly ksm: boolean;
  /** Reads /proc/kpageflags or other memory information that is for root only. */
  readonly root: boolean;
}

export const noNeeds: Needs = {
  rdma: false,
  swap: false,
  hugetlb: false,
  thp: false,
  ksm: false,
  root: false,
};

export interface Context {
  readonly test: Test;
  /** The prefix of the test's C names. */
  readonly prefix: string;
  readonly observed: readonly string[];
  readonly devices: ReadonlyMap<string, Device>;
  readonly leaveOutDeviceWrite: boolean;
}

/** A reason why something cannot be done on a real kernel from user space. */
export interface Refusal {
  readonly refusal: string;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refusal" in value;
}

/** The interface that realises what a call asks for; a call that makes no handle has none. */
export function deviceOf(call: Call): Device | Refusal | undefined {
  switch (call.operation) {
    case "io_uring_register":
      return "ring";
    case "vmsplice":
      return "pipe";
    case "ibv_reg_mr":
      return "region";
    case "pin":
      return pinDevice(flagsOf(call));
    case "get":
      return getDevice(flagsOf(call), call.times);
    case "xdp_umem":
      return { refusal: "no AF_XDP device whose traffic a test could steer" };
    case "vfio_map":
      return { refusal: "no device behind an IOMMU" };
    case "read_direct":
      return { refusal: "no block device that keeps a direct read waiting" };
    default:
      return undefined;
  }
}

const noInterface = "no user-space interface gives this pin; load the module";

/** A registered buffer is FOLL_PIN | FOLL_WRITE | FOLL_LONGTERM, taken by the slow path. */
function pinDevice(flags: readonly string[]): Device | Refusal {
  const exact = flags.includes("WRITE") && !flags.includes("FAST") && !flags.includes("FORCE");
  return exact ? "ring" : { refusal: noInterface };
}

/** vmsplice takes plain references for reading. */
function getDevice(flags: readonly string[], times: number): Device | Refusal {
  const exact = !flags.includes("WRITE") && !flags.includes("FORCE") && !flags.includes("LONGTERM");
  if (!exact) return { refusal: noInterface };
  return times === 1 ? "pipe" : { refusal: "a pipe takes few references" };
}

export function flagsOf(call: Call): readonly string[] {
  return call.arguments.flatMap((one) => (one.kind === "flags" ? one.flags : []));
}

/** The device of each handle that the test makes, or why one cannot be made. */
export function devicesOf(test: Test): Map<string, Device> | Refusal {
  const devices = new Map<string, Device>();
  for (const actor of test.actors) {
    for (const statement of actor.statements) {
      if (statement.kind !== "call") continue;
      const device = deviceOf(statement);
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

/** The names of what the test observes, in printed order; states are not readable yet. */
export function observedNames(test: Test): string[] | Refusal {
  const names: string[] = [];
  for (const one of observables(test)) {
    const unreadable = unreadableReason(one);
    if (unreadable !== undefined) return { refusal: unreadable };
    names.push(observableName(one));
  }
  return names;
}

function unreadableReason(observable: Observable): string | undefined {
  switch (observable.kind) {
    case "state":
    case "measure":
      return `user space cannot read ${observableName(observable)}; load the module`;
    case "handle":
      return `${observableName(observable)} is not a value`;
    case "memory":
      return observable.place.half === undefined
        ? undefined
        : "halves of a page need a race, not an order";
    default:
      return undefined;
  }
}

/** The memory operands that a process reads at its end. */
export function readAtTheEnd(test: Test, process: string): Extract<Operand, { kind: "memory" }>[] {
  return observables(test).flatMap((one) =>
    one.kind === "memory" && one.process === process ? [one] : [],
  );
}
