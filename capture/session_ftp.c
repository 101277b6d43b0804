/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_ftp: each command of a control connection is a transaction, and the
 * ports that it speaks of are expected. A data connection that came as expected
 * is one file, unless it is a listing; its name is the one that was asked for.
 */
#include "capture/session_transfer.h"

#include "capture/expect.h"
#include "capture/proto/file_name.h"
#include "capture/proto/ftp.h"

#define PORT_FTP 21
#define TCP_SYN 0x02
#define BAD_LINES 16 /* it is no FTP then */

struct control {
	uint32_t expected; /* number of the connection announced last */
	uint64_t offset;   /* of the next file */
	uint8_t bad;	   /* lines */
	bool is_server[2]; /* a side that has sent a reply */
	bool skips[2];	   /* a side, to the end of its line */
};

struct data {
	struct nrs_file *file;
	unsigned int side; /* that sends it */
};

int nrs_session_ftp_sniff(const struct nrs_session_env *env,
			  const struct nrs_flow *flow, struct nrs_span bytes)
{
	const struct nrs_flow_info *info = &flow->info;
	const bool is_port =
		info->src_port == PORT_FTP || info->dst_port == PORT_FTP;

	/* Who asks only for the TLS in it goes by the greeting: every other
	 * flow would be looked at in vain. */
	if ((env->demand & NRS_FTP_FIELDS) == 0 && !is_port &&
	    (bytes.len == 0 || bytes.ptr[0] != '2'))
		return NRS_E_FORMAT;
	return nrs_ftp_sniff(bytes, is_port);
}

static struct control *control_of(struct nrs_session_env *env,
				  struct nrs_session *session)
{
	const bool is_new = session->state == NULL;
	struct control *control = nrs_session_state(env, session);

	if (is_new && control != NULL)
		*control = (struct control){0};
	return control;
}

static void expect(struct nrs_session_env *env, struct nrs_flow *flow,
		   unsigned int listener, uint16_t port)
{
	struct control *control = control_of(env, flow->session);
	const struct nrs_expected *e =
		control == NULL ? NULL : nrs_expect(env, flow, listener, port);

	if (e != NULL)
		control->expected = e->number;
}

/* What the connection announced last will carry. */
static void name_expected(struct nrs_session_env *env, struct nrs_flow *flow,
			  const struct nrs_ftp_parsed *said)
{
	struct control *control = control_of(env, flow->session);
	struct nrs_expected *e =
		control == NULL ? NULL
				: nrs_expect_numbered(env, control->expected);

	if (e == NULL)
		return;
	e->is_list = said->verb == NRS_FTP_LIST;
	e->has_file = !e->is_list;
	e->offset = control->offset;
	nrs_expect_name(e, nrs_path_name(said->name));
	control->offset = 0;
}

static void push_command(struct nrs_session_env *env, struct nrs_flow *flow,
			 struct nrs_span line)
{
	struct nrs_pending *p;

	if ((env->demand & NRS_FTP_FIELDS) == 0)
		return;
	p = nrs_pending_new(env, flow, NRS_TXN_FTP);
	if (nrs_wanted(env->demand, NRS_F_FTP_COMMAND))
		nrs_txn_value(env->matcher, &p->txn, NRS_F_FTP_COMMAND, 0,
			      line);
	nrs_pending_end(env, p);
}

static void take_line(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span line)
{
	struct control *control = control_of(env, flow->session);
	struct nrs_ftp_parsed said;

	if (line.len == 0 || control == NULL)
		return;
	const int err = nrs_ftp_parse(&said, line);
	/* Between the first and the last line of a reply stands any text. */
	if (control->is_server[side] && (err != NRS_OK || !said.is_reply))
		return;
	if (err != NRS_OK) {
		nrs_lack(env, NRS_C_FTP_BAD);
		if (++control->bad == BAD_LINES)
			nrs_session_ignore(env, flow->session);
		return;
	}
	control->is_server[side] |= said.is_reply;
	if (!said.is_reply)
		push_command(env, flow, line);
	if (said.verb == NRS_FTP_TLS)
		nrs_session_become(env, flow, NRS_SESSION_WATCHED);
	if ((env->demand & NRS_TRANSFER_FIELDS) == 0 ||
	    said.verb == NRS_FTP_TLS)
		return;
	if (said.verb == NRS_FTP_PORT || said.verb == NRS_FTP_PASV)
		expect(env, flow, side, said.port);
	else if (said.verb == NRS_FTP_FILE || said.verb == NRS_FTP_LIST)
		name_expected(env, flow, &said);
	else if (said.verb == NRS_FTP_REST)
		control->offset = said.offset;
}

/* True: the end of a line that is not read has not come yet. */
static bool skip_line(struct control *control, unsigned int side,
		      struct nrs_span *rest)
{
	const size_t end = control == NULL || !control->skips[side]
				   ? SIZE_MAX
				   : nrs_span_find(*rest, '\n', 0);

	if (control == NULL || !control->skips[side])
		return false;
	control->skips[side] = end == SIZE_MAX;
	if (end != SIZE_MAX)
		*rest = nrs_span_from(*rest, end + 1);
	return end == SIZE_MAX;
}

size_t nrs_session_ftp(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes)
{
	struct nrs_span rest = bytes, line;
	int err = NRS_OK;

	nrs_session_protocol(env, flow, NRS_TXN_FTP);
	if (skip_line(flow->session->state, side, &rest))
		return bytes.len;
	while (rest.len > 0 && flow->session->kind == NRS_SESSION_FTP &&
	       (err = nrs_ftp_line(&rest, &line)) == NRS_OK)
		take_line(env, flow, side, line);
	if (err == NRS_E_LIMIT) {
		nrs_session_ftp_gap(env, flow, side, 0);
		return bytes.len;
	}
	return bytes.len - rest.len;
}

void nrs_session_ftp_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, uint32_t len)
{
	struct control *control = control_of(env, flow->session);

	(void)len;
	if (control == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	nrs_session_give_buffer(env, &flow->session->side[side]);
	control->skips[side] = true;
}

int nrs_session_ftp_data_sniff(const struct nrs_session_env *env,
			       const struct nrs_flow *flow,
			       struct nrs_span bytes)
{
	(void)bytes;
	return nrs_expect_find(env, flow) != NULL ? NRS_OK : NRS_E_FORMAT;
}

/* Nothing in the octets says where the file begins but the handshake. */
static bool lacks_front(const struct nrs_flow *flow)
{
	const uint8_t flags = flow->tcp_flags[0] | flow->tcp_flags[1];

	return (flags & TCP_SYN) == 0 ||
	       (flow->blind & NRS_BLIND_BIT(NRS_B_GAPS)) != 0;
}

void nrs_session_ftp_data_begin(struct nrs_session_env *env,
				struct nrs_flow *flow)
{
	struct nrs_expected *e = nrs_expect_find(env, flow);
	struct data *data = NULL;

	nrs_session_protocol(env, flow, NRS_TXN_FTP_DATA);
	if (e != NULL && !e->is_list)
		data = nrs_session_state(env, flow->session);
	if (data != NULL) {
		*data = (struct data){0};
		data->file =
			nrs_file_begin(env, nrs_span(e->name, e->name_len));
		if (lacks_front(flow))
			nrs_file_gap(env, data->file, 0);
		if (e->offset > 0)
			nrs_file_gap(env, data->file, e->offset);
		(void)nrs_pending_new(env, flow, NRS_TXN_FTP_DATA);
	}
	if (e != NULL)
		nrs_expect_forget(env, e);
	if (data == NULL)
		nrs_session_ignore(env, flow->session);
}

size_t nrs_session_ftp_data(struct nrs_session_env *env, struct nrs_flow *flow,
			    unsigned int side, struct nrs_span bytes)
{
	struct data *data = flow->session->state;

	data->side = side;
	nrs_file_bytes(env, data->file, bytes);
	return bytes.len;
}

void nrs_session_ftp_data_gap(struct nrs_session_env *env,
			      struct nrs_flow *flow, unsigned int side,
			      uint32_t len)
{
	struct data *data = flow->session->state;

	data->side = side;
	nrs_file_gap(env, data->file, len);
}

void nrs_session_ftp_data_cut(struct nrs_session_env *env,
			      struct nrs_flow *flow, unsigned int side)
{
	struct data *data = flow->session->state;
	struct nrs_pending *p = nrs_pending_oldest(flow->session, false);

	if (data == NULL || side != data->side || p == NULL)
		return;
	nrs_file_end(env, data->file, &p->txn, 0,
		     (flow->fins >> side & 1) != 0);
	data->file = NULL;
}

void nrs_session_ftp_data_end(struct nrs_session_env *env,
			      struct nrs_session *session)
{
	struct data *data = session->state;

	if (data != NULL)
		nrs_file_drop(env, data->file);
}
