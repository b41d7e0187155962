/**
 * C: how every living process maps the test's pages, shown once a trial, as the module tells it. The
 * first trial shows the state before the first statement, the next one that after it, and so on: up
 * to that place nothing has looked at the memory, and what comes later is not compared.
 */
import { type Helper, helper } from "./helper.ts";

const snapshot = helper(
  "snapshot",
  ["stdio.h", "sys/ioctl.h", "unistd.h"],
  ["open_module", "settle", "borrow", "actor_named"],
  `
/* A kernel actor whose turn comes first may be there before the test's memory is. */
static char *place_in(int process, int number)
{
	char *at;

	while (!(at = __atomic_load_n(&ctl->places[process][number], __ATOMIC_SEQ_CST)))
		usleep(100);
	return at;
}

static bool more_than_told(const struct pinfold_state *state)
{
	return state->flags & PINFOLD_ANON && !(state->flags & PINFOLD_LARGE) &&
	       state->references != state->mappings + state->pins * 1024;
}

static void show_page(int module, int process, int number, int index)
{
	const struct page_spec *spec = &test->pages[number];
	size_t offset = index * (spec->length / spec->count);
	struct pinfold_state state = {
		.address = (uintptr_t)place_in(process, number) + offset,
		.process = ctl->pid[process],
	};

	if (ioctl(module, PINFOLD_STATE, &state))
		return;				/* it has no memory any more */
	/* Whoever looks at a page in passing, reclaim or a finished read, has let go of it in a moment. */
	for (int i = 0; i < 4 && more_than_told(&state); i++) {
		usleep(2000);
		settle();
		ioctl(module, PINFOLD_STATE, &state);
	}
	dprintf(STDOUT_FILENO, "# state %u %s %s %d %x %llx %d %d %d\\n", (unsigned int)ctl->trial,
		test->actors[process].name, spec->name, index, state.flags,
		(unsigned long long)state.frame, state.references, state.mappings, state.pins);
}

static void show_handle(int number)
{
	struct handle *h = &ctl->handles[number];
	struct pinfold_word word = { .index = 0 };
	int fd = h->kind == MODULE ? borrow(h) : -1;

	/* Pages that are held a thousand times over need no thousand lines. */
	for (; fd >= 0 && word.index < MAX_NAMES && !ioctl(fd, PINFOLD_HELD, &word); word.index++)
		dprintf(STDOUT_FILENO, "# held %u %s %u %llx\\n", (unsigned int)ctl->trial,
			test->handles[number], word.index, (unsigned long long)word.value);
	give_back(h, fd);
}

/* The trial's number is that of the statement before which its state is shown. */
static void snapshot(void)
{
	int module;

	if (ctl->shown || ctl->turn < ctl->trial)
		return;
	ctl->shown = true;
	module = open_module();
	for (int j = 0; test->pages[j].name; j++)
		place_in(actor_named("P0"), j);
	settle();
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		for (int j = 0; is_process(&test->actors[i]) && ctl->alive[i] && test->pages[j].name; j++)
			for (int k = 0; k < test->pages[j].count; k++)
				show_page(module, i, j, k);
	for (int i = 0; i < MAX_NAMES && test->handles[i]; i++)
		show_handle(i);
	close(module);
}
`,
);

export const snapshotHelpers: readonly Helper[] = [snapshot];
