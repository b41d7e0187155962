/** C: one trial after the other, each in processes of its own, and the report as KTAP. */
import { type Helper, helper } from "./helper.ts";

const trial = helper(
  "trial",
  [
    "signal.h",
    "stdio.h",
    "string.h",
    "unistd.h",
    "sys/mman.h",
    "sys/prctl.h",
    "sys/time.h",
    "sys/wait.h",
    "time.h",
  ],
  [
    "control",
    "run_actor",
    "kill_trial",
    "born",
    "actor_named",
    "map_pages",
    "faults",
    "own_cpu",
    "in_guest",
  ],
  String.raw`
/* How a free-running trial goes. */
static struct {
	bool on;
	enum affinity affinity;
	uint64_t seed, trial;
	unsigned int longest_pause;		/* as a power of two */
} free_options = { .longest_pause = 18 };

/* A trial that takes longer hangs, and so does a process that computes for so long. */
static unsigned long trial_seconds = 10;
static unsigned long spin_seconds = 10;
static volatile sig_atomic_t seconds;

static void count_second(int signal)
{
	(void)signal;
	seconds++;
}

/* "P0.0 P0.1 P1.0" becomes the steps of the trial; what the processes read at the end follows. */
static void plan_trial(const char *order)
{
	const char *word = order;

	memset(ctl, 0, sizeof(*ctl));
	ctl->trial = free_options.trial++;
	while (*word) {
		size_t length = strcspn(word, " ");

		snprintf(ctl->step[ctl->steps++], sizeof(ctl->step[0]), "%.*s", (int)length, word);
		word += length + (word[length] == ' ');
	}
	ctl->planned = ctl->steps;
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (is_process(&test->actors[i]))
			snprintf(ctl->step[ctl->steps++], sizeof(ctl->step[0]), "%s.end",
				 test->actors[i].name);
	for (uint32_t i = 0; i < ctl->steps; i++)
		for (int j = 0; j < MAX_NAMES && test->actors[j].name; j++) {
			size_t length = strlen(test->actors[j].name);

			if (!strncmp(ctl->step[i], test->actors[j].name, length) &&
			    strrchr(ctl->step[i], '.') == ctl->step[i] + length)
				ctl->actor_of[i] = j;
		}
}

/* Everybody who is there from the start runs at once; there is one step, the whole of it. */
static void plan_free_trial(void)
{
	memset(ctl, 0, sizeof(*ctl));
	*ctl = (struct control) {
		.free = true,
		.steps = 1,
		.step = { "free" },
		.seed = free_options.seed,
		.trial = free_options.trial++,
		.affinity = free_options.affinity,
		.longest_pause = free_options.longest_pause,
		.cpus = sysconf(_SC_NPROCESSORS_ONLN),
	};
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (!strcmp(test->actors[i].process, "P0") || is_device(&test->actors[i]))
			ctl->starters++;
	ctl->running = ctl->starters;
}

static pid_t start_actor(int index, pid_t group)
{
	pid_t pid = fork();

	if (pid) {
		setpgid(pid, group ? group : pid);
		ctl->pid[index] = pid;
		return pid;
	}
	setpgid(0, group);
	if (!ctl->free)
		stay_on_this_cpu();
	catch_faults();
	if (!group && test->limit)
		test->limit();
	if (!group)
		map_pages();
	run_process(index);
}

static void start_card(pid_t group)
{
	pid_t pid = fork();

	setpgid(pid, group);
	if (pid)
		return;
	test->card();
	_exit(0);
}

/* Statements come one at a time: whose turn it is has all the time, and hardly needs any. */
static bool spins(void)
{
	struct timespec used;
	clockid_t clock;
	pid_t pid;

	if (ctl->free || ctl->turn >= ctl->steps)
		return false;
	pid = ctl->pid[ctl->actor_of[ctl->turn]];
	return pid && !clock_getcpuclockid(pid, &clock) && !clock_gettime(clock, &used) &&
	       (unsigned long)used.tv_sec >= spin_seconds;
}

/*
 * Run the test once, in this order. Its processes are nobody else's children, its memory nobody
 * else's memory. Returns NULL, or what went wrong.
 */
static const char *run_trial(const char *order)
{
	static char wrong[96];
	bool hang = false;
	pid_t first, pid;
	int status;

	if (free_options.on)
		plan_free_trial();
	else
		plan_trial(order);
	wrong[0] = '\0';
	if (test->leave_pool) {
		const char *lacking = test->leave_pool(test->pool);

		if (lacking) {
			snprintf(ctl->why, sizeof(ctl->why), "%s", lacking);
			ctl->skip = true;
			return NULL;
		}
	}
	for (const struct outside *one = test->outside; one->before || one->leaving; one++) {
		const char *lacking = one->before ? one->before() : NULL;

		if (lacking) {
			snprintf(ctl->why, sizeof(ctl->why), "%s", lacking);
			ctl->skip = true;
			return NULL;
		}
	}
	set_alive("P0", true);
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (is_device(&test->actors[i]))
			set_alive(test->actors[i].name, true);
	first = start_actor(actor_named("P0"), 0);
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (is_device(&test->actors[i]))
			start_actor(i, first);
	if (test->card)
		start_card(first);
	seconds = 0;
	while ((pid = waitpid(-1, &status, 0)) > 0 || errno == EINTR) {
		if (!hang && ((unsigned long)seconds > trial_seconds || spins())) {
			hang = true;
			snprintf(wrong, sizeof(wrong), "hang at %s",
				 ctl->turn < ctl->steps ? ctl->step[ctl->turn] : "the end");
			kill_trial(first);
		}
		if (ctl->skip || ctl->again)
			kill_trial(first);
		if (pid > 0 && WIFSIGNALED(status) && !hang && !ctl->skip && !ctl->again && !wrong[0]) {
			snprintf(wrong, sizeof(wrong), "signal %d killed a process at %s",
				 WTERMSIG(status),
				 ctl->turn < ctl->steps ? ctl->step[ctl->turn] : "the end");
			kill_trial(first);
		}
	}
	end_outside();
	if (test->leave_pool)
		test->leave_pool(-1);
	return wrong[0] ? wrong : NULL;
}
`,
);

const report = helper(
  "report",
  ["stdio.h", "string.h"],
  ["trial"],
  `
#define MAX_VALUATIONS	64

/* The distinct ends of a test, and how often each was seen. */
static struct {
	char text[48 * MAX_OBSERVED];
	unsigned long count;
} valuations[MAX_VALUATIONS];
static int valuation_count;

static void count_valuation(void)
{
	char text[sizeof(valuations[0].text)] = "";
	char value[32];
	size_t used = 0;
	int i;

	for (i = 0; i < MAX_OBSERVED && test->observed[i]; i++) {
		value_text(ctl->observed[i], value, sizeof(value));
		used += snprintf(text + used, sizeof(text) - used, "%s%s=%s;", i ? " " : "",
				 test->observed[i], value);
		if (used >= sizeof(text))
			used = sizeof(text) - 1;
	}
	for (i = 0; i < valuation_count && strcmp(valuations[i].text, text); i++)
		;
	if (i == MAX_VALUATIONS)
		return;
	if (i == valuation_count) {
		strcpy(valuations[i].text, text);
		valuations[i].count = 0;
		valuation_count++;
	}
	valuations[i].count++;
}

static const char *observation(unsigned long hits, unsigned long trials)
{
	return !hits ? "never" : hits == trials ? "always" : "sometimes";
}
`,
);

const main = helper(
  "main",
  ["fcntl.h", "getopt.h", "stdio.h", "stdlib.h", "string.h", "sys/resource.h", "time.h"],
  ["report", "control_fd", "after_exec"],
  String.raw`
enum { PASS = 0, FAIL = 1, SKIP = 4 };

static struct {
	unsigned long trials;
	unsigned long trials_of_test;
	const char *only;			/* "3-7,9": the cases to run */
	unsigned long seconds;			/* of each test, free-running */
	const char *expect;
} options = { .trials = 1 };

static unsigned long counts[SKIP + 1];

/* The orders of a test share its trials, but none of them gets less than a few. */
static unsigned long trials_of_order(void)
{
	unsigned long orders = 0, share;

	if (!options.trials_of_test)
		return options.trials;
	while (test->orders[orders])
		orders++;
	share = (options.trials_of_test + orders - 1) / orders;
	return share < 5 ? 5 : share;
}

static bool is_chosen(unsigned long number)
{
	const char *at = options.only;
	unsigned long from, to;
	char *end;

	if (!at)
		return true;
	while (*at) {
		from = to = strtoul(at, &end, 10);
		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		if (from <= number && number <= to)
			return true;
		at = *end ? end + 1 : end;
	}
	return false;
}

static void end_case(int result, const char *name, const char *why)
{
	unsigned long number = 1;

	for (int i = PASS; i <= SKIP; i++)
		number += counts[i];
	counts[result]++;
	if (result == SKIP)
		printf("ok %lu %s # SKIP %s\n", number, name, why);
	else
		printf("%s %lu %s\n", result == PASS ? "ok" : "not ok", number, name);
	fflush(stdout);
}

/* So many trials, or, free-running, as many as fit into the time. */
static bool goes_on(unsigned long trials, unsigned long most, const struct timespec *begun)
{
	struct timespec now;

	if (!options.seconds)
		return trials < most;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - begun->tv_sec < (time_t)options.seconds;
}

static void run_case(unsigned long number, const char *name, const char *order)
{
	unsigned long most = trials_of_order(), trials, spoiled = 0, kept = 0, hits = 0;
	struct timespec begun;
	const char *wrong = NULL;

	printf("# running %s %lu\n", name, number);
	fflush(stdout);
	if (test->skip)
		return end_case(SKIP, name, test->skip);
	valuation_count = 0;
	free_options.trial = 0;
	clock_gettime(CLOCK_MONOTONIC, &begun);
	for (trials = 0; goes_on(trials, most, &begun); trials++) {
		wrong = run_trial(order);
		if (!wrong && ctl->again && spoiled++ < most) {
			trials--;
			continue;
		}
		ctl->skip |= ctl->again;
		if (wrong || ctl->skip)
			break;
		count_valuation();
		if (test->filter && !test->filter())
			continue;
		kept++;
		hits += test->holds();
	}
	printf("# order %s\n# trials %lu\n", order, trials);
	for (int i = 0; i < valuation_count; i++)
		printf("# valuation %lu %s\n", valuations[i].count, valuations[i].text);
	if (kept)
		printf("# observation %s %lu %lu\n", observation(hits, kept), hits, kept - hits);
	if (ctl->notes[0])
		printf("# note %s\n", ctl->notes);
	if (ctl->skip)
		return end_case(SKIP, name, ctl->why);
	if (wrong)
		printf("# why %s\n", wrong);
	else if (options.expect && strcmp(options.expect, observation(hits, kept)))
		wrong = "expected otherwise";
	end_case(wrong ? FAIL : PASS, name, NULL);
}

static int read_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "trials", required_argument, NULL, 't' },
		{ "trials-of-test", required_argument, NULL, 'T' },
		{ "trial-seconds", required_argument, NULL, 'l' },
		{ "spin-seconds", required_argument, NULL, 'c' },
		{ "only", required_argument, NULL, 'o' },
		{ "seed", required_argument, NULL, 's' },
		{ "expect", required_argument, NULL, 'e' },
		{ "free", no_argument, NULL, 'f' },
		{ "seconds", required_argument, NULL, 'S' },
		{ "affinity", required_argument, NULL, 'a' },
		{ "apart", required_argument, NULL, 'A' },
		{ "guest", no_argument, NULL, 'g' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) >= 0) {
		switch (option) {
		case 't':
			options.trials = strtoul(optarg, NULL, 10);
			break;
		case 'T':
			options.trials_of_test = strtoul(optarg, NULL, 10);
			break;
		case 'l':
			trial_seconds = strtoul(optarg, NULL, 10);
			break;
		case 'c':
			spin_seconds = strtoul(optarg, NULL, 10);
			break;
		case 'o':
			options.only = optarg;
			break;
		case 's':
			free_options.seed = strtoul(optarg, NULL, 10);
			break;
		case 'f':
			free_options.on = true;
			break;
		case 'S':
			options.seconds = strtoul(optarg, NULL, 10);
			break;
		case 'a':
			free_options.affinity = !strcmp(optarg, "none") ? AFFINITY_NONE :
						!strcmp(optarg, "one") ? AFFINITY_ONE :
						AFFINITY_SPREAD;
			break;
		case 'A':
			pages_apart = strtoul(optarg, NULL, 10);
			break;
		case 'g':
			in_guest = true;
			break;
		case 'e':
			options.expect = optarg;
			break;
		default:
			fprintf(stderr, "usage: %s [--trials N] [--trials-of-test N] "
				"[--trial-seconds N] [--spin-seconds N] [--only FROM-TO,...] [--free] "
				"[--seconds N] [--affinity spread|one|none] [--apart PAGES] [--seed N] "
				"[--guest] [--expect never|sometimes|always]\n", argv[0]);
			return -1;
		}
	}
	return 0;
}

static int prepare(void)
{
	struct sigaction tick = { .sa_handler = count_second };
	struct itimerval second = { { 1, 0 }, { 1, 0 } };
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	while (open("/dev/null", O_RDWR) >= 0 && fcntl(2, F_GETFD) < 0)
		;
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaction(SIGALRM, &tick, NULL);
	setitimer(ITIMER_REAL, &second, NULL);
	control_fd = memfd_create("control", MFD_CLOEXEC);
	if (control_fd < 0 || ftruncate(control_fd, sizeof(*ctl)))
		return -1;
	ctl = mmap(NULL, sizeof(*ctl), PROT_READ | PROT_WRITE, MAP_SHARED, control_fd, 0);
	return ctl == MAP_FAILED ? -1 : 0;
}

int main(int argc, char **argv)
{
	unsigned long number = 0, total = 0;
	char name[128];

	if (argc == 6 && !strcmp(argv[1], "--after-exec"))
		after_exec(argv + 2, tests);
	if (read_options(argc, argv))
		return FAIL;
	if (prepare()) {
		perror("cannot start");
		return FAIL;
	}
	for (size_t i = 0; tests[i]; i++)
		for (size_t j = 0; tests[i]->orders[j]; j++)
			total += is_chosen(++number);
	printf("KTAP version 1\n1..%lu\n", total);
	number = 0;
	for (size_t i = 0; tests[i]; i++) {
		test = tests[i];
		for (size_t j = 0; test->orders[j]; j++) {
			snprintf(name, sizeof(name), "%s.o%zu", test->name, j);
			if (is_chosen(++number))
				run_case(number, name, test->orders[j]);
		}
	}
	printf("# Totals: pass:%lu fail:%lu xfail:0 xpass:0 skip:%lu error:0\n", counts[PASS],
	       counts[FAIL], counts[SKIP]);
	return counts[FAIL] ? FAIL : counts[PASS] ? PASS : SKIP;
}
`,
);

export const supervisorHelpers: readonly Helper[] = [trial, report, main];
