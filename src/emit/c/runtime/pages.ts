/**
 * C: how the declared pages come to be, one function per kind, and the proof that they are what the
 * test says. A page that cannot be made so gives up the trial: no result is better than a wrong one.
 */
import { type Helper, helper } from "./helper.ts";

const basePages = helper(
  "base_pages",
  ["sys/mman.h"],
  ["reserve"],
  `
/* Base pages only. A kernel without huge pages says EINVAL, and that is fine. */
static char *map_base_pages(const char *name, size_t length, int flags, int fd)
{
	char *at = map_here(reserve(length, PAGE_SIZE), name, length, flags, fd);

	madvise(at, length, MADV_NOHUGEPAGE);
	return at;
}
`,
);

const mapPrivate = helper(
  "map_private",
  ["sys/mman.h"],
  ["base_pages"],
  `
static char *map_private(const char *name, size_t length)
{
	return map_base_pages(name, length, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}
`,
);

const mapShared = helper(
  "map_shared",
  ["sys/mman.h"],
  ["base_pages"],
  `
static char *map_shared(const char *name, size_t length)
{
	return map_base_pages(name, length, MAP_SHARED | MAP_ANONYMOUS, -1);
}
`,
);

const shmemFile = helper(
  "shmem_file",
  ["sys/mman.h", "errno.h", "unistd.h"],
  ["give_up"],
  `
static int shmem_file(const char *name, size_t length)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, length))
		give_up("no shared memory file for %s: %s", name, errno_name(errno));
	return fd;
}
`,
);

const mapShmem = helper(
  "map_shmem",
  ["sys/mman.h"],
  ["base_pages", "shmem_file"],
  `
static char *map_shmem(const char *name, size_t length)
{
	return map_base_pages(name, length, MAP_SHARED, shmem_file(name, length));
}
`,
);

const mapPrivateShmem = helper(
  "map_private_shmem",
  ["sys/mman.h"],
  ["base_pages", "shmem_file"],
  `
static char *map_private_shmem(const char *name, size_t length)
{
	return map_base_pages(name, length, MAP_PRIVATE, shmem_file(name, length));
}
`,
);

const diskFile = helper(
  "disk_file",
  ["errno.h", "fcntl.h", "linux/magic.h", "sys/vfs.h", "unistd.h"],
  ["give_up"],
  `
/* A file that has to be written back: not on tmpfs, not in the initial root. */
static int disk_file(const char *name, size_t length)
{
	int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct statfs fs;
	char zero = 0;

	if (fd < 0 || fstatfs(fd, &fs))
		give_up("no file for %s: %s", name, errno_name(errno));
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC)
		give_up("no file system on a disk");
	for (size_t i = 0; i < length; i++)
		if (pwrite(fd, &zero, 1, i) != 1)
			give_up("cannot write the file of %s: %s", name, errno_name(errno));
	return fd;
}
`,
);

const mapFile = helper(
  "map_file",
  ["sys/mman.h"],
  ["base_pages", "disk_file"],
  `
static char *map_file(const char *name, size_t length)
{
	return map_base_pages(name, length, MAP_SHARED, disk_file(name, length));
}
`,
);

const mapPrivateFile = helper(
  "map_private_file",
  ["sys/mman.h"],
  ["base_pages", "disk_file"],
  `
static char *map_private_file(const char *name, size_t length)
{
	return map_base_pages(name, length, MAP_PRIVATE, disk_file(name, length));
}
`,
);

const hugeSize = helper(
  "huge_size",
  [],
  [],
  `
#define HUGE_SIZE	(2UL << 20)
`,
);

const mapHuge = helper(
  "map_huge",
  ["sys/mman.h", "errno.h"],
  ["reserve", "huge_size"],
  `
/* Room for one transparent huge page; a quarter of it is one page of the test. */
static char *map_huge(const char *name, size_t length)
{
	char *at = map_here(reserve(length, HUGE_SIZE), name, length,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (madvise(at, length, MADV_HUGEPAGE))
		give_up("no transparent huge pages: %s", errno_name(errno));
	return at;
}
`,
);

const kpageflags = helper(
  "kpageflags",
  ["fcntl.h", "stdint.h", "unistd.h", "errno.h"],
  ["pagemap", "give_up"],
  `
/* /proc/kpageflags of the page at an address: for root only. */
static uint64_t kpageflags(const char *at)
{
	uint64_t entry = pagemap_entry(at), flags = 0;
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);

	entry &= (1ULL << 55) - 1;
	if (fd < 0 || !entry)
		give_up("cannot read page flags: run as root");
	if (pread(fd, &flags, sizeof(flags), entry * sizeof(flags)) != sizeof(flags))
		give_up("cannot read page flags: %s", errno_name(errno));
	close(fd);
	return flags;
}
`,
);

const hugeMapped = helper(
  "huge_mapped",
  ["stdint.h", "stdio.h"],
  ["range", "give_up"],
  `
/* How much of the area at an address huge entries map, hugetlb's too, in bytes, from smaps. */
static size_t huge_mapped(const char *at)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	unsigned long start, end, kilobytes;
	bool here = false;
	size_t sum = 0;
	char line[512];

	if (!smaps)
		give_up("no /proc/self/smaps");
	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = start <= (uintptr_t)at && (uintptr_t)at < end;
		else if (here && (sscanf(line, "AnonHugePages: %lu kB", &kilobytes) == 1 ||
				  sscanf(line, "Shared_Hugetlb: %lu kB", &kilobytes) == 1 ||
				  sscanf(line, "Private_Hugetlb: %lu kB", &kilobytes) == 1))
			sum += kilobytes << 10;
	}
	fclose(smaps);
	return sum;
}
`,
);

const isHuge = helper(
  "is_huge",
  [],
  ["huge_mapped"],
  `
static void is_huge(const char *name, struct range page)
{
	if (huge_mapped(page.at) != page.length)
		give_up("%s did not become a huge page", name);
}
`,
);

const splitMapping = helper(
  "split_mapping",
  ["sys/mman.h", "errno.h"],
  ["huge_mapped", "kpageflags", "write_again"],
  `
#define KPF_THP		(1ULL << 22)

/*
 * Map the huge page by small entries: for a moment half of it is an area of its own. The page
 * stays huge, and no entry changes its protection.
 */
static void split_mapping(const char *name, struct range page)
{
	if (madvise(page.at + page.length / 2, page.length / 2, MADV_DONTFORK) ||
	    madvise(page.at + page.length / 2, page.length / 2, MADV_DOFORK))
		give_up("cannot split the mapping of %s: %s", name, errno_name(errno));
	if (huge_mapped(page.at))
		give_up("%s is still mapped by a huge entry", name);
	if (!(kpageflags(page.at) & KPF_THP))
		give_up("%s is no longer a huge page", name);
	write_again(page);
}
`,
);

const wipeAround = helper(
  "wipe_around",
  ["sys/mman.h", "errno.h"],
  ["split_mapping"],
  `
/* Zap all of the huge page but its first small page. */
static void wipe_around(const char *name, struct range page)
{
	split_mapping(name, page);
	if (madvise(page.at + PAGE_SIZE, page.length - PAGE_SIZE, MADV_DONTNEED))
		give_up("cannot wipe around %s: %s", name, errno_name(errno));
	if (pagemap_entry(page.at + PAGE_SIZE) & PM_PRESENT)
		give_up("%s was not wiped around", name);
	if (!(kpageflags(page.at) & KPF_THP))
		give_up("%s is no longer a huge page", name);
}
`,
);

const shareFirstPage = helper(
  "share_first_page",
  ["sys/mman.h", "sys/wait.h", "errno.h", "unistd.h"],
  ["huge_mapped", "write_again"],
  `
/* Share the first small page of the huge page, and no other, with a child that is soon gone. */
static void share_first_page(const char *name, struct range page)
{
	char *rest = page.at + PAGE_SIZE;
	size_t length = page.length - PAGE_SIZE;
	pid_t child;

	if (madvise(rest, length, MADV_DONTFORK))
		give_up("cannot keep %s from fork: %s", name, errno_name(errno));
	write_again(page);
	child = fork();
	if (!child)
		_exit(0);
	if (child < 0 || waitpid(child, NULL, 0) != child)
		give_up("cannot share %s: %s", name, errno_name(errno));
	if (madvise(rest, length, MADV_DOFORK))
		give_up("cannot share %s: %s", name, errno_name(errno));
	if (huge_mapped(page.at))
		give_up("%s is still mapped by a huge entry", name);
}
`,
);

const swapOut = helper(
  "swap_out",
  ["sys/mman.h", "errno.h", "unistd.h"],
  ["pagemap", "give_up", "disks_rest"],
  `
static bool all_swapped(struct range page)
{
	for (size_t offset = 0; offset < page.length; offset += PAGE_SIZE)
		if (!(pagemap_entry(page.at + offset) & PM_SWAPPED))
			return false;
	return true;
}

/* Reclaim may need more than one request, but it has to happen. */
static void swap_out(const char *name, struct range page)
{
	for (int attempt = 0; attempt < 20 && !all_swapped(page); attempt++) {
		if (madvise(page.at, page.length, MADV_PAGEOUT))
			give_up("cannot page out %s: %s", name, errno_name(errno));
		if (attempt)
			usleep(1000);
	}
	if (!all_swapped(page))
		give_up("could not force: %s is not swapped out", name);
	let_disks_rest();
}
`,
);

const swapOutFirst = helper(
  "swap_out_first",
  [],
  ["swap_out"],
  `
/* Of a huge page that was wiped around only the first small page is left. */
static void swap_out_first(const char *name, struct range page)
{
	swap_out(name, (struct range) { page.at, PAGE_SIZE, PAGE_SIZE });
}
`,
);

const moveHalf = helper(
  "move_half",
  ["sys/mman.h", "errno.h"],
  ["huge_mapped", "kpageflags", "reserve", "write_again"],
  `
/*
 * Move the huge page by half of its size, so that two page tables map a half of it each: it stays a
 * huge page, and no huge entry can ever map it again.
 */
static void move_half(const char *name, struct range page)
{
	char *there = reserve(page.length, HUGE_ALIGNMENT) + page.length / 2;

	if (mremap(page.at, page.length, page.length, MREMAP_MAYMOVE | MREMAP_FIXED, there) != there)
		give_up("cannot move %s: %s", name, errno_name(errno));
	where[page_number(name)].at = there;
	if (huge_mapped(there))
		give_up("%s is still mapped by a huge entry", name);
	if (!(kpageflags(there) & 1ULL << 22))
		give_up("%s is no longer a huge page", name);
	write_again(where[page_number(name)]);
}
`,
);

const settle = helper(
  "settle",
  ["sys/mman.h", "errno.h"],
  ["give_up", "range"],
  `
/* Pages just written wait in a list of their CPU before they are on the LRU: empty it. */
static void settle(void)
{
	char *other = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (other == MAP_FAILED || madvise(other, PAGE_SIZE, MADV_COLD))
		give_up("cannot drain the LRU lists: %s", errno_name(errno));
	munmap(other, PAGE_SIZE);
}
`,
);

const mapPages = helper(
  "map_pages",
  ["sys/mman.h", "errno.h", "string.h"],
  ["range", "pagemap", "give_up", "control", "settle"],
  `
/* The test may rely on its pages only after this: present, of the declared kind, mapped once. */
static void verify_page(const struct page_spec *spec, const char *at)
{
	uint64_t entry = pagemap_entry(at);

	if (spec->untouched) {
		if (entry & (PM_PRESENT | PM_SWAPPED))
			give_up("%s is not untouched", spec->name);
		return;
	}
	if (spec->swapped)
		return;
	if (!(entry & PM_PRESENT))
		give_up("%s is not present", spec->name);
	if (spec->zero)
		return;
	if (!(entry & PM_ONCE))
		give_up("%s is not mapped exactly once", spec->name);
	if (!(entry & PM_FILE) == spec->shared)
		give_up("%s is not of the declared kind", spec->name);
}

/* Small pages of one declaration that lie so many pages from first to last, with others between. */
static unsigned long pages_apart;

static struct range place_of(const struct page_spec *spec)
{
	size_t stride = spec->length / spec->count;

	if (pages_apart < (unsigned long)spec->count || spec->count < 2 || stride != PAGE_SIZE)
		return (struct range) { NULL, spec->length, stride };
	return (struct range) { NULL, pages_apart * PAGE_SIZE,
				(pages_apart - 1) / (spec->count - 1) * PAGE_SIZE };
}

/*
 * The page's word is 0, and so is the rest of it. Beside the word of one that is to be swapped stands
 * something else: its huge page may be split on the way, and newer kernels replace a part that holds
 * nothing but zeroes by the zero page.
 */
static void write_first(volatile char *at, bool swapped)
{
	((volatile long *)at)[0] = 0;
	if (swapped)
		((volatile long *)at)[1] = 1;
}

static void map_pages(void)
{
	const struct page_spec *spec;

	for (int i = 0; (spec = &test->pages[i])->name; i++) {
		struct range place = place_of(spec);
		volatile char *at = spec->map(spec->name, place.length);

		place.at = (char *)at;
		where[i] = place;
		for (size_t offset = 0; offset < place.length && !spec->untouched; offset += PAGE_SIZE) {
			if (spec->zero)
				(void)at[offset];
			else
				write_first(at + offset, spec->swapped);
		}
	}
	settle();
	for (int i = 0; (spec = &test->pages[i])->name; i++) {
		for (int j = 0; spec->shape[j]; j++)
			spec->shape[j](spec->name, where[i]);
		if (spec->readonly && mprotect(where[i].at, where[i].length, PROT_READ))
			give_up("cannot protect %s: %s", spec->name, errno_name(errno));
	}
	for (int i = 0; (spec = &test->pages[i])->name; i++)
		for (int j = 0; j < spec->count && (!j || !spec->alone); j++)
			verify_page(spec, where[i].at + j * where[i].stride);
}
`,
);

export const pageHelpers: readonly Helper[] = [
  basePages,
  mapPrivate,
  mapShared,
  shmemFile,
  mapShmem,
  mapPrivateShmem,
  diskFile,
  mapFile,
  mapPrivateFile,
  hugeSize,
  mapHuge,
  kpageflags,
  hugeMapped,
  isHuge,
  splitMapping,
  wipeAround,
  shareFirstPage,
  swapOut,
  swapOutFirst,
  moveHalf,
  settle,
  mapPages,
];
