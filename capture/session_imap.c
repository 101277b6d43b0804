/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_imap: messages in literals of IMAP, fetched and appended, a
 * transaction each. A literal is followed by its size, whatever it holds. A
 * part that is fetched alone is read behind its header, if that was fetched
 * right before it; else by its look.
 */
#include "capture/session_mail.h"

#include <assert.h>

#include "capture/proto/imap.h"
#include "capture/session_lines.h"

#define FRONT 80 /* a line of base64 has 76 */

struct imap_side {
	uint64_t left;	 /* octets of a literal */
	bool is_message; /* the line under way began what has messages */
	bool goes_on;	 /* behind a literal: the same line */
	bool is_waited;	 /* the server may still refuse it */
	bool is_whole;
	bool is_guessed; /* how the part is coded: its front is waited for */
	uint8_t front_len, section_len;
	uint8_t front[FRONT];
	uint8_t section[15];
	enum nrs_imap_content content;
	struct nrs_session_lines lines;
	struct nrs_pending *pending;
	struct nrs_mail *mail;
};

struct imap {
	uint8_t server_side;
	bool has_sides;
	struct imap_side side[2];
};
static_assert(sizeof(struct imap) <= NRS_SESSION_STATE, "one state");

/* A line of base64, the first and perhaps the only one. */
static bool is_base64(struct nrs_span front)
{
	const size_t end = nrs_span_find(front, '\r', 0);
	const struct nrs_span line = nrs_span_part(front, 0, end);

	for (size_t i = 0; i < line.len; i++) {
		const uint8_t c = nrs_ascii_lower(line.ptr[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '+' && c != '/' && c != '=')
			return false;
	}
	return line.len >= 8 && (end == SIZE_MAX || line.len % 4 == 0);
}

static void put_header(struct nrs_session_env *env, struct imap_side *s,
		       const char *coding)
{
	nrs_mail_bytes(env, s->mail,
		       nrs_span_of("Content-Type: application/octet-stream\r\n"
				   "Content-Transfer-Encoding: "));
	nrs_mail_bytes(env, s->mail, nrs_span_of(coding));
	nrs_mail_bytes(env, s->mail, nrs_span_of("\r\n\r\n"));
}

/* No more of its front will come: it is base64 or text. */
static void settle_front(struct nrs_session_env *env, struct imap_side *s)
{
	const struct nrs_span front = nrs_span(s->front, s->front_len);

	if (!s->is_guessed)
		return;
	s->is_guessed = false;
	if (is_base64(front))
		put_header(env, s, "base64");
	else
		nrs_mail_bytes(env, s->mail, nrs_span_of("\r\n"));
	nrs_mail_bytes(env, s->mail, front);
}

static void take_bytes(struct nrs_session_env *env, struct imap_side *s,
		       struct nrs_span bytes)
{
	size_t len = 0;

	if (s->is_guessed) {
		len = sizeof(s->front) - s->front_len;
		if (len > bytes.len)
			len = bytes.len;
		memcpy(s->front + s->front_len, bytes.ptr, len);
		s->front_len = (uint8_t)(s->front_len + len);
		if (s->front_len < sizeof(s->front))
			return;
		settle_front(env, s);
	}
	nrs_mail_bytes(env, s->mail, nrs_span_from(bytes, len));
}

static void end_message(struct nrs_session_env *env, struct imap_side *s,
			bool is_complete)
{
	settle_front(env, s);
	nrs_mail_end(env, s->mail, is_complete);
	s->mail = NULL;
	if (s->pending != NULL)
		nrs_pending_end(env, s->pending);
	s->pending = NULL;
}

static size_t take_literal(struct nrs_session_env *env, struct imap_side *s,
			   struct nrs_span bytes)
{
	const size_t len = s->left < bytes.len ? (size_t)s->left : bytes.len;

	s->is_waited = false;
	take_bytes(env, s, nrs_span_part(bytes, 0, len));
	s->left -= len;
	if (s->left == 0 && s->content != NRS_IMAP_PART_HEADER)
		end_message(env, s, s->is_whole);
	return len;
}

static void begin_literal(struct nrs_session_env *env, struct nrs_flow *flow,
			  struct imap_side *s,
			  const struct nrs_imap_literal *literal)
{
	const bool has_header =
		literal->content == NRS_IMAP_PART && s->mail != NULL &&
		nrs_span_equal(literal->section,
			       nrs_span(s->section, s->section_len));

	if (!has_header)
		end_message(env, s, false);
	s->left = literal->size;
	s->is_waited = literal->is_waited;
	s->is_whole = literal->content != NRS_IMAP_HEADER &&
		      literal->content != NRS_IMAP_PART_HEADER &&
		      !literal->is_part;
	s->content = literal->content;
	if (literal->content == NRS_IMAP_OTHER || literal->size == 0) {
		end_message(env, s, false);
		return;
	}
	if (has_header)
		return;
	s->pending = nrs_pending_new(env, flow, NRS_TXN_IMAP);
	s->mail = literal->section.len > 0
			  ? nrs_mail_begin_part(env, &s->pending->txn)
			  : nrs_mail_begin(env, &s->pending->txn);
	s->section_len = 0;
	if (literal->section.len > 0 &&
	    literal->section.len <= sizeof(s->section)) {
		memcpy(s->section, literal->section.ptr, literal->section.len);
		s->section_len = (uint8_t)literal->section.len;
	}
	if (literal->content == NRS_IMAP_OCTETS && s->mail != NULL)
		put_header(env, s, "binary");
	s->is_guessed = literal->content == NRS_IMAP_PART && s->mail != NULL;
	s->front_len = 0;
}

static void take_line(struct nrs_session_env *env, struct nrs_flow *flow,
		      struct imap *imap, unsigned int side,
		      struct nrs_span line)
{
	struct imap_side *s = &imap->side[side];
	struct imap_side *client = &imap->side[imap->server_side ^ 1];
	const bool is_client = side != imap->server_side;
	struct nrs_imap_literal literal;

	if (!s->goes_on)
		s->is_message = nrs_imap_has_message(line, is_client);
	s->goes_on = nrs_imap_literal(line, is_client, s->is_message, &literal);
	if (s->goes_on)
		begin_literal(env, flow, s, &literal);
	else
		end_message(env, s, false);
	if (!is_client && client->is_waited && nrs_imap_is_refusal(line)) {
		client->left = 0; /* the client will not send it */
		client->goes_on = client->is_waited = false;
		end_message(env, client, false);
	}
}

void nrs_session_imap_begin(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct imap *imap = nrs_session_state(env, flow->session);

	if (imap == NULL) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	*imap = (struct imap){.has_sides = false};
	nrs_session_protocol(env, flow, NRS_TXN_IMAP);
}

size_t nrs_session_imap(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes)
{
	struct imap *imap = flow->session->state;
	struct nrs_span line;
	bool more = false;

	if (!imap->has_sides) { /* what was found first is the server's */
		imap->has_sides = true;
		imap->server_side = (uint8_t)side;
	}
	struct imap_side *s = &imap->side[side];
	if (s->left > 0)
		return take_literal(env, s, bytes);
	if (nrs_session_starts_tls(env, flow, bytes, &more))
		return 0;
	const size_t len = nrs_session_line(env, &s->lines, bytes, &line);
	if (len > 0)
		take_line(env, flow, imap, side, line);
	return len;
}

void nrs_session_imap_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len)
{
	struct imap *imap = flow->session->state;
	struct imap_side *s = &imap->side[side];

	nrs_session_give_buffer(env, &flow->session->side[side]);
	s->lines.is_lost = false;
	if (s->left >= len && s->left > 0) {
		s->left -= len;
		settle_front(env, s);
		nrs_mail_gap(env, s->mail, len);
		if (s->left == 0)
			end_message(env, s, false);
		return;
	}
	s->left = 0;
	s->goes_on = s->is_waited = false;
	end_message(env, s, false);
}

void nrs_session_imap_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side)
{
	struct imap *imap = flow->session->state;

	if (imap != NULL)
		end_message(env, &imap->side[side], false);
}

void nrs_session_imap_end(struct nrs_session_env *env,
			  struct nrs_session *session)
{
	struct imap *imap = session->state;

	for (unsigned int i = 0; imap != NULL && i < 2; i++)
		end_message(env, &imap->side[i], false);
}
