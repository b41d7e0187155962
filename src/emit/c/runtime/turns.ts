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
	for (int i = 0; names[i]; i++)
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
/* A statement that was skipped leaves what was there before. */
static void see(const char *name, struct value value)
{
	if (value.kind != ABSENT)
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
  [
    "limits.h",
    "linux/futex.h",
    "poll.h",
    "stdbool.h",
    "stdint.h",
    "string.h",
    "sys/syscall.h",
    "time.h",
    "unistd.h",
    "errno.h",
  ],
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

/* How often the next actor looks whether a statement that may wait for others still has not ended. */
#define PATIENCE	10
#define NOBODY		-1

static __thread uint32_t my_offer;

static void wait_a_little(uint32_t *word, uint32_t now)
{
	syscall(SYS_futex, word, FUTEX_WAIT, now, &(struct timespec) { 0, 50 * 1000 * 1000 }, NULL, 0);
}

/*
 * The first of the order that has not run and can: those of processes that do not live are passed over,
 * and those of an actor that waits come when it is through with what it waits in. What is there at the
 * end nobody reads before that; a test that waits for ever stays at what waits. The giver is the actor that
 * gives its turn away, or NOBODY.
 */
static uint32_t next_step(int giver)
{
	uint32_t held = ctl->steps;

	for (uint32_t i = 0; i < ctl->steps; i++) {
		int actor = ctl->actor_of[i];

		if (ctl->ran[i] || !ctl->alive[actor])
			continue;
		if (actor == giver || __atomic_load_n(&ctl->waits[actor], __ATOMIC_SEQ_CST))
			held = held < i ? held : i;
		else
			return i < ctl->planned || held == ctl->steps ? i : held;
	}
	return held;
}

static void pass_turn(uint32_t now, uint32_t next)
{
	if (__atomic_compare_exchange_n(&ctl->turn, &now, next, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST))
		syscall(SYS_futex, &ctl->turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/*
 * Let the next statement run. What waited for the one that ends goes on before it, if it can at all.
 */
static void hand_over(void)
{
	uint32_t now = ctl->turn, late;

	if (ctl->free)
		return;
	for (int i = 0; i < PATIENCE && (late = __atomic_load_n(&ctl->late, __ATOMIC_SEQ_CST)); i++)
		wait_a_little(&ctl->late, late);
	my_turn = false;
	ctl->ran[now] = true;
	pass_turn(now, next_step(NOBODY));
}

/* A statement that may have to wait for a later one: if it does, the next one takes its turn. */
static inline void offer_turn(void)
{
	if (ctl->free)
		return;
	my_offer = ctl->turn + 1;
	__atomic_store_n(&ctl->offer, my_offer, __ATOMIC_SEQ_CST);
}

static inline void withdraw_offer(void)
{
	uint32_t offer = my_offer;

	if (ctl->free)
		return;
	my_turn = __atomic_compare_exchange_n(&ctl->offer, &offer, 0, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST);
}

static void change_late(int actor, int change)
{
	__atomic_store_n(&ctl->waits[actor], change > 0, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&ctl->late, change, __ATOMIC_SEQ_CST);
}

static bool take_offer(const char *step)
{
	uint32_t offer = __atomic_load_n(&ctl->offer, __ATOMIC_SEQ_CST);
	uint32_t now = ctl->turn;
	int giver = ctl->actor_of[now];
	uint32_t next = next_step(giver);

	if (offer != now + 1 || next >= ctl->planned || strcmp(ctl->step[next], step))
		return false;
	change_late(giver, 1);
	if (!__atomic_compare_exchange_n(&ctl->offer, &offer, 0, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST)) {
		change_late(giver, -1);
		return false;
	}
	pass_turn(now, next);
	return true;
}

/* A statement has come to its end, in its turn or late. */
static void statement_ends(void)
{
	uint32_t offer = my_offer;

	my_offer = 0;
	if (my_turn)
		return hand_over();
	if (!offer)
		return;
	ctl->ran[offer - 1] = true;
	change_late(ctl->actor_of[offer - 1], -1);
	syscall(SYS_futex, &ctl->late, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Wait until this statement is the next one of the order; the one before is done. */
static void turn(const char *step)
{
	uint32_t now;

	my_step = step;
	if (ctl->free)
		return linger();
	statement_ends();
	for (int looks = 0;;) {
		now = __atomic_load_n(&ctl->turn, __ATOMIC_SEQ_CST);
		if (now < ctl->steps && !strcmp(ctl->step[now], step))
			break;
		if (now < ctl->steps && ctl->ran[now])	/* it ended late, when nobody else could run */
			pass_turn(now, next_step(NOBODY));
		looks = ctl->offer == now + 1 ? looks + 1 : 0;
		if (looks > PATIENCE && take_offer(step))
			break;
		wait_a_little(&ctl->turn, now);
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

	statement_ends();
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
