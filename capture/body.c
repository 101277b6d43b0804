/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: one unpacker between what is sent and what is meant. Servers say that
 * a body is packed when it is not: if its first octets cannot be unpacked, it
 * is taken as it was sent.
 */
#include "capture/body.h"

/* No more can be unpacked. */
static void give_up(struct nrs_session_env *env, struct nrs_body *body)
{
	while (body->layer_count > 0)
		nrs_unpack_free(&env->pools->unpack,
				body->layers[--body->layer_count]);
}

/* Codings in the order in which they were applied (RFC 9110 section 8.4): the
 * last one named is the outermost. False: not all can be undone. */
static bool make_layers(struct nrs_session_env *env, struct nrs_body *body,
			struct nrs_span coding)
{
	struct nrs_span rest = coding, name;
	enum nrs_packing names[NRS_BODY_LAYERS];
	unsigned int count = 0;

	while (nrs_span_split(&rest, ',', &name)) {
		const enum nrs_packing packing = nrs_packing_of(name);

		if (packing == NRS_PACKING_NONE || packing == NRS_PACKING_OTHER)
			continue; /* a name that nobody knows packs nothing */
		if (count == NRS_BODY_LAYERS)
			return false;
		names[count++] = packing;
	}
	while (count > 0) {
		struct nrs_unpack *layer =
			nrs_unpack_new(&env->pools->unpack, names[--count]);

		if (layer == NULL)
			return false;
		body->layers[body->layer_count++] = layer;
	}
	return true;
}

void nrs_body_begin(struct nrs_session_env *env, struct nrs_body *body,
		    struct nrs_span name, struct nrs_span coding)
{
	*body = (struct nrs_body){.file = nrs_file_begin(env, name)};
	if (coding.len == 0)
		return;
	body->is_packed = true;
	if (!make_layers(env, body, coding)) {
		nrs_lack(env, NRS_C_FILES_PACKED);
		give_up(env, body);
		nrs_file_drop(env, body->file);
		body->file = NULL;
		body->sent = nrs_file_begin_sent(env, name);
	} else if (body->layer_count > 0) {
		body->sent = nrs_file_begin_sent(env, name);
	} else {
		body->is_packed = false;
	}
}

/* A layer that cannot unpack even the first octets is none: servers say that
 * they packed when they did not, or twice when it was once. */
static void drop_layer(struct nrs_session_env *env, struct nrs_body *body,
		       unsigned int at)
{
	nrs_unpack_free(&env->pools->unpack, body->layers[at]);
	body->layer_count--;
	for (unsigned int i = at; i < body->layer_count; i++) {
		body->layers[i] = body->layers[i + 1];
		body->has_unpacked[i] = body->has_unpacked[i + 1];
	}
	if (body->layer_count > 0)
		return;
	nrs_file_drop(env, body->sent); /* it is what is meant */
	body->sent = NULL;
	body->is_packed = false;
}

/* Octets on their way through the layers, each of which has a part of the
 * room: what one makes, the next one takes; behind the last is the file. */
struct passage {
	struct nrs_span rest[NRS_BODY_LAYERS + 1];
	bool was_full[NRS_BODY_LAYERS + 1];
	unsigned int at;
};

static int step(struct nrs_session_env *env, struct nrs_body *body,
		struct passage *p)
{
	const size_t room = NRS_SESSION_BODY_ROOM / NRS_BODY_LAYERS;
	const unsigned int at = p->at;
	const struct nrs_span given = p->rest[at];
	size_t got = 0;

	if (at == body->layer_count) {
		nrs_file_bytes(env, body->file, given);
		p->rest[at] = nrs_span(NULL, 0);
		p->was_full[at] = false;
		return NRS_OK;
	}
	uint8_t *out = env->body_room + at * room;
	const int err = nrs_unpack_feed(body->layers[at], &p->rest[at], out,
					room, &got);
	p->was_full[at] = err == NRS_OK && got == room;
	if (err != NRS_OK && !body->has_unpacked[at] && got == 0) {
		drop_layer(env, body, at);
		p->rest[at] = given;
		return NRS_OK;
	}
	body->has_unpacked[at] = true;
	p->rest[at + 1] = nrs_span(out, got);
	p->at += got > 0;
	return err;
}

static void take_packed(struct nrs_session_env *env, struct nrs_body *body,
			struct nrs_span bytes)
{
	struct passage p = {.rest = {bytes}};

	for (;;) {
		if (step(env, body, &p) != NRS_OK) {
			nrs_lack(env, NRS_C_FILES_PACKED);
			nrs_file_gap(env, body->file, 0);
			give_up(env, body);
			return;
		}
		/* Done with what this one was given: back to who gave it. */
		while (p.rest[p.at].len == 0 && !p.was_full[p.at]) {
			if (p.at == 0)
				return;
			p.at--;
		}
	}
}

void nrs_body_bytes(struct nrs_session_env *env, struct nrs_body *body,
		    struct nrs_span bytes)
{
	if (bytes.len == 0)
		return;
	nrs_file_bytes(env, body->sent, bytes);
	if (body->layer_count > 0)
		take_packed(env, body, bytes);
	else if (!body->is_packed)
		nrs_file_bytes(env, body->file, bytes);
	body->has_begun = true;
}

void nrs_body_gap(struct nrs_session_env *env, struct nrs_body *body,
		  uint64_t len)
{
	body->has_begun |= len > 0;
	nrs_file_gap(env, body->sent, len);
	nrs_file_gap(env, body->file, body->layer_count == 0 ? len : 0);
	give_up(env, body);
}

void nrs_body_end(struct nrs_session_env *env, struct nrs_body *body,
		  struct nrs_txn *txn, unsigned int *object, bool is_complete)
{
	/* What is packed says itself where it ends, whatever the head says. */
	bool is_whole = is_complete || body->layer_count > 0;

	for (unsigned int i = 0; i < body->layer_count; i++)
		is_whole = is_whole && nrs_unpack_is_done(body->layers[i]);
	if (body->file != NULL)
		nrs_file_end(env, body->file, txn, (*object)++, is_whole);
	if (body->sent != NULL)
		nrs_file_end(env, body->sent, txn, (*object)++, is_complete);
	give_up(env, body);
	*body = (struct nrs_body){0};
}

void nrs_body_drop(struct nrs_session_env *env, struct nrs_body *body)
{
	nrs_file_drop(env, body->file);
	nrs_file_drop(env, body->sent);
	give_up(env, body);
	*body = (struct nrs_body){0};
}
