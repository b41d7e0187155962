/** How an emitted program is compiled: whoever builds it asks here. */

/** Every emitted program builds with these without a warning. */
export const compilerFlags: readonly string[] = ["-O2", "-Wall", "-Wextra", "-static", "-pthread"];

/** Before the source: real RDMA registrations, with the soft-RoCE provider linked in. */
export const rdmaCompilerFlags: readonly string[] = ["-DWITH_RDMA", "-DRDMA_STATIC_PROVIDERS=rxe"];

/** After the source: static libibverbs and what it stands on. */
export const rdmaLinkerFlags: readonly string[] = [
  "-lrxe-rdmav34",
  "-libverbs",
  "-lnl-route-3",
  "-lnl-3",
];
