/**
 * C: real RDMA registrations. The memory belongs to a process of the test; the card's side is a
 * process of its own, which writes and reads it through a reliable connection, as a remote peer
 * would: the tested processes take no part in a transfer. Built without the verbs library, the
 * program says so and skips.
 */
import { type Helper, helper } from "./helper.ts";

const card = helper(
  "card",
  ["errno.h", "stdint.h", "string.h", "sys/syscall.h", "time.h", "unistd.h", "linux/futex.h"],
  ["control", "handles", "give_up"],
  `
#ifdef WITH_RDMA
#include <infiniband/verbs.h>

/* A card with its queue pair; several can be open on one device. */
struct port {
	struct ibv_context *context;
	struct ibv_pd *pd;
	struct ibv_cq *cq;
	union ibv_gid gid;
	int gid_index;
};

/* Returns 0 or an errno. The address of the port is its IPv4 one, which soft-RoCE always has. */
static int open_port(struct port *port)
{
	struct ibv_device **list = ibv_get_device_list(NULL);

	if (!list || !list[0])
		return ENODEV;
	port->context = ibv_open_device(list[0]);
	ibv_free_device_list(list);
	if (!port->context)
		return errno ? errno : ENODEV;
	port->pd = ibv_alloc_pd(port->context);
	port->cq = ibv_create_cq(port->context, 4, NULL, NULL, 0);
	if (!port->pd || !port->cq)
		return errno;
	for (int i = 0; i < 8 && !ibv_query_gid(port->context, 1, i, &port->gid); i++) {
		port->gid_index = i;
		if (port->gid.raw[10] == 0xff && port->gid.raw[11] == 0xff)
			return 0;
	}
	return EADDRNOTAVAIL;
}

static struct ibv_qp *new_queue(const struct port *port)
{
	struct ibv_qp_init_attr kind = {
		.send_cq = port->cq,
		.recv_cq = port->cq,
		.cap = { .max_send_wr = 2, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC,
	};
	struct ibv_qp_attr start = {
		.qp_state = IBV_QPS_INIT,
		.port_num = 1,
		.qp_access_flags = IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ,
	};
	struct ibv_qp *queue = ibv_create_qp(port->pd, &kind);

	if (queue && ibv_modify_qp(queue, &start, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT |
				   IBV_QP_ACCESS_FLAGS))
		return NULL;
	return queue;
}

static int connect_queue(const struct port *port, struct ibv_qp *queue, uint32_t peer)
{
	struct ibv_qp_attr receive = {
		.qp_state = IBV_QPS_RTR,
		.path_mtu = IBV_MTU_1024,
		.dest_qp_num = peer,
		.max_dest_rd_atomic = 1,
		.min_rnr_timer = 1,
		.ah_attr = {
			.is_global = 1,
			.port_num = 1,
			.grh = { .dgid = port->gid, .sgid_index = port->gid_index, .hop_limit = 1 },
		},
	};
	struct ibv_qp_attr send = {
		.qp_state = IBV_QPS_RTS,
		.timeout = 12,
		.retry_cnt = 6,
		.rnr_retry = 6,
		.max_rd_atomic = 1,
	};

	if (ibv_modify_qp(queue, &receive, IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU |
			  IBV_QP_DEST_QPN | IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC |
			  IBV_QP_MIN_RNR_TIMER))
		return errno;
	if (ibv_modify_qp(queue, &send, IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT |
			  IBV_QP_RNR_RETRY | IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC))
		return errno;
	return 0;
}

/* One RDMA write or read of a word, waited for. */
static int card_transfer(struct port *port, struct ibv_qp *queue, struct ibv_mr *local)
{
	const struct handle *h = &ctl->handles[ctl->card.handle];
	struct ibv_sge word = {
		.addr = (uintptr_t)local->addr,
		.length = sizeof(long),
		.lkey = local->lkey,
	};
	struct ibv_send_wr request = {
		.sg_list = &word,
		.num_sge = 1,
		.opcode = ctl->card.write ? IBV_WR_RDMA_WRITE : IBV_WR_RDMA_READ,
		.send_flags = IBV_SEND_SIGNALED,
		.wr.rdma = {
			.remote_addr = (uintptr_t)h->base + ctl->card.offset,
			.rkey = h->rkey,
		},
	}, *bad;
	struct ibv_wc done;
	int count;

	*(long *)local->addr = ctl->card.value;
	if (ibv_post_send(queue, &request, &bad))
		return EIO;
	while (!(count = ibv_poll_cq(port->cq, 1, &done)))
		usleep(50);
	if (count < 0)
		return EIO;
	ctl->card.value = *(long *)local->addr;
	if (done.status == IBV_WC_REM_ACCESS_ERR || done.status == IBV_WC_REM_OP_ERR)
		return EACCES;
	return done.status == IBV_WC_SUCCESS ? 0 : ETIMEDOUT;
}

/* The card's side: a queue for each handle of the test, and one transfer after the other. */
static void run_card(void)
{
	struct timespec moment = { 0, 5 * 1000 * 1000 };
	struct ibv_qp *queues[MAX_NAMES];
	bool connected[MAX_NAMES] = { false }, lost[MAX_NAMES] = { false };
	struct port port = { 0 };
	struct ibv_mr *local = NULL;
	static long word;
	int error = open_port(&port);

	if (!error)
		local = ibv_reg_mr(port.pd, &word, sizeof(word), IBV_ACCESS_LOCAL_WRITE);
	if (error || !local)
		give_up("no RDMA device: %s", errno_name(error ? error : errno));
	for (int i = 0; i < MAX_NAMES && test->handles[i]; i++) {
		queues[i] = new_queue(&port);
		if (!queues[i])
			give_up("no RDMA queue: %s", errno_name(errno));
		ctl->handles[i].card_queue = queues[i]->qp_num;
	}
	__atomic_store_n(&ctl->card.state, CARD_IDLE, __ATOMIC_SEQ_CST);
	for (;;) {
		int i = ctl->card.handle;

		if (__atomic_load_n(&ctl->card.state, __ATOMIC_SEQ_CST) != CARD_ASKED) {
			if (__atomic_load_n(&ctl->turn, __ATOMIC_SEQ_CST) >= ctl->steps)
				_exit(0);
			syscall(SYS_futex, &ctl->card.state, FUTEX_WAIT, CARD_IDLE, &moment, NULL, 0);
			continue;
		}
		/* A queue whose other side is gone does nothing more, and up to 5.10 does not say so. */
		ctl->card.error = lost[i] ? ETIMEDOUT : 0;
		if (!connected[i])
			ctl->card.error = connect_queue(&port, queues[i], ctl->handles[i].queue);
		connected[i] = true;
		if (!ctl->card.error)
			ctl->card.error = card_transfer(&port, queues[i], local);
		lost[i] = ctl->card.error == ETIMEDOUT;
		__atomic_store_n(&ctl->card.state, CARD_DONE, __ATOMIC_SEQ_CST);
		syscall(SYS_futex, &ctl->card.state, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
}
#else
static void run_card(void)
{
	give_up("built without the verbs library");
}
#endif

static void wait_for_card(uint32_t wanted)
{
	uint32_t now;

	while ((now = __atomic_load_n(&ctl->card.state, __ATOMIC_SEQ_CST)) != wanted)
		syscall(SYS_futex, &ctl->card.state, FUTEX_WAIT, now,
			&(struct timespec) { 0, 1000 * 1000 }, NULL, 0);
}
`,
);

const prepareRegion = helper(
  "prepare_region",
  ["string.h"],
  ["card", "range"],
  `
#ifdef WITH_RDMA
/* A verbs context of a handle's own, with a queue to the card's. */
static struct ready_port {
	struct port port;
	struct ibv_qp *queue;
} ready_ports[MAX_NAMES], used_ports[MAX_NAMES];
#endif

/* All that a registration needs beside the registration itself, which maps and allocates memory. */
static void prepare_region(struct handle *h)
{
	wait_for_card(CARD_IDLE);
#ifdef WITH_RDMA
	struct ready_port *ready = &ready_ports[h - ctl->handles];
	int error;

	if (ready->queue)
		return;
	memset(ready, 0, sizeof(*ready));
	error = open_port(&ready->port);
	if (error)
		give_up("no RDMA device: %s", errno_name(error));
	ready->queue = new_queue(&ready->port);
	if (!ready->queue || connect_queue(&ready->port, ready->queue, h->card_queue))
		give_up("no RDMA connection: %s", errno_name(errno));
#else
	(void)h;
#endif
}
`,
);

const registerMemory = helper(
  "register_memory",
  ["errno.h", "stdlib.h"],
  ["card", "prepare_region", "range"],
  `
/* ibv_reg_mr() in a verbs context of its own; remote access as the test's ACCESS says. */
static int register_memory(struct handle *h, struct range page, bool writes)
{
	prepare_region(h);
	h->error = 0;
#ifdef WITH_RDMA
	struct ready_port *ready = &ready_ports[h - ctl->handles];
	struct ibv_mr *region = ibv_reg_mr(ready->port.pd, page.at, page.length, IBV_ACCESS_REMOTE_READ |
					   (writes ? IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE : 0));

	if (!region)
		return not_made(h, errno);
	h->queue = ready->queue->qp_num;
	h->rkey = region->rkey;
	h->region = region->handle;
	made(h, REGION, ready->port.context->cmd_fd, page);
	used_ports[h - ctl->handles] = *ready;
	ready->queue = NULL;
#else
	(void)page;
	(void)writes;
#endif
	return h->error;
}
`,
);

const closeRegions = helper(
  "close_regions",
  ["unistd.h"],
  ["prepare_region", "borrows_memory", "is_held"],
  `
/* In memory that is lent the mapped queues would keep the file open when their process leaves. */
static void close_regions(bool at_end)
{
	(void)at_end;
#ifdef WITH_RDMA
	for (int i = 0; i < MAX_NAMES && !at_end && borrows_memory(); i++) {
		const struct handle *h = &ctl->handles[i];

		if (h->kind != REGION || h->maker != getpid() || is_held(h))
			continue;
		ibv_destroy_qp(used_ports[i].queue);
		ibv_destroy_cq(used_ports[i].port.cq);
	}
#endif
}
`,
);

const regionUnpin = helper(
  "region_unpin",
  ["errno.h", "rdma/ib_user_ioctl_cmds.h", "rdma/rdma_user_ioctl_cmds.h", "sys/ioctl.h"],
  ["borrow", "note"],
  `
/*
 * As ibv_dereg_mr(), for whoever can get at the file. The kernel wants to hear which driver it is,
 * and any other is EINVAL.
 */
static int destroy_region(int file, uint32_t region)
{
	struct {
		struct ib_uverbs_ioctl_hdr header;
		struct ib_uverbs_attr which;
	} what = {
		.header = {
			.length = sizeof(what),
			.object_id = UVERBS_OBJECT_MR,
			.method_id = UVERBS_METHOD_MR_DESTROY,
			.num_attrs = 1,
		},
		.which = {
			.attr_id = UVERBS_ATTR_DESTROY_MR_HANDLE,
			.flags = UVERBS_ATTR_F_MANDATORY,
			.data = region,
		},
	};

	do
		if (!ioctl(file, RDMA_VERBS_IOCTL, &what))
			return 0;
	while (errno == EINVAL && what.header.driver_id++ < 64);
	return errno;
}

static int region_unpin(struct handle *h)
{
	int file = h->kind ? borrow(h) : -1;
	int error;

	if (file < 0) {
		note("skipped, no handle", 0);
		return 0;
	}
	error = destroy_region(file, h->region);
	if (!error)
		h->kind = NO_HANDLE;
	give_back(h, file);
	return error;
}
`,
);

const askCard = helper(
  "ask_card",
  [],
  ["card", "note"],
  `
/* Have the card move a word. Returns -1 without a handle, 0, or an errno. */
static int ask_card(const struct handle *h, int index, bool write)
{
	if (!h->kind) {
		note("skipped, no handle", 0);
		return -1;
	}
	wait_for_card(CARD_IDLE);
	ctl->card.handle = h - ctl->handles;
	ctl->card.offset = index * h->stride;
	ctl->card.write = write;
	__atomic_store_n(&ctl->card.state, CARD_ASKED, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &ctl->card.state, FUTEX_WAKE, 1, NULL, NULL, 0);
	wait_for_card(CARD_DONE);
	__atomic_store_n(&ctl->card.state, CARD_IDLE, __ATOMIC_SEQ_CST);
	if (ctl->card.error == ETIMEDOUT) {
		note("skipped, the registration is gone", 0);
		return -1;
	}
	return ctl->card.error;
}
`,
);

const regionWrite = helper(
  "region_write",
  [],
  ["ask_card"],
  `
static int region_write(const struct handle *h, int index, long value)
{
	int error;

	ctl->card.value = value;
	error = ask_card(h, index, true);
	return error < 0 ? 0 : error;
}
`,
);

const regionRead = helper(
  "region_read",
  [],
  ["ask_card", "number", "nothing", "refused"],
  `
static struct value region_read(const struct handle *h, int index)
{
	int error = ask_card(h, index, false);

	if (error < 0)
		return nothing();
	return error ? refused(error) : number(ctl->card.value);
}
`,
);

const regionReaches = helper(
  "region_reaches",
  [],
  ["region_write", "region_read", "load", "number", "nothing"],
  `
/* Whether the device's frame is the process's: what it writes is read, then put back. */
static struct value region_reaches(const struct handle *h, int index, struct range page)
{
	const long mark = 0x70696e;
	struct value before = region_read(h, index);
	struct value seen;

	if (before.kind != NUMBER || region_write(h, index, mark))
		return nothing();
	seen = load(page);
	region_write(h, index, before.number);
	return number(seen.kind == NUMBER && seen.number == mark);
}
`,
);

export const rdmaHelpers: readonly Helper[] = [
  card,
  prepareRegion,
  closeRegions,
  registerMemory,
  regionUnpin,
  askCard,
  regionWrite,
  regionRead,
  regionReaches,
];
