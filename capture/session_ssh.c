/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_ssh: a connection is one transaction: the identification lines of
 * both sides and what they offer. Once nobody asks for more of a side, the
 * rest of it is passed over; all of it is encrypted soon.
 */
#include "capture/proto/ssh.h"
#include "capture/session_part.h"

/* Lines that a server may say before its own (RFC 4253 section 4.2). */
#define LINES_BEFORE 64

/* Where what a side says goes: the client first. */
static const struct {
	enum nrs_field line, software, hassh;
} fields[2] = {
	{NRS_F_SSH_CLIENT_LINE, NRS_F_SSH_CLIENT_SOFTWARE, NRS_F_SSH_HASSH},
	{NRS_F_SSH_SERVER_LINE, NRS_F_SSH_SERVER_SOFTWARE,
	 NRS_F_SSH_HASSH_SERVER},
};

bool nrs_session_ssh_wanted(const struct nrs_session_env *env)
{
	const nrs_field_set all = NRS_FIELD_BIT(NRS_F_SSH_CLIENT_LINE) |
				  NRS_FIELD_BIT(NRS_F_SSH_CLIENT_SOFTWARE) |
				  NRS_FIELD_BIT(NRS_F_SSH_HASSH) |
				  NRS_FIELD_BIT(NRS_F_SSH_SERVER_LINE) |
				  NRS_FIELD_BIT(NRS_F_SSH_SERVER_SOFTWARE) |
				  NRS_FIELD_BIT(NRS_F_SSH_HASSH_SERVER) |
				  NRS_FIELD_BIT(NRS_F_PROTOCOL);

	return (env->demand & all) != 0;
}

/* The connection's transaction, which the first line of it begins. */
static struct nrs_txn *txn_of(struct nrs_session_env *env,
			      struct nrs_flow *flow)
{
	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++) {
		struct nrs_pending *p = &flow->session->pending[i];

		if (p->is_open && p->txn.kind == NRS_TXN_SSH)
			return &p->txn;
	}
	nrs_count(env->counters, NRS_C_SSH);
	nrs_session_protocol(env, flow, NRS_TXN_SSH);
	return &nrs_pending_new(env, flow, NRS_TXN_SSH)->txn;
}

static void side_done(struct nrs_session_env *env, struct nrs_session *session,
		      unsigned int side)
{
	session->ssh.done |= (uint8_t)(1u << side);
	if (session->ssh.done != 3)
		return;
	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++) {
		if (session->pending[i].txn.kind == NRS_TXN_SSH)
			nrs_pending_end(env, &session->pending[i]);
	}
	nrs_session_ignore(env, session);
}

static int take_line(struct nrs_session_env *env, struct nrs_flow *flow,
		     unsigned int side, struct nrs_span *rest)
{
	struct nrs_ssh_progress *ssh = &flow->session->ssh;
	struct nrs_ssh_line line;
	const int err = nrs_ssh_line(&line, rest);

	if (err == NRS_E_NOTFOUND)
		return ++ssh->lines[side] < LINES_BEFORE ? NRS_OK : NRS_E_LIMIT;
	if (err != NRS_OK)
		return err;
	struct nrs_txn *txn = txn_of(env, flow);
	ssh->has_line |= (uint8_t)(1u << side);
	nrs_session_push(env, txn, fields[side].line, line.text);
	nrs_session_push(env, txn, fields[side].software, line.software);
	ssh->is_old |= !line.has_packets;
	if (!nrs_wanted(env->demand, fields[side].hassh))
		side_done(env, flow->session, side);
	return NRS_OK;
}

static int take_offer(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span *rest)
{
	uint8_t sum[NRS_MD5_LEN];
	char hex[2 * NRS_MD5_LEN + 1];
	struct nrs_ssh_offer offer;
	struct nrs_span text;
	int err = NRS_OK;

	if (flow->session->ssh.is_old) {
		side_done(env, flow->session, side);
		return NRS_OK;
	}
	err = nrs_ssh_offer(&offer, rest);
	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_OK : err;
	err = nrs_ssh_hassh(&offer, side, env->text_room, NRS_SESSION_TEXT_ROOM,
			    &text);
	if (err != NRS_OK)
		return err;
	nrs_hasher_md5(env->hasher, text, sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), hex);
	nrs_session_push(env, txn_of(env, flow), fields[side].hassh,
			 nrs_span_of(hex));
	side_done(env, flow->session, side);
	return NRS_OK;
}

size_t nrs_session_ssh(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	const uint8_t bit = (uint8_t)(1u << side);
	struct nrs_span rest = bytes;
	int err = NRS_OK;

	while (err == NRS_OK && (session->ssh.done & bit) == 0)
		err = (session->ssh.has_line & bit) == 0
			      ? take_line(env, flow, side, &rest)
			      : take_offer(env, flow, side, &rest);
	if (err == NRS_E_MORE)
		return bytes.len - rest.len;
	if (err != NRS_OK) {
		nrs_lack(env, NRS_C_SSH_BAD);
		side_done(env, session, side);
	}
	return bytes.len;
}

void nrs_session_ssh_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, uint32_t len)
{
	struct nrs_session *session = flow->session;

	(void)len;
	nrs_session_give_buffer(env, &session->side[side]);
	if ((session->ssh.done & 1u << side) == 0)
		side_done(env, session, side);
}
