/** C: userfaultfd. Who is watched by it has a thread that lets every fault pass. */
import { type Helper, helper } from "./helper.ts";

const openUffd = helper(
  "open_uffd",
  [
    "errno.h",
    "fcntl.h",
    "linux/userfaultfd.h",
    "stdint.h",
    "sys/ioctl.h",
    "sys/syscall.h",
    "unistd.h",
  ],
  ["give_up"],
  `
/* A descriptor with these features, or -1: the kernel does not have them. */
static int open_uffd(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0)
		give_up("no userfaultfd: %s", errno_name(errno));
	if (!ioctl(fd, UFFDIO_API, &api))
		return fd;
	close(fd);
	return -1;
}

static int watch(int fd, struct range page, uint64_t mode)
{
	struct uffdio_register area = {
		.range = { (uintptr_t)page.at, page.length },
		.mode = mode,
	};

	return ioctl(fd, UFFDIO_REGISTER, &area) ? errno : 0;
}
`,
);

const uffdWp = helper(
  "protect_by_uffd",
  ["linux/userfaultfd.h", "pthread.h", "stdint.h", "sys/ioctl.h", "unistd.h"],
  ["part", "range", "open_uffd", "huge_mapped"],
  `
#ifndef UFFD_FEATURE_WP_HUGETLBFS_SHMEM
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM	(1 << 12)
#endif

static int watcher = -1;
static pid_t watched;

static int write_protect(struct range page, uint64_t mode)
{
	struct uffdio_writeprotect protection = {
		.range = { (uintptr_t)page.at, page.length },
		.mode = mode,
	};

	return ioctl(watcher, UFFDIO_WRITEPROTECT, &protection) ? errno : 0;
}

/* What the test counts as one page around an address: a huge page, or a part of one whose entries map it. */
static struct range page_around(char *address)
{
	for (int i = 0; i < MAX_NAMES && test->pages[i].name; i++) {
		size_t offset = address - where[i].at;

		if (address < where[i].at || offset >= where[i].length)
			continue;
		if (huge_mapped(where[i].at) >= where[i].length)
			return where[i];
		return part(test->pages[i].name, offset / where[i].stride);
	}
	return (struct range) { address - (uintptr_t)address % PAGE_SIZE, PAGE_SIZE, PAGE_SIZE };
}

static void *let_faults_pass(void *unused)
{
	struct uffd_msg message;

	(void)unused;
	while (read(watcher, &message, sizeof(message)) == sizeof(message))
		write_protect(page_around((char *)message.arg.pagefault.address), 0);
	return NULL;
}

static int protect_by_uffd(struct range page)
{
	pthread_t thread;
	int error;

	if (watched != getpid()) {
		watcher = open_uffd(UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM);
		if (watcher < 0)
			watcher = open_uffd(UFFD_FEATURE_PAGEFAULT_FLAG_WP);
		if (watcher < 0)
			return EINVAL;
		watched = getpid();
		if (pthread_create(&thread, NULL, let_faults_pass, NULL))
			give_up("no thread for userfaultfd");
	}
	error = watch(watcher, page, UFFDIO_REGISTER_MODE_WP);
	return error ? error : write_protect(page, UFFDIO_WRITEPROTECT_MODE_WP);
}
`,
);

const uffdContinue = helper(
  "continue_by_uffd",
  ["linux/userfaultfd.h", "stdint.h", "sys/ioctl.h", "unistd.h"],
  ["range", "open_uffd"],
  `
#ifndef UFFDIO_CONTINUE
#define UFFD_FEATURE_MINOR_SHMEM	(1 << 10)
#define UFFDIO_REGISTER_MODE_MINOR	((__u64)1 << 2)
struct uffdio_continue {
	struct uffdio_range range;
	__u64 mode;
	__s64 mapped;
};
#define UFFDIO_CONTINUE	_IOWR(UFFDIO, 0x07, struct uffdio_continue)
#endif

/* Map what the file has already; then nobody watches any more. */
static int continue_by_uffd(struct range page)
{
	struct uffdio_continue order = { .range = { (uintptr_t)page.at, page.length } };
	int fd = open_uffd(UFFD_FEATURE_MINOR_SHMEM);
	int error;

	if (fd < 0)
		return EINVAL;
	error = watch(fd, page, UFFDIO_REGISTER_MODE_MINOR);
	if (!error && ioctl(fd, UFFDIO_CONTINUE, &order))
		error = errno;
	close(fd);
	return error;
}
`,
);

export const uffdHelpers: readonly Helper[] = [openUffd, uffdWp, uffdContinue];
