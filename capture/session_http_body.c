/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http_body: from bodies to files. A body is one file, or, of a form,
 * each part that has a file's name is one. What a response is called, its
 * request said: that waits in the state, beside the request.
 */
#include "capture/session_http.h"

#include <assert.h>

#include "capture/body.h"
#include "capture/proto/file_name.h"
#include "capture/proto/multipart.h"

#define NAME_MAX_LEN 320

struct http_body {
	struct nrs_body body;
	struct nrs_multipart *form; /* in a buffer of the shard; or NULL */
	uint32_t exchange;	    /* number of its transaction */
	bool is_open;
};

struct http_state {
	struct http_body side[2];
	struct {
		uint16_t len;
		uint8_t text[NAME_MAX_LEN];
	} name[NRS_SESSION_SLOTS]; /* of each pending request */
};
static_assert(sizeof(struct http_state) <= NRS_SESSION_STATE,
	      "the state has room");
static_assert(sizeof(struct nrs_multipart) <= NRS_SESSION_BUFFER,
	      "a form's parser has room");

static struct http_state *state_of(struct nrs_session_env *env,
				   struct nrs_session *session)
{
	const bool is_new = session->state == NULL;
	struct http_state *state = nrs_session_state(env, session);

	if (is_new && state != NULL)
		memset(state, 0, sizeof(*state));
	return state;
}

static struct http_body *open_body(const struct nrs_session *session,
				   unsigned int side)
{
	struct http_state *state = session->state;

	return state != NULL && state->side[side].is_open ? &state->side[side]
							  : NULL;
}

bool nrs_http_body_is_open(const struct nrs_session *session, unsigned int side)
{
	return open_body(session, side) != NULL;
}

/* The exchange that @body is of, or NULL: it had to make room. */
static struct nrs_pending *pending_of(struct nrs_session *session,
				      const struct http_body *body)
{
	for (unsigned int i = 0; i < NRS_SESSION_SLOTS; i++) {
		struct nrs_pending *p = &session->pending[i];

		if (p->is_open && p->txn.number == body->exchange)
			return p;
	}
	return NULL;
}

static void settle(struct nrs_session_env *env, struct nrs_pending *p)
{
	if (p->is_answered && p->bodies == 0)
		nrs_pending_end(env, p);
}

static struct nrs_span header(const struct nrs_session_env *env,
			      const char *name)
{
	const struct nrs_http1_header *found =
		nrs_http1_find(env->http_head, name);

	return found == NULL ? nrs_span(NULL, 0) : found->value;
}

/* All values of the headers @name as one list (RFC 9110 section 5.3), behind
 * the @used octets of @room, which is the second half of the text room. */
static size_t add_list(const struct nrs_http1_head *head, const char *name,
		       uint8_t *room, size_t used)
{
	for (unsigned int i = 0; i < head->header_count; i++) {
		const struct nrs_span value = head->headers[i].value;

		if (!nrs_http1_is_named(&head->headers[i], name) ||
		    value.len >= NRS_SESSION_TEXT_ROOM / 2 - used)
			continue;
		if (used > 0)
			room[used++] = ',';
		if (value.len > 0)
			memcpy(room + used, value.ptr, value.len);
		used += value.len;
	}
	return used;
}

/* What packs the body: content codings, and around them transfer codings (RFC
 * 9112 section 6.1); "chunked" itself packs nothing. */
static struct nrs_span codings(struct nrs_session_env *env)
{
	const struct nrs_http1_head *head = env->http_head;
	uint8_t *room = env->text_room + NRS_SESSION_TEXT_ROOM / 2;
	const size_t used = add_list(head, "content-encoding", room, 0);

	return nrs_span(room, add_list(head, "transfer-encoding", room, used));
}

/* What the request asks for is what its response is called. */
static struct nrs_span request_name(struct nrs_session_env *env,
				    struct http_state *state, size_t slot)
{
	const struct nrs_span name =
		nrs_target_name(env->http_head->target, env->text_room,
				sizeof(state->name[slot].text));

	state->name[slot].len = (uint16_t)name.len;
	if (name.len > 0)
		memcpy(state->name[slot].text, name.ptr, name.len);
	return nrs_span(state->name[slot].text, name.len);
}

static struct nrs_span response_name(struct nrs_session_env *env,
				     struct http_state *state, size_t slot)
{
	const struct nrs_span name =
		nrs_disposition_name(header(env, "content-disposition"),
				     env->text_room, NRS_SESSION_TEXT_ROOM / 2);

	return name.len > 0 ? name
			    : nrs_span(state->name[slot].text,
				       state->name[slot].len);
}

/* A form's parts are files, not the form. False: it is none, or there is no
 * room for its parser. */
static bool begin_form(struct nrs_session_env *env, struct http_body *body)
{
	const struct nrs_span type = header(env, "content-type");
	uint8_t room[NRS_BOUNDARY_MAX + 1];

	if (!nrs_span_is_icase(nrs_span_part(type, 0, 20),
			       "multipart/form-data;") &&
	    !nrs_span_is_icase(nrs_span_part(type, 0, 20),
			       "multipart/form-data "))
		return false;
	body->form = nrs_slab_take(&env->pools->buffers);
	if (body->form == NULL) {
		nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
		return false;
	}
	if (nrs_multipart_begin(body->form,
				nrs_header_parameter(type, "boundary", room,
						     sizeof(room))) == NRS_OK)
		return true;
	nrs_slab_give(&env->pools->buffers, body->form);
	body->form = NULL;
	return false;
}

static void begin(struct nrs_session_env *env, struct http_state *state,
		  struct nrs_pending *p, unsigned int side, size_t slot)
{
	struct http_body *body = &state->side[side];
	const bool is_request = env->http_head->is_request;
	const struct nrs_span name = is_request
					     ? request_name(env, state, slot)
					     : response_name(env, state, slot);

	*body = (struct http_body){.exchange = p->txn.number, .is_open = true};
	p->bodies++;
	if (is_request && begin_form(env, body))
		return;
	nrs_body_begin(env, &body->body, name, codings(env));
	if (!is_request && env->http_head->status == 206 &&
	    nrs_range_is_part(header(env, "content-range")))
		nrs_body_gap(env, &body->body, 0);
}

void nrs_http_body_begin(struct nrs_session_env *env, struct nrs_flow *flow,
			 struct nrs_pending *p, unsigned int side,
			 bool has_body)
{
	struct nrs_session *session = flow->session;
	const size_t slot = (size_t)(p - session->pending);
	struct http_state *state = NULL;

	if (nrs_files_wanted(env))
		state = state_of(env, session);
	if (state != NULL) {
		if (state->side[side].is_open) /* the one before broke off */
			nrs_http_body_end(env, flow, side, false);
		if (has_body)
			begin(env, state, p, side, slot);
		else if (env->http_head->is_request)
			(void)request_name(env, state, slot);
	}
	settle(env, p);
}

static void end_file(struct nrs_session_env *env, struct nrs_session *session,
		     struct http_body *body, bool is_complete)
{
	struct nrs_pending *p = pending_of(session, body);

	/* Of no octet at all nobody would speak as a file. */
	if (p == NULL || (!body->body.has_begun && body->form == NULL))
		nrs_body_drop(env, &body->body);
	else
		nrs_body_end(env, &body->body, &p->txn, &p->objects,
			     is_complete);
}

static void begin_part(struct nrs_session_env *env, struct http_body *body,
		       struct nrs_span head)
{
	const struct nrs_span disposition =
		nrs_multipart_header(head, "content-disposition");
	const struct nrs_span name = nrs_disposition_name(
		disposition, env->text_room, NRS_SESSION_TEXT_ROOM);

	if (name.len > 0)
		nrs_body_begin(env, &body->body, name, nrs_span(NULL, 0));
}

void nrs_http_body_data(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span data)
{
	struct http_body *body = open_body(flow->session, side);
	struct nrs_span out;

	if (body == NULL)
		return;
	if (body->form == NULL) {
		nrs_body_bytes(env, &body->body, data);
		return;
	}
	for (;;) {
		switch (nrs_multipart_next(body->form, &data, &out)) {
		case NRS_MULTIPART_PART:
			begin_part(env, body, out);
			break;
		case NRS_MULTIPART_DATA:
			nrs_body_bytes(env, &body->body, out);
			break;
		case NRS_MULTIPART_END:
			if (nrs_body_is_open(&body->body))
				end_file(env, flow->session, body, true);
			break;
		case NRS_MULTIPART_MORE:
			return;
		}
	}
}

void nrs_http_body_gap(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, uint64_t len)
{
	struct http_body *body = open_body(flow->session, side);

	if (body != NULL)
		nrs_body_gap(env, &body->body, len);
}

void nrs_http_body_end(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, bool is_complete)
{
	struct http_body *body = open_body(flow->session, side);

	if (body == NULL)
		return;
	struct nrs_pending *p = pending_of(flow->session, body);
	/* A part whose delimiter never came is not whole. */
	if (nrs_body_is_open(&body->body))
		end_file(env, flow->session, body,
			 is_complete && body->form == NULL);
	if (body->form != NULL)
		nrs_slab_give(&env->pools->buffers, body->form);
	*body = (struct http_body){0};
	if (p != NULL) {
		p->bodies--;
		settle(env, p);
	}
}

void nrs_http_body_drop(struct nrs_session_env *env,
			struct nrs_session *session)
{
	struct http_state *state = session->state;

	for (unsigned int i = 0; state != NULL && i < 2; i++) {
		nrs_body_drop(env, &state->side[i].body);
		if (state->side[i].form != NULL)
			nrs_slab_give(&env->pools->buffers,
				      state->side[i].form);
		state->side[i] = (struct http_body){0};
	}
}
