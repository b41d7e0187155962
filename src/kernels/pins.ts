/**
 * How each interface takes pages on a kernel: by reference or by pin, with or without locks, and with
 * which GUP flags. Nothing is stated twice: the flags are what the shared paths themselves compute
 * from the kernel's decisions. Compare the callers of mm/gup.c.
 */
import { FOLL_FAST, FOLL_FORCE, FOLL_LONGTERM, FOLL_PIN, FOLL_WRITE } from "../mm/grab.ts";
import {
  gup_flags,
  IBV_REG_MR,
  IO_URING_REGISTER,
  READ_DIRECT,
  remote_flags,
  VFIO_MAP,
  VMSPLICE,
  XDP_UMEM,
} from "../mm/interfaces.ts";
import { withWorld } from "../step/index.ts";
import type { DecisionName, Evidence, Kernel } from "./kernel.ts";

export interface TakenPages {
  /** Who takes pages, and what for: "RDMA memory region, the device may write". */
  readonly user: string;
  /** The statement of a test that does it; undefined where a test cannot. */
  readonly statement: string | undefined;
  /** Undefined where the kernel has no such interface. */
  readonly flags: TakingFlags | undefined;
  readonly evidence: Evidence;
}

export interface TakingFlags {
  /** FOLL_PIN, or FOLL_GET. */
  readonly pin: boolean;
  readonly fast: boolean;
  readonly write: boolean;
  readonly force: boolean;
  readonly longterm: boolean;
}

interface Interface {
  readonly user: string;
  readonly statement: string | undefined;
  readonly decision: DecisionName;
  /** Asks the shared paths; run with the kernel's decisions at hand. */
  readonly flags: () => number;
}

const vmspliceSource = "fs/splice.c:iter_to_pipe(), lib/iov_iter.c:iov_iter_get_pages()";

const interfaces: readonly Interface[] = [
  {
    user: "RDMA memory region, the device may write",
    statement: "ibv_reg_mr(x, WRITE)",
    decision: "interface.rdma",
    flags: () => gup_flags(IBV_REG_MR, FOLL_WRITE),
  },
  {
    user: "RDMA memory region, the device only reads",
    statement: "ibv_reg_mr(x, READ)",
    decision: "interface.rdmaForcesWrite",
    flags: () => gup_flags(IBV_REG_MR, 0),
  },
  {
    user: "io_uring fixed buffer",
    statement: "io_uring_register(x)",
    decision: "interface.fixedBuffer",
    flags: () => gup_flags(IO_URING_REGISTER, 0),
  },
  {
    user: "AF_XDP umem",
    statement: "xdp_umem(x)",
    decision: "interface.xdp",
    flags: () => gup_flags(XDP_UMEM, 0),
  },
  {
    user: "VFIO mapping, the device may write",
    statement: "vfio_map(x, WRITE)",
    decision: "interface.vfio",
    flags: () => gup_flags(VFIO_MAP, FOLL_WRITE),
  },
  {
    user: "VFIO mapping, the device only reads",
    statement: "vfio_map(x, READ)",
    decision: "interface.vfio",
    flags: () => gup_flags(VFIO_MAP, 0),
  },
  {
    user: "O_DIRECT, a file is read into memory",
    statement: "read_direct(x)",
    decision: "interface.directIo",
    flags: () => gup_flags(READ_DIRECT, 0),
  },
  {
    user: "O_DIRECT, memory is written to a file",
    statement: undefined,
    decision: "interface.directIo",
    flags: () => gup_flags(READ_DIRECT, 0) & ~FOLL_WRITE,
  },
  {
    user: "process_vm_writev",
    statement: "process_vm_writev(P1, x, 2)",
    decision: "interface.processVm",
    flags: () => remote_flags(0),
  },
  {
    user: "process_vm_readv",
    statement: undefined,
    decision: "interface.processVm",
    flags: () => remote_flags(0) & ~FOLL_WRITE,
  },
  {
    user: "write through /proc/PID/mem",
    statement: "proc_mem_write(x, 2)",
    decision: "interface.procMemForces",
    flags: () => remote_flags(1),
  },
];

/** How every interface that the model knows takes pages on `kernel`. */
export function takenPages(kernel: Kernel): readonly TakenPages[] {
  const rows = interfaces.map(({ user, statement, decision, flags }): TakenPages => {
    const { value, evidence } = kernel.decisions[decision];
    const exists = value !== "none";
    return { user, statement, evidence, flags: exists ? flagsOf(kernel, flags) : undefined };
  });
  const vmsplice: TakenPages = {
    user: "vmsplice to a pipe",
    statement: "vmsplice(x)",
    flags: flagsOf(kernel, () => gup_flags(VMSPLICE, 0)),
    evidence: { kind: "read", where: vmspliceSource },
  };
  return [...rows, vmsplice];
}

function flagsOf(kernel: Kernel, ask: () => number): TakingFlags {
  const flags = askPaths(kernel, ask);
  return {
    pin: (flags & FOLL_PIN) !== 0,
    fast: (flags & FOLL_FAST) !== 0,
    write: (flags & FOLL_WRITE) !== 0,
    force: (flags & FOLL_FORCE) !== 0,
    longterm: (flags & FOLL_LONGTERM) !== 0,
  };
}

/** "PIN fast WRITE LONGTERM" */
export function flagWords({ pin, fast, write, force, longterm }: TakingFlags): string {
  const words = [
    pin ? "PIN" : "GET",
    fast ? "fast" : "",
    write ? "WRITE" : "",
    force ? "FORCE" : "",
    longterm ? "LONGTERM" : "",
  ];
  return words.filter((word) => word !== "").join(" ");
}

/** Runs a question that asks the kernel's table and no state. */
export function askPaths<T>(kernel: Kernel, body: () => T): T {
  const decide = (group: string, name: string) =>
    kernel.decisions[`${group}.${name}` as DecisionName].value;
  return withWorld({ ...nowhere, decide }, body);
}

const nowhere = {
  layout: { offsets: new Map(), counts: {}, actorBase: 0, actorStride: 0, width: 0 },
  row: {},
  self: 0,
  choose: () => 0,
  start: () => {},
};
