// SPDX-License-Identifier: MIT
/*
 * Shows that a guest's soft-RoCE registers memory for real: a device write and a device read go
 * through a memory region, and a region whose key is wrong is refused.
 */
#include <infiniband/verbs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct ibv_pd *pd;
static struct ibv_cq *cq;
static union ibv_gid gid;
static struct ibv_qp *left, *right;

static void need(int good, const char *what)
{
	if (good)
		return;
	printf("# why %s: %m\nnot ok 1 RDMA.o0\n", what);
	exit(1);
}

static struct ibv_qp *queue(void)
{
	struct ibv_qp_init_attr kind = {
		.send_cq = cq, .recv_cq = cq, .qp_type = IBV_QPT_RC,
		.cap = { .max_send_wr = 4, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1 },
	};
	struct ibv_qp_attr start = {
		.qp_state = IBV_QPS_INIT, .port_num = 1,
		.qp_access_flags = IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ,
	};
	struct ibv_qp *made = ibv_create_qp(pd, &kind);

	need(made && !ibv_modify_qp(made, &start, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT |
				    IBV_QP_ACCESS_FLAGS), "queue");
	return made;
}

static void join_to(struct ibv_qp *one, struct ibv_qp *other)
{
	struct ibv_qp_attr receive = {
		.qp_state = IBV_QPS_RTR, .path_mtu = IBV_MTU_1024, .dest_qp_num = other->qp_num,
		.max_dest_rd_atomic = 1, .min_rnr_timer = 1,
		.ah_attr = { .is_global = 1, .port_num = 1,
			     .grh = { .dgid = gid, .sgid_index = 1, .hop_limit = 1 } },
	};
	struct ibv_qp_attr send = {
		.qp_state = IBV_QPS_RTS, .timeout = 12, .retry_cnt = 6, .rnr_retry = 6,
		.max_rd_atomic = 1,
	};

	need(!ibv_modify_qp(one, &receive, IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU |
			    IBV_QP_DEST_QPN | IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC |
			    IBV_QP_MIN_RNR_TIMER), "receive");
	need(!ibv_modify_qp(one, &send, IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT |
			    IBV_QP_RNR_RETRY | IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC), "send");
}

static int transfer(enum ibv_wr_opcode opcode, struct ibv_mr *local, void *remote, unsigned key)
{
	struct ibv_sge word = {
		.addr = (unsigned long)local->addr, .length = sizeof(long), .lkey = local->lkey,
	};
	struct ibv_send_wr request = {
		.sg_list = &word, .num_sge = 1, .opcode = opcode, .send_flags = IBV_SEND_SIGNALED,
		.wr.rdma = { .remote_addr = (unsigned long)remote, .rkey = key },
	}, *bad;
	struct ibv_wc wc = { 0 };

	need(!ibv_post_send(left, &request, &bad), "post");
	while (!ibv_poll_cq(cq, 1, &wc))
		;
	return wc.status;
}

int main(void)
{
	int access = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ;
	static volatile long bounce;
	struct ibv_device **devices;
	struct ibv_context *context;
	struct ibv_mr *local, *mr;
	volatile long *page;
	int refused;

	printf("KTAP version 1\n1..1\n# running RDMA.o0 1\n");
	devices = ibv_get_device_list(NULL);
	need(devices && devices[0], "device");
	context = ibv_open_device(devices[0]);
	need(context != NULL, "open");
	pd = ibv_alloc_pd(context);
	cq = ibv_create_cq(context, 8, NULL, NULL, 0);
	need(pd && cq && !ibv_query_gid(context, 1, 1, &gid), "port");
	left = queue();
	right = queue();
	join_to(left, right);
	join_to(right, left);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*page = 1;
	local = ibv_reg_mr(pd, (void *)&bounce, sizeof(bounce), IBV_ACCESS_LOCAL_WRITE);
	mr = ibv_reg_mr(pd, (void *)page, 4096, access);
	need(local && mr, "ibv_reg_mr");
	bounce = 2;
	need(!transfer(IBV_WR_RDMA_WRITE, local, (void *)page, mr->rkey) && *page == 2, "write");
	*page = 3;
	need(!transfer(IBV_WR_RDMA_READ, local, (void *)page, mr->rkey) && bounce == 3, "read");
	refused = transfer(IBV_WR_RDMA_WRITE, local, (void *)page, mr->rkey ^ 0xff);
	/* Which error it is differs: 5.10 drops the request and the sender gives up. */
	need(refused && *page == 3, "wrong key");
	printf("# trials 1\n# valuation 1 refused=%d; x=%ld;\nok 1 RDMA.o0\n", refused, *page);
	return 0;
}
