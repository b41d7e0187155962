/**
 * The system calls that take pages, and the GUP flags each uses on the modelled kernel.
 * Compare drivers/infiniband/core/umem.c:ib_umem_get(), io_uring/rsrc.c, fs/splice.c:iter_to_pipe(),
 * net/xdp/xdp_umem.c, drivers/vfio/vfio_iommu_type1.c, block/bio.c, mm/process_vm_access.c.
 */
import type { Path } from "../step/index.ts";
import {
  DIRTY_AHEAD,
  FEWER_PAGES,
  FOLL_FAST,
  FOLL_FORCE,
  FOLL_LONGTERM,
  FOLL_PIN,
  FOLL_TOUCH,
  FOLL_UNLOCKABLE,
  FOLL_WRITE,
  is_errno,
  kind_of,
  TOO_FEW_IS_ENOMEM,
  ungrab,
} from "./grab.ts";
import { get_user_page_remote } from "./gup.ts";
import { set_page_dirty, with_half } from "./page.ts";
import { FAILED, register_pages } from "./pin.ts";
import {
  ALIVE,
  EFAULT,
  EINVAL,
  EIO,
  EOPNOTSUPP,
  ESRCH,
  handle,
  kernel,
  page,
  process,
  slot,
  vma,
} from "./state.ts";
import { return_to_user } from "./syscall.ts";
import { VM_DIRTY_TRACKED, VM_FILE, VM_HUGETLB } from "./vma.ts";

/** pin(x, FLAGS) and get(x, FLAGS): as the flags say. */
export const BY_FLAGS = 0;
export const IBV_REG_MR = 1;
export const IO_URING_REGISTER = 2;
export const XDP_UMEM = 3;
export const VFIO_MAP = 4;
export const VMSPLICE = 5;
export const READ_DIRECT = 6;

/** Takes pages at .. at+count-1 of process `p` as `through` does on this kernel; see register_pages. */
export function* registration(
  p: number,
  at: number,
  count: number,
  h: number,
  first: number,
  through: number,
  asked: number,
  times: number,
): Path {
  yield "enter the kernel";
  handle.dirties[h] = gives_back_dirty(through, asked) ? 1 : 0;
  if (through === IO_URING_REGISTER && kernel.interface.fixedBuffer === "none") {
    handle.made[h] = FAILED;
    handle.errno[h] = EINVAL;
    return;
  }
  const refusal = through === IO_URING_REGISTER ? refused_as_buffer(p, at) : 0;
  yield* register_pages(p, at, count, h, first, gup_flags(through, asked), times, refusal);
}

/** Whether pages are marked dirty when they are given back, since a device may have written into them. */
export function gives_back_dirty(through: number, asked: number): boolean {
  if (through === IBV_REG_MR || through === VFIO_MAP) return (asked & FOLL_WRITE) !== 0;
  return through === XDP_UMEM || through === READ_DIRECT;
}

/** The errno with which io_uring gives back pages that it has got already, or 0. */
export function refused_as_buffer(p: number, at: number): number {
  const flags = vma.flags[slot(process.mm[p], at)];
  // Shared anonymous memory has a file behind it as well; huge pages are let pass by name.
  if (kernel.interface.fixedBufferRefuses === "files")
    return (flags & (VM_FILE | VM_HUGETLB)) === VM_FILE ? EOPNOTSUPP : 0;
  if (kernel.interface.fixedBufferRefuses === "disk-files")
    return (flags & VM_DIRTY_TRACKED) !== 0 ? EOPNOTSUPP : 0;
  return 0;
}

/** The flags with which interface `through` calls GUP; `asked` is what the caller may choose. */
export function gup_flags(through: number, asked: number): number {
  if (through === IBV_REG_MR) return rdma_flags(asked);
  if (through === IO_URING_REGISTER) return fixed_buffer_flags();
  if (through === XDP_UMEM) return xdp_flags();
  if (through === VFIO_MAP)
    return asked | FOLL_LONGTERM | FOLL_TOUCH | (kernel.interface.vfio === "pin" ? FOLL_PIN : 0);
  if (through === VMSPLICE) return FOLL_FAST | FEWER_PAGES;
  if (through === READ_DIRECT) return direct_read_flags();
  return asked;
}

/** A fixed buffer: always for writing, whatever the ring will do with it. */
export function fixed_buffer_flags(): number {
  const wanted = FOLL_WRITE | FOLL_LONGTERM;
  if (kernel.interface.fixedBuffer === "pin-fast") return wanted | FOLL_PIN | FOLL_FAST;
  return kernel.interface.fixedBuffer === "pin" ? wanted | FOLL_PIN : wanted;
}

/** A direct read: into as many pages as there are. */
export function direct_read_flags(): number {
  const wanted = FOLL_WRITE | FOLL_FAST | FEWER_PAGES | DIRTY_AHEAD;
  return kernel.interface.directIo === "pin" ? wanted | FOLL_PIN : wanted;
}

/** An AF_XDP umem: always for writing. */
export function xdp_flags(): number {
  const wanted = FOLL_WRITE | TOO_FEW_IS_ENOMEM;
  if (kernel.interface.xdp === "pin") return wanted | FOLL_LONGTERM | FOLL_PIN;
  return kernel.interface.xdp === "get-longterm" ? wanted | FOLL_LONGTERM : wanted;
}

/** A memory region: writable by the device if asked; read-only ones were once taken by force. */
export function rdma_flags(asked: number): number {
  const forced = (asked & FOLL_WRITE) === 0 && kernel.interface.rdmaForcesWrite;
  const wanted = forced ? asked | FOLL_WRITE | FOLL_FORCE : asked;
  const pins = kernel.interface.rdma === "pin";
  return wanted | FOLL_LONGTERM | (pins ? FOLL_PIN | FOLL_FAST : 0);
}

/** The flags of a write into another process, or, by `force`, through /proc/PID/mem. */
export function remote_flags(force: number): number {
  const write = FOLL_WRITE | FOLL_TOUCH;
  if (force) return write | (kernel.interface.procMemForces ? FOLL_FORCE : 0);
  return write | FOLL_UNLOCKABLE | (kernel.interface.processVm === "pin" ? FOLL_PIN : 0);
}

/**
 * process_vm_writev into another process, or, by `force`, a write through /proc/PID/mem. Each has one
 * errno for all that goes wrong with the page.
 */
export function* remote_write(
  target: number,
  at: number,
  half: number,
  value: number,
  force: number,
  into: number,
): Path {
  yield "enter the kernel";
  if (process.state[target] !== ALIVE) {
    yield* return_to_user(into, ESRCH);
    return;
  }
  const flags = remote_flags(force);
  const frame = yield* get_user_page_remote(process.mm[target], at, flags);
  if (is_errno(frame)) {
    yield* return_to_user(into, force ? EIO : EFAULT);
    return;
  }
  yield "copy to the page";
  page.data[frame] = with_half(page.data[frame], half, value);
  set_page_dirty(frame);
  yield* ungrab(frame, kind_of(flags));
  yield* return_to_user(into, 0);
}
