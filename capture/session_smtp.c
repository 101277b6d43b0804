/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_smtp: SMTP to transactions, one per mail: from its MAIL command, with
 * the greeting before it, to the end of its message, to RSET or to QUIT.
 *
 * A client sends a message when the server says 354. Which reply is that to
 * DATA follows from their number: each line of a client is answered once. Where
 * the reply was not seen, what the client says next tells: a command, or a
 * message.
 */
#include "capture/session_mail.h"

#include <assert.h>

#include "capture/proto/dotted.h"
#include "capture/proto/smtp.h"
#include "capture/session_lines.h"

#define HELO_MAX 255
#define SERVICE_READY 220
#define START_OF_DATA 354

enum client { COMMANDS, DATA, CHUNK };

struct smtp {
	uint8_t client; /* enum client */
	uint8_t client_side;
	uint8_t helo_len;
	bool has_sides;	   /* which one is the client is known */
	bool has_envelope; /* of the transaction: MAIL or RCPT was seen */
	bool is_last;	   /* CHUNK: the mail ends with it */
	bool has_gap;	   /* DATA: its end may be missing */
	uint32_t awaited;  /* replies */
	uint32_t data_in;  /* the reply to DATA is that many ahead; 0 none */
	uint64_t left;	   /* CHUNK */
	struct nrs_dotted dotted;
	struct nrs_session_lines lines[2];
	struct nrs_pending *pending; /* or NULL */
	struct nrs_mail *mail;	     /* or NULL */
	uint8_t helo[HELO_MAX];
};
static_assert(sizeof(struct smtp) <= NRS_SESSION_STATE, "one state");

static void push(struct nrs_session_env *env, struct smtp *s,
		 enum nrs_field field, struct nrs_span value)
{
	if (nrs_wanted(env->demand, field) && value.len > 0)
		nrs_txn_value(env->matcher, &s->pending->txn, field, 0, value);
}

/* The transaction of what comes next. */
static void need_pending(struct nrs_session_env *env, struct nrs_flow *flow,
			 struct smtp *s)
{
	if (s->pending != NULL && s->pending->is_open)
		return;
	s->pending = nrs_pending_new(env, flow, NRS_TXN_SMTP);
	s->has_envelope = false;
	push(env, s, NRS_F_SMTP_HELO, nrs_span(s->helo, s->helo_len));
}

static void end_mail(struct nrs_session_env *env, struct smtp *s,
		     bool is_complete)
{
	nrs_mail_end(env, s->mail, is_complete);
	s->mail = NULL;
	s->client = COMMANDS;
}

static void end_pending(struct nrs_session_env *env, struct smtp *s)
{
	if (s->mail != NULL)
		end_mail(env, s, false);
	if (s->pending != NULL)
		nrs_pending_end(env, s->pending);
	s->pending = NULL;
}

static void begin_data(struct nrs_session_env *env, struct nrs_flow *flow,
		       struct smtp *s)
{
	if (s->mail != NULL) /* chunks without a last one */
		end_mail(env, s, false);
	need_pending(env, flow, s);
	s->client = DATA;
	s->data_in = 0;
	s->has_gap = false;
	s->dotted = (struct nrs_dotted){0};
	s->mail = nrs_mail_begin(env, &s->pending->txn);
}

static void take_helo(struct nrs_session_env *env, struct nrs_flow *flow,
		      struct smtp *s, struct nrs_span name)
{
	if (name.len == 0 || name.len > HELO_MAX)
		return;
	const bool is_new =
		!nrs_span_equal(name, nrs_span(s->helo, s->helo_len));
	memcpy(s->helo, name.ptr, name.len);
	s->helo_len = (uint8_t)name.len;
	if (s->pending == NULL || !s->pending->is_open)
		need_pending(env, flow, s);
	else if (is_new)
		push(env, s, NRS_F_SMTP_HELO, name);
}

static void begin_chunk(struct nrs_session_env *env, struct nrs_flow *flow,
			struct smtp *s, const struct nrs_smtp_command *command)
{
	if (command->has_bad_size) {
		nrs_lack(env, NRS_C_LINES_REFUSED);
		return;
	}
	need_pending(env, flow, s);
	if (s->mail == NULL)
		s->mail = nrs_mail_begin(env, &s->pending->txn);
	s->client = CHUNK;
	s->left = command->size;
	s->is_last = command->is_last;
}

static void take_command(struct nrs_session_env *env, struct nrs_flow *flow,
			 struct smtp *s, const struct nrs_smtp_command *command)
{
	s->awaited++;
	switch (command->verb) {
	case NRS_SMTP_HELO:
		take_helo(env, flow, s, command->text);
		break;
	case NRS_SMTP_MAIL:
		if (s->has_envelope)
			end_pending(env, s);
		need_pending(env, flow, s);
		s->has_envelope = true;
		push(env, s, NRS_F_SMTP_MAIL_FROM, command->text);
		break;
	case NRS_SMTP_RCPT:
		need_pending(env, flow, s);
		s->has_envelope = true;
		push(env, s, NRS_F_SMTP_RCPT_TO, command->text);
		break;
	case NRS_SMTP_DATA:
		s->data_in = s->awaited;
		break;
	case NRS_SMTP_BDAT:
		begin_chunk(env, flow, s, command);
		break;
	case NRS_SMTP_RSET:
		if (s->has_envelope)
			end_pending(env, s);
		break;
	case NRS_SMTP_QUIT:
		end_pending(env, s);
		break;
	case NRS_SMTP_STARTTLS:
	case NRS_SMTP_NOOP:
	case NRS_SMTP_OTHER:
		break;
	}
}

static size_t take_data(struct nrs_session_env *env, struct smtp *s,
			struct nrs_span bytes)
{
	struct nrs_span rest = bytes, text;

	while ((text = nrs_dotted_next(&s->dotted, &rest)).len > 0)
		nrs_mail_bytes(env, s->mail, text);
	if (s->dotted.is_over) {
		if (s->dotted.has_bare_end)
			nrs_mail_doubt(s->mail);
		end_mail(env, s, true);
		end_pending(env, s);
		s->awaited++;
	}
	return bytes.len - rest.len;
}

static size_t take_chunk(struct nrs_session_env *env, struct smtp *s,
			 struct nrs_span bytes)
{
	const size_t len = s->left < bytes.len ? (size_t)s->left : bytes.len;

	nrs_mail_bytes(env, s->mail, nrs_span_part(bytes, 0, len));
	s->left -= len;
	if (s->left > 0)
		return len;
	s->client = COMMANDS;
	if (s->is_last) {
		end_mail(env, s, true);
		end_pending(env, s);
	}
	return len;
}

static size_t take_client(struct nrs_session_env *env, struct nrs_flow *flow,
			  struct smtp *s, struct nrs_span bytes)
{
	struct nrs_smtp_command command;
	struct nrs_span line;

	if (s->client == DATA)
		return take_data(env, s, bytes);
	if (s->client == CHUNK && s->left > 0)
		return take_chunk(env, s, bytes);
	const size_t len =
		nrs_session_line(env, &s->lines[s->client_side], bytes, &line);
	nrs_smtp_command(line, &command);
	if (s->data_in > 0 && len > 0 && command.verb == NRS_SMTP_OTHER) {
		begin_data(env, flow, s); /* 354 was not seen */
		s->awaited = 0;
		return take_data(env, s, bytes);
	}
	if (len == 0)
		return 0;
	s->data_in = 0;
	take_command(env, flow, s, &command);
	if (s->client == CHUNK && s->left == 0)
		(void)take_chunk(env, s, nrs_span(NULL, 0));
	return len;
}

static void take_reply(struct nrs_session_env *env, struct nrs_flow *flow,
		       struct smtp *s, unsigned int code)
{
	if (s->awaited > 0)
		s->awaited--;
	if (s->client == DATA) {
		/* To a message whose end was lost. */
		if (s->has_gap && code != START_OF_DATA) {
			end_mail(env, s, false);
			end_pending(env, s);
		}
		return;
	}
	if (s->data_in > 0)
		s->data_in--;
	if (code == START_OF_DATA && s->client == COMMANDS)
		begin_data(env, flow, s);
}

static size_t take_server(struct nrs_session_env *env, struct nrs_flow *flow,
			  struct smtp *s, struct nrs_span bytes)
{
	struct nrs_span line;
	const size_t len = nrs_session_line(env, &s->lines[s->client_side ^ 1],
					    bytes, &line);
	unsigned int code;
	bool is_last;

	if (len > 0 && nrs_smtp_reply(line, &code, &is_last) && is_last)
		take_reply(env, flow, s, code);
	return len;
}

/* The side that says commands is the client, whoever opened the flow. */
static void find_sides(struct smtp *s, unsigned int side, struct nrs_span bytes)
{
	unsigned int code;
	bool is_last;

	s->has_sides = true;
	const bool is_server =
		nrs_smtp_reply(nrs_span_part(bytes, 0, 4), &code, &is_last);
	s->client_side = (uint8_t)(is_server ? side ^ 1 : side);
}

void nrs_session_smtp_begin(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct smtp *s = nrs_session_state(env, flow->session);

	if (s == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	*s = (struct smtp){.awaited = 1}; /* the server's greeting */
	nrs_session_protocol(env, flow, NRS_TXN_SMTP);
}

size_t nrs_session_smtp(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes)
{
	struct smtp *s = flow->session->state;
	bool more = false;

	if (!s->has_sides)
		find_sides(s, side, bytes);
	if (side != s->client_side || s->client == COMMANDS) {
		if (nrs_session_starts_tls(env, flow, bytes, &more))
			return 0;
	}
	if (side != s->client_side)
		return take_server(env, flow, s, bytes);
	const size_t len = take_client(env, flow, s, bytes);
	flow->session->side[side].in_body =
		s->client == DATA && nrs_mail_is_skipped(s->mail);
	return len;
}

void nrs_session_smtp_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len)
{
	struct smtp *s = flow->session->state;

	nrs_session_give_buffer(env, &flow->session->side[side]);
	s->lines[side].is_lost = false; /* lines mostly begin with segments */
	if (side != s->client_side) {
		s->awaited = s->data_in = 0;
	} else if (s->client == DATA) {
		s->has_gap = true;
		nrs_dotted_gap(&s->dotted);
		nrs_mail_gap(env, s->mail, len);
	} else if (s->client == CHUNK && len <= s->left) {
		s->left -= len;
		nrs_mail_gap(env, s->mail, len);
	} else if (s->mail != NULL) {
		end_mail(env, s, false);
	}
}

void nrs_session_smtp_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side)
{
	struct smtp *s = flow->session->state;

	if (s != NULL && side == s->client_side)
		end_pending(env, s);
}

void nrs_session_smtp_end(struct nrs_session_env *env,
			  struct nrs_session *session)
{
	if (session->state != NULL)
		end_pending(env, session->state);
}
