/**
 * The system calls that take pages, and the GUP flags each uses on the modelled kernel.
 * Compare drivers/infiniband/core/umem.c:ib_umem_get(), io_uring/rsrc.c, fs/splice.c:iter_to_pipe(),
 * net/xdp/xdp_umem.c, drivers/vfio/vfio_iommu_type1.c, block/bio.c, mm/process_vm_access.c.
 */
import type { Path } from "../step/index.ts";
import {
  FOLL_FAST,
  FOLL_FORCE,
  FOLL_LONGTERM,
  FOLL_PIN,
  FOLL_WRITE,
  get_user_page,
  grabbed_refs,
  is_errno,
  kind_of,
} from "./gup.ts";
import { put_refs } from "./page.ts";
import { FAILED, register_pages } from "./pin.ts";
import { EINVAL, handle, kernel, page, process } from "./state.ts";

/** pin(x, FLAGS), get(x, FLAGS): as the flags say. */
export function* gup(
  p: number,
  at: number,
  count: number,
  h: number,
  first: number,
  flags: number,
  times: number,
): Path {
  yield* register_pages(p, at, count, h, first, flags, times);
}

/** ibv_reg_mr: a memory region, writable by the device if `flags` has FOLL_WRITE. */
export function* ibv_reg_mr(
  p: number,
  at: number,
  count: number,
  h: number,
  first: number,
  flags: number,
): Path {
  yield "ib_umem_get";
  const forced = (flags & FOLL_WRITE) === 0 && kernel.interface.rdmaForcesWrite;
  const wanted = forced ? flags | FOLL_WRITE | FOLL_FORCE : flags;
  let how = 0;
  if (kernel.interface.rdma === "pin") how = FOLL_PIN | FOLL_FAST | FOLL_LONGTERM;
  if (kernel.interface.rdma === "get-longterm") how = FOLL_LONGTERM;
  yield* register_pages(p, at, count, h, first, wanted | how, 1);
}

/** A registered buffer of io_uring: always for writing, never by force. */
export function* io_uring_register(
  p: number,
  at: number,
  count: number,
  h: number,
  first: number,
): Path {
  yield "io_sqe_buffers_register";
  if (kernel.interface.fixedBuffer === "none") {
    handle.made[h] = FAILED;
    handle.errno[h] = EINVAL;
    return;
  }
  yield* register_pages(p, at, count, h, first, FOLL_WRITE | FOLL_LONGTERM | fixed_buffer_pin(), 1);
}

/** An AF_XDP umem. */
export function* xdp_umem(p: number, at: number, count: number, h: number, first: number): Path {
  yield "xdp_umem_pin_pages";
  yield* register_pages(p, at, count, h, first, FOLL_WRITE | FOLL_LONGTERM | xdp_pin(), 1);
}

/** A VFIO DMA mapping: for writing only if the device may write. */
export function* vfio_map(
  p: number,
  at: number,
  count: number,
  h: number,
  first: number,
  flags: number,
): Path {
  yield "vaddr_get_pfns";
  yield* register_pages(p, at, count, h, first, flags | FOLL_LONGTERM | vfio_pin(), 1);
}

/** vmsplice: the pipe holds plain references, on every kernel. */
export function* vmsplice(p: number, at: number, count: number, h: number, first: number): Path {
  yield* register_pages(p, at, count, h, first, FOLL_FAST, 1);
}

/** A direct read in flight: the block layer holds the pages until it completes. */
export function* read_direct(p: number, at: number, count: number, h: number, first: number): Path {
  yield "bio_iov_iter_get_pages";
  yield* register_pages(p, at, count, h, first, FOLL_WRITE | FOLL_FAST | direct_io_pin(), 1);
}

/** process_vm_writev into another process. */
export function* process_vm_writev(target: number, at: number, value: number): Path {
  yield "process_vm_rw";
  yield* remote_write(target, at, value, FOLL_WRITE | process_vm_pin());
}

/** FOLL_PIN where the interface pins on this kernel, else 0: a plain reference. */
export function process_vm_pin(): number {
  return kernel.interface.processVm === "pin" ? FOLL_PIN : 0;
}

export function fixed_buffer_pin(): number {
  return kernel.interface.fixedBuffer === "pin" ? FOLL_PIN : 0;
}

export function xdp_pin(): number {
  return kernel.interface.xdp === "pin" ? FOLL_PIN : 0;
}

export function vfio_pin(): number {
  return kernel.interface.vfio === "pin" ? FOLL_PIN : 0;
}

export function direct_io_pin(): number {
  return kernel.interface.directIo === "pin" ? FOLL_PIN : 0;
}

/** A write through /proc/PID/mem: by force. */
export function* proc_mem_write(target: number, at: number, value: number): Path {
  yield* remote_write(target, at, value, FOLL_WRITE | FOLL_FORCE);
}

export function* remote_write(target: number, at: number, value: number, flags: number): Path {
  yield "enter the kernel";
  const frame = yield* get_user_page(process.mm[target], at, flags);
  if (is_errno(frame)) return;
  yield "copy to the page";
  page.data[frame] = value;
  yield "let go of the page";
  put_refs(frame, grabbed_refs(kind_of(flags)));
}
