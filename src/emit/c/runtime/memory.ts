/** C: where a process has its pages, and what it does with them. */
import { type Helper, helper } from "./helper.ts";

const range = helper(
  "range",
  ["stddef.h", "stdlib.h", "string.h"],
  ["places"],
  `
static int page_number(const char *name)
{
	for (int i = 0; i < MAX_NAMES && test->pages[i].name; i++)
		if (!strcmp(test->pages[i].name, name))
			return i;
	abort();
}

static struct range page(const char *name)
{
	return where[page_number(name)];
}
`,
);

const reserve = helper(
  "reserve",
  ["sys/mman.h", "errno.h", "stdint.h"],
  ["range", "give_up"],
  `
#define HUGE_ALIGNMENT	(2UL << 20)

/*
 * Addresses between two gaps, so that no neighbour can become one area with the page, and far below
 * all that the kernel gives out by itself: what the test unmaps stays empty.
 */
static char *reserve(size_t length, size_t alignment)
{
	static uintptr_t next = 0x200000000000;
	size_t whole = length + 2 * HUGE_ALIGNMENT;
	char *at = mmap((void *)next, whole, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (at != (char *)next)
		give_up("no address space: %s", errno_name(errno));
	next += (whole + HUGE_ALIGNMENT - 1) & ~(HUGE_ALIGNMENT - 1);
	return (char *)(((uintptr_t)at + alignment) & ~(alignment - 1));
}

static char *map_here(char *at, const char *name, size_t length, int flags, int fd)
{
	at = mmap(at, length, PROT_READ | PROT_WRITE, MAP_FIXED | flags, fd, 0);
	if (at == MAP_FAILED)
		give_up("cannot map %s: %s", name, errno_name(errno));
	if (fd >= 0)
		close(fd);
	return at;
}
`,
);

const part = helper(
  "part",
  [],
  ["range"],
  `
/* Page "index" of a declaration that has several. */
static struct range part(const char *name, int index)
{
	struct range whole = page(name);

	if (whole.length / whole.stride * whole.stride == whole.length)
		return (struct range) { whole.at + index * whole.stride, whole.stride, whole.stride };
	return (struct range) { whole.at + index * whole.stride, PAGE_SIZE, PAGE_SIZE };
}
`,
);

const faults = helper(
  "faults",
  ["setjmp.h", "signal.h"],
  [],
  `
static __thread sigjmp_buf on_fault;
static __thread volatile sig_atomic_t may_fault;

static void catch_fault(int signal)
{
	if (may_fault)
		siglongjmp(on_fault, 1);
	sigaction(signal, &(struct sigaction) { .sa_handler = SIG_DFL }, NULL);
}

static void catch_faults(void)
{
	struct sigaction action = { .sa_handler = catch_fault };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}
`,
);

const restOfPart = helper(
  "rest_of_part",
  [],
  ["range", "control"],
  `
/*
 * What a test calls a part of a huge page is many small pages, and what happens to one happens to all:
 * where its rest ends. Not where only the first of them was left.
 */
static size_t rest_of_part(struct range page)
{
	for (int i = 0; i < MAX_NAMES && test->pages[i].name && !ctl->free; i++)
		if (page.at >= where[i].at && page.at < where[i].at + where[i].length)
			return test->pages[i].alone ? 0 : page.stride;
	return 0;
}
`,
);

const faultRest = helper(
  "fault_rest",
  ["stdbool.h"],
  ["range", "faults", "rest_of_part"],
  `
/* The calls that take one small page of a part: its rest is faulted in as they fault in that page. */
static void fault_rest(struct range page, int index, bool write)
{
	char *at = page.at + index * page.stride % page.length;
	size_t end = rest_of_part(page);

	if (sigsetjmp(on_fault, 1)) {
		may_fault = 0;
		return;
	}
	may_fault = 1;
	for (size_t offset = PAGE_SIZE; offset < end; offset += PAGE_SIZE) {
		char value = *(volatile char *)(at + offset);

		if (write)
			*(volatile char *)(at + offset) = value;
	}
	may_fault = 0;
}
`,
);

const store = helper(
  "store",
  ["errno.h"],
  ["range", "faults", "rest_of_part"],
  `
/* Returns 0, or EFAULT where the process would have died. */
static int store(struct range page, long value)
{
	if (sigsetjmp(on_fault, 1)) {
		may_fault = 0;
		return EFAULT;
	}
	may_fault = 1;
	*(volatile long *)page.at = value;
	for (size_t offset = PAGE_SIZE, end = rest_of_part(page); offset < end; offset += PAGE_SIZE)
		*(volatile long *)(page.at + offset) = value;
	may_fault = 0;
	return 0;
}
`,
);

const load = helper(
  "load",
  ["errno.h"],
  ["range", "faults", "number", "refused", "rest_of_part"],
  `
static struct value load(struct range page)
{
	long value;

	if (sigsetjmp(on_fault, 1)) {
		may_fault = 0;
		return refused(EFAULT);
	}
	may_fault = 1;
	value = *(volatile long *)page.at;
	for (size_t offset = PAGE_SIZE, end = rest_of_part(page); offset < end; offset += PAGE_SIZE)
		(void)*(volatile long *)(page.at + offset);
	may_fault = 0;
	return number(value);
}
`,
);

const halves = helper(
  "halves",
  [],
  [],
  `
/* Which half of the page's word. */
enum half { LOW, HIGH };
`,
);

const storeHalf = helper(
  "store_half",
  ["errno.h", "stdint.h"],
  ["range", "faults", "halves", "rest_of_part"],
  `
static int store_half(struct range page, enum half half, uint16_t value)
{
	if (sigsetjmp(on_fault, 1)) {
		may_fault = 0;
		return EFAULT;
	}
	may_fault = 1;
	((volatile uint16_t *)page.at)[half] = value;
	for (size_t offset = PAGE_SIZE, end = rest_of_part(page); offset < end; offset += PAGE_SIZE)
		((volatile uint16_t *)(page.at + offset))[half] = value;
	may_fault = 0;
	return 0;
}
`,
);

const loadHalf = helper(
  "load_half",
  ["errno.h", "stdint.h"],
  ["range", "faults", "halves", "number", "refused", "rest_of_part"],
  `
static struct value load_half(struct range page, enum half half)
{
	uint16_t value;

	if (sigsetjmp(on_fault, 1)) {
		may_fault = 0;
		return refused(EFAULT);
	}
	may_fault = 1;
	value = ((volatile uint16_t *)page.at)[half];
	for (size_t offset = PAGE_SIZE, end = rest_of_part(page); offset < end; offset += PAGE_SIZE)
		(void)*(volatile uint16_t *)(page.at + offset);
	may_fault = 0;
	return number(value);
}
`,
);

const atEnd = helper(
  "content",
  ["errno.h"],
  ["load", "nothing"],
  `
/* What a location holds at the end; one that is no longer there holds nothing. */
static struct value content(struct range page)
{
	struct value value = load(page);

	return value.kind == NUMBER ? value : nothing();
}
`,
);

const pagemap = helper(
  "pagemap",
  ["fcntl.h", "stdint.h", "unistd.h"],
  ["range"],
  `
#define PM_PRESENT	(1ULL << 63)
#define PM_SWAPPED	(1ULL << 62)
#define PM_FILE		(1ULL << 61)		/* of a file, or shared anonymous */
#define PM_ONCE		(1ULL << 56)		/* mapped exactly once */

static uint64_t pagemap_entry(const char *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (fd < 0)
		return 0;
	if (pread(fd, &entry, sizeof(entry), (uintptr_t)at / PAGE_SIZE * sizeof(entry)) !=
	    sizeof(entry))
		entry = 0;
	close(fd);
	return entry;
}
`,
);

const unmap = helper(
  "unmap",
  ["sys/mman.h", "errno.h"],
  ["range"],
  `
static int unmap(struct range page)
{
	return munmap(page.at, page.length) ? errno : 0;
}
`,
);

const protect = helper(
  "protect",
  ["sys/mman.h", "errno.h"],
  ["range"],
  `
static int protect(struct range page, int protection)
{
	return mprotect(page.at, page.length, protection) ? errno : 0;
}
`,
);

const advise = helper(
  "advise",
  ["sys/mman.h", "errno.h"],
  ["range"],
  `
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static int advise(struct range page, int advice)
{
	return madvise(page.at, page.length, advice) ? errno : 0;
}
`,
);

const clearRefs = helper(
  "clear_refs",
  ["errno.h", "fcntl.h", "stdio.h", "unistd.h"],
  ["control", "actor_named"],
  `
/* Clear the soft-dirty bits of a process: its pages are write-protected. */
static int clear_refs(const char *process)
{
	char path[64];
	int fd, error = 0;

	snprintf(path, sizeof(path), "/proc/%d/clear_refs", ctl->pid[actor_named(process)]);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, "4", 1) != 1)
		error = errno;
	close(fd);
	return error;
}
`,
);

const forceWrite = helper(
  "force_write",
  ["errno.h", "fcntl.h", "stdint.h", "unistd.h"],
  ["range", "note", "rest_of_part"],
  `
/* A write through /proc/self/mem: the kernel may ignore the write protection. */
static int force_write(struct range page, long value)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	size_t offset = 0, end = rest_of_part(page);
	int error = 0;

	if (fd < 0)
		return errno;
	do {
		if (pwrite(fd, &value, sizeof(value), (uintptr_t)page.at + offset) != sizeof(value))
			error = errno;
		offset += PAGE_SIZE;
	} while (!error && offset < end);
	close(fd);
	if (error == EIO)
		note("refused", error);		/* perhaps by configuration: no verdict */
	return error;
}
`,
);

const writeBytesTo = helper(
  "write_bytes_to",
  ["errno.h", "sys/uio.h"],
  ["range", "control", "actor_named", "rest_of_part"],
  `
/* process_vm_writev() into another process, at the address that the page has there. */
static int write_bytes_to(const char *process, const char *name, struct range page, size_t inside,
			  void *bytes, size_t length)
{
	int number = page_number(name);
	char *there = ctl->places[actor_named(process)][number] + (page.at - where[number].at);
	pid_t pid = ctl->pid[actor_named(process)];
	size_t offset = 0, end = rest_of_part(page);

	do {
		struct iovec local = { bytes, length };
		struct iovec remote = { there + offset + inside, length };

		if (process_vm_writev(pid, &local, 1, &remote, 1, 0) != (ssize_t)length)
			return errno;
		offset += PAGE_SIZE;
	} while (offset < end);
	return 0;
}
`,
);

const writeTo = helper(
  "write_to",
  [],
  ["write_bytes_to"],
  `
static int write_to(const char *process, const char *name, struct range page, long value)
{
	return write_bytes_to(process, name, page, 0, &value, sizeof(value));
}
`,
);

const writeHalfTo = helper(
  "write_half_to",
  ["stdint.h"],
  ["write_bytes_to", "halves"],
  `
static int write_half_to(const char *process, const char *name, struct range page, enum half half,
			 uint16_t value)
{
	return write_bytes_to(process, name, page, half * sizeof(value), &value, sizeof(value));
}
`,
);

const seeFrame = helper(
  "see_frame",
  ["stdint.h"],
  ["pagemap", "control", "index_of", "number", "give_up"],
  `
/* Two processes tell the frames of their pages; who comes second compares. */
static void see_frame(const char *name, int side, struct range page)
{
	int index = index_of(name, test->observed);
	uint64_t entry = pagemap_entry(page.at);
	uint64_t frame = entry & PM_PRESENT ? entry & ((1ULL << 55) - 1) : 0;
	uint64_t other = ctl->frame[index];

	if (entry & PM_PRESENT && !frame)
		give_up("cannot read frame numbers: run as root");
	if (ctl->told[index] & 1 << !side)
		ctl->observed[index] = number(frame && frame == other);
	ctl->told[index] |= 1 << side;
	ctl->frame[index] = frame;
}
`,
);

export const memoryHelpers: readonly Helper[] = [
  range,
  reserve,
  part,
  faults,
  restOfPart,
  faultRest,
  store,
  load,
  halves,
  storeHalf,
  loadHalf,
  atEnd,
  pagemap,
  unmap,
  protect,
  advise,
  clearRefs,
  forceWrite,
  writeBytesTo,
  writeTo,
  writeHalfTo,
  seeFrame,
];
