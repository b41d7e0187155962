/** What each pinlog event that stands for itself says, as the body of an event. */
import type { Buffer, DescriptorRef, PinInterface } from "../event.ts";
import type { EventBody } from "../strace/call.ts";
import { adviceNames, flags } from "../strace/constants.ts";
import { hasFlag } from "../strace/value.ts";
import type { PinlogEvent } from "./schema.ts";

/** Descriptors of events that do not name one: one made-up file of each kind a process. */
const verbsDescriptor = 1_000_001;
export const directDescriptor = 1_000_002;

export function ref(number: number | undefined, fallback: number): DescriptorRef {
  return { number: number ?? fallback, path: undefined };
}

export function ringRef(number: number, registered: boolean | undefined): DescriptorRef {
  return { number, path: undefined, registered: registered === true };
}

type Ev<K extends PinlogEvent["ev"]> = Extract<PinlogEvent, { readonly ev: K }>;

function mapBody(event: Ev<"mmap">): EventBody {
  const file = event.fd === undefined || event.fd < 0 ? undefined : ref(event.fd, 0);
  return {
    kind: "map",
    range: { start: event.addr, end: event.addr + event.len },
    shared: hasFlag(event.flags, flags.MAP_SHARED),
    writable: hasFlag(event.prot ?? flags.PROT_WRITE, flags.PROT_WRITE),
    huge: hasFlag(event.flags, flags.MAP_HUGETLB),
    anonymous: hasFlag(event.flags, flags.MAP_ANONYMOUS),
    file,
  };
}

export function registerBody(
  by: PinInterface,
  descriptor: DescriptorRef,
  buffers: readonly Buffer[],
  writable: boolean,
  handle: number | undefined,
): EventBody {
  return {
    kind: "register",
    by,
    descriptor,
    buffers,
    writable,
    slots: undefined,
    handle,
    moreUnseen: 0,
  };
}

export function openBody(
  descriptor: number,
  fileKind: "ring" | "direct",
  sqpoll: boolean,
): EventBody {
  return {
    kind: "open",
    descriptor,
    path: undefined,
    fileKind,
    cloexec: true,
    hugetlb: false,
    sqpoll,
  };
}

/** Events that stand for themselves. */
export function bodyOf(event: PinlogEvent): EventBody | undefined {
  return (
    lifeBody(event) ??
    memoryBody(event) ??
    descriptorBody(event) ??
    ringBody(event) ??
    deviceBody(event)
  );
}

function memoryBody(event: PinlogEvent): EventBody | undefined {
  switch (event.ev) {
    case "mmap":
      return mapBody(event);
    case "munmap":
      return { kind: "unmap", range: { start: event.addr, end: event.addr + event.len } };
    case "mremap":
      return {
        kind: "remap",
        from: { start: event.addr, end: event.addr + event.len },
        to: { start: event.to, end: event.to + event.to_len },
        keep: hasFlag(event.flags ?? 0, flags.MREMAP_DONTUNMAP),
      };
    case "madvise": {
      const advice = adviceNames[String(event.adv)];
      if (advice === undefined) return undefined;
      const range = { start: event.addr, end: event.addr + event.len };
      return { kind: "advise", range, advice: advice as never, partial: false };
    }
    case "brk":
      return { kind: "break", top: event.top };
    default:
      return undefined;
  }
}

function descriptorBody(event: PinlogEvent): EventBody | undefined {
  switch (event.ev) {
    case "close":
      return { kind: "close", first: event.fd, last: event.fd, cloexecOnly: false, unshare: false };
    case "close_range":
      return {
        kind: "close",
        first: event.fd,
        last: event.last < 0 ? 0xffffffff : event.last,
        cloexecOnly: hasFlag(event.flags ?? 0, flags.CLOSE_RANGE_CLOEXEC),
        unshare: hasFlag(event.flags ?? 0, flags.CLOSE_RANGE_UNSHARE),
      };
    case "cloexec":
      return { kind: "setCloexec", descriptor: event.fd, on: event.on };
    case "dup":
      return {
        kind: "duplicate",
        from: ref(event.fd, 0),
        to: event.to,
        cloexec: event.cloexec === true,
      };
    case "pipe":
      return { kind: "pipe", reader: event.reader, writer: event.writer, cloexec: false };
    case "pipe_move": {
      const [from, to] = [ref(event.fd, 0), ref(event.to, 0)];
      return { kind: "movePipe", from, to, bytes: event.len, copy: event.copy === true };
    }
    case "fd_send":
      return { kind: "sendDescriptors", descriptors: [event.fd] };
    case "fd_receive":
      return { kind: "receiveDescriptors", descriptors: [ref(event.fd, 0)] };
    case "pipe_read":
      return pipeReadBody(event.fd, event.len);
    case "vmsplice":
      return {
        kind: "splicePages",
        descriptor: ref(event.fd, 0),
        bytes: event.len,
        buffers: [{ address: event.addr, length: event.len }],
      };
    default:
      return undefined;
  }
}

function ringBody(event: PinlogEvent): EventBody | undefined {
  switch (event.ev) {
    case "uring_setup":
      return openBody(event.fd, "ring", hasFlag(event.flags ?? 0, flags.IORING_SETUP_SQPOLL));
    case "uring_slot":
      return {
        kind: "ringFds",
        descriptor: ref(event.fd, 0),
        pairs: [{ slot: event.slot, descriptor: event.fd }],
        add: true,
      };
    case "uring_pbuf":
      return registerBody(
        "provided ring",
        ref(event.fd, 0),
        [{ address: event.addr, length: event.len }],
        true,
        event.group,
      );
    case "uring_pbuf_end":
      return {
        kind: "unregister",
        descriptor: ref(event.fd, 0),
        handle: event.group,
        what: "provided",
      };
    default:
      return undefined;
  }
}

function deviceBody(event: PinlogEvent): EventBody | undefined {
  switch (event.ev) {
    case "reg_mr":
      return registerBody(
        "rdma",
        ref(event.fd, verbsDescriptor),
        [{ address: event.addr, length: event.len }],
        event.access === undefined || hasFlag(event.access, 1),
        event.handle,
      );
    case "dereg_mr":
      return {
        kind: "unregister",
        descriptor: ref(event.fd, verbsDescriptor),
        handle: event.handle,
        what: "region",
      };
    case "xdp_umem":
      return registerBody(
        "xdp",
        ref(event.fd, 0),
        [{ address: event.addr, length: event.len }],
        true,
        undefined,
      );
    case "opaque":
      return { kind: "opaqueRegister", descriptor: ref(event.fd, 0), what: event.what };
    case "vfio_map":
      return registerBody(
        "vfio",
        ref(event.fd, 0),
        [{ address: event.addr, length: event.len }],
        event.write !== false,
        undefined,
      );
    default:
      return undefined;
  }
}

function lifeBody(event: PinlogEvent): EventBody | undefined {
  switch (event.ev) {
    case "exec":
      return { kind: "exec", file: event.file, newTid: undefined };
    case "exit":
      return { kind: "gone", signal: undefined };
    default:
      return undefined;
  }
}

function pipeReadBody(descriptor: number, result: number): EventBody {
  const of = ref(descriptor, 0);
  return { kind: "transferEnd", call: "read", descriptor: of, read: true, buffers: [], result };
}
