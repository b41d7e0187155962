/** All pieces of C, in the order in which a file shows them. */
import { assert } from "../assert.ts";
import { conditionHelpers } from "./conditions.ts";
import { diskHelpers } from "./disk.ts";
import { restHelpers } from "./disks-rest.ts";
import { awaitHelpers, freeHelpers } from "./free.ts";
import { gateHelpers } from "./gate.ts";
import type { Helper } from "./helper.ts";
import { holderHelpers } from "./holders.ts";
import { hugetlbHelpers } from "./hugetlb.ts";
import { kernelActorHelpers } from "./kernel-actors.ts";
import { markHelpers } from "./marks.ts";
import { memoryHelpers } from "./memory.ts";
import { moduleHelpers } from "./module.ts";
import { moveHelpers } from "./moves.ts";
import { numaHelpers } from "./numa.ts";
import { outsideHelpers } from "./outside.ts";
import { cpuHelpers } from "./own-cpu.ts";
import { pageOutHelpers } from "./page-out.ts";
import { pageHelpers } from "./pages.ts";
import { pinHelpers } from "./pins.ts";
import { processHelpers } from "./processes.ts";
import { rdmaHelpers } from "./rdma.ts";
import { snapshotHelpers } from "./snapshot.ts";
import { supervisorHelpers } from "./supervisor.ts";
import { turnHelpers } from "./turns.ts";
import { uffdHelpers } from "./uffd.ts";
import { uffdMoveHelpers } from "./uffd-move.ts";
import { valueHelpers } from "./values.ts";
import { vfioHelpers } from "./vfio.ts";
import { writeAgainHelpers } from "./write-again.ts";
import { xdpHelpers } from "./xdp.ts";

export const helpers: readonly Helper[] = [
  ...valueHelpers,
  ...freeHelpers,
  ...turnHelpers,
  ...outsideHelpers,
  ...processHelpers,
  ...memoryHelpers,
  ...writeAgainHelpers,
  ...restHelpers,
  ...pageHelpers,
  ...pageOutHelpers,
  ...hugetlbHelpers,
  ...uffdHelpers,
  ...moveHelpers,
  ...uffdMoveHelpers,
  ...kernelActorHelpers,
  ...pinHelpers,
  ...holderHelpers,
  ...diskHelpers,
  ...vfioHelpers,
  ...xdpHelpers,
  ...awaitHelpers,
  ...rdmaHelpers,
  ...moduleHelpers,
  ...numaHelpers,
  ...markHelpers,
  ...conditionHelpers,
  ...snapshotHelpers,
  ...gateHelpers,
  ...cpuHelpers,
  ...supervisorHelpers,
];

/** The named pieces with all that they use, each once, in file order. */
export function helpersFor(names: Iterable<string>): Helper[] {
  const needed = new Set<string>();
  const add = (name: string): void => {
    if (needed.has(name)) return;
    const found = helpers.find((one) => one.name === name);
    assert(found !== undefined, `no piece of C is called ${name}`);
    needed.add(name);
    for (const used of found.uses) add(used);
  };
  for (const name of names) add(name);
  return helpers.filter((one) => needed.has(one.name));
}

/** All pieces: two programs that differ in this may differ in what a test does. */
export function runtimeText(): string {
  return helpers.map(({ text }) => text).join("");
}
