/** C: values, and the block of memory that the processes of a trial share. */
import { type Helper, helper } from "./helper.ts";

const values = helper(
  "values",
  ["stdio.h", "errno.h", "stddef.h", "string.h"],
  [],
  `
/* What a register or a location held at the end. */
struct value {
	enum { ABSENT, NUMBER, ERRNO, REFUSED, WORD } kind;
	long number;
	const char *word;			/* the same in all processes: never freed */
};

static const char *errno_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
#define NAME(e) { e, #e }
		NAME(EPERM), NAME(ENOENT), NAME(EINTR), NAME(EIO), NAME(ENXIO),
		NAME(EBADF), NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT),
		NAME(EBUSY), NAME(EEXIST), NAME(ENODEV), NAME(EINVAL), NAME(EMFILE),
		NAME(ENOSPC), NAME(ESPIPE), NAME(EPIPE), NAME(ENOSYS), NAME(EOPNOTSUPP),
		NAME(ENOBUFS), NAME(ETIMEDOUT), NAME(ESRCH), NAME(ECHILD), NAME(EOVERFLOW),
#undef NAME
	};
	static char other[16];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(other, sizeof(other), "E%d", error);
	return other;
}

static void value_text(struct value value, char *text, size_t size)
{
	switch (value.kind) {
	case ABSENT:
		snprintf(text, size, "-");
		break;
	case NUMBER:
		snprintf(text, size, "%ld", value.number);
		break;
	case ERRNO:
		snprintf(text, size, "%s", errno_name(value.number));
		break;
	case REFUSED:
		snprintf(text, size, "refused:%s", errno_name(value.number));
		break;
	case WORD:
		snprintf(text, size, "%s", value.word);
		break;
	}
}
`,
);

const number = helper(
  "number",
  [],
  ["values"],
  `
static struct value number(long number)
{
	return (struct value) { .kind = NUMBER, .number = number };
}
`,
);

const refused = helper(
  "refused",
  [],
  ["values"],
  `
static struct value refused(int error)
{
	return (struct value) { .kind = REFUSED, .number = error };
}
`,
);

const nothing = helper(
  "nothing",
  [],
  ["values"],
  `
static struct value nothing(void)
{
	return (struct value) { .kind = ABSENT };
}
`,
);

const outcome = helper(
  "outcome",
  [],
  ["values"],
  `
/* The register of a system call: 0, or the errno. */
static struct value outcome(int error)
{
	return (struct value) { .kind = error ? ERRNO : NUMBER, .number = error };
}
`,
);

const litmus = helper(
  "litmus",
  ["stdbool.h", "stdint.h", "string.h", "sys/types.h"],
  ["values"],
  `
#define MAX_STEPS	96
#define MAX_NAMES	16
#define MAX_OBSERVED	48

#define PAGE_SIZE	4096UL

/* Some memory; "stride" apart lie the pages that the test counts. */
struct range {
	char *at;
	size_t length;
	size_t stride;
};

/* One page declaration of a test. */
struct page_spec {
	const char *name;
	char *(*map)(const char *name, size_t length);
	size_t length;
	int count;
	void (*shape[4])(const char *name, struct range page);
	bool shared;				/* not anonymous: of a file, or shared */
	bool zero;				/* only read */
	bool untouched;
	bool readonly;
	bool swapped;
	bool alone;				/* only its first page is there */
};

/* One actor: what it does, and what its process reads at the end. */
struct actor {
	const char *name;
	const char *process;
	void (*run)(void);
	void (*end)(void);
	void (*after_exec)(void);
};

/* What lies outside the test's processes: made ready before a trial, and left so after it; each or NULL. */
struct outside {
	const char *(*before)(void);		/* returns NULL, or what is lacking */
	void (*after)(void);
	void (*leaving)(bool at_end);		/* a process ends, of itself or with all, or does exec() */
};

struct litmus {
	const char *name;
	const char *skip;			/* why it cannot run, or NULL */
	struct page_spec pages[MAX_NAMES];
	struct actor actors[MAX_NAMES];
	const char *handles[MAX_NAMES];
	const char *events[MAX_NAMES];
	const char *observed[MAX_OBSERVED];
	bool (*holds)(void);			/* the condition, without its quantifier */
	bool (*filter)(void);
	void (*card)(void);			/* the RDMA card's side, where there is one */
	void (*limit)(void);			/* how P0 gets under a limit of its memory */
	const char *(*leave_pool)(int pages);	/* how the pool of huge pages gets its size */
	int pool;
	struct outside outside[8];
	const char *const *orders;
};

static const struct litmus *test;

static inline bool is_process(const struct actor *actor)
{
	return actor->name[0] == 'P' && !strcmp(actor->name, actor->process);
}

/* A device, or the kernel: it acts outside every process of the test, and sees none of their memory. */
static inline bool is_device(const struct actor *actor)
{
	return actor->name[0] == 'D' || actor->name[0] == 'K';
}
`,
);

const control = helper(
  "control",
  ["stdint.h", "linux/io_uring.h"],
  ["litmus"],
  `
enum handle_kind { NO_HANDLE, RING, PIPE, REGION, MODULE, DIRECT_READ, MAPPING, UMEM };
enum affinity { AFFINITY_SPREAD, AFFINITY_ONE, AFFINITY_NONE };
enum card_state { CARD_OFF, CARD_IDLE, CARD_ASKED, CARD_DONE };

/* What a direct read asked of the disk, one page of it. */
struct request {
	bool waiting;
	char cookie[8];
};

/* A device's hold on memory. It belongs to an open file, not to a process. */
struct handle {
	enum handle_kind kind;
	bool tried;
	bool stays;				/* exec() does not close it, whatever its kind */
	uint32_t known;				/* futex: it was made, or could not be */
	int error;
	pid_t maker;
	pid_t holders[MAX_NAMES];		/* the maker, and who inherited the file */
	int fd;					/* in all of them */
	char *base;
	size_t stride;
	struct io_uring_params ring;
	uint32_t rkey, region, queue, card_queue;	/* of a registration */
	struct request requests[MAX_NAMES];	/* of a direct read */
	int pages;
};

/* The kernel, or the library that everybody uses, opens these close-on-exec. */
static inline bool closed_by_exec(const struct handle *h)
{
	return !h->stays && (h->kind == RING || h->kind == REGION || h->kind == MAPPING ||
			     h->kind == UMEM);
}

/* Shared by all processes of a trial. */
static struct control {
	uint32_t turn;				/* futex: index of the statement that may run */
	uint32_t offer;				/* the turn that the next may take, plus one */
	uint32_t late;				/* futex: statements that go on after their turn */
	uint32_t steps, planned;		/* with what is read at the end, and without */
	bool ran[MAX_STEPS];
	bool waits[MAX_NAMES];			/* by actor: its statement gave its turn away */
	char step[MAX_STEPS][12];
	int actor_of[MAX_STEPS];
	bool alive[MAX_NAMES];			/* by actor, as its process */
	pid_t pid[MAX_NAMES];
	char *places[MAX_NAMES][MAX_NAMES];	/* by process and page: mremap() moves them */
	pid_t leaving;				/* did exit(), perhaps still on its way */
	struct handle handles[MAX_NAMES];
	struct value observed[MAX_OBSERVED];
	uint64_t frame[MAX_NAMES];		/* of what is to be compared */
	int told[MAX_NAMES];
	struct {
		uint32_t state;			/* futex */
		int handle;
		size_t offset;
		bool write;
		long value;
		int error;
	} card;					/* what the RDMA card is asked to do */
	struct {
		int file, wire;
		uint64_t trial;			/* counted over all tests */
	} disk;					/* where direct reads come from */
	struct {
		char address[32];
		int group, container, device, memory;
		bool lost;			/* a mapping is left that nobody can unmap */
		long registers;
		uint64_t trial;			/* counted over all tests */
		bool busy;
	} vfio;					/* a card behind an IOMMU */
	struct {
		int sockets, taps[MAX_NAMES];
		bool busy;
	} wires;				/* of AF_XDP, by handle */
	bool free;				/* all actors at once, not one after the other */
	enum affinity affinity;
	uint64_t seed, trial;
	unsigned int cpus, longest_pause;
	uint32_t starters, ready;
	uint32_t running;			/* futex: actors that still have something to do */
	bool finished[MAX_NAMES];
	bool has_read[MAX_NAMES];
	uint32_t events[MAX_NAMES];		/* futexes */
	bool shown;				/* the trial's state, once */
	bool touched;				/* the other thread of a gate may begin */
	bool gate_set;
	bool again;				/* the trial was not the one that was meant */
	bool skip;
	char why[160];
	char notes[512];
} *ctl;
`,
);

const places = helper(
  "places",
  [],
  ["control"],
  `
/* Where this process has its pages: a child inherits the table with the memory. */
static struct range where[MAX_NAMES];

/* Which actor this process is; in memory that vfork() lends, its owner. */
static int own_number;
`,
);

export const valueHelpers: readonly Helper[] = [
  values,
  number,
  refused,
  nothing,
  outcome,
  litmus,
  control,
  places,
];
