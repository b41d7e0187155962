/** C: UFFDIO_MOVE. The place that pages move to is watched for the time of the call. */
import { type Helper, helper } from "./helper.ts";

const moveByUffd = helper(
  "move_by_uffd",
  ["errno.h", "fcntl.h", "linux/userfaultfd.h", "sys/ioctl.h", "sys/syscall.h", "unistd.h"],
  ["range", "part", "turns"],
  `
#ifndef UFFDIO_MOVE
struct uffdio_move {
	__u64 dst, src, len, mode;
	__s64 move;
};
#define UFFDIO_MOVE	_IOWR(UFFDIO, 0x05, struct uffdio_move)
#endif

/* The whole declaration: to register a part of a huge page would split its entry. */
static struct range declared_around(struct range page)
{
	for (int i = 0; i < MAX_NAMES && test->pages[i].name; i++)
		if (page.at >= where[i].at && page.at < where[i].at + where[i].length)
			return where[i];
	return page;
}

/*
 * What cannot be registered is asked to move all the same: the kernel then says why it cannot. A kernel
 * that does not know the request says EINVAL. A kernel may try for as long as somebody holds the page.
 */
static int move_by_uffd(struct range from, struct range to)
{
	struct range area = declared_around(to);
	size_t length = from.length < to.length ? from.length : to.length;
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register watch = {
		.range = { (__u64)area.at, area.length },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_move move = { .dst = (__u64)to.at, .src = (__u64)from.at, .len = length };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	int error = 0;

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		return errno;
	if (ioctl(fd, UFFDIO_REGISTER, &watch)) {
		watch.range.start = (__u64)to.at;
		watch.range.len = length;
		ioctl(fd, UFFDIO_REGISTER, &watch);
	}
	offer_turn();
	if (ioctl(fd, UFFDIO_MOVE, &move))
		error = errno;
	withdraw_offer();
	close(fd);
	return error;
}
`,
);

export const uffdMoveHelpers: readonly Helper[] = [moveByUffd];
