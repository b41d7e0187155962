/**
 * C: what the kernel does by itself, forced from user space: reclaim by advice and by a limit on the
 * memory of the test's processes, KSM by some of its scans, khugepaged by waking it, migration by taking
 * a frame out of use, write-back by sync(). A kernel actor is a process beside the test's. What did not
 * come about is noted: the kernel may have had a reason, and the model has it, too.
 */
import { type Helper, helper } from "./helper.ts";

const ownersPage = helper(
  "owners_page",
  ["errno.h", "fcntl.h", "stdint.h", "stdio.h", "unistd.h"],
  ["range", "control", "actor_named", "pagemap", "give_up"],
  `
/* Where P0 has a page; it may still be about to map it. */
static char *owners_page(const char *name, int index)
{
	int number = page_number(name), owner = actor_named("P0");
	size_t stride = test->pages[number].length / test->pages[number].count;
	char *at;

	while (!(at = __atomic_load_n(&ctl->places[owner][number], __ATOMIC_SEQ_CST)))
		usleep(100);
	return at + index * stride;
}

static uint64_t owners_entry(const char *at)
{
	uint64_t entry = 0;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", ctl->pid[actor_named("P0")]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &entry, sizeof(entry), (uintptr_t)at / PAGE_SIZE * sizeof(entry)) < 0)
		give_up("cannot see P0's page table: %s", errno_name(errno));
	close(fd);
	return entry;
}

static inline uint64_t owners_frame(const char *at)
{
	uint64_t entry = owners_entry(at);

	return entry & PM_PRESENT ? entry & ((1ULL << 55) - 1) : 0;
}
`,
);

const setSystem = helper(
  "set_system",
  ["errno.h", "fcntl.h", "string.h", "unistd.h"],
  ["give_up", "in_guest"],
  `
/* A setting of the whole system, which is a guest's to change and not a host's. */
static void set_system(const char *path, const char *text)
{
	int fd;

	if (!in_guest)
		give_up("could not force: %s is the system's", path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		give_up("could not force: %s: %s", path, errno_name(errno));
	close(fd);
}
`,
);

const limitMemory = helper(
  "limit_memory",
  ["errno.h", "sys/mount.h", "sys/stat.h"],
  ["set_system"],
  `
#define GROUPS	"/tmp/groups"
#define GROUP	GROUPS "/test"

/* The test's processes share a limit on their memory, which the kernel's actor lowers for a moment. */
static void limit_memory(void)
{
	if (access(GROUP, F_OK)) {
		mkdir(GROUPS, 0755);
		if (in_guest && mount("groups", GROUPS, "cgroup2", 0, NULL))
			give_up("no control groups: %s", errno_name(errno));
		set_system(GROUPS "/cgroup.subtree_control", "+memory");
		mkdir(GROUP, 0755);
	}
	set_system(GROUP "/cgroup.procs", "0");
}
`,
);

const reclaim = helper(
  "kernel_reclaim",
  ["errno.h", "sys/mman.h", "sys/syscall.h", "sys/uio.h", "unistd.h"],
  ["owners_page", "limit_memory", "note"],
  `
/* Ask for this page alone; if others map it, too, that is not enough. */
static void kernel_reclaim(const char *name, int index)
{
	char *at = owners_page(name, index);
	struct iovec page = { at, PAGE_SIZE };
	int owner = syscall(SYS_pidfd_open, ctl->pid[actor_named("P0")], 0);

	for (int i = 0; i < 5 && owner >= 0 && owners_frame(at); i++)
		syscall(SYS_process_madvise, owner, &page, 1UL, MADV_PAGEOUT, 0);
	close(owner);
	for (int i = 0; i < 2 && owners_frame(at); i++)
		set_system(GROUP "/memory.high", "0");
	set_system(GROUP "/memory.high", "max");
	if (owners_frame(at))
		note("could not be forced", 0);
}
`,
);

const ksm = helper(
  "kernel_ksm",
  ["stdint.h"],
  ["owners_page", "set_system", "note"],
  `
/* KSM looks at a page three times before it merges it; a second is time for many scans. */
static void kernel_ksm(const char *one, int one_index, const char *other, int other_index)
{
	char *first = owners_page(one, one_index), *second = owners_page(other, other_index);
	int fd = open("/sys/kernel/mm/ksm/smart_scan", O_WRONLY | O_CLOEXEC);
	bool merged = false;

	if (fd >= 0 && in_guest && write(fd, "0", 1) != 1)
		note("KSM may pass pages over", 0);
	close(fd);
	set_system("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	set_system("/sys/kernel/mm/ksm/sleep_millisecs", "10");
	set_system("/sys/kernel/mm/ksm/run", "1");
	for (int i = 0; i < 100 && !merged; i++) {
		usleep(10000);
		merged = owners_frame(first) && owners_frame(first) == owners_frame(second);
	}
	set_system("/sys/kernel/mm/ksm/run", "0");
	if (!merged)
		note("could not be forced", 0);
}
`,
);

const khugepaged = helper(
  "kernel_khugepaged",
  ["stdio.h", "stdint.h", "unistd.h"],
  ["owners_page", "set_system", "note"],
  `
#define KHUGEPAGED	"/sys/kernel/mm/transparent_hugepage/khugepaged/"

static bool owner_has_huge_entry(const char *at)
{
	unsigned long start, end, kilobytes = 0;
	bool here = false;
	char line[512];
	FILE *smaps;

	snprintf(line, sizeof(line), "/proc/%d/smaps", ctl->pid[actor_named("P0")]);
	smaps = fopen(line, "re");
	while (smaps && fgets(line, sizeof(line), smaps) && !kilobytes) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = start <= (uintptr_t)at && (uintptr_t)at < end;
		else if (here)
			sscanf(line, "AnonHugePages: %lu kB", &kilobytes);
	}
	if (smaps)
		fclose(smaps);
	return kilobytes > 0;
}

/* It sleeps in a guest; woken for a second it walks everybody's memory many times. */
static void kernel_khugepaged(const char *name, int index)
{
	char *at = owners_page(name, index);

	set_system(KHUGEPAGED "pages_to_scan", "100000");
	set_system(KHUGEPAGED "scan_sleep_millisecs", "0");
	for (int i = 0; i < 100 && !owner_has_huge_entry(at); i++)
		usleep(10000);
	set_system(KHUGEPAGED "pages_to_scan", "1");
	set_system(KHUGEPAGED "scan_sleep_millisecs", "4294967295");
	if (!owner_has_huge_entry(at))
		note("could not be forced", 0);
}
`,
);

const migrate = helper(
  "kernel_migrate",
  ["errno.h", "fcntl.h", "stdint.h", "stdio.h", "unistd.h"],
  ["owners_page", "in_guest", "note"],
  `
/* The frame is taken out of use while it works: what it holds moves to another. */
static void kernel_migrate(const char *name, int index)
{
	char *at = owners_page(name, index);
	uint64_t before = owners_frame(at);
	char address[32];
	int fd;

	if (!in_guest)
		give_up("could not force: the system's frames are not ours to take");
	fd = open("/sys/devices/system/memory/soft_offline_page", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		give_up("could not force: no frame can be taken out of use: %s", errno_name(errno));
	snprintf(address, sizeof(address), "%#llx", (unsigned long long)before * PAGE_SIZE);
	if (!before || write(fd, address, strlen(address)) < 0 || owners_frame(at) == before)
		note("could not be forced", 0);
	close(fd);
}
`,
);

const writeback = helper(
  "kernel_writeback",
  ["unistd.h"],
  ["owners_page"],
  `
static void kernel_writeback(const char *name, int index)
{
	owners_page(name, index);
	sync();
}
`,
);

export const kernelActorHelpers: readonly Helper[] = [
  setSystem,
  limitMemory,
  ownersPage,
  reclaim,
  ksm,
  khugepaged,
  migrate,
  writeback,
];
