/**
 * The pinlog: one JSON object a line, `ev` names what happened. A BPF script, a preloaded library or
 * a program's own logger can write it. Times are nanoseconds of any one clock; addresses are numbers
 * or hexadecimal text. Unknown events and fields are skipped. Stack frames of the event before stand
 * between lines `stk>` and `stk<`.
 */
import { z } from "zod";

const address = z.union([z.number(), z.string().regex(/^0x[0-9a-f]+$/i)]).transform(Number);
const count = z.union([z.number(), z.string().regex(/^(?:0x[0-9a-f]+|-?\d+)$/i)]).transform(Number);

const who = { t: z.number().optional(), pid: z.number().int(), tid: z.number().int().optional() };

function event<K extends string, S extends z.ZodRawShape>(ev: K, shape: S) {
  return z.object({ ev: z.literal(ev), ...who, ...shape });
}

export const pinlogEvent = z.discriminatedUnion("ev", [
  z.object({ ev: z.literal("begin"), v: z.number(), root: z.number().optional() }),
  event("exec", { file: z.string().optional() }),
  event("exit", {}),
  /** A call that makes a task is entered; `newtask` is its end, or `fork_failed`. */
  event("fork", { call: z.string() }),
  event("fork_failed", {}),
  event("newtask", {
    child: z.number().int(),
    flags: count,
    comm: z.string().optional(),
    /** The kernel's own count of pinned pages of the forking mm. */
    pinned_vm: z.number().optional(),
  }),
  event("mmap", {
    addr: address,
    len: count,
    flags: count,
    prot: count.optional(),
    fd: z.number().optional(),
  }),
  event("munmap", { addr: address, len: count }),
  event("mremap", {
    addr: address,
    len: count,
    to: address,
    to_len: count,
    flags: count.optional(),
  }),
  event("madvise", { addr: address, len: count, adv: z.number() }),
  event("brk", { top: address }),
  event("close", { fd: z.number() }),
  event("close_range", { fd: z.number(), last: z.number(), flags: count.optional() }),
  event("dup", { fd: z.number(), to: z.number(), cloexec: z.boolean().optional() }),
  event("cloexec", { fd: z.number(), on: z.boolean() }),
  event("pipe", { reader: z.number(), writer: z.number() }),
  event("uring_setup", { fd: z.number(), flags: count.optional() }),
  /** `slot`: fd is a slot of the thread's registered rings. */
  event("uring_reg", { fd: z.number(), addr: address, len: count, slot: z.boolean().optional() }),
  /** `n` buffers in all, if not all were listed; `first`: the slot that an update began with. */
  event("uring_reg_ret", {
    ret: z.number(),
    fd: z.number().optional(),
    n: z.number().optional(),
    first: z.number().optional(),
    slot: z.boolean().optional(),
  }),
  event("uring_unreg", { fd: z.number(), slot: z.boolean().optional() }),
  event("uring_slot", { fd: z.number(), slot: z.number() }),
  event("uring_pbuf", { fd: z.number(), addr: address, len: count, group: z.number().optional() }),
  event("uring_pbuf_end", { fd: z.number(), group: z.number().optional() }),
  /** A call that may pin memory, where nobody can say which. */
  event("opaque", { fd: z.number(), what: z.string() }),
  event("vfio_map", { fd: z.number(), addr: address, len: count, write: z.boolean().optional() }),
  event("uring_unreg_ret", { ret: z.number() }),
  event("uring_sqe", {
    fd: z.number().optional(),
    addr: address,
    len: count,
    read: z.boolean().optional(),
    direct: z.boolean().optional(),
    data: count.optional(),
  }),
  event("uring_cqe", { data: count.optional() }),
  /** Nothing is under way any more (io_destroy waits). */
  event("uring_drain", {}),
  event("reg_mr", {
    fd: z.number().optional(),
    addr: address,
    len: count,
    access: count.optional(),
    handle: z.number().optional(),
  }),
  event("dereg_mr", { fd: z.number().optional(), handle: z.number().optional() }),
  event("xdp_umem", { fd: z.number(), addr: address, len: count }),
  event("vmsplice", { fd: z.number(), addr: address.optional(), len: count }),
  event("pipe_move", { fd: z.number(), to: z.number(), len: count, copy: z.boolean().optional() }),
  /** A descriptor in a message of a socket. */
  event("fd_send", { fd: z.number() }),
  event("fd_receive", { fd: z.number() }),
  event("pipe_read", { fd: z.number(), len: count }),
  event("dio", {
    addr: address,
    len: count,
    read: z.boolean().optional(),
    rw: z.number().optional(),
  }),
  event("dio_end", { ret: z.number().optional() }),
  event("lost", { n: z.number().optional() }),
]);

export type PinlogEvent = z.infer<typeof pinlogEvent>;

/** Events of a newer recorder are no errors. */
export function isKnownEvent(value: unknown): boolean {
  const ev = (value as { readonly ev?: unknown } | null)?.ev;
  return pinlogEvent.options.some((option) => option.shape.ev.value === ev);
}
