/** C: what a test's devices want to be done outside its processes. */
import { type Helper, helper } from "./helper.ts";

const leaveOutside = helper(
  "leave_outside",
  [],
  ["control"],
  `
static void leave_outside(bool at_end)
{
	for (const struct outside *one = test->outside; one->before || one->leaving; one++)
		if (one->leaving)
			one->leaving(at_end);
}
`,
);

const killTrial = helper(
  "kill_trial",
  ["signal.h", "sys/types.h"],
  ["control"],
  `
static void end_outside(void)
{
	for (const struct outside *one = test->outside; one->before || one->leaving; one++)
		if (one->after)
			one->after();
}

/* What waits for a device in the kernel dies only when the device has answered. */
static void kill_trial(pid_t group)
{
	kill(-group, SIGKILL);
	end_outside();
}
`,
);

export const outsideHelpers: readonly Helper[] = [leaveOutside, killTrial];
