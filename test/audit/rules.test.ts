/** Every rule has a trace that fires it and a neighbour, one step away, that must not. */
import { describe, expect, test } from "vitest";
import { ruleIds } from "../../src/audit/rules/catalog.ts";
import { audit, end, fork, forkAndExit, pinned, register, ring, rulesOf, start } from "./trace.ts";

const lives = `100 1.100000 ${fork} = 101
101 1.101000 getppid() = 100`;
const direct = `100 1.01 openat(AT_FDCWD, "big", O_RDONLY|O_DIRECT) = 4
100 1.02 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SETTLS, exit_signal=0}, 88) = 105`;
const readStarts = "105 1.09 pread64(0x4, 0x7f0000100000, 0x10000, 0 <unfinished ...>";
const readEnds = "105 1.2 <... pread64 resumed>) = 0x10000";
const pipe = "100 1.01 pipe2([5, 6], 0) = 0";
const splice = `100 1.02 vmsplice(6, [{iov_base="\\1\\1"..., iov_len=4096}], 1, 0) = 4096`;
const verbs = `100 1.01 openat(AT_FDCWD, "/dev/infiniband/uverbs0", O_RDWR|O_CLOEXEC) = 7`;
const regMr = (access: number) =>
  `100 1.2 write(7, "\\x09\\x00\\x00\\x00\\x0e\\x00\\x03\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x00\\x7f\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x00\\x7f\\x00\\x00\\x01\\x00\\x00\\x00\\x0${access}\\x00\\x00\\x00", 48) = 48`;
const advise = (from: string, length: number, time = "1.00035") =>
  `100 ${time} madvise(${from}, ${length}, MADV_DONTFORK) = 0`;
const manyAdvised = (undo: boolean) =>
  Array.from({ length: 64 }, (_, index) => {
    const at = `0x${(0x7f0000200000 + index * 0x10000).toString(16)}`;
    const on = `100 2.0 madvise(${at}, 4096, MADV_DONTFORK) = 0`;
    return undo ? `${on}\n100 2.1 madvise(${at}, 4096, MADV_DOFORK) = 0` : on;
  }).join("\n");

interface Row {
  readonly rule: string;
  readonly fires: string;
  readonly silent: string;
}

const rows: readonly Row[] = [
  {
    rule: "PIN-FORK-PRIVATE",
    fires: `${pinned}\n${forkAndExit}`,
    silent: `${pinned}\n100 1.05 io_uring_register(3, IORING_UNREGISTER_BUFFERS, NULL, 0) = 0\n${forkAndExit}`,
  },
  {
    rule: "PIN-FORK-PARTIAL",
    fires: `${start}\n${ring}\n${advise("0x7f0000100000", 32768)}\n${register}\n${forkAndExit}`,
    silent: `${start}\n${ring}\n${advise("0x7f0000100000", 65536)}\n${register}\n${forkAndExit}`,
  },
  {
    rule: "FORK-COPIES-PINS",
    fires: `${pinned.replaceAll("65536", "134217728")}\n${forkAndExit}`,
    silent: `${pinned}\n${forkAndExit}`,
  },
  {
    rule: "DIO-FORK-RACE",
    fires: `${start}\n${direct}\n${readStarts}\n${forkAndExit}\n${readEnds}`,
    silent: `${start}\n${direct}\n${readStarts}\n${readEnds.replace("1.2", "1.095")}\n${forkAndExit}`,
  },
  {
    rule: "DIO-WRITE-FORK",
    fires: `${start}\n${direct}\n${readStarts.replace("pread64", "pwrite64")}\n${forkAndExit}\n${readEnds.replace("pread64", "pwrite64")}`,
    silent: `${start}\n${direct}\n${readStarts}\n${forkAndExit}\n${readEnds}`,
  },
  {
    rule: "PIN-AFTER-FORK-RO",
    fires: `${start}\n${verbs}\n${lives}\n${regMr(0)}`,
    silent: `${start}\n${verbs}\n${lives}\n${regMr(1)}`,
  },
  {
    rule: "VMSPLICE-FORK",
    fires: `${start}\n${pipe}\n${splice}\n${forkAndExit}`,
    silent: `${start}\n${pipe}\n${splice}\n100 1.03 read(5, "x"..., 4096) = 4096\n${forkAndExit}`,
  },
  {
    rule: "VMSPLICE-CHILD",
    fires: `${start}\n${pipe}\n${lives}\n${splice.replace("100 1.02", "101 1.2")}\n101 1.3 munmap(0x7f0000100000, 65536) = 0`,
    silent: `${start}\n${pipe}\n${lives}\n${splice.replace("100 1.02", "101 1.2")}`,
  },
  {
    rule: "RING-INHERITED",
    fires: `${start}\n${ring}\n100 1.01 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0) = 0x7f0000300000\n${lives}\n101 5.0 exit_group(0) = ?\n101 5.1 +++ exited with 0 +++`,
    silent: `${start}\n${ring}\n100 1.01 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0) = 0x7f0000300000\n${forkAndExit}`,
  },
  {
    rule: "RING-USED-BY-CHILD",
    fires: `${start}\n${ring}\n${lives}\n101 1.2 io_uring_enter(3, 1, 0, 0, NULL, 8) = 1`,
    silent: `${start}\n${ring}\n${lives}\n101 1.2 io_uring_setup(8, {flags=0}) = 4\n101 1.3 io_uring_enter(4, 1, 0, 0, NULL, 8) = 1`,
  },
  {
    rule: "REG-OUTLIVES-CLOSE",
    fires: `${pinned}\n${lives}\n100 1.2 close(3) = 0\n101 3.0 exit_group(0) = ?`,
    silent: `${pinned}\n${lives}\n101 1.15 close(3) = 0\n100 1.2 close(3) = 0\n101 3.0 exit_group(0) = ?`,
  },
  {
    rule: "STALE-REGISTRATION",
    fires: `${pinned}\n100 1.2 munmap(0x7f0000100000, 65536) = 0\n100 1.3 io_uring_enter(3, 1, 0, 0, NULL, 8) = 1`,
    silent: `${pinned}\n100 1.2 munmap(0x7f0000100000, 65536) = 0`,
  },
  {
    rule: "DONTFORK-CHILD-FAULT",
    fires: `${start}\n${advise("0x7f0000100000", 65536)}\n${lives}\n101 1.2 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x7f0000100010} ---`,
    silent: `${start}\n${advise("0x7f0000100000", 65536)}\n${lives}\n101 1.2 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---`,
  },
  {
    rule: "DONTFORK-HOLE-RISK",
    fires: `${start}\n100 1.01 brk(0x550000021000) = 0x550000021000\n${advise("0x550000001000", 8192, "1.02")}\n${lives}\n100 4.0 getppid() = 1\n101 4.0 getppid() = 100`,
    silent: `${start}\n${advise("0x7f0000100000", 65536)}\n${lives}\n101 4.0 getppid() = 100`,
  },
  {
    rule: "DONTFORK-LEAK",
    fires: `${start}\n100 1.01 mmap(NULL, 16777216, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000200000\n${manyAdvised(false)}`,
    silent: `${start}\n100 1.01 mmap(NULL, 16777216, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000200000\n${manyAdvised(true)}`,
  },
  {
    rule: "PIN-UNKNOWN",
    fires: `${start}\n${verbs}\n100 1.02 ioctl(7, RDMA_VERBS_IOCTL, 0x7ffd00000000) = 0\n${forkAndExit}`,
    silent: `${start}\n${verbs}\n100 1.02 ioctl(7, RDMA_VERBS_IOCTL, 0x7ffd00000000) = 0\n100 1.03 close(7) = 0\n${forkAndExit}`,
  },
  {
    rule: "LATE-FORK-INIT",
    fires: `${start}\n${verbs}\n${regMr(1)}\n${advise("0x550000001000", 4096, "1.3")}\n100 1.31 madvise(0x550000001000, 4096, MADV_DOFORK) = 0`,
    silent: `${start}\n${verbs}\n${advise("0x550000001000", 4096, "1.1")}\n100 1.11 madvise(0x550000001000, 4096, MADV_DOFORK) = 0\n${regMr(1)}`,
  },
  {
    rule: "REMOTE-PIN-RACE",
    fires: `${start}\n200 1.05 process_vm_writev(100, [{iov_base="x", iov_len=1}], 1, [{iov_base=0x7f0000100000, iov_len=1}], 1, 0 <unfinished ...>\n${forkAndExit}\n200 1.3 <... process_vm_writev resumed>) = 1`,
    silent: `${start}\n200 1.05 process_vm_writev(100, [{iov_base="x", iov_len=1}], 1, [{iov_base=0x7f0000100000, iov_len=1}], 1, 0) = 1\n${forkAndExit}`,
  },
  {
    rule: "KVM-MEMSLOT",
    fires: `${start}\n100 1.01 openat(AT_FDCWD, "/dev/kvm", O_RDWR) = 3\n100 1.02 ioctl(3, KVM_CREATE_VM, 0) = 4\n100 1.03 ioctl(4, KVM_SET_USER_MEMORY_REGION, {slot=0, flags=0, guest_phys_addr=0, memory_size=65536, userspace_addr=0x7f0000100000}) = 0\n${forkAndExit}`,
    silent: `${start}\n${advise("0x7f0000100000", 65536)}\n100 1.01 openat(AT_FDCWD, "/dev/kvm", O_RDWR) = 3\n100 1.02 ioctl(3, KVM_CREATE_VM, 0) = 4\n100 1.03 ioctl(4, KVM_SET_USER_MEMORY_REGION, {slot=0, flags=0, guest_phys_addr=0, memory_size=65536, userspace_addr=0x7f0000100000}) = 0\n${forkAndExit}`,
  },
  {
    rule: "SAFE-SPAWN",
    fires: `${pinned}\n100 1.1 vfork() = 101\n101 1.2 exit_group(0) = ?`,
    silent: `${start}\n100 1.1 vfork() = 101\n101 1.2 exit_group(0) = ?`,
  },
];

const container = `100 1.01 openat(AT_FDCWD, "/dev/vfio/vfio", O_RDWR) = 7`;
const dma =
  "{argsz=32, flags=VFIO_DMA_MAP_FLAG_READ|VFIO_DMA_MAP_FLAG_WRITE, vaddr=0x7f0000100000, iova=0x1000, size=65536}";
const mapDma = (given: string) => `100 1.02 ioctl(7, VFIO_IOMMU_MAP_DMA, ${given}) = 0`;
const unmapDma = (given: string) => `100 1.03 ioctl(7, VFIO_IOMMU_UNMAP_DMA, ${given}) = 0`;

describe("VFIO", () => {
  const told = (...lines: readonly string[]) =>
    rulesOf(audit([start, container, ...lines, forkAndExit, end].join("\n")));

  test("a mapping is a pin until it is unmapped", () => {
    const undo = unmapDma("{argsz=24, flags=0, iova=0x1000, size=65536}");
    expect(told(mapDma(dma))).toEqual(["PIN-FORK-PRIVATE"]);
    expect(told(mapDma(dma), undo)).toEqual([]);
  });

  test("one that was printed as a pointer is unknown until it is unmapped", () => {
    expect(told(mapDma("0x7ffd00000000"))).toEqual(["PIN-UNKNOWN"]);
    expect(told(mapDma("0x7ffd00000000"), unmapDma("0x7ffd00000000"))).toEqual([]);
  });
});

describe("each rule", () => {
  test.each(rows)("$rule fires", ({ rule, fires }) => {
    expect(rulesOf(audit(`${fires}\n${end}`, { explain: true }))).toContain(rule);
  });

  test.each(rows)("$rule stays silent one step away", ({ rule, silent }) => {
    expect(rulesOf(audit(`${silent}\n${end}`, { explain: true }))).not.toContain(rule);
  });

  test("has a row here, or is judged with the model, or is a blind spot", () => {
    const covered = [...rows.map((row) => row.rule), "DONTFORK-NEEDLESS", "BLIND-SPOT"];
    expect([...covered].sort()).toEqual([...ruleIds].sort());
  });
});
