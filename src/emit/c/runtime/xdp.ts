/**
 * C: memory shared with a network device through AF_XDP. The device is a tap, whose wire is ours: a frame
 * that we put on it is received into the page, and what the page sends comes out there. Received data
 * lies behind a head room, so the memory begins one page before the test's, which a word can then begin.
 * Compare net/xdp/xdp_umem.c:xdp_umem_pin_pages() and net/xdp/xsk.c:xsk_generic_rcv().
 */
import { type Helper, helper } from "./helper.ts";

const wires = helper(
  "wires",
  ["errno.h", "linux/bpf.h", "stdint.h", "string.h", "sys/syscall.h", "unistd.h"],
  ["control", "handles"],
  `
static int bpf(int command, union bpf_attr *what)
{
	int result;

	do						/* a signal ends the check of a program */
		result = syscall(SYS_bpf, command, what, sizeof(*what));
	while (result < 0 && errno == EAGAIN);
	return result;
}

/* The program of a tap: every frame goes to the socket of its handle, or on as usual if there is none. */
static int redirect_program(int sockets, int number)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = sockets },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = number },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr what = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.expected_attach_type = BPF_XDP,
		.insns = (uintptr_t)code,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.license = (uintptr_t)"MIT",
	};

	return bpf(BPF_PROG_LOAD, &what);
}
`,
);

const startWires = helper(
  "start_wires",
  [
    "errno.h",
    "fcntl.h",
    "linux/bpf.h",
    "linux/if_link.h",
    "linux/if_tun.h",
    "net/if.h",
    "stdbool.h",
    "stdio.h",
    "sys/ioctl.h",
    "sys/socket.h",
    "unistd.h",
  ],
  ["wires", "in_guest"],
  `
/* The tap is up and has our program. Returns whether it is so. */
static bool set_up_tap(struct ifreq *request, int sockets, unsigned char number)
{
	int any, off, program = redirect_program(sockets, number);
	union bpf_attr what;
	char path[80];
	bool up;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/litmus%u/disable_ipv6", number);
	off = open(path, O_WRONLY);		/* nobody but us is to speak on the wire */
	if (program < 0 || (off >= 0 && write(off, "1", 1) != 1))
		return false;
	if (off >= 0)
		close(off);
	any = socket(AF_INET, SOCK_DGRAM, 0);
	request->ifr_flags = IFF_UP | IFF_NOARP;
	up = any >= 0 && !ioctl(any, SIOCSIFFLAGS, request);
	if (any >= 0)
		close(any);
	what = (union bpf_attr) { .link_create = {
		.prog_fd = program,
		.target_ifindex = if_nametoindex(request->ifr_name),
		.attach_type = BPF_XDP,
		.flags = XDP_FLAGS_SKB_MODE,
	} };
	return up && bpf(BPF_LINK_CREATE, &what) >= 0;
}

/* Returns the descriptor of a tap, or -1; it is gone then, so that its name is free. */
static int start_tap(int sockets, unsigned char number)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK), error;

	if (tap < 0)
		return -1;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "litmus%u", number);
	if (!ioctl(tap, TUNSETIFF, &request) && set_up_tap(&request, sockets, number))
		return tap;
	error = errno;
	close(tap);
	errno = error;
	return -1;
}

/* A tap for each handle of the test: a queue of a device is one umem's only. */
static const char *start_wires(void)
{
	union bpf_attr what = {
		.map_type = BPF_MAP_TYPE_XSKMAP,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = MAX_NAMES,
	};
	static int sockets = -1, taps[MAX_NAMES], count;
	static char why[80];
	char frame[PAGE_SIZE];

	if (!in_guest)
		return "network devices are made in a guest only";
	if (sockets < 0)
		sockets = bpf(BPF_MAP_CREATE, &what);
	if (sockets < 0)
		return "no AF_XDP";
	for (; count < MAX_NAMES && test->handles[count]; count++) {
		taps[count] = start_tap(sockets, count);
		if (taps[count] < 0) {
			snprintf(why, sizeof(why), "no network device for AF_XDP: %s",
				 errno_name(errno));
			return why;
		}
	}
	for (int i = 0; i < count; i++)
		while (read(taps[i], frame, sizeof(frame)) > 0)
			;
	ctl->wires.sockets = sockets;
	memcpy(ctl->wires.taps, taps, sizeof(taps));
	return NULL;
}
`,
);

const umemRings = helper(
  "umem_rings",
  ["errno.h", "linux/if_xdp.h", "stdint.h", "string.h", "sys/mman.h", "sys/socket.h", "unistd.h"],
  ["wires", "borrows_memory", "give_up"],
  `
#define UMEM_RING	8			/* descriptors */
#define UMEM_CHUNK	2048
#define UMEM_FRAME	64			/* bytes moved: the shortest Ethernet frame */
#define UMEM_HEAD_ROOM	256

/* One of a socket's four rings. They are mapped before it is bound, by whoever registers the memory. */
struct umem_ring {
	uint32_t *producer, *consumer;
	void *entries;
	char *memory;
	size_t size;
};

struct umem {
	struct umem_ring fill, received, send, sent;
};

/* By handle: of this process, or inherited. */
static struct umem own_umem[MAX_NAMES];

static struct umem_ring map_umem_ring(int socket, uint64_t which, const struct xdp_ring_offset *at,
				      size_t entry)
{
	size_t size = at->desc + UMEM_RING * entry;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, socket, which);

	if (memory == MAP_FAILED)
		give_up("cannot map the rings of an AF_XDP socket: %s", errno_name(errno));
	return (struct umem_ring) {
		.producer = (uint32_t *)(memory + at->producer),
		.consumer = (uint32_t *)(memory + at->consumer),
		.entries = memory + at->desc,
		.memory = memory,
		.size = size,
	};
}

/* In memory that is lent the rings would keep the socket open when their process leaves. */
static void close_umems(bool at_end)
{
	for (int i = 0; i < MAX_NAMES && !at_end && borrows_memory(); i++) {
		struct umem *umem = &own_umem[i];

		if (ctl->handles[i].kind != UMEM || ctl->handles[i].maker != getpid())
			continue;
		munmap(umem->fill.memory, umem->fill.size);
		munmap(umem->received.memory, umem->received.size);
		munmap(umem->send.memory, umem->send.size);
		munmap(umem->sent.memory, umem->sent.size);
		memset(umem, 0, sizeof(*umem));
	}
}

static struct umem map_umem_rings(int socket)
{
	struct xdp_mmap_offsets at;
	socklen_t length = sizeof(at);

	if (getsockopt(socket, SOL_XDP, XDP_MMAP_OFFSETS, &at, &length))
		give_up("no rings of an AF_XDP socket: %s", errno_name(errno));
	return (struct umem) {
		map_umem_ring(socket, XDP_UMEM_PGOFF_FILL_RING, &at.fr, sizeof(uint64_t)),
		map_umem_ring(socket, XDP_PGOFF_RX_RING, &at.rx, sizeof(struct xdp_desc)),
		map_umem_ring(socket, XDP_PGOFF_TX_RING, &at.tx, sizeof(struct xdp_desc)),
		map_umem_ring(socket, XDP_UMEM_PGOFF_COMPLETION_RING, &at.cr, sizeof(uint64_t)),
	};
}

/* Wait for an entry of the kernel's and take it. Returns whether one came. */
static bool take_entry(struct umem_ring *ring, void *entry, size_t size)
{
	uint32_t at = *ring->consumer;

	for (int i = 0; __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) == at; i++) {
		if (i == 1000)
			return false;
		usleep(1000);
	}
	memcpy(entry, (char *)ring->entries + at % UMEM_RING * size, size);
	__atomic_store_n(ring->consumer, at + 1, __ATOMIC_RELEASE);
	return true;
}

static void give_entry(struct umem_ring *ring, const void *entry, size_t size)
{
	uint32_t at = *ring->producer;

	memcpy((char *)ring->entries + at % UMEM_RING * size, entry, size);
	__atomic_store_n(ring->producer, at + 1, __ATOMIC_RELEASE);
}
`,
);

const registerUmem = helper(
  "register_umem",
  [
    "errno.h",
    "linux/bpf.h",
    "linux/if_xdp.h",
    "net/if.h",
    "stdio.h",
    "sys/mman.h",
    "sys/socket.h",
    "unistd.h",
  ],
  ["wires", "umem_rings", "handles", "range", "give_up"],
  `
static int set_umem(int socket, char *at, size_t length)
{
	struct xdp_umem_reg memory = {
		.addr = (uintptr_t)at,
		.len = length,
		.chunk_size = UMEM_CHUNK,
		.flags = XDP_UMEM_UNALIGNED_CHUNK_FLAG,
	};

	return setsockopt(socket, SOL_XDP, XDP_UMEM_REG, &memory, sizeof(memory)) ? errno : 0;
}

/* Why the page cannot be had: with another before it the kernel only says that some pages cannot. */
static int errno_of_umem(struct range page)
{
	int alone = socket(AF_XDP, SOCK_RAW, 0);
	int error = set_umem(alone, page.at, page.length);

	close(alone);
	return error ? error : ENOMEM;
}

/* A queue of the tap is free again a little after the socket that had it was closed. */
static void bind_umem(int socket, int number)
{
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY };
	union bpf_attr what = {
		.map_fd = ctl->wires.sockets,
		.key = (uintptr_t)&number,
		.value = (uintptr_t)&socket,
	};
	char name[IF_NAMESIZE];
	int error = 0;

	snprintf(name, sizeof(name), "litmus%d", number);
	address.sxdp_ifindex = if_nametoindex(name);
	for (int i = 0; i < 1000; i++) {
		error = bind(socket, (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
		if (error != EBUSY)
			break;
		usleep(5000);
	}
	if (error)
		give_up("cannot bind an AF_XDP socket: %s", errno_name(error));
	if (bpf(BPF_MAP_UPDATE_ELEM, &what))
		give_up("no frame would reach the AF_XDP socket: %s", errno_name(errno));
}

/* XDP_UMEM_REG, then the rings: the pages are pinned until the last close of the socket. */
static int register_umem(struct handle *h, struct range page)
{
	static const int rings[] = {
		XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING,
	};
	const int size = UMEM_RING;
	char *before = page.at - PAGE_SIZE;
	int xdp = socket(AF_XDP, SOCK_RAW, 0);

	if (xdp < 0)
		give_up("no AF_XDP: %s", errno_name(errno));
	if (mmap(before, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1,
		 0) != before)
		give_up("no page before the umem: %s", errno_name(errno));
	h->error = set_umem(xdp, before, page.length + PAGE_SIZE);
	if (h->error) {
		close(xdp);
		return not_made(h, errno_of_umem(page));
	}
	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++)
		if (setsockopt(xdp, SOL_XDP, rings[i], &size, sizeof(size)))
			give_up("no rings for an AF_XDP socket: %s", errno_name(errno));
	own_umem[h - ctl->handles] = map_umem_rings(xdp);
	bind_umem(xdp, h - ctl->handles);
	made(h, UMEM, xdp, page);
	return 0;
}
`,
);

const umemHandle = helper(
  "umem_handle",
  ["sched.h"],
  ["umem_rings", "is_held", "give_up", "note"],
  `
/* The socket's rings, for one operation at a time; NULL without a handle. */
static struct umem *take_umem(const struct handle *h)
{
	struct umem *umem = &own_umem[h - ctl->handles];

	if (!h->kind || !is_held(h)) {
		note("skipped, no handle", 0);
		return NULL;
	}
	if (!umem->fill.entries)
		give_up("only who registered a umem, or inherited it, has its rings");
	while (__atomic_exchange_n(&ctl->wires.busy, true, __ATOMIC_ACQUIRE))
		sched_yield();
	return umem;
}

static void give_umem_back(void)
{
	__atomic_store_n(&ctl->wires.busy, false, __ATOMIC_RELEASE);
}
`,
);

const umemWrite = helper(
  "umem_write",
  ["linux/if_xdp.h", "string.h", "unistd.h"],
  ["umem_rings", "umem_handle", "give_up"],
  `
/* A frame that begins with the word comes in over the wire and is received into the page. */
static int umem_write(const struct handle *h, int index, long value)
{
	uint64_t place = PAGE_SIZE + index * h->stride, chunk = place - UMEM_HEAD_ROOM;
	struct umem *umem = take_umem(h);
	char frame[UMEM_FRAME] = "";
	struct xdp_desc got;

	if (!umem)
		return 0;
	memcpy(frame, &value, sizeof(value));
	give_entry(&umem->fill, &chunk, sizeof(chunk));
	if (write(ctl->wires.taps[h - ctl->handles], frame, sizeof(frame)) != sizeof(frame) ||
	    !take_entry(&umem->received, &got, sizeof(got)))
		give_up("the umem received nothing");
	if ((got.addr & XSK_UNALIGNED_BUF_ADDR_MASK) + (got.addr >> XSK_UNALIGNED_BUF_OFFSET_SHIFT) !=
	    place)
		give_up("the umem received in another place: %llx", (unsigned long long)got.addr);
	give_umem_back();
	return 0;
}
`,
);

const umemRead = helper(
  "umem_read",
  ["errno.h", "linux/if_xdp.h", "string.h", "sys/socket.h", "unistd.h"],
  ["umem_rings", "umem_handle", "number", "nothing", "give_up"],
  `
/* The page is sent, and the word read off the wire. */
static struct value umem_read(const struct handle *h, int index)
{
	struct xdp_desc frame = { .addr = PAGE_SIZE + index * h->stride, .len = UMEM_FRAME };
	int tap = ctl->wires.taps[h - ctl->handles];
	struct umem *umem = take_umem(h);
	char wire[PAGE_SIZE];
	uint64_t done;
	long word;

	if (!umem)
		return nothing();
	give_entry(&umem->send, &frame, sizeof(frame));
	if (sendto(own_fd[h - ctl->handles], NULL, 0, MSG_DONTWAIT, NULL, 0) && errno != EAGAIN &&
	    errno != EBUSY)
		give_up("the umem sends nothing: %s", errno_name(errno));
	for (int i = 0; read(tap, wire, sizeof(wire)) != UMEM_FRAME; i++) {
		if (i == 1000)
			give_up("nothing comes out on the wire");
		usleep(1000);
	}
	if (!take_entry(&umem->sent, &done, sizeof(done)))
		give_up("the umem did not send");
	give_umem_back();
	memcpy(&word, wire, sizeof(word));
	return number(word);
}
`,
);

const umemReaches = helper(
  "umem_reaches",
  [],
  ["umem_write", "umem_read", "load", "number", "nothing"],
  `
/* Whether the device's frame is the process's: what it writes is read, then put back. */
static struct value umem_reaches(const struct handle *h, int index, struct range page)
{
	const long mark = 0x70696e;
	struct value before = umem_read(h, index);
	struct value seen;

	if (before.kind != NUMBER)
		return nothing();
	umem_write(h, index, mark);
	seen = load(page);
	umem_write(h, index, before.number);
	return number(seen.kind == NUMBER && seen.number == mark);
}
`,
);

export const xdpHelpers: readonly Helper[] = [
  wires,
  startWires,
  umemRings,
  registerUmem,
  umemHandle,
  umemWrite,
  umemRead,
  umemReaches,
];
