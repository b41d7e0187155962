/**
 * C: pins by the module that a guest may have loaded, for what no interface of the kernel offers:
 * every set of flags, exact numbers of pins, and a look at the page table and the page's counts.
 * Without the module such a test says so and skips.
 */
import { type Helper, helper } from "./helper.ts";

/** What the module and its users agree on: the module is compiled with this very text. */
export const moduleInterface = `#include <linux/ioctl.h>
#include <linux/types.h>

#define PINFOLD_WRITE		1
#define PINFOLD_LONGTERM	2
#define PINFOLD_FORCE		4
#define PINFOLD_FAST		8
#define PINFOLD_GET		16	/* a plain reference, not a pin */

struct pinfold_pin {
	__u64 address;
	__u32 pages;
	__u32 stride;		/* so many pages apart; 1: one after the other */
	__u32 flags;
	__u32 times;
};

/* The first word of a held page. */
struct pinfold_word {
	__u32 index;
	__u32 padding;
	__s64 value;
};

/* How a process maps an address, and the page behind it. */
struct pinfold_state {
	__u64 address;
	__u64 entry;		/* the raw page-table entry; 0: none */
	__u64 frame;
	__s32 references;	/* -1: not known, for all counts */
	__s32 mappings;
	__s32 pins;		/* how many pins its references look like, or its counter says */
	__u32 flags;
	__s32 process;		/* whose address; 0: the caller's */
	__u32 padding;
};

#define PINFOLD_PRESENT		1
#define PINFOLD_WRITABLE	2
#define PINFOLD_DIRTY		4
#define PINFOLD_HUGE		8	/* mapped by a PMD */
#define PINFOLD_ANON		16
#define PINFOLD_EXCLUSIVE	32	/* PageAnonExclusive */
#define PINFOLD_MAYBE_PINNED	64
#define PINFOLD_LARGE		128	/* part of a large folio: counts are the folio's */
#define PINFOLD_SOFT_DIRTY	256
#define PINFOLD_UFFD_WP		512
#define PINFOLD_ZERO		1024	/* the zero page */
#define PINFOLD_UNMAPPED	2048	/* no area has the address */
#define PINFOLD_SWAP		4096	/* not present, but not empty; "frame" is the swap entry */

/*
 * The caller is held at its "call"th call of a function, until somebody opens the gate, another
 * thread of its memory calls one of "opens", or the time is over.
 */
struct pinfold_gate {
	char symbol[40];
	char opens[3][40];	/* the first as planned; the others when a thread has to wait */
	__u64 address;		/* only calls for this page count; 0: all */
	__u32 argument;		/* the function's argument that says so, counted from 0 */
	__u32 call;
	__u32 milliseconds;
	__u32 padding;
};

#define PINFOLD_GATE_HELD	1
#define PINFOLD_GATE_LATE	2	/* nobody opened it in time */
#define PINFOLD_GATE_WAITED	4	/* one of the other "opens" opened it */

#define PINFOLD_PIN		_IOW('p', 1, struct pinfold_pin)
#define PINFOLD_UNPIN		_IO('p', 2)
#define PINFOLD_STORE		_IOW('p', 3, struct pinfold_word)
#define PINFOLD_LOAD		_IOWR('p', 4, struct pinfold_word)
#define PINFOLD_STATE		_IOWR('p', 5, struct pinfold_state)
/* Whether the held page "index" is the one that the caller maps at this address: 1 or 0. */
#define PINFOLD_REACHES		_IOW('p', 7, struct pinfold_word)
/* The frame of the held page "index". */
#define PINFOLD_HELD		_IOWR('p', 8, struct pinfold_word)
#define PINFOLD_GATE_SET	_IOW('p', 9, struct pinfold_gate)
/* Waits, so many milliseconds, until the thread is held. */
#define PINFOLD_GATE_WAIT	_IO('p', 10)
#define PINFOLD_GATE_OPEN	_IO('p', 11)
/* Takes the probes away; PINFOLD_GATE_* of what happened. */
#define PINFOLD_GATE_END	_IO('p', 12)
/* NUMA balancing's scan comes to an address of a process: how many entries lost their rights. */
#define PINFOLD_HINT		_IOW('p', 13, struct pinfold_state)
`;

const moduleDefinitions = helper(
  "module_interface",
  ["linux/ioctl.h", "linux/types.h"],
  [],
  moduleInterface.replace(/#include.*\n/g, ""),
);

const openModule = helper(
  "open_module",
  ["errno.h", "fcntl.h", "sys/ioctl.h", "unistd.h"],
  ["module_interface", "give_up"],
  `
static int open_module(void)
{
	int fd = open("/dev/pinfold", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up("no user-space interface gives this; load the module");
	return fd;
}
`,
);

const passRest = helper(
  "pass_rest",
  ["sys/ioctl.h", "unistd.h"],
  ["open_module", "range", "rest_of_part"],
  `
/* A part's other small pages are faulted in as the one that is taken: taken, too, and let go at once. */
static void pass_rest(struct range page, int flags)
{
	struct range one = page;

	for (; one.at < page.at + page.length; one.at += page.stride) {
		struct pinfold_pin pin = {
			.address = (uintptr_t)one.at + PAGE_SIZE,
			.pages = rest_of_part(one) / PAGE_SIZE,
			.stride = 1,
			.flags = flags,
			.times = 1,
		};
		int fd;

		if (pin.pages < 2)
			continue;
		pin.pages--;
		fd = open_module();
		(void)ioctl(fd, PINFOLD_PIN, &pin);
		close(fd);
	}
}
`,
);

const modulePin = helper(
  "module_pin",
  ["errno.h", "sys/ioctl.h", "unistd.h"],
  ["open_module", "handles", "range", "pass_rest"],
  `
static int module_pin(struct handle *h, struct range page, int flags, int times)
{
	struct pinfold_pin pin = {
		.address = (uintptr_t)page.at,
		.pages = page.length / page.stride,
		.stride = page.stride / PAGE_SIZE,
		.flags = flags,
		.times = times,
	};
	int fd = open_module();

	h->error = 0;
	if (ioctl(fd, PINFOLD_PIN, &pin)) {
		not_made(h, errno);
		close(fd);
	} else {
		pass_rest(page, flags);
		made(h, MODULE, fd, page);
	}
	return h->error;
}
`,
);

const moduleWrite = helper(
  "module_write",
  ["errno.h", "sys/ioctl.h"],
  ["module_interface", "borrow"],
  `
static int module_write(const struct handle *h, int index, long value)
{
	struct pinfold_word word = { .index = index, .value = value };
	int fd = h->kind ? borrow(h) : -1;
	int error;

	if (fd < 0) {
		note("skipped, no handle", 0);
		return 0;
	}
	error = ioctl(fd, PINFOLD_STORE, &word) ? errno : 0;
	give_back(h, fd);
	return error;
}
`,
);

const moduleRead = helper(
  "module_read",
  ["errno.h", "sys/ioctl.h"],
  ["module_interface", "borrow", "number", "nothing", "refused"],
  `
static struct value module_read(const struct handle *h, int index)
{
	struct pinfold_word word = { .index = index };
	int fd = h->kind ? borrow(h) : -1;
	int error;

	if (fd < 0) {
		note("skipped, no handle", 0);
		return nothing();
	}
	error = ioctl(fd, PINFOLD_LOAD, &word) ? errno : 0;
	give_back(h, fd);
	return error ? refused(error) : number(word.value);
}
`,
);

const moduleUnpin = helper(
  "module_unpin",
  ["errno.h", "sys/ioctl.h"],
  ["module_interface", "borrow"],
  `
static int module_unpin(struct handle *h)
{
	int fd = h->kind ? borrow(h) : -1;
	int error;

	if (fd < 0) {
		note("skipped, no handle", 0);
		return 0;
	}
	error = ioctl(fd, PINFOLD_UNPIN) ? errno : 0;
	if (!error)
		h->kind = NO_HANDLE;
	give_back(h, fd);
	return error;
}
`,
);

const moduleReaches = helper(
  "module_reaches",
  ["sys/ioctl.h"],
  ["module_interface", "borrow", "number", "nothing"],
  `
/* Whether the pin's frame is the one that this process maps. */
static struct value module_reaches(const struct handle *h, int index, struct range page)
{
	struct pinfold_word word = {
		.index = index,
		.value = (uintptr_t)page.at,
	};
	int fd = h->kind ? borrow(h) : -1;
	int result;

	if (fd < 0)
		return number(0);
	result = ioctl(fd, PINFOLD_REACHES, &word);
	give_back(h, fd);
	return result < 0 ? nothing() : number(result);
}
`,
);

const reader = helper(
  "reader_pin",
  ["stdio.h", "sys/utsname.h", "unistd.h"],
  ["register_memory", "module_pin", "pagemap", "kpageflags"],
  `
#define KPF_ZERO_PAGE	(1ULL << 24)

/* The zero page is there, or would be: a pin for a short time takes it, a region never. */
static bool reads_zero_page(struct range page)
{
	uint64_t entry = pagemap_entry(page.at);

	if (!(entry & (PM_PRESENT | PM_SWAPPED)))
		return true;
	return entry & PM_PRESENT && kpageflags(page.at) & KPF_ZERO_PAGE;
}

/*
 * A pin for reading: the module's, exactly as asked; else that of a region which the card may only
 * read, from 6.2 on. Before, such a region was pinned for writing.
 */
static int reader_pin(struct handle *h, struct range page, int flags, int times)
{
	struct utsname kernel;
	int major = 0, minor = 0;

	if (!access("/dev/pinfold", F_OK))
		return module_pin(h, page, flags, times);
	uname(&kernel);
	sscanf(kernel.release, "%d.%d", &major, &minor);
	if (times > 1 || major < 6 || (major == 6 && minor < 2))
		give_up("no user-space interface gives this; load the module");
	if (!(flags & PINFOLD_LONGTERM) && reads_zero_page(page))
		give_up("no user-space interface pins the zero page; load the module");
	return register_memory(h, page, false);
}
`,
);

const readerRead = helper(
  "reader_read",
  [],
  ["region_read", "module_read"],
  `
static struct value reader_read(const struct handle *h, int index)
{
	return h->kind == MODULE ? module_read(h, index) : region_read(h, index);
}
`,
);

const readerUnpin = helper(
  "reader_unpin",
  [],
  ["region_unpin", "module_unpin"],
  `
static int reader_unpin(struct handle *h)
{
	return h->kind == MODULE ? module_unpin(h) : region_unpin(h);
}
`,
);

const readerReaches = helper(
  "reader_reaches",
  [],
  ["module_reaches", "give_up"],
  `
static struct value reader_reaches(const struct handle *h, int index, struct range page)
{
	if (h->kind != MODULE && h->kind)
		give_up("the card cannot say which frame it reads; load the module");
	return module_reaches(h, index, page);
}
`,
);

const pageState = helper(
  "page_state",
  ["errno.h", "sys/ioctl.h", "unistd.h"],
  ["open_module", "pagemap"],
  `
static struct pinfold_state page_state(struct range page)
{
	struct pinfold_state state = { .address = (uintptr_t)page.at };
	int fd = open_module();

	if (ioctl(fd, PINFOLD_STATE, &state))
		give_up("the module does not tell: %s", errno_name(errno));
	close(fd);
	return state;
}
`,
);

const seeEntry = helper(
  "see_entry",
  [],
  ["page_state", "see"],
  `
/* PTE(x): a word for the page-table entry. */
static void see_entry(const char *name, struct range page)
{
	struct pinfold_state state = page_state(page);
	bool swapped = pagemap_entry(page.at) & PM_SWAPPED;
	const char *word = state.flags & PINFOLD_WRITABLE ? "writable" :
			   state.flags & PINFOLD_PRESENT ? "present" : swapped ? "swap" : "none";

	see(name, (struct value) { .kind = WORD, .word = word });
}
`,
);

const seeCount = helper(
  "see_count",
  [],
  ["page_state", "settle", "see", "number", "nothing", "give_up"],
  `
/* ref(x) or map(x): a large page that small entries map counts all of them, more than the model has. */
static void see_count(const char *name, struct range page, bool references)
{
	struct pinfold_state state;

	settle();
	state = page_state(page);
	if (state.flags & PINFOLD_LARGE && !(state.flags & PINFOLD_HUGE && references))
		give_up("%s of a large page is not comparable", name);
	if (!(state.flags & PINFOLD_PRESENT) || state.flags & PINFOLD_ZERO)
		see(name, nothing());
	else
		see(name, number(references ? state.references : state.mappings));
}
`,
);

const seeExclusive = helper(
  "see_exclusive",
  [],
  ["page_state", "see", "number"],
  `
static void see_exclusive(const char *name, struct range page)
{
	see(name, number(!!(page_state(page).flags & PINFOLD_EXCLUSIVE)));
}
`,
);

export const moduleHelpers: readonly Helper[] = [
  moduleDefinitions,
  openModule,
  passRest,
  modulePin,
  moduleWrite,
  moduleRead,
  moduleUnpin,
  moduleReaches,
  reader,
  readerRead,
  readerUnpin,
  readerReaches,
  pageState,
  seeEntry,
  seeCount,
  seeExclusive,
];
