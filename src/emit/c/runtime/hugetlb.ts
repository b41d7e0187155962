/** C: memory of hugetlbfs, private and shared, of a file or of nobody. */
import { type Helper, helper } from "./helper.ts";

const mapHugetlb = helper(
  "map_hugetlb",
  ["sys/mman.h", "errno.h"],
  ["reserve", "huge_size"],
  `
static char *map_hugetlb(const char *name, size_t length)
{
	return map_here(reserve(length, HUGE_SIZE), name, length,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT, -1);
}
`,
);

const hugetlbFile = helper(
  "hugetlb_file",
  ["sys/mman.h", "errno.h", "unistd.h"],
  ["give_up", "huge_size"],
  `
static int hugetlb_file(const char *name, size_t length)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_HUGETLB | 21 << MAP_HUGE_SHIFT);

	if (fd < 0 || ftruncate(fd, length))
		give_up("no hugetlb file for %s: %s", name, errno_name(errno));
	return fd;
}
`,
);

const mapSharedHugetlb = helper(
  "map_shared_hugetlb",
  ["sys/mman.h"],
  ["reserve", "hugetlb_file"],
  `
static char *map_shared_hugetlb(const char *name, size_t length)
{
	return map_here(reserve(length, HUGE_SIZE), name, length, MAP_SHARED,
			hugetlb_file(name, length));
}
`,
);

const mapPrivateHugetlb = helper(
  "map_private_hugetlb",
  ["sys/mman.h", "errno.h", "fcntl.h"],
  ["reserve", "hugetlb_file"],
  `
/* The file has its page from the start: what a private mapping reads is in the page cache. */
static char *map_private_hugetlb(const char *name, size_t length)
{
	int fd = hugetlb_file(name, length);

	if (fallocate(fd, 0, 0, length))
		give_up("no huge page for the file of %s: %s", name, errno_name(errno));
	return map_here(reserve(length, HUGE_SIZE), name, length, MAP_PRIVATE, fd);
}
`,
);

const leavePool = helper(
  "leave_pool",
  ["stdio.h", "sys/mman.h", "unistd.h"],
  ["huge_size"],
  `
static long pool_count(const char *what)
{
	char path[96];
	long count = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-2048kB/%s_hugepages", what);
	file = fopen(path, "re");
	if (file && fscanf(file, "%ld", &count) != 1)
		count = -1;
	if (file)
		fclose(file);
	return count;
}

/*
 * Leave so many huge pages in the pool: the others are taken by a mapping that no child gets. Taken, not
 * only promised: a promise to the test itself is kept with any page that is free. -1 gives them back.
 * Returns NULL, or what is lacking.
 */
static const char *leave_pool(int pages)
{
	static size_t length;
	static char *others;
	long available;

	if (length)
		munmap(others, length);
	length = 0;
	if (pages < 0)
		return NULL;
	/* What an earlier trial had comes back when its rings and cards are gone, a little later. */
	for (int i = 0; i < 200 && pool_count("free") - pool_count("resv") < pool_count("nr"); i++)
		usleep(10000);
	available = pool_count("free") - pool_count("resv");
	if (available < pages || available < pool_count("nr") || pool_count("nr_overcommit") > 0)
		return "the pool is too small, in use, or may grow";
	if (available == pages)
		return NULL;
	length = (available - pages) * HUGE_SIZE;
	others = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT, -1, 0);
	if (others != MAP_FAILED && !madvise(others, length, MADV_DONTFORK)) {
		for (size_t at = 0; at < length; at += HUGE_SIZE)
			((volatile char *)others)[at] = 1;
		return NULL;
	}
	length = 0;
	return "the pool's other huge pages cannot be set aside";
}
`,
);

export const hugetlbHelpers: readonly Helper[] = [
  mapHugetlb,
  hugetlbFile,
  mapSharedHugetlb,
  mapPrivateHugetlb,
  leavePool,
];
