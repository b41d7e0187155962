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

export const hugetlbHelpers: readonly Helper[] = [
  mapHugetlb,
  hugetlbFile,
  mapSharedHugetlb,
  mapPrivateHugetlb,
];
