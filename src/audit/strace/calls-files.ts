/** Descriptors: open, close, dup, fcntl, sockets, pipes, and descriptors sent over sockets. */
import type { FileKind } from "../event.ts";
import type { Call, CallRule, EventBody } from "./call.ts";
import { failed } from "./call.ts";
import { flags } from "./constants.ts";
import { field, splitBody } from "./split.ts";
import { descriptorOf, flagsOf, hasFlag, numberOf, textOf } from "./value.ts";

/** What kind of file a path names, in a call or between `-y`'s angle brackets. */
export function kindOfPath(path: string | undefined): FileKind | undefined {
  if (path === undefined) return undefined;
  if (path.startsWith("/") && !path.includes("/dev/")) return undefined;
  if (path.startsWith("anon_inode:[io_uring]")) return "ring";
  if (path.startsWith("XDP:[")) return "xdp";
  if (path.startsWith("pipe:[")) return "pipe";
  if (path.startsWith("anon_inode:kvm-vm")) return "kvm";
  if (!path.includes("/dev/")) return undefined;
  if (/\/infiniband\/uverbs\d+$/.test(path)) return "uverbs";
  if (/\/dev\/(?:nvidia[^/]*|kfd|dri\/(?:renderD|card)\d+)$/.test(path)) return "gpu";
  if (/\/dev\/(?:vfio\/|iommu$)/.test(path)) return "vfio";
  return path.endsWith("/dev/kvm") ? "kvm" : undefined;
}

function opened(
  call: Call,
  path: string | undefined,
  openFlags: number | undefined,
): EventBody | undefined {
  const descriptor = call.returned?.value;
  if (failed(call) || descriptor === undefined) return undefined;
  const direct = hasFlag(openFlags, flags.O_DIRECT);
  const name = call.returned?.path ?? path;
  return {
    kind: "open",
    descriptor,
    path: name,
    fileKind: kindOfPath(path) ?? kindOfPath(name) ?? (direct ? "direct" : "plain"),
    cloexec: hasFlag(openFlags, flags.O_CLOEXEC),
    hugetlb: (name ?? "").includes("hugepages"),
    sqpoll: false,
  };
}

function openat2Flags(call: Call): number | undefined {
  return flagsOf(field(call.args[2] ?? "", "flags"));
}

function memfd(call: Call): EventBody | undefined {
  const memfdFlags = flagsOf(call.args[1]);
  const body = opened(call, textOf(call.args[0]), undefined);
  if (body === undefined || body.kind !== "open") return undefined;
  return {
    ...body,
    cloexec: hasFlag(memfdFlags, flags.MFD_CLOEXEC),
    hugetlb: hasFlag(memfdFlags, flags.MFD_HUGETLB),
  };
}

function socket(call: Call): EventBody | undefined {
  const descriptor = call.returned?.value;
  if (failed(call) || descriptor === undefined) return undefined;
  const xdp = /^(?:AF_XDP|PF_XDP|44|0x2c)\b/.test(call.args[0] ?? "");
  return {
    kind: "open",
    descriptor,
    path: call.returned?.path,
    fileKind: xdp ? "xdp" : "plain",
    cloexec: hasFlag(flagsOf(call.args[1]), flags.SOCK_CLOEXEC),
    hugetlb: false,
    sqpoll: false,
  };
}

function pipe(call: Call): EventBody | undefined {
  if (failed(call)) return undefined;
  const ends = splitBody(call.args[0] ?? "");
  const reader = descriptorOf(ends[0])?.number;
  const writer = descriptorOf(ends[1])?.number;
  if (reader === undefined || writer === undefined) return undefined;
  return { kind: "pipe", reader, writer, cloexec: hasFlag(flagsOf(call.args[1]), flags.O_CLOEXEC) };
}

function close(call: Call): EventBody | undefined {
  const first = descriptorOf(call.args[0])?.number;
  if (first === undefined || call.returned?.errno === "EBADF") return undefined;
  return { kind: "close", first, last: first, cloexecOnly: false, unshare: false };
}

function closeRange(call: Call): EventBody | undefined {
  const first = numberOf(call.args[0]);
  const last = numberOf(call.args[1]);
  if (failed(call) || first === undefined || last === undefined) return undefined;
  const rangeFlags = flagsOf(call.args[2]) ?? 0;
  return {
    kind: "close",
    first,
    last: last < 0 ? 0xffffffff : last,
    cloexecOnly: (rangeFlags & flags.CLOSE_RANGE_CLOEXEC) !== 0,
    unshare: (rangeFlags & flags.CLOSE_RANGE_UNSHARE) !== 0,
  };
}

function duplicate(call: Call, cloexec: boolean): EventBody | undefined {
  const from = descriptorOf(call.args[0]);
  const to = call.returned?.value;
  if (failed(call) || from === undefined || to === undefined) return undefined;
  return { kind: "duplicate", from, to, cloexec };
}

function control(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  const command = (call.args[1] ?? "").split(" ")[0] ?? "";
  if (failed(call) || descriptor === undefined) return undefined;
  switch (command) {
    case "F_DUPFD":
    case "0":
      return duplicate(call, false);
    case "F_DUPFD_CLOEXEC":
    case "1030":
    case "0x406":
      return duplicate(call, true);
    case "F_SETFD":
    case "2":
    case "0x2":
      return {
        kind: "setCloexec",
        descriptor: descriptor.number,
        on: hasFlag(flagsOf(call.args[2]), flags.FD_CLOEXEC),
      };
    case "F_SETFL":
    case "4":
    case "0x4":
      return { kind: "setDirect", descriptor, on: hasFlag(flagsOf(call.args[2]), flags.O_DIRECT) };
    case "F_GETFL":
    case "3":
    case "0x3":
      return { kind: "setDirect", descriptor, on: hasFlag(call.returned?.value, flags.O_DIRECT) };
    default:
      return undefined;
  }
}

/** The descriptors of an SCM_RIGHTS control message, wherever it stands in the msghdr. */
function rights(call: Call): readonly string[] {
  const text = call.args.join(", ");
  const at = text.search(/cmsg_level=(?:SOL_SOCKET|0x1\b)[^,]*, cmsg_type=(?:SCM_RIGHTS|0x1\b)/);
  const data = at < 0 ? -1 : text.indexOf("cmsg_data=[", at);
  return data < 0 ? [] : splitBody(text.slice(data + "cmsg_data=".length));
}

function send(call: Call): EventBody | undefined {
  const sent = rights(call).flatMap((text) => descriptorOf(text)?.number ?? []);
  if (failed(call) || sent.length === 0) return undefined;
  return { kind: "sendDescriptors", descriptors: sent };
}

function receive(call: Call): EventBody | undefined {
  const received = rights(call).flatMap((text) => descriptorOf(text) ?? []);
  if (failed(call) || received.length === 0) return undefined;
  return { kind: "receiveDescriptors", descriptors: received };
}

/** bind() of a second AF_XDP socket may share the first one's memory. */
function bind(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  const address = call.args[1] ?? "";
  const from = descriptorOf(field(address, "sxdp_shared_umem_fd"));
  if (failed(call) || descriptor === undefined || from === undefined) return undefined;
  if (!address.includes("XDP_SHARED_UMEM")) return undefined;
  return { kind: "shareUmem", descriptor, from: from.number };
}

/** Most opens are of plain files, into descriptors on which nothing hangs: they change nothing. */
function isPlainOpen(line: string, taken: (descriptor: number) => boolean): boolean {
  if (line.includes("O_DIRECT") || line.includes("/dev/") || line.includes("hugepages"))
    return false;
  if (line.includes(", 0x") || line.includes("\\x")) return false;
  const result = line.lastIndexOf(" = ");
  if (result < 0) return false;
  const code = line.charCodeAt(result + 3);
  if (code === 45) return true;
  const descriptor = numberOf(line.slice(result + 3, result + 14));
  return descriptor !== undefined && !taken(descriptor);
}

export const fileCalls: readonly CallRule[] = [
  {
    name: "open",
    skip: isPlainOpen,
    end: (call) => opened(call, textOf(call.args[0]), flagsOf(call.args[1])),
  },
  { name: "creat", end: (call) => opened(call, textOf(call.args[0]), 0) },
  {
    name: "openat",
    skip: isPlainOpen,
    end: (call) => opened(call, textOf(call.args[1]), flagsOf(call.args[2])),
  },
  { name: "openat2", end: (call) => opened(call, textOf(call.args[1]), openat2Flags(call)) },
  { name: "memfd_create", end: memfd },
  { name: "socket", end: socket },
  { name: "pipe", end: pipe },
  { name: "pipe2", end: pipe },
  { name: "close", end: close, gated: true },
  { name: "close_range", end: closeRange },
  { name: "dup", end: (call) => duplicate(call, false) },
  { name: "dup2", end: (call) => duplicate(call, false) },
  { name: "dup3", end: (call) => duplicate(call, hasFlag(flagsOf(call.args[2]), flags.O_CLOEXEC)) },
  { name: "fcntl", end: control },
  { name: "fcntl64", end: control },
  { name: "sendmsg", end: send },
  { name: "recvmsg", end: receive },
  { name: "bind", end: bind, gated: true },
];
