/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_pop3: messages that POP3 servers give, a transaction each.
 *
 * Which answers are long follows from the commands, which may come several at
 * once; where no command was seen, from what the status says.
 */
#include "capture/session_mail.h"

#include <assert.h>

#include "capture/proto/dotted.h"
#include "capture/proto/pop3.h"
#include "capture/session_lines.h"

#define COMMANDS_MAX 64

struct pop3 {
	bool in_text; /* of an answer, up to its dot */
	bool is_top;
	bool has_sides;
	uint8_t server_side;
	uint8_t first, count; /* commands that wait for their answer */
	uint8_t answers[COMMANDS_MAX];
	struct nrs_dotted dotted;
	struct nrs_session_lines lines[2];
	struct nrs_pending *pending;
	struct nrs_mail *mail;
};
static_assert(sizeof(struct pop3) <= NRS_SESSION_STATE, "one state");

static void end_message(struct nrs_session_env *env, struct pop3 *p,
			bool is_complete)
{
	nrs_mail_end(env, p->mail, is_complete && !p->is_top);
	p->mail = NULL;
	if (p->pending != NULL)
		nrs_pending_end(env, p->pending);
	p->pending = NULL;
	p->in_text = false;
}

static void take_command(struct nrs_session_env *env, struct pop3 *p,
			 struct nrs_span line)
{
	if (p->count == COMMANDS_MAX) {
		nrs_lack(env, NRS_C_LINES_REFUSED);
		return;
	}
	p->answers[(p->first + p->count++) % COMMANDS_MAX] =
		(uint8_t)nrs_pop3_answer_of(line);
}

static void take_status(struct nrs_session_env *env, struct nrs_flow *flow,
			struct pop3 *p, struct nrs_span line)
{
	enum nrs_pop3_answer answer = NRS_POP3_LINE;
	bool octets = false;
	const int err = nrs_pop3_status(line, &octets);

	if (err == NRS_E_FORMAT)
		return; /* "+ challenge", or we are in the middle */
	if (p->count > 0) {
		answer = (enum nrs_pop3_answer)p->answers[p->first];
		p->first = (uint8_t)((p->first + 1) % COMMANDS_MAX);
		p->count--;
	} else if (octets) {
		answer = NRS_POP3_MESSAGE;
	}
	if (err != NRS_OK || answer == NRS_POP3_LINE)
		return;
	p->in_text = true;
	p->is_top = answer == NRS_POP3_TOP;
	p->dotted = (struct nrs_dotted){0};
	if (answer == NRS_POP3_LINES)
		return;
	p->pending = nrs_pending_new(env, flow, NRS_TXN_POP3);
	p->mail = nrs_mail_begin(env, &p->pending->txn);
}

static size_t take_text(struct nrs_session_env *env, struct pop3 *p,
			struct nrs_span bytes)
{
	struct nrs_span rest = bytes, text;

	while ((text = nrs_dotted_next(&p->dotted, &rest)).len > 0)
		nrs_mail_bytes(env, p->mail, text);
	if (p->dotted.is_over)
		end_message(env, p, true);
	return bytes.len - rest.len;
}

void nrs_session_pop3_begin(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct pop3 *p = nrs_session_state(env, flow->session);

	if (p == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	*p = (struct pop3){.in_text = false};
	nrs_session_protocol(env, flow, NRS_TXN_POP3);
}

size_t nrs_session_pop3(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes)
{
	struct pop3 *p = flow->session->state;
	struct nrs_span line;
	bool more = false;

	if (!p->has_sides) { /* what was found first is the greeting */
		p->has_sides = true;
		p->server_side = (uint8_t)side;
		p->answers[0] = NRS_POP3_LINE;
		p->count = 1;
	}
	if (side == p->server_side && p->in_text) {
		const size_t len = take_text(env, p, bytes);

		flow->session->side[side].in_body =
			p->in_text && nrs_mail_is_skipped(p->mail);
		return len;
	}
	if (nrs_session_starts_tls(env, flow, bytes, &more))
		return 0;
	const size_t len = nrs_session_line(env, &p->lines[side], bytes, &line);
	if (len == 0)
		return 0;
	if (side == p->server_side)
		take_status(env, flow, p, line);
	else
		take_command(env, p, line);
	return len;
}

void nrs_session_pop3_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len)
{
	struct pop3 *p = flow->session->state;

	nrs_session_give_buffer(env, &flow->session->side[side]);
	p->lines[side].is_lost = false;
	if (side == p->server_side && p->in_text) {
		nrs_dotted_gap(&p->dotted);
		nrs_mail_gap(env, p->mail, len);
	} else { /* which command an answer is to is not known any more */
		p->count = 0;
	}
}

void nrs_session_pop3_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side)
{
	struct pop3 *p = flow->session->state;

	if (p != NULL && side == p->server_side)
		end_message(env, p, false);
}

void nrs_session_pop3_end(struct nrs_session_env *env,
			  struct nrs_session *session)
{
	if (session->state != NULL)
		end_message(env, session->state, false);
}
