/** C: how a test's processes and threads are born, live and end. */
import { type Helper, helper } from "./helper.ts";

const runActor = helper(
  "run_actor",
  ["string.h", "unistd.h"],
  ["control", "turns", "leave_outside", "start_threads", "places"],
  `
/*
 * The life of a process after it was born: its statements, then, when all statements of the test
 * are done, what it reads at the end. It stays alive until everybody has read.
 */
static void __attribute__((noreturn)) end_process(const struct actor *actor, void (*read_all)(void))
{
	char step[12];

	if (ctl->free) {
		finish_actor(actor - test->actors);
		if (!is_process(actor))
			_exit(0);
		wait_to_read(actor - test->actors);
		if (read_all)
			read_all();
		has_read(actor - test->actors);
	} else if (is_process(actor)) {
		snprintf(step, sizeof(step), "%s.end", actor->name);
		turn(step);
		if (read_all)
			read_all();
	}
	wait_for_the_end();
	leave_outside(true);
	_exit(0);
}

static void __attribute__((noreturn)) run_process(int index)
{
	const struct actor *actor = &test->actors[index];

	my_turn = false;
	own_number = index;
	for (int i = 0; i < MAX_NAMES; i++)
		ctl->places[index][i] = where[i].at;
	ctl->pid[index] = getpid();
	start_threads(actor->name);
	begin_actor(index);
	actor->run();
	end_process(actor, actor->end);
}
`,
);

const startThreads = helper(
  "start_threads",
  ["pthread.h", "string.h"],
  ["control", "turns", "give_up"],
  `
static void *run_thread(void *argument)
{
	const struct actor *actor = argument;

	begin_actor(actor - test->actors);
	actor->run();
	if (ctl->free)
		finish_actor(actor - test->actors);
	else
		statement_ends();
	return NULL;
}

static void start_threads(const char *process)
{
	pthread_t thread;

	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++) {
		const struct actor *actor = &test->actors[i];

		if (strcmp(actor->process, process) || !strcmp(actor->name, process))
			continue;
		if (pthread_create(&thread, NULL, run_thread, (void *)actor))
			give_up("no thread for %s", actor->name);
	}
}
`,
);

const born = helper(
  "born",
  ["string.h"],
  ["control"],
  `
/* Mark a process and its threads as living, or as gone: their statements count, or do not. */
static void set_alive(const char *process, bool alive)
{
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (!strcmp(test->actors[i].process, process))
			ctl->alive[i] = alive;
}
`,
);

const ownFd = helper(
  "own_fd",
  [],
  ["control"],
  `
/* Descriptors that this process made or inherited, by handle. */
static int own_fd[MAX_NAMES];
`,
);

const inheritHandles = helper(
  "inherit_handles",
  ["unistd.h"],
  ["control"],
  `
/* A child has the files that its parent had; said before the parent opens others. */
static void inherit_handles(pid_t parent, pid_t child)
{
	for (int i = 0; i < MAX_NAMES; i++) {
		pid_t *holder = ctl->handles[i].holders;

		while (*holder && *holder != parent)
			holder++;
		if (!*holder)
			continue;
		while (*holder)
			holder++;
		*holder = child;
	}
}
`,
);

const makeChild = helper(
  "make_child",
  ["unistd.h"],
  [],
  `
static pid_t (*make_child)(void) = fork;
`,
);

const forkChild = helper(
  "fork_child",
  ["errno.h", "unistd.h"],
  ["control", "run_actor", "actor_named", "born", "count_actors", "inherit_handles", "make_child"],
  `
/* fork(); the child lives as the named process. Returns 0 or an errno. */
static int fork_child(const char *name)
{
	int child = actor_named(name);
	pid_t pid;

	for (int i = 0; i < MAX_NAMES; i++)
		ctl->places[child][i] = where[i].at;
	count_actors(name, 1);
	set_alive(name, true);
	pid = make_child();
	if (pid < 0) {
		int error = errno;

		set_alive(name, false);
		count_actors(name, -1);
		return error;
	}
	if (!pid)
		run_process(child);
	inherit_handles(getpid(), pid);
	ctl->pid[child] = pid;
	return 0;
}
`,
);

const vforkChild = helper(
  "vfork_child",
  ["errno.h", "sched.h", "signal.h", "stdlib.h", "string.h", "unistd.h"],
  ["control", "turns", "actor_named", "born", "count_actors", "inherit_handles", "own_fd"],
  `
static int run_in_borrowed_memory(void *argument)
{
	const struct actor *actor = argument;

	my_turn = false;
	ctl->pid[actor - test->actors] = getpid();
	inherit_handles(getppid(), getpid());
	begin_actor(actor - test->actors);
	actor->run();
	return 0;
}

/* As vfork(), on a stack of its own: the caller sleeps until the child leaves the memory. */
static int vfork_child(const char *name)
{
	const size_t size = 256 * 1024;
	const struct actor *actor = &test->actors[actor_named(name)];
	char *stack = malloc(size);
	int fds[MAX_NAMES];
	pid_t pid;

	if (!stack)
		return ENOMEM;
	memcpy(fds, own_fd, sizeof(fds));
	count_actors(name, 1);
	set_alive(name, true);
	hand_over();
	pid = clone(run_in_borrowed_memory, stack + size, CLONE_VM | CLONE_VFORK | SIGCHLD,
		    (void *)actor);
	my_turn = false;		/* the child wrote its own here, and opened files that are not ours */
	memcpy(own_fd, fds, sizeof(fds));
	return pid < 0 ? errno : 0;
}
`,
);

const leave = helper(
  "leave",
  ["unistd.h"],
  ["control", "turns", "run_actor", "born", "finish_process"],
  `
/* exit(): the next statement waits until the process is gone. */
static void __attribute__((noreturn)) leave(const char *process)
{
	set_alive(process, false);
	leave_outside(false);
	if (ctl->free) {
		finish_process(process);
		_exit(0);
	}
	ctl->leaving = getpid();
	hand_over();
	_exit(0);
}
`,
);

const waitFor = helper(
  "wait_for",
  ["errno.h", "sys/wait.h"],
  ["control", "actor_named"],
  `
static int wait_for(const char *name)
{
	pid_t pid = ctl->pid[actor_named(name)];

	if (pid <= 0)
		return ECHILD;
	while (waitpid(pid, NULL, 0) < 0)
		if (errno != EINTR)
			return errno;
	return 0;
}
`,
);

const runAnew = helper(
  "run_anew",
  ["errno.h", "fcntl.h", "stdio.h", "string.h", "unistd.h"],
  ["control", "turns", "run_actor", "actor_named", "give_up", "control_fd"],
  `
/* The process no longer holds what exec() closes; its number there may soon mean another file. */
static void forget_closed(void)
{
	for (int i = 0; i < MAX_NAMES; i++) {
		pid_t *holder = ctl->handles[i].holders;

		if (!closed_by_exec(&ctl->handles[i]))
			continue;
		while (*holder && *holder != getpid())
			holder++;
		for (; *holder; holder++)
			holder[0] = holder[1];
	}
}

/* exec() of this very program: the memory goes, and what is left to do is done by the new one. */
static void __attribute__((noreturn)) run_anew(const char *name)
{
	char fd[12], offer[12];

	for (int i = 0; ctl->free && i < MAX_NAMES && test->actors[i].name; i++)
		if (i != actor_named(name) &&
		    !strcmp(test->actors[i].process, test->actors[actor_named(name)].process))
			finish_actor(i);	/* the other threads end here */
	forget_closed();
	leave_outside(false);
	fcntl(control_fd, F_SETFD, 0);
	snprintf(fd, sizeof(fd), "%d", control_fd);
	for (int i = 0; i < MAX_NAMES; i++)
		if (ctl->handles[i].kind == DIRECT_READ && ctl->handles[i].maker == getpid())
			offer_turn();		/* exec() waits for its end */
	snprintf(offer, sizeof(offer), "%u", my_offer);
	execl("/proc/self/exe", "litmus", "--after-exec", fd, test->name, name, offer, NULL);
	give_up("exec: %s", errno_name(errno));
}
`,
);

const afterExec = helper(
  "after_exec",
  ["stdlib.h", "string.h", "sys/mman.h"],
  ["control", "turns", "run_actor", "actor_named", "give_up", "control_fd"],
  `
static void after_exec(char **arguments, const struct litmus *const *tests)
{
	const struct actor *actor;

	control_fd = atoi(arguments[0]);
	ctl = mmap(NULL, sizeof(*ctl), PROT_READ | PROT_WRITE, MAP_SHARED, control_fd, 0);
	if (ctl == MAP_FAILED)
		abort();
	while (strcmp((*tests)->name, arguments[1]))
		tests++;
	test = *tests;
	actor = &test->actors[actor_named(arguments[2])];
	my_turn = true;
	my_offer = atoi(arguments[3]);
	if (my_offer)
		withdraw_offer();
	if (actor->after_exec)
		actor->after_exec();
	end_process(actor, NULL);	/* the pages went with the old memory */
}
`,
);

export const processHelpers: readonly Helper[] = [
  startThreads,
  runActor,
  born,
  ownFd,
  inheritHandles,
  makeChild,
  forkChild,
  vforkChild,
  leave,
  waitFor,
  runAnew,
  afterExec,
];
