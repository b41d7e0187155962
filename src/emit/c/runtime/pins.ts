/** C: devices' holds on memory: io_uring's registered buffers and pages lent to a pipe. */
import { type Helper, helper } from "./helper.ts";

const handles = helper(
  "handles",
  ["errno.h", "fcntl.h", "string.h", "sys/syscall.h", "unistd.h"],
  ["control", "index_of", "range", "free_run", "own_fd"],
  `
static struct handle *handle(const char *name)
{
	return &ctl->handles[index_of(name, test->handles)];
}

static inline void made(struct handle *h, enum handle_kind kind, int fd, struct range page)
{
	memset(h->holders, 0, sizeof(h->holders));
	h->holders[0] = h->maker = getpid();
	h->fd = fd;
	h->base = page.at;
	h->stride = page.stride;
	own_fd[h - ctl->handles] = fd;
	h->kind = kind;
	/* A pipe outlives exec(); rings, cards and packet sockets are opened close-on-exec. */
	fcntl(fd, F_SETFD, closed_by_exec(h) ? FD_CLOEXEC : 0);
	h->tried = true;
	__atomic_store_n(&h->known, 1, __ATOMIC_SEQ_CST);
	wake_all(&h->known);
}

static inline int not_made(struct handle *h, int error)
{
	h->error = error;
	h->tried = true;
	__atomic_store_n(&h->known, 1, __ATOMIC_SEQ_CST);
	wake_all(&h->known);
	return error;
}
`,
);

const borrow = helper(
  "borrow",
  ["errno.h", "sys/syscall.h", "unistd.h"],
  ["handles", "give_up", "note"],
  `
/* A process that inherited no descriptor borrows one, for one operation, of somebody who did. */
static int borrow(const struct handle *h)
{
	int pidfd, fd;

	/* Not by own_fd: a thread may act while a vfork() child has files of its own in the memory. */
	for (int i = 0; i < MAX_NAMES; i++)
		if (h->holders[i] == getpid())
			return h->fd;
	for (int i = 0; i < MAX_NAMES && h->holders[i]; i++) {
		pidfd = syscall(SYS_pidfd_open, h->holders[i], 0);
		if (pidfd < 0)			/* gone */
			continue;
		fd = syscall(SYS_pidfd_getfd, pidfd, h->fd, 0);
		close(pidfd);
		if (fd >= 0)
			return fd;
		if (errno != ESRCH && errno != EBADF)
			give_up("cannot reach a handle of another process: %s", errno_name(errno));
	}
	return -1;
}

static void give_back(const struct handle *h, int fd)
{
	for (int i = 0; i < MAX_NAMES; i++)
		if (h->holders[i] == getpid())
			return;
	if (fd >= 0)
		close(fd);
}
`,
);

const errnoOf = helper(
  "errno_of",
  [],
  ["control", "outcome", "nothing", "handles"],
  `
static struct value errno_of(const struct handle *h)
{
	return h->tried ? outcome(h->error) : nothing();
}
`,
);

const pinIoUring = helper(
  "pin_io_uring",
  ["errno.h", "linux/io_uring.h", "stdlib.h", "sys/syscall.h", "sys/uio.h", "unistd.h"],
  ["handles", "give_up", "range"],
  `
/* Register the page as a buffer of a new ring, "times" times: a long-term pin for writing. */
static int pin_io_uring(struct handle *h, struct range page, int times)
{
	struct iovec *buffers = calloc(times, sizeof(*buffers));
	int ring;

	memset(&h->ring, 0, sizeof(h->ring));
	ring = syscall(SYS_io_uring_setup, 1, &h->ring);
	if (ring < 0 || !buffers)
		give_up("no io_uring: %s", errno_name(errno));
	for (int i = 0; i < times; i++)
		buffers[i] = (struct iovec) { page.at, page.length };
	h->error = 0;
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, buffers, times)) {
		not_made(h, errno);
		close(ring);
	} else {
		made(h, RING, ring, page);
	}
	free(buffers);
	return h->error;
}
`,
);

const ringQueues = helper(
  "ring_queues",
  ["errno.h", "linux/io_uring.h", "stdint.h", "sys/mman.h", "sys/syscall.h", "unistd.h"],
  ["handles", "give_up"],
  `
/* A ring's queues, mapped for one operation by whoever has its descriptor. */
struct queues {
	char *sq, *cq;
	struct io_uring_sqe *sqe;
	size_t sq_size, cq_size, sqe_size;
};

static struct queues map_queues(const struct io_uring_params *p, int ring)
{
	const int prot = PROT_READ | PROT_WRITE;
	struct queues q = {
		.sq_size = p->sq_off.array + p->sq_entries * sizeof(uint32_t),
		.cq_size = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
		.sqe_size = p->sq_entries * sizeof(struct io_uring_sqe),
	};

	q.sq = mmap(NULL, q.sq_size, prot, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	q.cq = mmap(NULL, q.cq_size, prot, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	q.sqe = mmap(NULL, q.sqe_size, prot, MAP_SHARED, ring, IORING_OFF_SQES);
	if (q.sq == MAP_FAILED || q.cq == MAP_FAILED || q.sqe == MAP_FAILED)
		give_up("cannot map the ring: %s", errno_name(errno));
	return q;
}

static void unmap_queues(const struct queues *q)
{
	munmap(q->sqe, q->sqe_size);
	munmap(q->cq, q->cq_size);
	munmap(q->sq, q->sq_size);
}

/* Hand the kernel one operation, and wait for "wait" that are done. */
static void submit(const struct io_uring_params *p, const struct queues *q, int ring,
		   const struct io_uring_sqe *operation, unsigned int wait)
{
	uint32_t *tail = (uint32_t *)(q->sq + p->sq_off.tail);
	uint32_t at = *tail & *(uint32_t *)(q->sq + p->sq_off.ring_mask);

	q->sqe[at] = *operation;
	((uint32_t *)(q->sq + p->sq_off.array))[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, ring, 1, wait, wait ? IORING_ENTER_GETEVENTS : 0, NULL,
		       0) < 0)
		if (errno != EINTR)
			give_up("io_uring_enter: %s", errno_name(errno));
}

/* How many operations are done and not yet taken from the queue. */
static inline uint32_t count_done(const struct io_uring_params *p, const struct queues *q)
{
	return __atomic_load_n((uint32_t *)(q->cq + p->cq_off.tail), __ATOMIC_ACQUIRE) -
	       *(uint32_t *)(q->cq + p->cq_off.head);
}

/* Take the first of those that are done: what it returned. */
static int take_done(const struct io_uring_params *p, const struct queues *q)
{
	uint32_t *head = (uint32_t *)(q->cq + p->cq_off.head);
	uint32_t at = *head & *(uint32_t *)(q->cq + p->cq_off.ring_mask);
	int result = ((struct io_uring_cqe *)(q->cq + p->cq_off.cqes))[at].res;

	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}
`,
);

const ringTransfer = helper(
  "ring_transfer",
  ["errno.h", "linux/io_uring.h", "stdint.h", "sys/mman.h", "unistd.h"],
  ["handles", "ring_queues", "give_up"],
  `
/* One READ_FIXED or WRITE_FIXED of a word between the registered buffer and a file. */
static int ring_transfer(const struct handle *h, int ring, int opcode, int file, char *at)
{
	const struct io_uring_sqe operation = {
		.opcode = opcode,
		.fd = file,
		.addr = (uintptr_t)at,
		.len = sizeof(long),
	};
	struct queues queues = map_queues(&h->ring, ring);
	int result;

	submit(&h->ring, &queues, ring, &operation, 1);
	if (!count_done(&h->ring, &queues))
		give_up("the ring completed nothing");
	result = take_done(&h->ring, &queues);
	unmap_queues(&queues);
	if (result >= 0 && result != sizeof(long))
		give_up("the ring moved %d bytes", result);
	return result < 0 ? -result : 0;
}

static int word_file(long value)
{
	int file = memfd_create("device", MFD_CLOEXEC);

	if (file < 0 || pwrite(file, &value, sizeof(value), 0) != sizeof(value))
		give_up("no file for the device: %s", errno_name(errno));
	return file;
}
`,
);

const lendToPipe = helper(
  "lend_to_pipe",
  ["errno.h", "fcntl.h", "sys/uio.h", "unistd.h"],
  ["handles", "give_up", "range", "fault_rest"],
  `
/* vmsplice(): the pipe takes references to the pages, no pins, and never writes to them. */
static int lend_to_pipe(struct handle *h, struct range page, int times)
{
	int count = page.length / page.stride * times;
	int ends[2];

	h->error = 0;
	if (pipe2(ends, O_CLOEXEC) || fcntl(ends[1], F_SETPIPE_SZ, count * PAGE_SIZE) < 0)
		give_up("no pipe for %d pages: %s", count, errno_name(errno));
	for (int i = 0; i < count && !h->error; i++) {
		struct iovec one = { page.at + i * page.stride % page.length, PAGE_SIZE };

		if (vmsplice(ends[1], &one, 1, SPLICE_F_NONBLOCK) != (ssize_t)PAGE_SIZE) {
			if (i)
				break;		/* what is in the pipe is lent: a short splice */
			h->error = errno;
		} else {
			fault_rest(page, i, false);
		}
	}
	if (h->error) {
		not_made(h, h->error);
		close(ends[0]);
	} else {
		made(h, PIPE, ends[0], page);
	}
	close(ends[1]);
	return h->error;
}
`,
);

const pipeRead = helper(
  "pipe_read",
  ["errno.h", "fcntl.h", "string.h", "unistd.h"],
  ["borrow", "number", "nothing", "range"],
  `
/* Read what the pipe's page holds now, from a second pipe, so that the first keeps its page. */
static struct value pipe_read(const struct handle *h, int index)
{
	int fd = h->kind ? borrow(h) : -1;
	char page[PAGE_SIZE];
	int ends[2];
	long word;

	if (fd < 0) {
		note("skipped, no handle", 0);
		return nothing();
	}
	if (pipe2(ends, O_CLOEXEC))
		give_up("no pipe: %s", errno_name(errno));
	if (tee(fd, ends[1], 16 * PAGE_SIZE, SPLICE_F_NONBLOCK) < 0)
		give_up("cannot look into the pipe: %s", errno_name(errno));
	for (int i = 0; i <= index; i++)
		if (read(ends[0], page, PAGE_SIZE) != (ssize_t)PAGE_SIZE)
			give_up("the pipe holds no page %d", index);
	close(ends[0]);
	close(ends[1]);
	give_back(h, fd);
	memcpy(&word, page, sizeof(word));
	return number(word);
}
`,
);

const ringWrite = helper(
  "ring_write",
  ["linux/io_uring.h", "unistd.h"],
  ["ring_transfer", "borrow"],
  `
/* The device writes a word into page "index" of its buffer. */
static int ring_write(const struct handle *h, int index, long value)
{
	int ring = h->kind ? borrow(h) : -1;
	int file, error;

	if (ring < 0) {
		note("skipped, no handle", 0);
		return 0;
	}
	file = word_file(value);
	error = ring_transfer(h, ring, IORING_OP_READ_FIXED, file, h->base + index * h->stride);
	close(file);
	give_back(h, ring);
	return error;
}
`,
);

const ringRead = helper(
  "ring_read",
  ["linux/io_uring.h", "unistd.h"],
  ["ring_transfer", "borrow", "number", "refused", "nothing"],
  `
/* The device reads the word at page "index" of its buffer. */
static struct value ring_read(const struct handle *h, int index)
{
	int ring = h->kind ? borrow(h) : -1;
	long word = -1;
	int file, error;

	if (ring < 0) {
		note("skipped, no handle", 0);
		return nothing();
	}
	file = word_file(-1);
	error = ring_transfer(h, ring, IORING_OP_WRITE_FIXED, file, h->base + index * h->stride);
	if (!error && pread(file, &word, sizeof(word), 0) != sizeof(word))
		give_up("what the device read is lost");
	close(file);
	give_back(h, ring);
	return error ? refused(error) : number(word);
}
`,
);

const ringUnpin = helper(
  "ring_unpin",
  ["errno.h", "linux/io_uring.h", "sys/syscall.h"],
  ["borrow"],
  `
static int ring_unpin(struct handle *h)
{
	int ring = h->kind ? borrow(h) : -1;
	int error = 0;

	if (ring < 0) {
		note("skipped, no handle", 0);
		return 0;
	}
	if (syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0))
		error = errno;
	else
		h->kind = NO_HANDLE;
	give_back(h, ring);
	return error;
}
`,
);

const pipeUnpin = helper(
  "pipe_unpin",
  ["unistd.h"],
  ["borrow", "range"],
  `
/* Empty the pipe: it drops its references, also those that a child could still see. */
static int pipe_unpin(struct handle *h)
{
	int fd = h->kind ? borrow(h) : -1;
	char page[PAGE_SIZE];

	if (fd < 0) {
		note("skipped, no handle", 0);
		return 0;
	}
	while (read(fd, page, PAGE_SIZE) > 0)
		;
	h->kind = NO_HANDLE;
	give_back(h, fd);
	return 0;
}
`,
);

const ringReaches = helper(
  "ring_reaches",
  [],
  ["ring_write", "ring_read", "load", "number", "nothing"],
  `
/* Whether the device's frame is the process's: what it writes is read, then put back. */
static struct value ring_reaches(const struct handle *h, int index, struct range page)
{
	const long mark = 0x70696e;
	struct value before = ring_read(h, index);
	struct value seen;

	if (before.kind != NUMBER || ring_write(h, index, mark))
		return nothing();
	seen = load(page);
	ring_write(h, index, before.number);
	return number(seen.kind == NUMBER && seen.number == mark);
}
`,
);

export const pinHelpers: readonly Helper[] = [
  handles,
  borrow,
  errnoOf,
  pinIoUring,
  ringQueues,
  ringTransfer,
  ringWrite,
  ringRead,
  ringUnpin,
  ringReaches,
  lendToPipe,
  pipeRead,
  pipeUnpin,
];
