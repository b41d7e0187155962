/**
 * Tests as a folder that somebody without this program can build, run and judge: the C program, a
 * Makefile, a run script that sets up what the tests need, the kernel configuration that they want,
 * and the KTAP that a modelled kernel would print.
 */
import {
  compilerFlags,
  type Emitted,
  type Needs,
  rdmaCompilerFlags,
  rdmaLinkerFlags,
} from "./c/index.ts";

export interface BundleFile {
  readonly name: string;
  readonly text: string;
  readonly executable: boolean;
}

/** What a modelled kernel shows of one test in one order. */
export interface ExpectedCase {
  /** TEST.oINDEX, as the program names it. */
  readonly name: string;
  readonly order: string;
  /** Its ends; none where the model does not know the test. */
  readonly ends: readonly string[];
  /** Why the program skips it. */
  readonly skip: string | undefined;
}

/** The files of the bundle, but for the module's source, which is the caller's to add. */
export function bundleFiles(
  { source, needs }: Emitted,
  kernel: string,
  cases: readonly ExpectedCase[],
): readonly BundleFile[] {
  const file = (name: string, text: string, executable = false): BundleFile => ({
    name,
    text,
    executable,
  });
  return [
    file("tests.c", source),
    file("Makefile", makefile(needs)),
    file("run.sh", runScript(needs), true),
    file("kernel.config", configText(needs)),
    file("expected.ktap", expectedKtap(kernel, cases)),
  ];
}

function makefile({ rdma, module }: Needs): string {
  const flags = rdma ? [...compilerFlags, ...rdmaCompilerFlags] : compilerFlags;
  const lines = [
    "# SPDX-License-Identifier: MIT",
    "CC ?= gcc",
    `CFLAGS ?= ${flags.join(" ")}`,
    ...(rdma ? [`LDLIBS ?= ${rdmaLinkerFlags.join(" ")}`] : []),
    "KERNEL ?= /lib/modules/$(shell uname -r)/build",
    "",
    `all: tests${module ? " module" : ""}`,
    "",
    "tests: tests.c",
    "\t$(CC) $(CFLAGS) -o $@ $< $(LDLIBS)",
    "",
    "check: all",
    "\t./run.sh",
    "",
    ...(module ? ["module:", "\t$(MAKE) -C $(KERNEL) M=$(CURDIR)/module modules", ""] : []),
    "clean:",
    "\trm -f tests result.ktap",
    "",
    `.PHONY: all check clean${module ? " module" : ""}`,
    "",
  ];
  return lines.join("\n");
}

/** It changes settings of the whole system, so it wants a yes. */
function runScript(needs: Needs): string {
  const setup = [
    ...(needs.hugetlb ? ["echo 16 > /proc/sys/vm/nr_hugepages"] : []),
    ...(needs.swap
      ? [
          "modprobe zram",
          "echo 268435456 > /sys/block/zram0/disksize",
          "mkswap /dev/zram0 > /dev/null",
          "swapon /dev/zram0",
        ]
      : []),
    ...(needs.rdma
      ? [
          "modprobe rdma_rxe",
          "ip link add pinfold0 type dummy",
          "ip address add 10.0.0.1/24 dev pinfold0",
          "ip link set pinfold0 up",
          "rdma link add rxe0 type rxe netdev pinfold0",
        ]
      : []),
    ...(needs.disk ? ["modprobe nbd max_part=0"] : []),
    ...(needs.taps ? ["modprobe tun"] : []),
    ...(needs.vfio
      ? [
          "modprobe vfio-pci",
          "echo 1 > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
          "echo 8086 100e > /sys/bus/pci/drivers/vfio-pci/new_id",
        ]
      : []),
    ...(needs.module ? ["insmod ./module/pinfold.ko"] : []),
  ];
  const asks = [
    'if [ "$(id -u)" != 0 ]; then echo "run as root" >&2; exit 4; fi',
    'if [ "$1" != --yes ]; then',
    '\techo "This changes settings of the whole machine; in a guest, say: $0 --yes" >&2',
    "\texit 4",
    "fi",
  ];
  return [
    "#!/bin/sh",
    "# SPDX-License-Identifier: MIT",
    "# Runs the tests once in each order and compares their ends with the modelled kernel's.",
    'cd "$(dirname "$0")" || exit 1',
    ...(setup.length > 0 || needs.root ? asks : []),
    ...setup,
    `./tests ${needs.disk || needs.taps ? "--guest " : ""}--trials 1 > result.ktap`,
    "status=$?",
    "ends() { grep -E '^(# valuation|ok|not ok)' \"$1\" | sed 's/ # SKIP.*/ # SKIP/'; }",
    "ends expected.ktap > expected.ends",
    "ends result.ktap > result.ends",
    "diff -u expected.ends result.ends && exit $status",
    "exit 1",
    "",
  ].join("\n");
}

function configText(needs: Needs): string {
  const always = ["IO_URING", "MEMFD_CREATE", "PROC_PAGE_MONITOR", "CROSS_MEMORY_ATTACH"];
  const more = [
    ...(needs.thp ? ["TRANSPARENT_HUGEPAGE", "TRANSPARENT_HUGEPAGE_ALWAYS"] : []),
    ...(needs.hugetlb ? ["HUGETLBFS", "HUGETLB_PAGE"] : []),
    ...(needs.swap ? ["SWAP", "ZSMALLOC", "ZRAM"] : []),
    ...(needs.ksm ? ["KSM"] : []),
    ...(needs.rdma ? ["INFINIBAND", "INFINIBAND_USER_ACCESS", "RDMA_RXE", "DUMMY"] : []),
    ...(needs.files ? ["BLOCK", "VIRTIO_BLK", "MINIX_FS"] : []),
    ...(needs.disk ? ["BLOCK", "BLK_DEV_NBD"] : []),
    ...(needs.vfio ? ["INTEL_IOMMU", "VFIO", "VFIO_PCI"] : []),
    ...(needs.taps ? ["TUN", "BPF_SYSCALL", "XDP_SOCKETS"] : []),
    ...(needs.module ? ["MODULES", "MODULE_UNLOAD"] : []),
  ];
  return [...always, ...more].map((name) => `CONFIG_${name}=y\n`).join("");
}

function expectedKtap(kernel: string, cases: readonly ExpectedCase[]): string {
  const lines = cases.flatMap(({ name, order, ends, skip }, at) => [
    `# running ${name} ${at + 1}`,
    ...(skip === undefined
      ? [`# order ${order}`, ...ends.map((end) => `# valuation 1 ${end}`)]
      : []),
    `ok ${at + 1} ${name}${skip === undefined ? "" : ` # SKIP ${skip}`}`,
  ]);
  return [`KTAP version 1\n1..${cases.length}`, `# as ${kernel} would`, ...lines, ""].join("\n");
}
