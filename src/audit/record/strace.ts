/**
 * The recorder: strace with flags that are cheap and print no secrets. Environments stay abbreviated
 * although structures are printed whole; seccomp-bpf stops the program only for calls that matter.
 */

const calls = [
  "%process",
  "mmap,munmap,mremap,mprotect,madvise,brk,shmget,shmat,shmdt",
  "open,openat,openat2,memfd_create,close,close_range,dup,dup2,dup3,fcntl",
  "socket,bind,setsockopt,sendmsg,recvmsg,pipe,pipe2,ioctl",
  "io_uring_setup,io_uring_register,io_uring_enter",
  "io_setup,io_submit,io_getevents,io_pgetevents,io_destroy",
  "vmsplice,splice,tee,process_vm_readv,process_vm_writev",
].join(",");

/** Direct reads and writes slow a program that reads much by a factor of a hundred: only if asked. */
const transfers = "read,pread64,readv,preadv,preadv2,write,pwrite64,writev,pwritev,pwritev2";

export interface RecordOptions {
  readonly log: string;
  readonly command: readonly string[];
  /** Also record read and write families, with addresses instead of contents. */
  readonly directIo: boolean;
}

/** The arguments of strace. */
export function straceArguments({ log, command, directIo }: RecordOptions): readonly string[] {
  return [
    ...["-f", "--seccomp-bpf", "-ttt", "-T", "-y", "-v"],
    ...["-e", "abbrev=execve,execveat,newfstatat,fstat"],
    ...["-s", "256", "-o", log],
    ...["-e", `trace=${calls}${directIo ? `,${transfers}` : ""}`],
    ...(directIo ? ["-e", "raw=read,pread64,write,pwrite64"] : []),
    "--",
    ...command,
  ];
}

/** What such a recording does not show, for the person who starts it. */
export function unseenBy({ directIo }: RecordOptions): readonly string[] {
  return [
    "RDMA, GPU and VFIO registrations made by ioctl (only a pointer is printed)",
    "plain io_uring requests and rings polled by the kernel",
    ...(directIo ? [] : ["direct reads and writes (add --direct-io; it slows reads a lot)"]),
  ];
}
