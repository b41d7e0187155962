/**
 * C: direct reads that stay in flight until the schedule ends them. The disk is a network block device
 * whose server is the test itself: a request waits on a socket, with the page in the kernel's hands,
 * and whoever completes it writes the answer there. Compare block/fops.c:__blkdev_direct_IO().
 */
import { type Helper, helper } from "./helper.ts";

const disk = helper(
  "disk",
  ["endian.h", "errno.h", "linux/nbd.h", "stdint.h", "string.h", "sys/socket.h"],
  ["control", "handles"],
  `
/* Every page that can be read has a place of its own, and no neighbour that its request could join. */
#define DISK_TRIALS	1024UL
#define DISK_PLACE	(2 * PAGE_SIZE)
#define DISK_SIZE	(DISK_TRIALS * MAX_NAMES * MAX_NAMES * DISK_PLACE)

static uint64_t disk_place(int handle, int index)
{
	uint64_t trial = ctl->disk.trial % DISK_TRIALS;

	return ((trial * MAX_NAMES + handle) * MAX_NAMES + index) * DISK_PLACE;
}

/* The disk's answer to one request: a page that begins with the value, or an error. */
static void answer(const char *cookie, const long *value)
{
	struct {
		struct nbd_reply reply;
		char data[PAGE_SIZE];
	} message = { .reply.magic = htobe32(NBD_REPLY_MAGIC) };
	size_t length = value ? sizeof(message) : sizeof(message.reply);

	message.reply.error = value ? 0 : htobe32(EIO);
	memcpy(message.reply.handle, cookie, sizeof(message.reply.handle));
	memcpy(message.data, value ? value : &(long) { 0 }, sizeof(long));
	send(ctl->disk.wire, &message, length, MSG_NOSIGNAL);
}

/* Note what the kernel asked of the disk; what nobody of this trial waits for gets an error. */
static void take_requests(void)
{
	struct nbd_request request;

	while (recv(ctl->disk.wire, &request, sizeof(request), MSG_DONTWAIT) == sizeof(request)) {
		uint64_t number = be64toh(request.from) / DISK_PLACE;
		int index = number % MAX_NAMES, handle = number / MAX_NAMES % MAX_NAMES;
		struct request *mine = &ctl->handles[handle].requests[index];

		if (be32toh(request.type) != NBD_CMD_READ)
			continue;
		if (be64toh(request.from) != disk_place(handle, index)) {
			answer(request.handle, NULL);
			continue;
		}
		memcpy(mine->cookie, request.handle, sizeof(mine->cookie));
		__atomic_store_n(&mine->waiting, true, __ATOMIC_RELEASE);
	}
}
`,
);

const startDisk = helper(
  "start_disk",
  [
    "fcntl.h",
    "linux/fs.h",
    "linux/nbd.h",
    "pthread.h",
    "signal.h",
    "sys/ioctl.h",
    "sys/socket.h",
    "unistd.h",
  ],
  ["disk", "in_guest"],
  `
static void *drive_disk(void *file)
{
	ioctl(*(int *)file, NBD_DO_IT);
	return NULL;
}

/* The driver of the disk is a thread that no signal disturbs: it would end the disk. */
static int connect_disk(int *file, int wires[2])
{
	sigset_t all, before;
	pthread_t thread;
	int error;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, wires) || ioctl(*file, NBD_SET_BLKSIZE, PAGE_SIZE) ||
	    ioctl(*file, NBD_SET_SIZE_BLOCKS, DISK_SIZE / PAGE_SIZE) ||
	    ioctl(*file, NBD_SET_SOCK, wires[0]))
		return -1;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, drive_disk, file);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error ? -1 : 0;
}

static const char *start_disk(void)
{
	static int file = -1, wires[2];
	static uint64_t trial;
	uint64_t size = 0;

	if (!in_guest)
		return "a network block device is set up in a guest only";
	if (file < 0) {
		file = open("/dev/nbd0", O_RDWR | O_DIRECT);
		if (file < 0)
			return "no network block device";
		if (connect_disk(&file, wires)) {
			close(file);
			file = -1;
			return "the network block device cannot be connected";
		}
	}
	for (int i = 0; i < 5000 && (ioctl(file, BLKGETSIZE64, &size) || size != DISK_SIZE); i++)
		usleep(1000);
	if (size != DISK_SIZE)
		return "the network block device does not start";
	ctl->disk.file = file;
	ctl->disk.wire = wires[1];
	ctl->disk.trial = trial++;
	return NULL;
}

/* What a trial left waiting would keep its pages. */
static void end_reads(void)
{
	take_requests();
	for (int i = 0; i < MAX_NAMES; i++)
		for (int j = 0; j < MAX_NAMES; j++)
			if (ctl->handles[i].requests[j].waiting) {
				ctl->handles[i].requests[j].waiting = false;
				answer(ctl->handles[i].requests[j].cookie, NULL);
			}
}
`,
);

const startRead = helper(
  "start_read",
  ["errno.h", "linux/io_uring.h", "poll.h", "stdint.h", "sys/syscall.h", "unistd.h"],
  ["disk", "handles", "ring_queues", "range", "give_up", "fault_rest"],
  `
/*
 * Ask the disk for a page. Returns 0 when the request waits there, or the errno of the read. Where an
 * asynchronous read says EIO of memory that it cannot take, up to 5.15, one that waits says EFAULT.
 */
static int request_page(struct handle *h, const struct queues *queues, int ring, int index, char *at)
{
	struct pollfd wire = { .fd = ctl->disk.wire, .events = POLLIN };
	const struct io_uring_sqe operation = {
		.opcode = IORING_OP_READ,
		.fd = ctl->disk.file,
		.addr = (uintptr_t)at,
		.len = PAGE_SIZE,
		.off = disk_place(h - ctl->handles, index),
	};
	int result;

	submit(&h->ring, queues, ring, &operation, 0);
	for (;;) {
		take_requests();
		if (__atomic_load_n(&h->requests[index].waiting, __ATOMIC_ACQUIRE))
			return 0;
		if (count_done(&h->ring, queues))
			break;
		poll(&wire, 1, 1);
	}
	result = take_done(&h->ring, queues);
	if (result >= 0)
		give_up("the disk did not wait: %d bytes", result);
	return result == -EIO ? EFAULT : -result;
}

/* An O_DIRECT read into the page, in flight from now on; of several pages, into those it could take. */
static int start_read(struct handle *h, struct range page)
{
	int count = page.length / page.stride, ring;
	struct queues queues;

	memset(&h->ring, 0, sizeof(h->ring));
	ring = syscall(SYS_io_uring_setup, MAX_NAMES, &h->ring);
	if (ring < 0)
		give_up("no io_uring: %s", errno_name(errno));
	if (count > MAX_NAMES)
		give_up("more than %d pages for one direct read", MAX_NAMES);
	queues = map_queues(&h->ring, ring);
	h->error = 0;
	for (h->pages = 0; h->pages < count && !h->error; h->pages += !h->error)
		h->error = request_page(h, &queues, ring, h->pages, page.at + h->pages * page.stride);
	unmap_queues(&queues);
	for (int i = 0; i < h->pages; i++)
		fault_rest(page, i, true);
	if (h->pages) {
		h->error = 0;			/* a short read */
		made(h, DIRECT_READ, ring, page);
	} else {
		not_made(h, h->error);
		close(ring);
	}
	return h->error;
}
`,
);

const endRead = helper(
  "end_read",
  ["stdio.h", "unistd.h"],
  ["disk", "borrow", "ring_queues", "give_up", "note"],
  `
/* How many requests the kernel has given to the disk's driver. */
static int count_in_flight(void)
{
	FILE *file = fopen("/sys/block/nbd0/inflight", "re");
	int reads = 0;

	if (!file || fscanf(file, "%d", &reads) != 1)
		give_up("cannot tell whether the direct read has ended");
	fclose(file);
	return reads;
}

static int count_waiting(void)
{
	int waiting = 0;

	for (int i = 0; i < MAX_NAMES; i++)
		for (int j = 0; j < MAX_NAMES; j++)
			waiting += ctl->handles[i].requests[j].waiting;
	return waiting;
}

/* Nobody is left who could see the end of the read: the disk's driver knows of it. */
static void wait_for_disk(void)
{
	for (int i = 0; count_in_flight() > count_waiting(); i++) {
		if (i == 10000)
			give_up("the direct read does not end");
		usleep(200);
	}
}

/* The disk answers: with the value for page "index", with errors, which bring nothing, for others. */
static int end_read(struct handle *h, int index, const long *value)
{
	struct queues queues;
	int ring, brought = 0;

	if (!h->kind) {
		note("skipped, no handle", 0);
		return 0;
	}
	ring = borrow(h);
	h->kind = NO_HANDLE;
	for (int i = 0; i < h->pages; i++) {
		h->requests[i].waiting = false;
		answer(h->requests[i].cookie, i == index ? value : NULL);
	}
	if (ring < 0) {
		wait_for_disk();
		return 0;
	}
	queues = map_queues(&h->ring, ring);
	for (int i = 0; (int)count_done(&h->ring, &queues) < h->pages; i++) {
		if (i == 10000)
			give_up("the direct read does not end");
		usleep(200);
	}
	for (int i = 0; i < h->pages; i++)
		brought += take_done(&h->ring, &queues) == (int)PAGE_SIZE;
	if (brought != (value && index < h->pages))
		give_up("the direct read brought %d pages", brought);
	unmap_queues(&queues);
	give_back(h, ring);
	return 0;
}

static inline int complete_read(struct handle *h, int index, long value)
{
	return end_read(h, index, &value);
}
`,
);

export const diskHelpers: readonly Helper[] = [disk, startDisk, startRead, endRead];
