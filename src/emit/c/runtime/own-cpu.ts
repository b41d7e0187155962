/** C: one CPU for all that a forced trial does. */
import { type Helper, helper } from "./helper.ts";

const ownCpu = helper(
  "own_cpu",
  ["sched.h"],
  [],
  `
/* One statement runs at a time anyway; on one CPU its lists of pages are ours to drain. */
static void stay_on_this_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}
`,
);

export const cpuHelpers: readonly Helper[] = [ownCpu];
