/*
 * Programs that pin memory and fork, one a name: `pins NAME`. Only raw system calls, so that nothing
 * but a C library is needed. What an auditor of the recorded run must say stands in programs.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

enum { SIZE = 1 << 16, HALF = SIZE / 2, PAGE = 4096 };
extern char **environ;

static void die(const char *what) {
	perror(what);
	exit(77);
}

static int ring_make(void) {
	struct io_uring_params params;
	memset(&params, 0, sizeof(params));
	int fd = syscall(SYS_io_uring_setup, 4, &params);
	if (fd < 0)
		die("io_uring_setup");
	return fd;
}

static int ring_call(int fd, unsigned op, void *arg, unsigned count) {
	return syscall(SYS_io_uring_register, fd, op, arg, count);
}

static void pin(int fd, void *at, size_t length) {
	struct iovec vector = { at, length };
	if (ring_call(fd, IORING_REGISTER_BUFFERS, &vector, 1))
		die("register");
}

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

static void *nothing(void *unused) { return unused; }
static void *forks(void *unused) {
	child_and_wait();
	return unused;
}

/* --- io_uring --------------------------------------------------------------------------------- */

static void uring_fork(void) {
	pin(ring_make(), private_memory(), SIZE);
	child_and_wait();
}

static void uring_unregister(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	ring_call(fd, IORING_UNREGISTER_BUFFERS, NULL, 0);
	child_and_wait();
}

static void uring_vfork(void) {
	pin(ring_make(), private_memory(), SIZE);
	if (vfork() == 0) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	wait(NULL);
}

static void uring_vfork_closes(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	if (vfork() == 0) {
		close(fd);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	wait(NULL);
	child_and_wait();
}

static void uring_spawn(void) {
	char *arguments[] = { "true", NULL };
	pid_t pid;
	pin(ring_make(), private_memory(), SIZE);
	posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, environ);
	wait(NULL);
}

static void uring_system(void) {
	pin(ring_make(), private_memory(), SIZE);
	if (system("exit 0"))
		exit(1);
	pclose(popen("exit 0", "r"));
}

static void uring_close(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	close(fd);
	child_and_wait();
}

static void uring_close_range(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	syscall(SYS_close_range, fd, ~0U, 0);
	child_and_wait();
}

static void uring_close_range_cloexec(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	syscall(SYS_close_range, fd, ~0U, 4);
	child_and_wait();
}

static void uring_dup(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	dup(fd);
	close(fd);
	child_and_wait();
}

static void uring_dup_over(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	dup2(1, fd);
	child_and_wait();
}

static void uring_mapped(void) {
	int fd = ring_make();
	mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pin(fd, private_memory(), SIZE);
	close(fd);
	child_and_wait();
}

static void uring_shared(void) {
	pin(ring_make(), memory(MAP_SHARED | MAP_ANONYMOUS), SIZE);
	child_and_wait();
}

static void uring_memfd(void) {
	int file = memfd_create("buffers", 0);
	if (ftruncate(file, SIZE))
		die("ftruncate");
	char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void uring_stack(void) {
	char buffer[3 * PAGE];
	memset(buffer, 1, sizeof(buffer));
	pin(ring_make(), buffer, sizeof(buffer));
	child_and_wait();
}

static void uring_heap(void) {
	char *at = malloc(3 * PAGE);
	memset(at, 1, 3 * PAGE);
	pin(ring_make(), at, 3 * PAGE);
	child_and_wait();
}

static void uring_image(void) {
	static char buffer[2 * PAGE];
	pin(ring_make(), buffer, sizeof(buffer));
	child_and_wait();
}

static void uring_failed(void) {
	struct iovec vector = { (void *)0x1000, SIZE };
	int fd = ring_make();
	private_memory();
	if (ring_call(fd, IORING_REGISTER_BUFFERS, &vector, 1) == 0)
		exit(1);
	child_and_wait();
}

static void uring_update(int clear) {
	struct iovec vector = { private_memory(), SIZE };
	struct io_uring_rsrc_register table;
	struct io_uring_rsrc_update2 change;
	int fd = ring_make();
	memset(&table, 0, sizeof(table));
	table.nr = 4;
	table.flags = 1;
	if (ring_call(fd, IORING_REGISTER_BUFFERS2, &table, sizeof(table)))
		die("register2");
	memset(&change, 0, sizeof(change));
	change.offset = 2;
	change.data = (unsigned long)&vector;
	change.nr = 1;
	if (ring_call(fd, IORING_REGISTER_BUFFERS_UPDATE, &change, sizeof(change)) != 1)
		die("update");
	if (clear) {
		memset(&vector, 0, sizeof(vector));
		if (ring_call(fd, IORING_REGISTER_BUFFERS_UPDATE, &change, sizeof(change)) != 1)
			die("clear");
	}
	child_and_wait();
}
static void uring_update_slot(void) { uring_update(0); }
static void uring_update_clear(void) { uring_update(1); }

static void uring_update_moves(void) {
	char *shared = memory(MAP_SHARED | MAP_ANONYMOUS);
	struct iovec first = { private_memory(), SIZE }, second = { shared, SIZE };
	struct io_uring_rsrc_register table;
	struct io_uring_rsrc_update2 change;
	int fd = ring_make();
	memset(&table, 0, sizeof(table));
	table.nr = 1;
	table.data = (unsigned long)&first;
	if (ring_call(fd, IORING_REGISTER_BUFFERS2, &table, sizeof(table)))
		die("register2");
	memset(&change, 0, sizeof(change));
	change.data = (unsigned long)&second;
	change.nr = 1;
	if (ring_call(fd, IORING_REGISTER_BUFFERS_UPDATE, &change, sizeof(change)) != 1)
		die("update");
	child_and_wait();
}

static void uring_files_child(void) {
	char stack[4 * PAGE];
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	/* The child shares the descriptor table: its close is the parent's. */
	pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	(void)stack;
	if (pid == 0) {
		close(fd);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	child_and_wait();
}

static void uring_exec_again(void) {
	pin(ring_make(), private_memory(), SIZE);
	execl("/proc/self/exe", "pins", "plain", NULL);
	die("exec");
}

static void plain(void) {
	private_memory();
	child_and_wait();
}

static void uring_grandchild(void) {
	pin(ring_make(), private_memory(), SIZE);
	pid_t pid = fork();
	if (pid == 0) {
		/* The pins belong to the parent's memory: this fork copies none. */
		child_and_wait();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void uring_child_pins(void) {
	pid_t pid = fork();
	if (pid == 0) {
		pin(ring_make(), private_memory(), SIZE);
		child_and_wait();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	child_and_wait();
}

static void uring_thread_forks(void) {
	pthread_t thread;
	pin(ring_make(), private_memory(), SIZE);
	pthread_create(&thread, NULL, nothing, NULL);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, forks, NULL);
	pthread_join(thread, NULL);
}

static void uring_threads_only(void) {
	pthread_t thread;
	pin(ring_make(), private_memory(), SIZE);
	pthread_create(&thread, NULL, nothing, NULL);
	pthread_join(thread, NULL);
}

static void uring_unmapped(void) {
	char *at = private_memory();
	pin(ring_make(), at, SIZE);
	munmap(at, SIZE);
	child_and_wait();
}

static void uring_hugetlb(void) {
	char *at = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (at == MAP_FAILED)
		die("hugetlb");
	pin(ring_make(), at, PAGE);
	child_and_wait();
}

static void uring_many_forks(void) {
	pin(ring_make(), private_memory(), SIZE);
	for (int index = 0; index < 3; index++)
		child_and_wait();
}

static void uring_provided(void) {
	struct io_uring_buf_reg ring;
	int fd = ring_make();
	memset(&ring, 0, sizeof(ring));
	ring.ring_addr = (unsigned long)private_memory();
	ring.ring_entries = 8;
	if (ring_call(fd, IORING_REGISTER_PBUF_RING, &ring, 1))
		die("provided");
	child_and_wait();
}

static void uring_break(void) {
	char *at = sbrk(SIZE);
	memset(at, 1, SIZE);
	pin(ring_make(), at, SIZE);
	child_and_wait();
	sbrk(-SIZE);
	child_and_wait();
}

static void *executes(void *unused) {
	execl("/proc/self/exe", "pins", "plain", NULL);
	return unused;
}

static void uring_thread_executes(void) {
	pthread_t thread;
	pin(ring_make(), private_memory(), SIZE);
	pthread_create(&thread, NULL, executes, NULL);
	pthread_join(thread, NULL);
}

static void uring_slot(void) {
	struct io_uring_rsrc_update update;
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	memset(&update, 0, sizeof(update));
	update.offset = -1;
	update.data = fd;
	if (ring_call(fd, IORING_REGISTER_RING_FDS, &update, 1) != 1)
		die("ring fds");
	close(fd);
	child_and_wait();
}

static void uring_unshare(void) {
	int fd = ring_make();
	pin(fd, private_memory(), SIZE);
	unshare(CLONE_FILES);
	close(fd);
	child_and_wait();
}

static void uring_tree(void) {
	pin(ring_make(), private_memory(), SIZE);
	for (int index = 0; index < 3; index++)
		fork();
	while (wait(NULL) > 0)
		;
}

/* --- advice ----------------------------------------------------------------------------------- */

static void advised(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void advised_half(void) {
	char *at = private_memory();
	madvise(at, HALF, MADV_DONTFORK);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void advised_after(void) {
	char *at = private_memory();
	pin(ring_make(), at, SIZE);
	madvise(at, SIZE, MADV_DONTFORK);
	child_and_wait();
}

static void advised_undone(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	pin(ring_make(), at, SIZE);
	madvise(at, SIZE, MADV_DOFORK);
	child_and_wait();
}

static void advised_undone_half(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	pin(ring_make(), at, SIZE);
	madvise(at + HALF, HALF, MADV_DOFORK);
	child_and_wait();
}

static void advised_unmapped(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	munmap(at, SIZE);
	at = mmap(at, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void advised_mapped_over(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_DONTFORK);
	mmap(at + HALF, HALF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void advised_refused(void) {
	char *at = private_memory();
	if (madvise(at + 100, SIZE, MADV_DONTFORK) == 0)
		exit(1);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void advised_inside(void) {
	char *at = private_memory();
	madvise(at + PAGE, SIZE - 2 * PAGE, MADV_DONTFORK);
	pin(ring_make(), at + 100, SIZE - 200);
	child_and_wait();
}

static void advised_unaligned(void) {
	char *at = private_memory();
	/* The length is rounded up to pages. */
	madvise(at, 2 * PAGE - 100, MADV_DONTFORK);
	pin(ring_make(), at + 50, 2 * PAGE - 200);
	child_and_wait();
}

static void advised_wipe(void) {
	char *at = private_memory();
	madvise(at, SIZE, MADV_WIPEONFORK);
	pin(ring_make(), at, SIZE);
	child_and_wait();
}

static void moved(int advise) {
	char *at = private_memory(), *to;
	char *room = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pin(ring_make(), at, SIZE);
	to = mremap(at, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, room);
	if (to == MAP_FAILED)
		die("mremap");
	at = mmap(at, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	madvise(advise ? to : at, SIZE, MADV_DONTFORK);
	child_and_wait();
}
static void moved_bare(void) { moved(0); }
static void moved_advised(void) { moved(1); }

static void moved_keeps_advice(void) {
	char *at = private_memory();
	char *room = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(at, SIZE, MADV_DONTFORK);
	pin(ring_make(), at, SIZE);
	if (mremap(at, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, room) == MAP_FAILED)
		die("mremap");
	child_and_wait();
}

/* --- direct I/O, pipes ------------------------------------------------------------------------ */

static int direct_file(void) {
	char name[] = "./pins-direct-XXXXXX";
	int fd = mkstemp(name);
	if (fd < 0 || ftruncate(fd, 64 << 20))
		die("file");
	close(fd);
	fd = open(name, O_RDWR | O_DIRECT);
	unlink(name);
	if (fd < 0)
		die("O_DIRECT");
	return fd;
}

static volatile int stop;
static int direct;
static char *target;
static void *reads(void *unused) {
	while (!stop)
		if (pread(direct, target, 16 << 20, 0) < 0)
			die("pread");
	return unused;
}

/* A file with holes is read in no time: with bytes in it the device has to work, and forks meet the read. */
static void direct_race(int flags) {
	pthread_t thread;
	direct = direct_file();
	target = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, flags, -1, 0);
	memset(target, 1, 16 << 20);
	if (pwrite(direct, target, 16 << 20, 0) < 0 || fsync(direct))
		die("pwrite");
	pthread_create(&thread, NULL, reads, NULL);
	usleep(30000);
	for (int index = 0; index < 20; index++)
		child_and_wait();
	stop = 1;
	pthread_join(thread, NULL);
}
static void direct_private(void) { direct_race(MAP_PRIVATE | MAP_ANONYMOUS); }
static void direct_shared(void) { direct_race(MAP_SHARED | MAP_ANONYMOUS); }

static void direct_done(void) {
	direct = direct_file();
	target = private_memory();
	if (pread(direct, target, SIZE, 0) < 0)
		die("pread");
	child_and_wait();
}

static void aio(int reap) {
	aio_context_t context = 0;
	struct iocb request, *requests[] = { &request };
	struct io_event done;
	direct = direct_file();
	target = private_memory();
	if (syscall(SYS_io_setup, 4, &context))
		die("io_setup");
	memset(&request, 0, sizeof(request));
	request.aio_fildes = direct;
	request.aio_lio_opcode = IOCB_CMD_PREAD;
	request.aio_buf = (unsigned long)target;
	request.aio_nbytes = SIZE;
	if (syscall(SYS_io_submit, context, 1, requests) != 1)
		die("io_submit");
	if (reap)
		syscall(SYS_io_getevents, context, 1, 1, &done, NULL);
	child_and_wait();
	if (!reap)
		syscall(SYS_io_getevents, context, 1, 1, &done, NULL);
}
static void aio_flying(void) { aio(0); }
static void aio_reaped(void) { aio(1); }

static void spliced(int drain) {
	int ends[2];
	char *at = private_memory();
	char back[PAGE];
	struct iovec vector = { at, PAGE };
	if (pipe(ends) || vmsplice(ends[1], &vector, 1, 0) != PAGE)
		die("vmsplice");
	if (drain && read(ends[0], back, PAGE) != PAGE)
		die("read");
	child_and_wait();
}
static void splice_full(void) { spliced(0); }
static void splice_drained(void) { spliced(1); }

static const struct {
	const char *name;
	void (*run)(void);
} programs[] = {
#define PROGRAM(name) { #name, name }
	PROGRAM(plain), PROGRAM(uring_fork), PROGRAM(uring_unregister), PROGRAM(uring_vfork),
	PROGRAM(uring_vfork_closes), PROGRAM(uring_spawn), PROGRAM(uring_system),
	PROGRAM(uring_close), PROGRAM(uring_close_range), PROGRAM(uring_close_range_cloexec),
	PROGRAM(uring_dup), PROGRAM(uring_dup_over), PROGRAM(uring_mapped), PROGRAM(uring_shared),
	PROGRAM(uring_memfd), PROGRAM(uring_stack), PROGRAM(uring_heap), PROGRAM(uring_image),
	PROGRAM(uring_failed), PROGRAM(uring_update_slot), PROGRAM(uring_update_clear),
	PROGRAM(uring_update_moves), PROGRAM(uring_files_child), PROGRAM(uring_exec_again),
	PROGRAM(uring_grandchild), PROGRAM(uring_child_pins), PROGRAM(uring_thread_forks),
	PROGRAM(uring_threads_only), PROGRAM(uring_unmapped), PROGRAM(uring_hugetlb),
	PROGRAM(uring_many_forks), PROGRAM(uring_provided), PROGRAM(uring_break),
	PROGRAM(uring_thread_executes), PROGRAM(uring_slot), PROGRAM(uring_unshare),
	PROGRAM(uring_tree), PROGRAM(advised), PROGRAM(advised_half),
	PROGRAM(advised_after), PROGRAM(advised_undone), PROGRAM(advised_undone_half),
	PROGRAM(advised_unmapped), PROGRAM(advised_mapped_over), PROGRAM(advised_refused),
	PROGRAM(advised_inside), PROGRAM(advised_unaligned), PROGRAM(advised_wipe),
	PROGRAM(moved_bare), PROGRAM(moved_advised), PROGRAM(moved_keeps_advice),
	PROGRAM(direct_private), PROGRAM(direct_shared), PROGRAM(direct_done),
	PROGRAM(aio_flying), PROGRAM(aio_reaped), PROGRAM(splice_full), PROGRAM(splice_drained),
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
	fprintf(stderr, "usage: pins NAME\n");
	return 2;
}
