/**
 * Registrations that go through a device: AF_XDP memory, RDMA by write() or ioctl(), KVM memory
 * slots, VFIO mappings, GPU drivers. Where strace prints only a pointer, the event says "opaque":
 * something may be pinned and nobody can tell where.
 */
import type { DescriptorRef } from "../event.ts";
import type { Call, CallRule, EventBody } from "./call.ts";
import { failed } from "./call.ts";
import { field } from "./split.ts";
import { bytesOf, descriptorOf, littleEndian, numberOf } from "./value.ts";

/** struct xdp_umem_reg: u64 address, u64 length first. */
function umem(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  if (failed(call) || descriptor === undefined) return undefined;
  const level = (call.args[1] ?? "").split(" ")[0];
  const option = (call.args[2] ?? "").split(" ")[0];
  if (level !== "SOL_XDP" && numberOf(level) !== 283) return undefined;
  if (option !== "XDP_UMEM_REG" && numberOf(option) !== 4) return undefined;
  const value = call.args[3] ?? "";
  const bytes = bytesOf(value)?.bytes ?? [];
  const address = value.startsWith("{")
    ? numberOf(field(value, "addr"))
    : littleEndian(bytes, 0, 8);
  const length = value.startsWith("{") ? numberOf(field(value, "len")) : littleEndian(bytes, 8, 8);
  return {
    kind: "register",
    by: "xdp",
    descriptor,
    buffers: [{ address, length }],
    writable: true,
    slots: undefined,
    handle: undefined,
    moreUnseen: 0,
  };
}

const verbsRegister = 9;
const verbsDeregister = 13;
/** Commands whose driver-private part may carry queue memory that gets pinned. */
const verbsQueues = new Map([
  [18, "CREATE_CQ"],
  [24, "CREATE_QP"],
  [32, "CREATE_SRQ"],
]);
const accessLocalWrite = 1;

/**
 * The old verbs ABI: write(uverbs, {u32 command, u16, u16, u64 response, u64 start, u64 length,
 * u64, u32, u32 access}). Queue creation pins queue memory through driver-private bodies.
 */
export function verbsWrite(call: Call, descriptor: DescriptorRef): EventBody | undefined {
  if (failed(call)) return undefined;
  const bytes = bytesOf(call.args[1])?.bytes;
  if (bytes === undefined) return { kind: "opaqueRegister", descriptor, what: "verbs write()" };
  const command = littleEndian(bytes, 0, 4);
  if (command === verbsRegister) {
    const access = littleEndian(bytes, 44, 4);
    return {
      kind: "register",
      by: "rdma",
      descriptor,
      buffers: [{ address: littleEndian(bytes, 16, 8), length: littleEndian(bytes, 24, 8) }],
      writable: access === undefined || (access & accessLocalWrite) !== 0,
      slots: undefined,
      handle: undefined,
      moreUnseen: 0,
    };
  }
  if (command === verbsDeregister) {
    return { kind: "unregister", descriptor, handle: littleEndian(bytes, 8, 4), what: "region" };
  }
  const queue = command === undefined ? "verbs write()" : verbsQueues.get(command);
  return queue === undefined ? undefined : { kind: "opaqueRegister", descriptor, what: queue };
}

function memorySlot(call: Call, descriptor: DescriptorRef): EventBody | undefined {
  const body = call.args[2] ?? "";
  const address = numberOf(field(body, "userspace_addr"));
  const size = numberOf(field(body, "memory_size"));
  if (address === undefined || size === undefined || size === 0) return undefined;
  return { kind: "memorySlot", descriptor, range: { start: address, end: address + size } };
}

function openedByIoctl(call: Call): EventBody | undefined {
  const number = call.returned?.value;
  if (number === undefined) return undefined;
  return {
    kind: "open",
    descriptor: number,
    path: "anon_inode:kvm-vm",
    fileKind: "kvm",
    cloexec: true,
    hugetlb: false,
    sqpoll: false,
  };
}

/** VFIO_IOMMU_MAP_DMA: decoded by newer strace, else a bare pointer. */
function vfioMap(call: Call, descriptor: DescriptorRef): EventBody {
  const body = call.args[2] ?? "";
  const address = numberOf(field(body, "vaddr"));
  const length = numberOf(field(body, "size"));
  if (address === undefined || length === undefined) {
    return { kind: "opaqueRegister", descriptor, what: "VFIO_IOMMU_MAP_DMA" };
  }
  const writable = !(field(body, "flags") ?? "WRITE").match(/^(?:VFIO_DMA_MAP_FLAG_READ|0x1|1)$/);
  return {
    kind: "register",
    by: "vfio",
    descriptor,
    buffers: [{ address, length }],
    writable,
    slots: undefined,
    handle: numberOf(field(body, "iova")),
    moreUnseen: 0,
  };
}

/** An unmapping names the device's address; without it one of the mappings is gone, nobody knows which. */
function vfioUnmap(call: Call, descriptor: DescriptorRef): EventBody {
  const handle = numberOf(field(call.args[2] ?? "", "iova"));
  return { kind: "unregister", descriptor, handle, what: "region" };
}

const vfioUnmapCommand =
  /VFIO_IOMMU_UNMAP_DMA|IOMMU_IOAS_UNMAP\b|0x3b72\b|0x3b86\b|0x3b, 0x(?:72|86)\b/;
const vfioMapCommand = /VFIO_IOMMU_MAP_DMA|IOMMU_IOAS_MAP\b|0x3b71\b|0x3b85\b|0x3b, 0x(?:71|85)\b/;
/** DRM and KFD name their commands; only those that take user memory pin any. */
const gpuHarmless = /^(?:DRM_IOCTL_(?!.*USERPTR)|TCGETS|FIO|AMDKFD_IOC_(?!ALLOC_MEMORY|SVM))/;

function control(call: Call): EventBody | undefined {
  const descriptor = descriptorOf(call.args[0]);
  if (failed(call) || descriptor === undefined) return undefined;
  const command = call.args[1] ?? "";
  if (command.startsWith("FIOCLEX") || command.startsWith("FIONCLEX")) {
    return { kind: "setCloexec", descriptor: descriptor.number, on: command.startsWith("FIOCLEX") };
  }
  switch (call.context.fileKind(descriptor)) {
    case "uverbs":
      return { kind: "opaqueRegister", descriptor, what: command.split(",")[0] ?? "ioctl" };
    case "gpu":
      return gpuHarmless.test(command)
        ? undefined
        : { kind: "opaqueRegister", descriptor, what: command };
    case "vfio":
      if (vfioUnmapCommand.test(command)) return vfioUnmap(call, descriptor);
      return vfioMapCommand.test(command) ? vfioMap(call, descriptor) : undefined;
    case "kvm":
      if (/^KVM_CREATE_VM\b|^0xae01\b/.test(command)) return openedByIoctl(call);
      return /^KVM_SET_USER_MEMORY_REGION/.test(command) ? memorySlot(call, descriptor) : undefined;
    default:
      return undefined;
  }
}

export const deviceCalls: readonly CallRule[] = [
  { name: "setsockopt", end: umem, stack: true },
  { name: "ioctl", end: control, gated: true, stack: true },
];
