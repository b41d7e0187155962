/**
 * C: the free-running schedule. All actors run at once, each statement after a random pause, and
 * who comes first is up to the machine. Only signal and await order anything. What a forced run
 * decides by turns is decided here by who has finished.
 */
import { type Helper, helper } from "./helper.ts";

const touchMemory = helper(
  "touch_memory",
  ["stdint.h", "stdio.h", "string.h"],
  ["control"],
  `
/*
 * A fault of this thread would wait for a fork on its way, and miss it: everything but the test's pages
 * is touched before, its code, too, and made this process's own.
 */
static void touch_memory(void)
{
	const uintptr_t most = 1 << 20, top = 128 << 10, first = 0x200000000000, last = 0x300000000000;
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char rights[8], line[256];

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) != 3 || rights[0] != 'r' ||
		    (start >= first && start < last) || strstr(line, "[v"))
			continue;
		if (rights[1] == 'w' && end - start > most)	/* a stack */
			start = end - top;
		for (; start < end; start += PAGE_SIZE) {
			if (rights[1] == 'w' && rights[3] == 'p')
				__atomic_fetch_add((char *)start, 0, __ATOMIC_SEQ_CST);
			else
				(void)*(volatile char *)start;
		}
	}
	if (maps)
		fclose(maps);
}
`,
);

const freeRun = helper(
  "free_run",
  ["limits.h", "linux/futex.h", "sched.h", "sys/syscall.h", "unistd.h"],
  ["control", "touch_memory"],
  `
/* Random numbers of an actor's own: the same trial pauses the same. */
static __thread uint64_t dice;

static uint64_t roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice;
}

static void wait_until_changed(uint32_t *word, uint32_t now)
{
	syscall(SYS_futex, word, FUTEX_WAIT, now, &(struct timespec) { 0, 1000 * 1000 }, NULL, 0);
}

static void wake_all(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Races have windows of every length: pauses of a few turns are as likely as pauses of many. */
static void linger(void)
{
	uint64_t turns = roll() % (1ULL << (roll() % ctl->longest_pause));

	while (turns--)
		__asm__ volatile("" ::: "memory");
}

/* Actors on processors of their own, or wherever the kernel puts them. */
static void choose_cpu(int index)
{
	cpu_set_t set;

	if (ctl->affinity == AFFINITY_NONE)
		return;
	CPU_ZERO(&set);
	CPU_SET(ctl->affinity == AFFINITY_ONE ? 0 : (index + ctl->trial) % ctl->cpus, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Who is there from the start waits until all the others are, too. */
static void begin_actor(int index)
{
	const struct actor *actor = &test->actors[index];
	uint32_t now;

	if (!ctl->free)
		return;
	dice = (ctl->seed + 1) * 0x9e3779b97f4a7c15ULL ^ (ctl->trial + 1) * 0xbf58476d1ce4e5b9ULL ^
	       (index + 1) * 0x94d049bb133111ebULL;
	choose_cpu(index);
	if (strcmp(actor->process, "P0") && !is_device(actor))
		return;
	touch_memory();
	__atomic_add_fetch(&ctl->ready, 1, __ATOMIC_SEQ_CST);
	while ((now = __atomic_load_n(&ctl->ready, __ATOMIC_SEQ_CST)) < ctl->starters)
		if (ctl->cpus < 2)
			sched_yield();
}

/* An actor has nothing left to do; one that its process took along has neither. */
static void finish_actor(int index)
{
	if (__atomic_exchange_n(&ctl->finished[index], true, __ATOMIC_SEQ_CST))
		return;
	if (!__atomic_sub_fetch(&ctl->running, 1, __ATOMIC_SEQ_CST))
		wake_all(&ctl->running);
}

/* Until all statements are done, and those before it in the test have read what they see. */
static void wait_to_read(int index)
{
	uint32_t now;

	while ((now = __atomic_load_n(&ctl->running, __ATOMIC_SEQ_CST)))
		wait_until_changed(&ctl->running, now);
	for (int i = 0; i < index; i++) {
		if (!is_process(&test->actors[i]) || !ctl->alive[i])
			continue;
		while (!__atomic_load_n(&ctl->has_read[i], __ATOMIC_SEQ_CST))
			sched_yield();
	}
}

/* The last reader ends the trial. */
static void has_read(int index)
{
	__atomic_store_n(&ctl->has_read[index], true, __ATOMIC_SEQ_CST);
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (is_process(&test->actors[i]) && ctl->alive[i] &&
		    !__atomic_load_n(&ctl->has_read[i], __ATOMIC_SEQ_CST))
			return;
	__atomic_store_n(&ctl->turn, ctl->steps, __ATOMIC_SEQ_CST);
	wake_all(&ctl->turn);
}
`,
);

const finishProcess = helper(
  "finish_process",
  ["string.h"],
  ["free_run"],
  `
static void finish_process(const char *process)
{
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (!strcmp(test->actors[i].process, process))
			finish_actor(i);
}
`,
);

const countActors = helper(
  "count_actors",
  ["string.h"],
  ["free_run"],
  `
/* The actors of a process that is about to live, or that could not. */
static void count_actors(const char *process, int by)
{
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (!strcmp(test->actors[i].process, process))
			__atomic_add_fetch(&ctl->running, by, __ATOMIC_SEQ_CST);
}
`,
);

const postEvent = helper(
  "post_event",
  [],
  ["free_run", "index_of"],
  `
/* signal(e): in a forced run the order has seen to it already. */
static void post_event(const char *name)
{
	uint32_t *event = &ctl->events[index_of(name, test->events)];

	__atomic_store_n(event, 1, __ATOMIC_SEQ_CST);
	wake_all(event);
}
`,
);

const awaitEvent = helper(
  "await_event",
  [],
  ["free_run", "index_of", "turns"],
  `
static void await_event(const char *name)
{
	uint32_t *event = &ctl->events[index_of(name, test->events)];

	for (int i = 0; i < 1000 && !__atomic_load_n(event, __ATOMIC_SEQ_CST); i++)
		;
	if (__atomic_load_n(event, __ATOMIC_SEQ_CST))
		return;
	offer_turn();			/* whoever is to signal it may be held up */
	while (!__atomic_load_n(event, __ATOMIC_SEQ_CST))
		wait_until_changed(event, 0);
	withdraw_offer();
}
`,
);

const awaitHandle = helper(
  "await_handle",
  [],
  ["free_run", "handles"],
  `
/* A device acts through a handle once it was made, or could not be. */
static struct handle *await_handle(const char *name)
{
	struct handle *h = handle(name);

	while (!__atomic_load_n(&h->known, __ATOMIC_SEQ_CST))
		wait_until_changed(&h->known, 0);
	return h;
}
`,
);

/** What turns and processes stand on. */
export const freeHelpers: readonly Helper[] = [touchMemory, freeRun, finishProcess, countActors];
/** What statements use. */
export const awaitHelpers: readonly Helper[] = [postEvent, awaitEvent, awaitHandle];
