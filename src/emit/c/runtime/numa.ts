/** C: the scan of NUMA balancing, which comes when it likes: the module sends it to one page. */
import { type Helper, helper } from "./helper.ts";

const numaHint = helper(
  "kernel_numa_hint",
  ["errno.h", "sys/ioctl.h", "unistd.h"],
  ["owners_page", "open_module", "set_system", "settle", "note"],
  `
/* Balancing is on for that moment only, lest its own scans come to pages that the test does not name. */
static void kernel_numa_hint(const char *name, int index)
{
	char *at = owners_page(name, index);
	struct pinfold_state state = {
		.address = (uintptr_t)at,
		.process = ctl->pid[actor_named("P0")],
	};
	int fd = open_module(), changed;

	settle();
	set_system("/proc/sys/kernel/numa_balancing", "1");
	changed = ioctl(fd, PINFOLD_HINT, &state);
	if (changed < 0)
		give_up("could not force: no NUMA hint: %s", errno_name(errno));
	set_system("/proc/sys/kernel/numa_balancing", "0");
	if (!changed)
		note("could not be forced", 0);
	if (access("/sys/devices/system/node/node1", F_OK))
		note("on one node nothing moves", 0);
	close(fd);
}
`,
);

export const numaHelpers: readonly Helper[] = [numaHint];
