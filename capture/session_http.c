/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http: HTTP/1 requests and responses to transactions: a request and
 * its response are one, in order; pipelined requests wait in line. Bodies are
 * followed by their framing, never kept.
 */
#include "capture/session_http.h"

#include <stdio.h>

#include "capture/files.h"

#define HTTP_JUNK_MAX 64

static void push(struct nrs_session_env *env, struct nrs_txn *txn,
		 enum nrs_field field, struct nrs_span value)
{
	nrs_session_push(env, txn, field, value);
}

/* A folded value is one line: each fold is a blank (RFC 9112 section 5.2). Put
 * together in the text room, where it may stand already. */
static struct nrs_span unfold(struct nrs_session_env *env,
			      struct nrs_span value)
{
	size_t used = 0;

	if (nrs_span_find(value, '\n', 0) == SIZE_MAX ||
	    value.len > NRS_SESSION_TEXT_ROOM)
		return value;
	for (size_t i = 0; i < value.len; i++) {
		const uint8_t c = value.ptr[i];
		const bool is_fold = c == '\r' || c == '\n';

		if (is_fold && (used == 0 || env->text_room[used - 1] != ' '))
			env->text_room[used++] = ' ';
		while (is_fold && i + 1 < value.len &&
		       memchr("\r\n\t ", value.ptr[i + 1], 4) != NULL)
			i++;
		if (!is_fold)
			env->text_room[used++] = c;
	}
	return nrs_span(env->text_room, used);
}

static void push_header(struct nrs_session_env *env, struct nrs_txn *txn,
			enum nrs_field field, const char *name)
{
	const struct nrs_http1_header *header =
		nrs_wanted(env->demand, field)
			? nrs_http1_find(env->http_head, name)
			: NULL;

	if (header != NULL)
		push(env, txn, field, unfold(env, header->value));
}

bool nrs_session_join(struct nrs_session_env *env,
		      const struct nrs_span *pieces, unsigned int count,
		      struct nrs_span *out)
{
	size_t len = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (pieces[i].len > NRS_SESSION_TEXT_ROOM - len)
			return false;
		if (pieces[i].len > 0)
			memcpy(env->text_room + len, pieces[i].ptr,
			       pieces[i].len);
		len += pieces[i].len;
	}
	*out = nrs_span(env->text_room, len);
	return true;
}

/* http://HOST/TARGET as the client meant it. */
/* Where "://" of a target in absolute form stands, or SIZE_MAX: nearly all
 * begin with a slash. */
static size_t authority_at(struct nrs_span target)
{
	if (target.len == 0 || target.ptr[0] == '/')
		return SIZE_MAX;
	return nrs_span_find_text(target, "://");
}

static void push_url(struct nrs_session_env *env, const struct nrs_flow *flow,
		     struct nrs_txn *txn)
{
	const struct nrs_http1_head *head = env->http_head;
	const struct nrs_http1_header *host = nrs_http1_find(head, "host");
	char port[8] = "", addr[NRS_ADDR_LEN + 2] = "";
	struct nrs_span pieces[4], url;

	if (!nrs_wanted(env->demand, NRS_F_HTTP_URL) ||
	    nrs_span_is(head->method, "CONNECT"))
		return;
	if (authority_at(head->target) != SIZE_MAX) {
		push(env, txn, NRS_F_HTTP_URL, head->target);
		return;
	}
	pieces[0] = nrs_span_of("http://");
	if (host != NULL && host->value.len > 0) {
		pieces[1] = host->value;
		pieces[2] = nrs_span(NULL, 0);
	} else { /* HTTP/1.0: the address is all the name there is */
		const bool is_v4 = nrs_addr_is_v4(&flow->info.dst);
		size_t len = nrs_addr_format(&flow->info.dst,
					     addr + (is_v4 ? 0 : 1));

		if (!is_v4) {
			addr[0] = '[';
			addr[len + 1] = ']';
			len += 2;
		}
		pieces[1] = nrs_span(addr, len);
		if (flow->info.dst_port != 80)
			snprintf(port, sizeof(port), ":%u",
				 (unsigned int)flow->info.dst_port);
		pieces[2] = nrs_span_of(port);
	}
	pieces[3] = head->target;
	if (nrs_session_join(env, pieces, 4, &url))
		push(env, txn, NRS_F_HTTP_URL, url);
	else
		nrs_count(env->counters, NRS_C_VALUES_BAD);
}

static void push_headers(struct nrs_session_env *env, struct nrs_txn *txn)
{
	const struct nrs_http1_head *head = env->http_head;

	if (!nrs_wanted(env->demand, NRS_F_HTTP_HEADER))
		return;
	for (unsigned int i = 0; i < head->header_count; i++) {
		const struct nrs_span pieces[3] = {head->headers[i].name,
						   nrs_span_of(": "),
						   head->headers[i].value};
		struct nrs_span line;

		if (nrs_session_join(env, pieces, 3, &line))
			push(env, txn, NRS_F_HTTP_HEADER, unfold(env, line));
		else
			nrs_count(env->counters, NRS_C_VALUES_BAD);
	}
}

/* The host that the request's target names: of an absolute form and of CONNECT
 * it is the one that counts (RFC 9112 section 3.2.2); empty otherwise. */
static struct nrs_span target_host(const struct nrs_http1_head *head)
{
	const struct nrs_span target = head->target;
	size_t from, to;

	if (nrs_span_is(head->method, "CONNECT"))
		return nrs_span_part(target, 0, nrs_span_find(target, ' ', 0));
	from = authority_at(target);
	if (from == SIZE_MAX)
		return nrs_span(NULL, 0);
	from += 3;
	for (to = from; to < target.len; to++) {
		if (target.ptr[to] == '@')
			from = to + 1;
		if (memchr("/?#", target.ptr[to], 3) != NULL)
			break;
	}
	return nrs_span_part(target, from, to - from);
}

/* Whoever serves the request may go by either name. */
static void push_hosts(struct nrs_session_env *env, struct nrs_txn *txn)
{
	const struct nrs_http1_header *header;
	struct nrs_span target;

	if (!nrs_wanted(env->demand, NRS_F_HTTP_HOST))
		return;
	header = nrs_http1_find(env->http_head, "host");
	target = target_host(env->http_head);
	if (target.len > 0 &&
	    (header == NULL || !nrs_span_equal(header->value, target)))
		push(env, txn, NRS_F_HTTP_HOST, target);
	if (header != NULL)
		push(env, txn, NRS_F_HTTP_HOST, header->value);
}

static struct nrs_pending *take_request(struct nrs_session_env *env,
					struct nrs_flow *flow)
{
	const struct nrs_http1_head *head = env->http_head;
	struct nrs_pending *p = nrs_pending_new(env, flow, NRS_TXN_HTTP);
	struct nrs_txn *txn = &p->txn;

	p->is_head = nrs_span_is(head->method, "HEAD");
	p->is_connect = nrs_span_is(head->method, "CONNECT");
	push(env, txn, NRS_F_HTTP_METHOD, head->method);
	push_hosts(env, txn);
	push(env, txn, NRS_F_HTTP_URI, head->target);
	push_url(env, flow, txn);
	push(env, txn, NRS_F_HTTP_VERSION, head->version);
	push_header(env, txn, NRS_F_HTTP_USER_AGENT, "user-agent");
	push_header(env, txn, NRS_F_HTTP_REFERER, "referer");
	push_headers(env, txn);
	if (head->has_content_length &&
	    nrs_wanted(env->demand, NRS_F_HTTP_BODY_LENGTH) &&
	    head->content_length <= INT64_MAX)
		nrs_txn_int(env->matcher, txn, NRS_F_HTTP_BODY_LENGTH,
			    (int64_t)head->content_length);
	return p;
}

static void begin_body(struct nrs_session_side *side,
		       const struct nrs_http1_head *head)
{
	nrs_http1_framing_init(&side->framing, head);
	side->in_body = !nrs_http1_framing_done(&side->framing);
}

/* True if what follows on the connection is no HTTP/1 any more. */
static bool take_response(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side)
{
	struct nrs_http1_head *head = env->http_head;
	struct nrs_pending *p = nrs_pending_oldest(flow->session, true);
	char status[8];

	if (head->status == 100)
		return false; /* the real one is still to come */
	if (p == NULL)
		p = nrs_pending_new(env, flow, NRS_TXN_HTTP);
	snprintf(status, sizeof(status), "%u", (unsigned int)head->status);
	if (head->has_status)
		push(env, &p->txn, NRS_F_HTTP_STATUS, nrs_span_of(status));
	push_header(env, &p->txn, NRS_F_HTTP_LOCATION, "location");
	push_header(env, &p->txn, NRS_F_HTTP_CONTENT_TYPE, "content-type");
	if (head->status / 100 == 1 && head->status != 101)
		return false;
	const bool is_tunnel =
		head->status == 101 ||
		(p->is_connect && head->status >= 200 && head->status < 300);
	if (p->is_head)
		head->body = NRS_HTTP1_BODY_NONE;
	begin_body(&flow->session->side[side], head);
	p->is_answered = true;
	nrs_http_body_begin(env, flow, p, side,
			    !is_tunnel && flow->session->side[side].in_body);
	return is_tunnel;
}

static size_t take_body(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int which, struct nrs_span bytes)
{
	struct nrs_session_side *side = &flow->session->side[which];
	const bool is_followed = nrs_http_body_is_open(flow->session, which);
	struct nrs_span data;
	size_t taken = 0;
	int err;

	if (is_followed) {
		err = nrs_http1_framing_step(&side->framing, bytes, &taken,
					     &data);
		nrs_http_body_data(env, flow, which, data);
	} else {
		err = nrs_http1_framing_feed(&side->framing, bytes, &taken);
	}
	if (err != NRS_OK) {
		nrs_lack(env, NRS_C_HTTP_BAD);
		taken = bytes.len;
	}
	if (err != NRS_OK || nrs_http1_framing_done(&side->framing)) {
		side->in_body = false;
		nrs_http_body_end(env, flow, which, err == NRS_OK);
	}
	return taken;
}

/* What a whole head, or one that was cut, says. True: a tunnel begins. */
static bool take_head(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side)
{
	struct nrs_pending *p;

	nrs_count(env->counters, NRS_C_HTTP);
	nrs_session_protocol(env, flow, NRS_TXN_HTTP);
	if (!env->http_head->is_request)
		return take_response(env, flow, side);
	nrs_session_asked(env, NRS_ASKED_HTTP, 0, side);
	p = take_request(env, flow);
	p->id = (uint16_t)side;
	begin_body(&flow->session->side[side], env->http_head);
	nrs_http_body_begin(env, flow, p, side,
			    flow->session->side[side].in_body);
	return false;
}

/* No head where a response should begin: what comes until the end is its body,
 * as browsers take it (HTTP/0.9). */
static bool begin_bare(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side)
{
	struct nrs_pending *p = nrs_pending_oldest(flow->session, true);

	if (!nrs_files_wanted(env) || flow->session->side[side].has_head ||
	    p == NULL || p->id == side)
		return false;
	nrs_http1_bare_response(env->http_head);
	begin_body(&flow->session->side[side], env->http_head);
	p->is_answered = true;
	nrs_http_body_begin(env, flow, p, side, true);
	return true;
}

/* What a tunnel holds: HTTP/2 if the client asked for it so and somebody looks
 * at it (RFC 7540 section 3.2), else what it is found to be. */
static enum nrs_session_kind behind(const struct nrs_session_env *env)
{
	const struct nrs_http1_header *upgrade =
		nrs_http1_find(env->http_head, "upgrade");
	const nrs_field_set wanted =
		nrs_dissectors[NRS_SESSION_HTTP2].fields & env->demand;

	return upgrade != NULL && wanted != 0 &&
			       nrs_span_is_icase(upgrade->value, "h2c")
		       ? NRS_SESSION_HTTP2
		       : NRS_SESSION_UNKNOWN;
}

size_t nrs_session_http(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int which, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	struct nrs_session_side *side = &session->side[which];
	size_t consumed = 0;

	if (side->in_body)
		return take_body(env, flow, which, bytes);
	const int err = nrs_http1_parse(env->http_head, bytes, &consumed);
	if (err == NRS_E_MORE)
		return 0;
	if (err != NRS_OK) {
		const struct nrs_span front =
			nrs_span_part(bytes, 0, HTTP_JUNK_MAX);
		const size_t junk = nrs_http1_resync(front);

		if (junk == front.len && begin_bare(env, flow, which))
			return take_body(env, flow, which, bytes);
		nrs_lack(env, NRS_C_HTTP_BAD);
		/* Before the first head what is none may stand; later the next
		 * one begins with a segment. */
		return side->has_head || junk == 0 || junk >= HTTP_JUNK_MAX
			       ? bytes.len
			       : junk;
	}
	side->has_head = true;
	side->in_body = false;
	if (take_head(env, flow, which)) {
		session->side[0].in_body = session->side[1].in_body = false;
		nrs_session_become(env, flow, behind(env));
	}
	return consumed;
}

/* A head is lost: HTTP may begin anew with the next segment. */
void nrs_session_http_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int which, uint32_t len)
{
	struct nrs_session_side *side = &flow->session->side[which];

	if (side->in_body && nrs_http1_framing_skip(&side->framing, len)) {
		side->in_body = !nrs_http1_framing_done(&side->framing);
		nrs_http_body_gap(env, flow, which, len);
		if (!side->in_body)
			nrs_http_body_end(env, flow, which, true);
		return;
	}
	if (side->in_body)
		nrs_http_body_gap(env, flow, which, len);
	nrs_session_http_cut(env, flow, which);
	nrs_session_give_buffer(env, side);
	side->in_body = false;
	/* There was one, or is: what comes is no body without a head. */
	side->has_head = true;
}

void nrs_session_http_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int which)
{
	const struct nrs_session_side *side = &flow->session->side[which];
	const struct nrs_span bytes = nrs_span(side->buffer, side->buffered);

	if (!side->in_body && bytes.len > 0 &&
	    nrs_http1_parse_cut(env->http_head, bytes) == NRS_OK)
		(void)take_head(env, flow, which);
	/* What goes on until the end of the connection is whole, if that was
	 * seen. */
	nrs_http_body_end(env, flow, which,
			  nrs_http1_framing_is_whole(&side->framing) ||
				  (side->framing.kind == NRS_HTTP1_BODY_CLOSE &&
				   (flow->fins >> which & 1) != 0));
}
