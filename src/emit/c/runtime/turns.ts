/** C: the forced schedule. One statement runs at a time, in the order that the trial was given. */
import { type Helper, helper } from "./helper.ts";

const giveUp = helper(
  "give_up",
  ["signal.h", "stdarg.h", "stdio.h", "unistd.h"],
  ["control"],
  `
/* The trial cannot be what the test says: better no result than a wrong one. */
static void __attribute__((noreturn, format(printf, 1, 2))) give_up(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(ctl->why, sizeof(ctl->why), format, arguments);
	va_end(arguments);
	ctl->skip = true;
	kill(0, SIGKILL);
	for (;;)
		pause();
}
`,
);

const inGuest = helper(
  "in_guest",
  ["stdbool.h"],
  [],
  `
/* Whether the system is here for the tests alone. */
static bool in_guest;
`,
);

const indexOf = helper(
  "index_of",
  ["string.h", "stdlib.h"],
  ["litmus"],
  `
static int index_of(const char *name, const char *const *names)
{
	for (int i = 0; i < MAX_NAMES && names[i]; i++)
		if (!strcmp(names[i], name))
			return i;
	abort();
}
`,
);

const see = helper(
  "see",
  [],
  ["control", "index_of"],
  `
static void see(const char *name, struct value value)
{
	ctl->observed[index_of(name, test->observed)] = value;
}
`,
);

const actorNamed = helper(
  "actor_named",
  ["string.h", "stdlib.h"],
  ["litmus"],
  `
static int actor_named(const char *name)
{
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (!strcmp(test->actors[i].name, name))
			return i;
	abort();
}
`,
);

const turns = helper(
  "turns",
  ["limits.h", "linux/futex.h", "poll.h", "string.h", "sys/syscall.h", "unistd.h", "errno.h"],
  ["control", "free_run"],
  `
static __thread bool my_turn;
static __thread const char *my_step = "the end";

/* A process that called exit() has to be gone before the next statement runs. */
static void wait_until_gone(pid_t pid)
{
	struct pollfd gone = { .fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };

	if (gone.fd < 0)
		return;
	while (poll(&gone, 1, -1) < 0 && errno == EINTR)
		;
	close(gone.fd);
}

/* Let the next statement run; those of processes that do not live are passed over. */
static void hand_over(void)
{
	uint32_t next = ctl->turn + 1;

	if (ctl->free)
		return;
	while (next < ctl->steps && !ctl->alive[ctl->actor_of[next]])
		next++;
	my_turn = false;
	__atomic_store_n(&ctl->turn, next, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &ctl->turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Wait until this statement is the next one of the order; the one before is done. */
static void turn(const char *step)
{
	uint32_t now;

	my_step = step;
	if (ctl->free)
		return linger();
	if (my_turn)
		hand_over();
	for (;;) {
		now = __atomic_load_n(&ctl->turn, __ATOMIC_SEQ_CST);
		if (now < ctl->steps && !strcmp(ctl->step[now], step))
			break;
		syscall(SYS_futex, &ctl->turn, FUTEX_WAIT, now, NULL, NULL, 0);
	}
	my_turn = true;
	if (ctl->leaving) {
		wait_until_gone(ctl->leaving);
		ctl->leaving = 0;
	}
}

static void wait_for_the_end(void)
{
	uint32_t now;

	if (my_turn)
		hand_over();
	while ((now = __atomic_load_n(&ctl->turn, __ATOMIC_SEQ_CST)) < ctl->steps)
		syscall(SYS_futex, &ctl->turn, FUTEX_WAIT, now, NULL, NULL, 0);
}
`,
);

const isPlanned = helper(
  "is_planned",
  ["string.h"],
  ["control"],
  `
/* Whether the order of this trial has the step at all. */
static bool is_planned(const char *step)
{
	for (uint32_t i = 0; i < ctl->steps && !ctl->free; i++)
		if (!strcmp(ctl->step[i], step))
			return true;
	return ctl->free;
}
`,
);

const note = helper(
  "note",
  ["stdio.h", "string.h"],
  ["control", "turns"],
  `
/* Remember what a reader of the result should know about the statement that just ran. */
static void note(const char *what, int error)
{
	size_t used = strlen(ctl->notes);

	snprintf(ctl->notes + used, sizeof(ctl->notes) - used, "%s%s %s%s%s", used ? "; " : "",
		 my_step, what, error ? " " : "", error ? errno_name(error) : "");
}
`,
);

const call = helper(
  "call",
  [],
  ["note"],
  `
/* A call whose result no register takes: a refusal is still told. */
static void call(int error)
{
	if (error)
		note("refused", error);
}
`,
);

const controlFd = helper(
  "control_fd",
  [],
  [],
  `
/* The file behind the shared control block: a program started by exec() finds it there. */
static int control_fd;
`,
);

export const turnHelpers: readonly Helper[] = [
  controlFd,
  giveUp,
  inGuest,
  indexOf,
  see,
  actorNamed,
  turns,
  isPlanned,
  note,
  call,
];
