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
  event("mremap", { addr: address, len: count, to: address, to_len: count }),
  event("madvise", { addr: address, len: count, adv: z.number() }),
  event("close", { fd: z.number() }),
  event("dup", { fd: z.number(), to: z.number() }),
  event("uring_setup", { fd: z.number(), flags: count.optional() }),
  event("uring_reg", { fd: z.number(), addr: address, len: count }),
  event("uring_reg_ret", { ret: z.number() }),
  event("uring_unreg", { fd: z.number() }),
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
