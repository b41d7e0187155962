/*
 * More programs that pin memory and fork, one a name: `holds NAME`. These hold their pins in less usual
 * ways: through registered rings, cloned buffers, moved or shared mappings, other threads and processes.
 * What an auditor of the recorded run must say stands in programs.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1 << 16, HALF = SIZE / 2, PAGE = 4096 };
enum { SETUP = 425, ENTER = 426, REGISTER = 427 };
enum { BUFFERS = 0, DROP_BUFFERS = 1, BUFFERS2 = 15, UPDATE = 16, RING_FDS = 20, CLONE = 30 };
#define BY_SLOT 0x80000000u

static void die(const char *what) {
	perror(what);
	exit(77);
}

/* struct io_uring_params as words: sizes, flags, cpu, idle, features, workqueue, then offsets. */
struct parameters {
	uint32_t entries, completions, flags, cpu, idle, features, queue, spare[3];
	uint32_t submission[8];
	uint64_t submission_memory;
	uint32_t completion[8];
	uint64_t completion_memory;
};

static struct parameters last;

static int ring_with(unsigned flags, void *rings, void *entries) {
	memset(&last, 0, sizeof(last));
	last.flags = flags;
	last.idle = 1000;
	last.submission_memory = (uintptr_t)entries;
	last.completion_memory = (uintptr_t)rings;
	int fd = syscall(SETUP, 4, &last);
	if (fd < 0)
		die("io_uring_setup");
	return fd;
}

static int ring(void) { return ring_with(0, NULL, NULL); }

static void ring_call(int fd, unsigned op, void *arg, unsigned count) {
	if (syscall(REGISTER, fd, op, arg, count) < 0)
		die("io_uring_register");
}

static void pin_by(int fd, unsigned how, void *at, size_t length) {
	struct iovec vector = { at, length };
	ring_call(fd, how | BUFFERS, &vector, 1);
}

static void pin(int fd, void *at, size_t length) { pin_by(fd, 0, at, length); }

static char *memory(int flags) {
	char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (at == MAP_FAILED)
		die("mmap");
	memset(at, 1, SIZE);
	return at;
}

static char *private_memory(void) { return memory(MAP_PRIVATE | MAP_ANONYMOUS); }

static void child_and_wait(void) {
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void *in_thread(void *(*run)(void *), void *given) {
	pthread_t thread;
	void *result;
	pthread_create(&thread, NULL, run, given);
	pthread_join(thread, &result);
	return result;
}

/* --- rings that are not held by a descriptor ---------------------------------------------------- */

static void slot_of(int fd) {
	struct { uint32_t offset, reserved; uint64_t data; } slot = { 0, 0, fd };
	ring_call(fd, RING_FDS, &slot, 1);
}

static void slot_pins(void) {
	int fd = ring();
	slot_of(fd);
	close(fd);
	pin_by(0, BY_SLOT, private_memory(), SIZE);
	child_and_wait();
}

static void slot_unpins(void) {
	int fd = ring();
	slot_of(fd);
	pin_by(0, BY_SLOT, private_memory(), SIZE);
	ring_call(0, BY_SLOT | DROP_BUFFERS, NULL, 0);
	child_and_wait();
}

static void *slot_in_thread(void *unused) {
	int fd = ring();
	slot_of(fd);
	pin_by(0, BY_SLOT, private_memory(), SIZE);
	close(fd);
	return unused;
}

/* The slot goes with its thread, and the ring with the slot. */
static void slot_gone(void) {
	in_thread(slot_in_thread, NULL);
	usleep(100000);
	child_and_wait();
}

/* No descriptor at all: io_uring_setup returns a slot. Its own memory is shared here, so not in danger. */
static void slot_only(void) {
	char *rings = memory(MAP_SHARED | MAP_ANONYMOUS);
	int slot = ring_with(0x4000 | 0x8000, rings, rings + HALF);
	pin_by(slot, BY_SLOT, private_memory(), SIZE);
	child_and_wait();
}

static void ring_in_own_memory(void) {
	char *rings = private_memory();
	ring_with(0x4000, rings, rings + HALF);
	child_and_wait();
}

static void ring_in_own_memory_closed(void) {
	char *rings = private_memory();
	close(ring_with(0x4000, rings, rings + HALF));
	child_and_wait();
}

/* --- tables of buffers -------------------------------------------------------------------------- */

struct table { uint32_t count, flags; uint64_t reserved, data, tags; };

static void table_pins(void) {
	uint64_t tags[2] = { 1, 2 };
	char *at = private_memory();
	struct iovec vectors[2] = { { at, HALF }, { at + HALF, HALF } };
	struct table table = { 2, 0, 0, (uintptr_t)vectors, (uintptr_t)tags };
	ring_call(ring(), BUFFERS2, &table, sizeof(table));
	child_and_wait();
}

static void table_empty(void) {
	struct table table = { 8, 1, 0, 0, 0 };
	private_memory();
	ring_call(ring(), BUFFERS2, &table, sizeof(table));
	child_and_wait();
}

static void table_filled(void) {
	struct table table = { 8, 1, 0, 0, 0 };
	int fd = ring();
	struct iovec vector = { private_memory(), SIZE };
	struct { uint32_t offset, reserved; uint64_t data, tags; uint32_t count, more; } update = {
		3, 0, (uintptr_t)&vector, 0, 1, 0
	};
	ring_call(fd, BUFFERS2, &table, sizeof(table));
	ring_call(fd, UPDATE, &update, sizeof(update));
	child_and_wait();
}

static void table_cloned(void) {
	int from = ring(), to = ring();
	struct { uint32_t from, flags, offsets[3], reserved[3]; } clone = { from, 0, { 0 }, { 0 } };
	pin(from, private_memory(), SIZE);
	ring_call(to, CLONE, &clone, 1);
	close(from);
	child_and_wait();
}

/* --- kinds of memory ---------------------------------------------------------------------------- */

static int filled_file(int flags) {
	char name[] = "./holds-XXXXXX";
	int fd = mkstemp(name);
	if (fd < 0 || ftruncate(fd, 64 << 20))
		die("file");
	close(fd);
	fd = open(name, O_RDWR | flags);
	unlink(name);
	if (fd < 0)
		die("open");
	return fd;
}

static void of_private_file(void) {
	char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, filled_file(0), 0);
	pin(ring(), at, SIZE);
	child_and_wait();
}

static void of_segment(void) {
	int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
	char *at = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	pin(ring(), at, SIZE);
	child_and_wait();
}

static void of_memfd(int flags) {
	int fd = memfd_create("buffer", MFD_CLOEXEC);
	if (ftruncate(fd, SIZE))
		die("ftruncate");
	char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);
	close(fd);
	pin(ring(), at, SIZE);
	child_and_wait();
}
static void of_memfd_shared(void) { of_memfd(MAP_SHARED); }
static void of_memfd_private(void) { of_memfd(MAP_PRIVATE); }

static void of_both(void) {
	char *at = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mmap(at, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	struct iovec vectors[2] = { { at, SIZE }, { at + SIZE, SIZE } };
	ring_call(ring(), BUFFERS, vectors, 2);
	child_and_wait();
}

static void *stack_pins(void *given) {
	char buffer[2 * PAGE];
	memset(buffer, 1, sizeof(buffer));
	pin(*(int *)given, buffer, sizeof(buffer));
	child_and_wait();
	ring_call(*(int *)given, DROP_BUFFERS, NULL, 0);
	return NULL;
}

static void of_thread_stack(void) {
	int fd = ring();
	in_thread(stack_pins, &fd);
	child_and_wait();
}

static void thrown_away(void) {
	char *at = private_memory();
	pin(ring(), at, SIZE);
	madvise(at, SIZE, MADV_DONTNEED);
	memset(at, 2, SIZE);
	child_and_wait();
}

static void written_protected(void) {
	char *at = private_memory();
	pin(ring(), at, SIZE);
	mprotect(at, SIZE, PROT_READ);
	mprotect(at, SIZE, PROT_READ | PROT_WRITE);
	child_and_wait();
}

static void moved_leaving_room(int advise) {
	char *at = private_memory();
	pin(ring(), at, SIZE);
	char *to = (char *)syscall(SYS_mremap, at, SIZE, SIZE, MREMAP_MAYMOVE | 4, NULL);
	if (to == MAP_FAILED)
		die("mremap");
	madvise(advise ? to : at, SIZE, MADV_DONTFORK);
	child_and_wait();
}
static void moved_leaving_room_bare(void) { moved_leaving_room(0); }
static void moved_leaving_room_advised(void) { moved_leaving_room(1); }

static void grown(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	pin(ring(), at, HALF);
	at = mremap(at, SIZE, 8 * SIZE, MREMAP_MAYMOVE);
	if (at == MAP_FAILED)
		die("mremap");
	child_and_wait();
}

static void shrunk(void) {
	char *at = private_memory();
	pin(ring(), at + HALF, HALF);
	mremap(at, SIZE, HALF, 0);
	child_and_wait();
}

static void remapped_same_place(void) {
	char *at = private_memory();
	pin(ring(), at, SIZE);
	munmap(at, SIZE);
	mmap(at, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memset(at, 2, SIZE);
	child_and_wait();
}

/* --- ways to make a process --------------------------------------------------------------------- */

static void raw_fork(void) {
	pin(ring(), private_memory(), SIZE);
	pid_t pid = syscall(SYS_fork);
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void clone3_as(uint64_t flags) {
	int pidfd = -1;
	struct clone_args given;
	memset(&given, 0, sizeof(given));
	given.flags = flags;
	given.pidfd = (uintptr_t)&pidfd;
	given.exit_signal = SIGCHLD;
	pin(ring(), private_memory(), SIZE);
	pid_t pid = syscall(SYS_clone3, &given, sizeof(given));
	if (pid < 0)
		die("clone3");
	if (pid == 0)
		syscall(SYS_exit_group, 0);
	waitpid(pid, NULL, 0);
}
static void clone3_forks(void) { clone3_as(CLONE_PIDFD); }
static void clone3_clears(void) { clone3_as(CLONE_PIDFD | CLONE_FILES | CLONE_FS); }
static void clone3_spawns(void) { clone3_as(CLONE_VM | CLONE_VFORK); }

static int nothing(void *unused) { return 0; }
static void clone_as(int flags) {
	static char stack[1 << 16];
	pin(ring(), private_memory(), SIZE);
	pid_t pid = clone(nothing, stack + sizeof(stack), flags | SIGCHLD, NULL);
	if (pid < 0)
		die("clone");
	waitpid(pid, NULL, 0);
}
static void clone_shares(void) { clone_as(CLONE_VM); }
static void clone_shares_files(void) { clone_as(CLONE_FILES); }
static void clone_new_spaces(void) { clone_as(CLONE_NEWUTS | CLONE_NEWIPC); }

static void clone_refused(void) {
	struct clone_args given;
	memset(&given, 0, sizeof(given));
	given.flags = CLONE_THREAD;
	pin(ring(), private_memory(), SIZE);
	if (syscall(SYS_clone3, &given, sizeof(given)) >= 0)
		exit(77);
}

/* The second process holds nothing pinned: what its parent registered stays the parent's. */
static void daemonized(void) {
	pin(ring(), private_memory(), SIZE);
	if (fork() != 0)
		_exit(0);
	setsid();
	if (fork() != 0)
		_exit(0);
	usleep(50000);
}

/* A program of its own holds the ring: the pages of its maker stay pinned. */
static void executed_holder(void) {
	int fd = ring();
	fcntl(fd, F_SETFD, 0);
	pin(fd, private_memory(), SIZE);
	pid_t pid = fork();
	if (pid == 0) {
		execl("/bin/sleep", "sleep", "0.3", NULL);
		_exit(1);
	}
	usleep(100000);
	close(fd);
	child_and_wait();
	waitpid(pid, NULL, 0);
}

static void executed_closes(void) {
	int fd = ring();
	pin(fd, private_memory(), SIZE);
	pid_t pid = fork();
	if (pid == 0) {
		execl("/bin/sleep", "sleep", "0.2", NULL);
		_exit(1);
	}
	usleep(100000);
	close(fd);
	child_and_wait();
	waitpid(pid, NULL, 0);
}

static void *pins_and_ends(void *unused) {
	pin(ring(), private_memory(), SIZE);
	return unused;
}
static void thread_pinned(void) {
	in_thread(pins_and_ends, NULL);
	child_and_wait();
}

static void *forks(void *unused) {
	child_and_wait();
	return unused;
}
static void threads_fork(void) {
	pthread_t threads[3];
	pin(ring(), private_memory(), SIZE);
	for (int index = 0; index < 3; index++)
		pthread_create(&threads[index], NULL, forks, NULL);
	for (int index = 0; index < 3; index++)
		pthread_join(threads[index], NULL);
}

static void child_pins_own(void) {
	pin(ring(), private_memory(), SIZE);
	pid_t pid = fork();
	if (pid == 0) {
		pin(ring(), private_memory(), SIZE);
		child_and_wait();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void killed(void) {
	pin(ring(), private_memory(), SIZE);
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	usleep(50000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void child_touches_hole(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	pin(ring(), at, SIZE);
	pid_t pid = fork();
	if (pid == 0)
		_exit(at[PAGE]);
	waitpid(pid, NULL, 0);
}

/* --- submissions -------------------------------------------------------------------------------- */

static int direct;
static char *target;

/* One plain read by hand: the queue's index and entry stand where the parameters say. */
static void submit_read(int fd, int wait) {
	char *rings = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *entries = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0x10000000);
	if (rings == MAP_FAILED || entries == MAP_FAILED)
		die("mmap of the ring");
	memset(entries, 0, 64);
	entries[0] = 22; /* IORING_OP_READ */
	memcpy(entries + 4, &direct, 4);
	memcpy(entries + 16, &target, 8);
	memcpy(entries + 24, &(uint32_t){ SIZE }, 4);
	*(uint32_t *)(rings + last.submission[6]) = 0;
	__atomic_store_n((uint32_t *)(rings + last.submission[1]), 1, __ATOMIC_RELEASE);
	if (syscall(ENTER, fd, 1, wait, wait ? 1 : 0, NULL, 0) != 1)
		die("io_uring_enter");
}

static void submitted(int wait) {
	direct = filled_file(O_DIRECT);
	target = private_memory();
	submit_read(ring(), wait);
	child_and_wait();
}
static void submitted_flying(void) { submitted(0); }
static void submitted_waited(void) { submitted(1); }

static void polled(void) {
	ring_with(2, NULL, NULL);
	child_and_wait();
}

/* --- direct I/O, pipes -------------------------------------------------------------------------- */

static volatile int stop;
static void *reads_vector(void *unused) {
	struct iovec vectors[2] = { { target, 8 << 20 }, { target + (8 << 20), 8 << 20 } };
	while (!stop)
		if (preadv(direct, vectors, 2, 0) < 0)
			die("preadv");
	return unused;
}

static void direct_race(void (*make)(void)) {
	pthread_t thread;
	direct = filled_file(0);
	fcntl(direct, F_SETFL, O_DIRECT);
	target = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_create(&thread, NULL, reads_vector, NULL);
	usleep(30000);
	for (int index = 0; index < 20; index++)
		make();
	stop = 1;
	pthread_join(thread, NULL);
}

static void spawn_and_wait(void) {
	if (vfork() == 0)
		_exit(0);
	wait(NULL);
}
static void direct_vector(void) { direct_race(child_and_wait); }
static void direct_spawns(void) { direct_race(spawn_and_wait); }

/* Another process reads: its pages are its own. */
static void direct_of_child(void) {
	direct = filled_file(O_DIRECT);
	target = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	if (pid == 0) {
		for (int index = 0; index < 8; index++)
			if (pread(direct, target, 16 << 20, 0) < 0)
				die("pread");
		_exit(0);
	}
	for (int index = 0; index < 5; index++)
		child_and_wait();
	waitpid(pid, NULL, 0);
}

static void aio(int opcode, int destroy) {
	aio_context_t context = 0;
	struct iocb request, *requests[] = { &request };
	struct io_event done;
	struct iovec vector;
	direct = filled_file(O_DIRECT);
	target = private_memory();
	vector = (struct iovec){ target, SIZE };
	if (syscall(SYS_io_setup, 4, &context))
		die("io_setup");
	memset(&request, 0, sizeof(request));
	request.aio_fildes = direct;
	request.aio_lio_opcode = opcode;
	int vectored = opcode == IOCB_CMD_PREADV;
	request.aio_buf = vectored ? (uintptr_t)&vector : (uintptr_t)target;
	request.aio_nbytes = vectored ? 1 : SIZE;
	if (syscall(SYS_io_submit, context, 1, requests) != 1)
		die("io_submit");
	if (destroy)
		syscall(SYS_io_destroy, context);
	child_and_wait();
	if (!destroy)
		syscall(SYS_io_getevents, context, 1, 1, &done, NULL);
}
static void aio_vector(void) { aio(IOCB_CMD_PREADV, 0); }
static void aio_write(void) { aio(IOCB_CMD_PWRITE, 0); }
static void aio_destroyed(void) { aio(IOCB_CMD_PREAD, 1); }

static void spliced(int how) {
	int ends[2], other[2];
	struct iovec vector = { private_memory(), PAGE };
	if (pipe2(ends, O_CLOEXEC) || pipe(other) || vmsplice(ends[1], &vector, 1, 0) != PAGE)
		die("vmsplice");
	if (how == 1) {
		close(ends[0]);
		close(ends[1]);
	}
	if (how == 2 && (tee(ends[0], other[1], PAGE, 0) != PAGE ||
	    read(ends[0], vector.iov_base, PAGE) != PAGE))
		die("tee");
	if (how == 3 && splice(ends[0], NULL, filled_file(0), NULL, PAGE, 0) != PAGE)
		die("splice");
	if (how == 4) {
		dup2(ends[0], 40);
		close(ends[0]);
		if (read(40, vector.iov_base, PAGE) != PAGE)
			die("read");
	}
	child_and_wait();
}
static void splice_closed(void) { spliced(1); }
static void splice_teed(void) { spliced(2); }
static void splice_to_file(void) { spliced(3); }
static void splice_drained_elsewhere(void) { spliced(4); }

/* --- other devices ------------------------------------------------------------------------------ */

static int umem(char *at) {
	struct { uint64_t address, length; uint32_t chunk, headroom, flags, pad; } region = {
		(uintptr_t)at, SIZE, PAGE, 0, 0, 0
	};
	int fd = socket(44, SOCK_RAW, 0);
	if (fd < 0 || setsockopt(fd, 283, 4, &region, sizeof(region)))
		die("AF_XDP");
	return fd;
}

static void packets_fork(void) {
	umem(private_memory());
	child_and_wait();
}

static void packets_shared(void) {
	umem(memory(MAP_SHARED | MAP_ANONYMOUS));
	child_and_wait();
}

static void packets_closed(void) {
	close(umem(private_memory()));
	child_and_wait();
}

static void packets_sent(void) {
	int ends[2], fd = umem(private_memory());
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte_sent = 0;
	struct iovec byte = { &byte_sent, 1 };
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = room,
				  .msg_controllen = sizeof(room) };
	struct cmsghdr *control = CMSG_FIRSTHDR(&message);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(control), &fd, sizeof(int));
	if (sendmsg(ends[0], &message, 0) != 1)
		die("sendmsg");
	close(fd);
	child_and_wait();
	if (recvmsg(ends[1], &message, 0) != 1)
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(control), sizeof(int));
	child_and_wait();
	close(fd);
	child_and_wait();
}

static const struct {
	const char *name;
	void (*run)(void);
} programs[] = {
#define PROGRAM(name) { #name, name }
	PROGRAM(slot_pins), PROGRAM(slot_unpins), PROGRAM(slot_gone), PROGRAM(slot_only),
	PROGRAM(ring_in_own_memory), PROGRAM(ring_in_own_memory_closed),
	PROGRAM(table_pins), PROGRAM(table_empty), PROGRAM(table_filled), PROGRAM(table_cloned),
	PROGRAM(of_private_file), PROGRAM(of_segment), PROGRAM(of_memfd_shared),
	PROGRAM(of_memfd_private), PROGRAM(of_both), PROGRAM(of_thread_stack), PROGRAM(thrown_away),
	PROGRAM(written_protected), PROGRAM(moved_leaving_room_bare),
	PROGRAM(moved_leaving_room_advised), PROGRAM(grown), PROGRAM(shrunk),
	PROGRAM(remapped_same_place), PROGRAM(raw_fork), PROGRAM(clone3_forks),
	PROGRAM(clone3_clears), PROGRAM(clone3_spawns), PROGRAM(clone_shares),
	PROGRAM(clone_shares_files), PROGRAM(clone_new_spaces), PROGRAM(clone_refused),
	PROGRAM(daemonized), PROGRAM(executed_holder), PROGRAM(executed_closes),
	PROGRAM(thread_pinned), PROGRAM(threads_fork), PROGRAM(child_pins_own), PROGRAM(killed),
	PROGRAM(child_touches_hole), PROGRAM(submitted_flying), PROGRAM(submitted_waited),
	PROGRAM(polled), PROGRAM(direct_vector), PROGRAM(direct_spawns), PROGRAM(direct_of_child),
	PROGRAM(aio_vector), PROGRAM(aio_write), PROGRAM(aio_destroyed), PROGRAM(splice_closed),
	PROGRAM(splice_teed), PROGRAM(splice_to_file), PROGRAM(splice_drained_elsewhere),
	PROGRAM(packets_fork), PROGRAM(packets_shared), PROGRAM(packets_closed),
	PROGRAM(packets_sent),
};

int main(int count, char **arguments) {
	setvbuf(stdout, NULL, _IONBF, 0);
	for (unsigned index = 0; index < sizeof(programs) / sizeof(programs[0]); index++)
		if (count == 2 && strcmp(arguments[1], programs[index].name) == 0) {
			printf("%s", "running ");
			programs[index].run();
			printf("done\n");
			return 0;
		}
	fprintf(stderr, "usage: holds NAME\n");
	return 2;
}
