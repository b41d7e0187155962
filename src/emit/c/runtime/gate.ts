/**
 * C: a gated run. One thread is held at a function of the kernel, by a probe of the module, until
 * another thread has done its part. Whoever waits in vain skips the test and says for what.
 */
import { type Helper, helper } from "./helper.ts";

const holdAt = helper(
  "hold_at",
  ["errno.h", "signal.h", "stdio.h", "sys/ioctl.h", "sys/syscall.h", "unistd.h"],
  ["open_module", "make_child"],
  `
static int gate_fd;

/* The library's fork() keeps the allocator locked meanwhile; a thread that registers memory would wait. */
static pid_t fork_unlocked(void)
{
	return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

/* Longer than any statement takes, shorter than a trial may. */
#define GATE_PATIENCE	1500

struct gate {
	const char *symbols[4];			/* the first that the kernel has */
	const void *page;			/* whose turn it must be; NULL: no matter */
	int argument;				/* which one of the function's is its address */
	const char *opens[3];
	int call;
};

/* Hold this thread when it calls the function. */
static void hold_at(const struct gate *gate)
{
	struct pinfold_gate asked = {
		.address = (uintptr_t)gate->page,
		.argument = gate->argument,
		.call = gate->call,
		.milliseconds = GATE_PATIENCE,
	};

	for (int i = 0; i < 3 && gate->opens[i]; i++)
		snprintf(asked.opens[i], sizeof(asked.opens[i]), "%s", gate->opens[i]);
	gate_fd = open_module();
	make_child = fork_unlocked;
	while (!__atomic_load_n(&ctl->touched, __ATOMIC_SEQ_CST))
		usleep(100);
	for (int i = 0; i < 4 && gate->symbols[i]; i++) {
		snprintf(asked.symbol, sizeof(asked.symbol), "%s", gate->symbols[i]);
		if (!ioctl(gate_fd, PINFOLD_GATE_SET, &asked)) {
			__atomic_store_n(&ctl->gate_set, true, __ATOMIC_SEQ_CST);
			return;
		}
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
	if (!(state & (PINFOLD_GATE_LATE | PINFOLD_GATE_WAITED)))
		return;
	snprintf(ctl->why, sizeof(ctl->why), "the other thread %s",
		 state & PINFOLD_GATE_LATE ? "did not do its part in time" : "had to wait for the held one");
	ctl->again = true;
	kill(0, SIGKILL);
	for (;;)
		pause();
}
`,
);

const awaitGate = helper(
  "await_gate",
  ["sys/ioctl.h", "unistd.h"],
  ["hold_at", "touch_memory"],
  `
/* Until the other thread is held, at the gate of this trial: the module may still know an earlier one. */
static void await_gate(void)
{
	int fd = open_module();

	touch_memory();
	__atomic_store_n(&ctl->touched, true, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&ctl->gate_set, __ATOMIC_SEQ_CST))
		usleep(100);
	if (ioctl(fd, PINFOLD_GATE_WAIT, 4 * GATE_PATIENCE))
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
