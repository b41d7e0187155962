/**
 * C: a gated run. One thread is held at a function of the kernel, by a probe of the module, until
 * another thread has done its part. Whoever waits in vain skips the test and says for what.
 */
import { type Helper, helper } from "./helper.ts";

const holdAt = helper(
  "hold_at",
  ["errno.h", "stdio.h", "sys/ioctl.h", "unistd.h"],
  ["open_module"],
  `
static int gate_fd;

/* Longer than any statement takes, shorter than a trial may. */
#define GATE_PATIENCE	3000

struct gate {
	const char *symbols[4];			/* the first that the kernel has */
	const char *after;
	const char *opens[3];
	int call;
};

/* Hold this thread when it calls the function. */
static void hold_at(const struct gate *gate)
{
	struct pinfold_gate asked = { .call = gate->call, .milliseconds = GATE_PATIENCE };

	snprintf(asked.after, sizeof(asked.after), "%s", gate->after);
	for (int i = 0; i < 3 && gate->opens[i]; i++)
		snprintf(asked.opens[i], sizeof(asked.opens[i]), "%s", gate->opens[i]);
	gate_fd = open_module();
	for (int i = 0; i < 4 && gate->symbols[i]; i++) {
		snprintf(asked.symbol, sizeof(asked.symbol), "%s", gate->symbols[i]);
		if (!ioctl(gate_fd, PINFOLD_GATE_SET, &asked))
			return;
	}
	give_up("no thread can be held at %s: %s", asked.symbol, errno_name(errno));
}

/* After the statement: it counts only if the thread was held, and let go by the other. */
static void was_held(void)
{
	int state = ioctl(gate_fd, PINFOLD_GATE_END);

	close(gate_fd);
	if (state < 0 || !(state & PINFOLD_GATE_HELD))
		give_up("the thread did not come to its place");
	if (state & PINFOLD_GATE_LATE)
		give_up("the other thread did not do its part in time");
}
`,
);

const awaitGate = helper(
  "await_gate",
  ["sys/ioctl.h", "unistd.h"],
  ["hold_at"],
  `
/* Until the other thread is held. */
static void await_gate(void)
{
	int fd = open_module();

	if (ioctl(fd, PINFOLD_GATE_WAIT, GATE_PATIENCE))
		give_up("no thread was held");
	close(fd);
}

static void open_gate(void)
{
	int fd = open_module();

	ioctl(fd, PINFOLD_GATE_OPEN);
	close(fd);
}
`,
);

export const gateHelpers: readonly Helper[] = [holdAt, awaitGate];
