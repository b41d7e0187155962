/** C: what pagemap says of an entry besides its frame: soft-dirty, and protected by userfaultfd. */
import { type Helper, helper } from "./helper.ts";

const seeSoftDirty = helper(
  "see_soft_dirty",
  [],
  ["pagemap", "see", "number"],
  `
#define PM_SOFT_DIRTY	(1ULL << 55)

static void see_soft_dirty(const char *name, struct range page)
{
	see(name, number(!!(pagemap_entry(page.at) & PM_SOFT_DIRTY)));
}
`,
);

const seeUffdWp = helper(
  "see_uffd_wp",
  ["linux/userfaultfd.h", "stdbool.h", "stdint.h", "sys/ioctl.h", "sys/mman.h", "unistd.h"],
  ["pagemap", "open_uffd", "see", "number", "give_up"],
  `
#define PM_UFFD_WP	(1ULL << 57)

/* A page is protected to see whether pagemap tells of it: kernels before v5.14 do not. */
static bool pagemap_tells_of_uffd(void)
{
	int fd = open_uffd(UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	char *at = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_writeprotect order = {
		.range = { (uintptr_t)at, PAGE_SIZE },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	bool tells = fd < 0;			/* nothing to tell */

	if (!tells && at != MAP_FAILED) {
		*at = 1;
		tells = !watch(fd, (struct range) { at, PAGE_SIZE, PAGE_SIZE }, UFFDIO_REGISTER_MODE_WP) &&
			!ioctl(fd, UFFDIO_WRITEPROTECT, &order) && pagemap_entry(at) & PM_UFFD_WP;
	}
	munmap(at, PAGE_SIZE);
	close(fd);
	return tells;
}

static void see_uffd_wp(const char *name, struct range page)
{
	if (!pagemap_tells_of_uffd())
		give_up("pagemap does not tell of userfaultfd");
	see(name, number(!!(pagemap_entry(page.at) & PM_UFFD_WP)));
}
`,
);

export const markHelpers: readonly Helper[] = [seeSoftDirty, seeUffdWp];
