/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_reader: two layers in one pass: records, and in those of type handshake
 * messages, of which a chain is taken apart, so that no more than one
 * certificate is ever joined.
 */
#include "capture/proto/tls_reader.h"

#define RECORD_HEAD 5
#define RECORD_MAX (16384 + 2048)
#define SSL2_FLAG 0x80
#define SSL2_CLIENT_HELLO 1
#define MESSAGE_HEAD 4
#define COUNT_OCTETS 3 /* of a chain, of a certificate */
#define ALERT_LEN 2
#define ALERT_WARNING 1

enum content {
	CONTENT_PASSED = 0, /* a record that nobody reads */
	CONTENT_CHANGE_CIPHER = 20,
	CONTENT_ALERT = 21,
	CONTENT_HANDSHAKE = 22,
	CONTENT_DATA = 23,
	CONTENT_HEARTBEAT = 24,
};

enum message {
	MESSAGE_CLIENT_HELLO = 1,
	MESSAGE_SERVER_HELLO = 2,
	MESSAGE_CERTIFICATE = 11,
	MESSAGE_DONE = 14,
};

/* What is collected now. */
enum state {
	STATE_HEAD,
	STATE_HELLO,
	STATE_CHAIN,
	STATE_COUNT,
	STATE_CERTIFICATE,
	STATE_LONG, /* passed over, told at its end */
};

static uint32_t number(const uint8_t *at)
{
	return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static int give(struct nrs_tls_unit *unit, enum nrs_tls_unit_kind kind,
		struct nrs_span bytes)
{
	unit->kind = (uint8_t)kind;
	unit->bytes = bytes;
	return NRS_OK;
}

/* Take @len octets of the record under way. */
static struct nrs_span take(struct nrs_tls_reader *r, struct nrs_span *bytes,
			    size_t len)
{
	const struct nrs_span taken = nrs_span_part(*bytes, 0, len);

	*bytes = nrs_span_from(*bytes, taken.len);
	r->record_left -= (uint32_t)taken.len;
	return taken;
}

/* What there is of the record under way. */
static size_t available(const struct nrs_tls_reader *r, struct nrs_span bytes)
{
	return bytes.len < r->record_left ? bytes.len : r->record_left;
}

/* A ClientHello in the format of SSL 2.0 (RFC 5246 appendix E.2) only leads to
 * what the server says. */
static int old_hello(struct nrs_tls_reader *r)
{
	const uint32_t len = (uint32_t)(r->head[0] & 0x7f) << 8 | r->head[1];

	if (len < RECORD_HEAD || r->head[2] != SSL2_CLIENT_HELLO)
		return NRS_E_FORMAT;
	r->record_type = CONTENT_PASSED;
	r->record_left = len - (RECORD_HEAD - 2);
	return NRS_E_MORE;
}

/* The head of a record, or as much of it as there is: NRS_E_MORE. */
static int record(struct nrs_tls_reader *r, struct nrs_span *bytes)
{
	const struct nrs_span head =
		nrs_span_part(*bytes, 0, (size_t)(RECORD_HEAD - r->head_have));

	if (head.len > 0)
		memcpy(r->head + r->head_have, head.ptr, head.len);
	r->head_have = (uint8_t)(r->head_have + head.len);
	*bytes = nrs_span_from(*bytes, head.len);
	if (r->head_have < RECORD_HEAD)
		return NRS_E_MORE;
	r->head_have = 0;
	const bool is_first = !r->is_begun;
	r->is_begun = true;
	if (is_first && (r->head[0] & SSL2_FLAG) != 0)
		return old_hello(r);
	r->record_type = r->head[0];
	r->record_left = (uint32_t)r->head[3] << 8 | r->head[4];
	if (r->record_type < CONTENT_CHANGE_CIPHER ||
	    r->record_type > CONTENT_HEARTBEAT || r->head[1] != 3 ||
	    r->record_left > RECORD_MAX)
		return NRS_E_FORMAT;
	return NRS_E_MORE;
}

/* The unit's octets, in place or joined. NRS_E_MORE, NRS_E_NOMEM. */
static int collect(struct nrs_tls_reader *r, struct nrs_span *bytes,
		   struct nrs_span *whole)
{
	const size_t there = available(r, *bytes);
	const size_t missing = r->want - r->have;

	if (r->have == 0 && there >= r->want) {
		*whole = take(r, bytes, r->want);
		return NRS_OK;
	}
	if (there == 0 && missing > 0)
		return NRS_E_MORE;
	if (r->room == NULL)
		return NRS_E_NOMEM;
	const struct nrs_span piece =
		take(r, bytes, there < missing ? there : missing);
	if (piece.len > 0)
		memcpy(r->room + r->have, piece.ptr, piece.len);
	r->have += (uint32_t)piece.len;
	if (r->have < r->want)
		return NRS_E_MORE;
	*whole = nrs_span(r->room, r->have);
	r->have = 0;
	return NRS_OK;
}

static void begin(struct nrs_tls_reader *r, enum state state, uint32_t want)
{
	r->state = (uint8_t)state;
	r->want = want;
}

/* The next certificate of the chain, or its end. */
static int next_of_chain(struct nrs_tls_reader *r, struct nrs_tls_unit *unit)
{
	if (r->chain_left == 0) {
		begin(r, STATE_HEAD, MESSAGE_HEAD);
		return give(unit, NRS_TLS_CHAIN_END, nrs_span(NULL, 0));
	}
	if (r->chain_left < COUNT_OCTETS)
		return NRS_E_FORMAT;
	begin(r, STATE_COUNT, COUNT_OCTETS);
	return NRS_E_MORE;
}

/* The head of a message stands at the front of @bytes or in the room. */
static int message_head(struct nrs_tls_reader *r, struct nrs_span *bytes,
			struct nrs_tls_unit *unit)
{
	const bool is_joined = r->have > 0;
	const uint8_t *head = is_joined ? r->room : bytes->ptr;
	const uint8_t type = head[0];
	const uint32_t len = number(head + 1);

	if (type == MESSAGE_CLIENT_HELLO || type == MESSAGE_SERVER_HELLO) {
		if (len > NRS_TLS_ROOM - MESSAGE_HEAD)
			return NRS_E_LIMIT;
		begin(r, STATE_HELLO, MESSAGE_HEAD + len); /* head and all */
		return NRS_E_MORE;
	}
	if (is_joined)
		r->have = 0;
	else
		(void)take(r, bytes, MESSAGE_HEAD);
	begin(r, STATE_HEAD, MESSAGE_HEAD);
	if (type == MESSAGE_CERTIFICATE && r->wants_chain) {
		if (len < COUNT_OCTETS)
			return NRS_E_FORMAT;
		r->chain_left = len - COUNT_OCTETS;
		r->index = 0;
		begin(r, STATE_CHAIN, COUNT_OCTETS);
		return NRS_E_MORE;
	}
	r->skip = len;
	return type == MESSAGE_DONE
		       ? give(unit, NRS_TLS_DONE, nrs_span(NULL, 0))
		       : NRS_E_MORE;
}

/* What a whole unit means. NRS_E_MORE: nothing to tell yet. */
static int whole(struct nrs_tls_reader *r, struct nrs_span bytes,
		 struct nrs_tls_unit *unit)
{
	switch ((enum state)r->state) {
	case STATE_HELLO:
		begin(r, STATE_HEAD, MESSAGE_HEAD);
		return give(unit, NRS_TLS_HELLO, bytes);
	case STATE_CHAIN:
		if (number(bytes.ptr) != r->chain_left)
			return NRS_E_FORMAT;
		return next_of_chain(r, unit);
	case STATE_COUNT: {
		const uint32_t len = number(bytes.ptr);

		if (len > r->chain_left - COUNT_OCTETS)
			return NRS_E_FORMAT;
		r->chain_left -= COUNT_OCTETS + len;
		if (len > 0 && len <= NRS_TLS_ROOM &&
		    r->index < NRS_TLS_CHAIN_MAX) {
			begin(r, STATE_CERTIFICATE, len);
			return NRS_E_MORE;
		}
		r->skip = len;
		begin(r, STATE_LONG, 0);
		return NRS_E_MORE;
	}
	case STATE_CERTIFICATE:
		unit->index = r->index++;
		begin(r, STATE_COUNT, 0);
		return give(unit, NRS_TLS_CERTIFICATE, bytes);
	default:
		r->index++;
		begin(r, STATE_COUNT, 0);
		return give(unit, NRS_TLS_LONG, nrs_span(NULL, 0));
	}
}

/* One step in a record of type handshake. NRS_E_MORE: go on. */
static int handshake(struct nrs_tls_reader *r, struct nrs_span *bytes,
		     struct nrs_tls_unit *unit)
{
	struct nrs_span got;

	if (r->skip > 0) {
		const size_t there = available(r, *bytes);

		r->skip -= (uint32_t)take(r, bytes,
					  there < r->skip ? there : r->skip)
				   .len;
		return NRS_E_MORE;
	}
	if (r->want == 0 && r->state == STATE_COUNT)
		return next_of_chain(r, unit);
	if (r->want == 0 && r->state == STATE_HEAD)
		r->want = MESSAGE_HEAD; /* the first one */
	if (r->state == STATE_HEAD && r->have == 0 &&
	    available(r, *bytes) >= MESSAGE_HEAD)
		return message_head(r, bytes, unit);
	const bool is_head = r->state == STATE_HEAD;
	const int err = collect(r, bytes, &got);
	if (err != NRS_OK)
		return err;
	if (!is_head)
		return whole(r, got, unit);
	r->have = MESSAGE_HEAD; /* it stays at the front of what follows */
	return message_head(r, bytes, unit);
}

/* The first octets of a record that is no handshake. */
static int other_record(struct nrs_tls_reader *r, struct nrs_span *bytes,
			struct nrs_tls_unit *unit)
{
	const struct nrs_span none = {NULL, 0};

	if (r->record_type == CONTENT_ALERT && r->record_left == ALERT_LEN) {
		const uint8_t level = take(r, bytes, 1).ptr[0];

		r->record_type = CONTENT_PASSED;
		return level == ALERT_WARNING ? NRS_E_MORE
					      : give(unit, NRS_TLS_ALERT, none);
	}
	switch (r->record_type) {
	case CONTENT_ALERT:
		r->record_type = CONTENT_PASSED;
		return give(unit, NRS_TLS_ALERT, none);
	case CONTENT_CHANGE_CIPHER:
		r->record_type = CONTENT_PASSED;
		return give(unit, NRS_TLS_CHANGE_CIPHER, none);
	case CONTENT_DATA:
		r->record_type = CONTENT_PASSED;
		return give(unit, NRS_TLS_DATA, none);
	default:
		(void)take(r, bytes, available(r, *bytes));
		return NRS_E_MORE;
	}
}

int nrs_tls_read(struct nrs_tls_reader *r, struct nrs_span *bytes,
		 struct nrs_tls_unit *unit)
{
	int err = NRS_E_MORE;

	*unit = (struct nrs_tls_unit){0};
	while (err == NRS_E_MORE) {
		const bool has_none = r->state == STATE_COUNT && r->want == 0 &&
				      r->chain_left == 0;
		const bool is_passed = r->state == STATE_LONG && r->skip == 0;

		/* An end that needs no further octet. */
		if (has_none)
			return next_of_chain(r, unit);
		if (is_passed)
			return whole(r, nrs_span(NULL, 0), unit);
		if (bytes->len == 0)
			return NRS_E_MORE;
		if (r->record_left == 0)
			err = record(r, bytes);
		else if (r->record_type == CONTENT_HANDSHAKE)
			err = handshake(r, bytes, unit);
		else
			err = other_record(r, bytes, unit);
	}
	return err;
}
