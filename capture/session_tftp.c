/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_tftp: a request is a transaction; the server answers from another
 * port, which is another flow that was expected, and what comes in it, either
 * way, is the file. Servers that answer from their own port are read, too.
 */
#include "capture/session_transfer.h"

#include "capture/expect.h"
#include "capture/proto/file_name.h"
#include "capture/proto/tftp.h"

struct transfer {
	struct nrs_file *file;
	uint32_t block_bytes;
	uint16_t next_block;
	bool is_over;
};

int nrs_session_tftp_sniff(const struct nrs_session_env *env,
			   const struct nrs_flow *flow, struct nrs_span payload)
{
	struct nrs_tftp said;

	if (nrs_tftp_parse(&said, payload) != NRS_OK)
		return NRS_E_FORMAT;
	return said.op == NRS_TFTP_RRQ || said.op == NRS_TFTP_WRQ ||
			       nrs_expect_find(env, flow) != NULL
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

void nrs_session_tftp_begin(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct transfer *t = nrs_session_state(env, flow->session);

	if (t == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	nrs_session_protocol(env, flow, NRS_TXN_TFTP);
	*t = (struct transfer){.block_bytes = NRS_TFTP_BLOCK, .next_block = 1};
}

static void take_request(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, const struct nrs_tftp *said)
{
	struct nrs_pending *p = nrs_pending_new(env, flow, NRS_TXN_TFTP);
	struct transfer *t = flow->session->state;
	struct nrs_expected *e;

	if (nrs_wanted(env->demand, NRS_F_TFTP_FILE))
		nrs_txn_value(env->matcher, &p->txn, NRS_F_TFTP_FILE, 0,
			      said->name);
	nrs_pending_end(env, p);
	if ((env->demand & NRS_TRANSFER_FIELDS) == 0)
		return;
	*t = (struct transfer){.block_bytes = NRS_TFTP_BLOCK,
			       .next_block = 1,
			       .file = t->file};
	nrs_file_drop(env, t->file);
	t->file = NULL;
	e = nrs_expect(env, flow, side,
		       side == 0 ? flow->info.src_port : flow->info.dst_port);
	if (e != NULL)
		nrs_expect_name(e, nrs_path_name(said->name));
}

static void end_file(struct nrs_session_env *env, struct nrs_flow *flow,
		     bool is_complete)
{
	struct transfer *t = flow->session->state;
	struct nrs_pending *p = nrs_pending_oldest(flow->session, false);

	if (p != NULL) {
		nrs_file_end(env, t->file, &p->txn, 0, is_complete);
		nrs_pending_end(env, p);
	} else {
		nrs_file_drop(env, t->file);
	}
	t->file = NULL;
	t->is_over = true;
}

static void begin_file(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct nrs_expected *e = nrs_expect_find(env, flow);
	struct transfer *t = flow->session->state;

	if (e == NULL)
		return;
	t->file = nrs_file_begin(env, nrs_span(e->name, e->name_len));
	if (t->file != NULL)
		(void)nrs_pending_new(env, flow, NRS_TXN_TFTP);
	nrs_expect_forget(env, e);
}

/* Blocks come one by one, and again; their numbers go round after 65,535. */
static void take_data(struct nrs_session_env *env, struct nrs_flow *flow,
		      const struct nrs_tftp *said)
{
	struct transfer *t = flow->session->state;
	const uint16_t ahead = (uint16_t)(said->block - t->next_block);

	if (t->file == NULL && !t->is_over)
		begin_file(env, flow);
	if (t->file == NULL || ahead > INT16_MAX)
		return;
	if (ahead > 0)
		nrs_file_gap(env, t->file, (uint64_t)ahead * t->block_bytes);
	nrs_file_bytes(env, t->file, said->data);
	t->next_block = (uint16_t)(said->block + 1);
	if (said->data.len < t->block_bytes)
		end_file(env, flow, true);
}

void nrs_session_tftp(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span payload)
{
	struct transfer *t = flow->session->state;
	struct nrs_tftp said;

	if (t == NULL || nrs_tftp_parse(&said, payload) != NRS_OK)
		return;
	switch (said.op) {
	case NRS_TFTP_RRQ:
	case NRS_TFTP_WRQ:
		take_request(env, flow, side, &said);
		break;
	case NRS_TFTP_DATA:
		take_data(env, flow, &said);
		break;
	case NRS_TFTP_OACK:
		if (said.block_bytes != 0)
			t->block_bytes = said.block_bytes;
		break;
	case NRS_TFTP_ERROR:
		if (t->file != NULL)
			end_file(env, flow, false);
		break;
	case NRS_TFTP_ACK:
		break;
	}
}

void nrs_session_tftp_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side)
{
	const struct transfer *t = flow->session->state;

	if (side == 0 && t != NULL && t->file != NULL)
		end_file(env, flow, false);
}

void nrs_session_tftp_end(struct nrs_session_env *env,
			  struct nrs_session *session)
{
	struct transfer *t = session->state;

	if (t != NULL)
		nrs_file_drop(env, t->file);
}
