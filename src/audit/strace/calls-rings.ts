/** io_uring: setup, register, enter, in verbose, abbreviated and raw print. */
import type { Buffer, DescriptorRef, SlotChange } from "../event.ts";
import type { Call, CallRule, EventBody } from "./call.ts";
import { failed } from "./call.ts";
import { flags, ringOperations } from "./constants.ts";
import { field, splitBody } from "./split.ts";
import { descriptorOf, flagsOf, hasFlag, numberOf } from "./value.ts";

function setup(call: Call): EventBody | undefined {
  const descriptor = call.returned?.value;
  if (failed(call) || descriptor === undefined) return undefined;
  const parameters = call.args[1] ?? "";
  const setupFlags = flagsOf(field(parameters, "flags"));
  const ownMemory = hasFlag(setupFlags, flags.IORING_SETUP_NO_MMAP);
  return {
    kind: "open",
    descriptor,
    path: "anon_inode:[io_uring]",
    fileKind: "ring",
    cloexec: true,
    hugetlb: false,
    sqpoll: hasFlag(setupFlags, flags.IORING_SETUP_SQPOLL),
    registered: hasFlag(setupFlags, flags.IORING_SETUP_REGISTERED_FD_ONLY),
    ...(ownMemory ? { memory: ringMemory(parameters) } : {}),
  };
}

/** Older strace leaves user_addr out: then only that there is such memory is known. */
function ringMemory(parameters: string): readonly Buffer[] {
  const entries = numberOf(field(parameters, "sq_entries")) ?? 1;
  const completions = numberOf(field(parameters, "cq_entries")) ?? 2 * entries;
  const place = (name: string, length: number): Buffer => {
    const address = numberOf(field(field(parameters, name) ?? "", "user_addr"));
    return { address, length: address === undefined ? undefined : length };
  };
  return [place("sq_off", entries * 64), place("cq_off", completions * 16 + entries * 4)];
}

function operation(call: Call): number | undefined {
  const text = (call.args[1] ?? "").split(" ")[0] ?? "";
  for (const word of text.split("|")) {
    const value = ringOperations[word] ?? numberOf(word);
    if (value !== undefined) return value % 0x80000000;
  }
  return undefined;
}

interface Vectors {
  readonly buffers: readonly Buffer[];
  readonly unseen: number;
}

/** An iovec array; strace without -v stops after some elements with `...`. */
export function vectorsOf(text: string | undefined, count: number | undefined): Vectors {
  const elements = splitBody(text ?? "");
  const buffers: Buffer[] = [];
  for (const element of elements) {
    if (!element.startsWith("{")) continue;
    const address = field(element, "iov_base");
    const isAddress = address !== undefined && /^(?:0x|NULL|0$)/.test(address);
    buffers.push({
      address: isAddress ? numberOf(address) : undefined,
      length: numberOf(field(element, "iov_len")),
    });
  }
  const expected = count ?? buffers.length;
  return { buffers, unseen: Math.max(0, expected - buffers.length) };
}

/** The ring of a registration: a descriptor, or with the high bit set a slot of registered rings. */
function ringOf(call: Call): DescriptorRef | undefined {
  const descriptor = descriptorOf(call.args[0]);
  const text = call.args[1] ?? "";
  const viaSlot = text.includes("USE_REGISTERED_RING") || (numberOf(text) ?? 0) >= 0x80000000;
  return descriptor === undefined || !viaSlot ? descriptor : { ...descriptor, registered: true };
}

function buffersEvent(
  call: Call,
  list: string | undefined,
  count: number | undefined,
  slots: SlotChange | undefined,
): EventBody | undefined {
  const descriptor = ringOf(call);
  if (descriptor === undefined) return undefined;
  const { buffers, unseen } = vectorsOf(list, count);
  return {
    kind: "register",
    by: "io_uring",
    descriptor,
    buffers,
    writable: true,
    slots,
    handle: undefined,
    moreUnseen: unseen,
  };
}

function providedRing(call: Call): EventBody | undefined {
  const descriptor = ringOf(call);
  const body = call.args[2] ?? "";
  const printed = body.startsWith("{");
  const address = numberOf(field(body, "ring_addr"));
  const entries = numberOf(field(body, "ring_entries")) ?? 1;
  if (descriptor === undefined) return undefined;
  const inKernel = hasFlag(flagsOf(field(body, "flags")), flags.IOU_PBUF_RING_MMAP);
  if (printed && (inKernel || address === undefined || address === 0)) return undefined;
  return {
    kind: "register",
    by: "provided ring",
    descriptor,
    buffers: [{ address, length: printed ? entries * 16 : undefined }],
    writable: true,
    slots: undefined,
    handle: numberOf(field(body, "bgid")),
    moreUnseen: 0,
  };
}

function ringFds(call: Call, add: boolean): EventBody | undefined {
  const descriptor = ringOf(call);
  if (descriptor === undefined) return undefined;
  const pairs = splitBody(call.args[2] ?? "").flatMap((element) => {
    const slot = numberOf(field(element, "offset"));
    const target = descriptorOf(field(element, "data"))?.number;
    return slot === undefined ? [] : [{ slot, descriptor: target ?? -1 }];
  });
  return { kind: "ringFds", descriptor, pairs, add };
}

/** An update returns how many slots it changed; with a bare pointer nobody knows which. */
function update(call: Call): EventBody | undefined {
  const body = call.args[2] ?? "";
  const count = call.returned?.value ?? numberOf(field(body, "nr")) ?? 1;
  return buffersEvent(call, field(body, "data"), count, {
    first: body.startsWith("{") ? (numberOf(field(body, "offset")) ?? 0) : undefined,
    count,
  });
}

function register2(call: Call): EventBody | undefined {
  const body = call.args[2] ?? "";
  if (!body.startsWith("{")) return buffersEvent(call, undefined, 1, undefined);
  const sparse =
    (field(body, "flags") ?? "").includes("SPARSE") || hasFlag(flagsOf(field(body, "flags")), 1);
  const list = field(body, "data");
  if (sparse || list === "NULL") return undefined;
  return buffersEvent(call, list, numberOf(field(body, "nr")), undefined);
}

function opaque(call: Call, what: string): EventBody | undefined {
  const descriptor = ringOf(call);
  return descriptor === undefined ? undefined : { kind: "opaqueRegister", descriptor, what };
}

function register(call: Call): EventBody | undefined {
  const descriptor = ringOf(call);
  if (failed(call) || descriptor === undefined) return undefined;
  const code = operation(call);
  switch (code) {
    case 0:
      return buffersEvent(call, call.args[2], numberOf(call.args[3]), undefined);
    case 1:
      return { kind: "unregister", descriptor, handle: undefined, what: "buffers" };
    case 15:
      return register2(call);
    case 16:
      return update(call);
    case 20:
      return ringFds(call, true);
    case 21:
      return ringFds(call, false);
    case 22:
      return providedRing(call);
    case 23:
      return {
        kind: "unregister",
        descriptor,
        handle: numberOf(field(call.args[2] ?? "", "bgid")),
        what: "provided",
      };
    case 30:
      return opaque(call, "IORING_REGISTER_CLONE_BUFFERS");
    case 32:
      return opaque(call, "IORING_REGISTER_ZCRX_IFQ");
    case 34:
      return opaque(call, "IORING_REGISTER_MEM_REGION");
    default:
      return undefined;
  }
}

function enter(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  if (descriptor === undefined || failed(call)) return undefined;
  const enterFlags = flagsOf(call.args[3]);
  const waits = hasFlag(enterFlags, flags.IORING_ENTER_GETEVENTS);
  return {
    kind: "enter",
    descriptor: hasFlag(enterFlags, flags.IORING_ENTER_REGISTERED_RING)
      ? { ...descriptor, registered: true }
      : descriptor,
    asked: numberOf(call.args[1]) ?? 0,
    submitted: call.returned?.value ?? 0,
    waited: waits ? (numberOf(call.args[2]) ?? 0) : 0,
  };
}

export const ringCalls: readonly CallRule[] = [
  { name: "io_uring_setup", end: setup },
  { name: "io_uring_register", end: register, stack: true },
  { name: "io_uring_enter", end: enter, timed: true },
];
