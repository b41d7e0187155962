/** C: who has a handle's file open, and what becomes of it when a process leaves its memory. */
import { type Helper, helper } from "./helper.ts";

const keepOpen = helper(
  "keep_open",
  ["fcntl.h"],
  ["handles"],
  `
/* The file stands for that of a driver which does not close it by exec(). */
static void keep_open(struct handle *h)
{
	h->stays = true;
	if (h->kind)
		fcntl(h->fd, F_SETFD, 0);
}
`,
);

const isHeld = helper(
  "is_held",
  ["unistd.h"],
  ["handles"],
  `
static inline bool is_living(pid_t pid)
{
	for (int i = 0; i < MAX_NAMES && test->actors[i].name; i++)
		if (ctl->pid[i] == pid && ctl->alive[i])
			return true;
	return false;
}

/* Whether a process of the test still has the handle's file open. */
static inline bool is_held(const struct handle *h)
{
	for (int i = 0; i < MAX_NAMES && h->holders[i]; i++)
		if (is_living(h->holders[i]))
			return true;
	return false;
}
`,
);

const borrowsMemory = helper(
  "borrows_memory",
  ["unistd.h"],
  ["control", "places"],
  `
/* Whether this process lives in memory that vfork() lent it. */
static inline bool borrows_memory(void)
{
	return ctl->pid[own_number] != getpid();
}
`,
);

const closeRings = helper(
  "close_rings",
  ["linux/io_uring.h", "sys/syscall.h"],
  ["borrow", "is_held"],
  `
/* The last close of a ring ends its buffers a little later, in a worker: who leaves last ends them at once. */
static void close_rings(bool at_end)
{
	for (int i = 0; i < MAX_NAMES && !at_end; i++) {
		const struct handle *h = &ctl->handles[i];

		if (h->kind == RING && !is_held(h))
			(void)syscall(SYS_io_uring_register, borrow(h), IORING_UNREGISTER_BUFFERS,
				      NULL, 0);
	}
}
`,
);

export const holderHelpers: readonly Helper[] = [keepOpen, isHeld, borrowsMemory, closeRings];
