/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_in: member by member; hits_out is the other side.
 */
#include "sightings/hits_in.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/own_token.h"
#include "engine/value_text.h"

struct reading {
	const struct nrs_json *line;
	struct nrs_witness_head head;
	struct nrs_span texts[NRS_WITNESS_TEXTS];
	struct nrs_text values; /* behind the record, padded */
	struct nrs_record_hit hit;
	const char *wrong; /* the first thing; NULL: nothing */
};

static bool fail(struct reading *r, const char *what)
{
	if (r->wrong == NULL)
		r->wrong = what;
	return false;
}

/* Index of @word among @count names, or @count. */
static unsigned int index_of(struct nrs_span word, const char *(*name)(int),
			     unsigned int count)
{
	unsigned int i = 0;

	while (i < count && !nrs_span_is(word, name((int)i)))
		i++;
	return i;
}

static const char *outcome_name(int i)
{
	return nrs_outcome_name((enum nrs_outcome)i);
}

static const char *direction_name(int i)
{
	return nrs_direction_name((enum nrs_direction)i);
}

static const char *how_name(int i)
{
	return nrs_how_name((enum nrs_how)i);
}

static const char *tlp_name(int i)
{
	return nrs_tlp_name((enum nrs_tlp)i);
}

static bool read_time(struct reading *r, const char *key, int64_t *out)
{
	return nrs_stamp_parse(nrs_json_text(r->line, key), out) == NRS_OK ||
	       fail(r, "a time is missing or none");
}

static bool read_outcome(struct reading *r, enum nrs_outcome *out)
{
	const unsigned int i =
		index_of(nrs_json_text(r->line, "outcome"), outcome_name,
			 NRS_OUTCOME_ESTABLISHED + 1);

	*out = (enum nrs_outcome)i;
	return i <= NRS_OUTCOME_ESTABLISHED || fail(r, "no such outcome");
}

/* A marking that is missing is none, and one that is not known RED. */
static uint8_t read_tlp(const struct reading *r)
{
	const struct nrs_json *tlp = nrs_json_get(r->line, "tlp");
	const unsigned int i = index_of(nrs_json_text(r->line, "tlp"), tlp_name,
					NRS_TLP_RED + 1);

	if (tlp == NULL || nrs_json_is(tlp, NRS_JSON_NULL))
		return NRS_TLP_NONE;
	return (uint8_t)(i > NRS_TLP_RED ? (unsigned int)NRS_TLP_RED : i);
}

/* The first of the protocols says it. */
static bool is_v4(const struct reading *r)
{
	const struct nrs_json *list = nrs_json_get(r->line, "protocols");

	return nrs_json_is(list, NRS_JSON_ARRAY) && list->child != NULL &&
	       nrs_span_is(list->child->text, "ipv4");
}

static bool read_side(struct reading *r, const char *key, bool is_src)
{
	const struct nrs_json *side = nrs_json_get(r->line, key);
	struct nrs_flow_info *flow = &r->hit.flow;
	struct nrs_addr *addr = is_src ? &flow->src : &flow->dst;
	uint16_t *port = is_src ? &flow->src_port : &flow->dst_port;
	int64_t number = 0;

	/* From a log of tokens. */
	if (nrs_own_token_parse(nrs_json_text(side, "token"), is_v4(r), addr))
		flow->tokens |= is_src ? 1 : 2;
	else if (nrs_addr_parse(nrs_json_text(side, "ip"), addr) != NRS_OK)
		return fail(r, "an address of own, peer or client is none");
	if (nrs_json_get(side, "port") != NULL &&
	    (nrs_json_i64(nrs_json_get(side, "port"), &number) != NRS_OK ||
	     number < 0 || number > UINT16_MAX))
		return fail(r, "a port is none");
	*port = (uint16_t)number;
	return true;
}

static bool read_sides(struct reading *r)
{
	struct nrs_flow_info *flow = &r->hit.flow;
	const struct nrs_json *own = nrs_json_get(r->line, "own");
	const unsigned int direction =
		index_of(nrs_json_text(r->line, "direction"), direction_name,
			 NRS_DIRECTION_TRANSIT + 1);
	bool is_client = true;

	if (direction > NRS_DIRECTION_TRANSIT)
		return fail(r, "no such direction");
	r->head.direction = (uint8_t)direction;
	if (direction != NRS_DIRECTION_TRANSIT)
		is_client = nrs_span_is(nrs_json_text(own, "role"), "client");
	r->head.own_is_src = is_client;
	return read_side(r,
			 direction == NRS_DIRECTION_TRANSIT ? "client" : "own",
			 is_client) &&
	       read_side(r, "peer", !is_client) &&
	       (flow->tokens != 0 ||
		nrs_addr_is_v4(&flow->src) == nrs_addr_is_v4(&flow->dst) ||
		fail(r, "the two addresses are of two families"));
}

static void read_protocols(struct reading *r)
{
	static const struct {
		const char *name;
		uint8_t proto;
	} layers[] = {{"tcp", IPPROTO_TCP},
		      {"udp", IPPROTO_UDP},
		      {"icmp", IPPROTO_ICMP},
		      {"ipv6-icmp", IPPROTO_ICMPV6}};
	const struct nrs_json *at = nrs_json_get(r->line, "protocols");

	for (at = nrs_json_is(at, NRS_JSON_ARRAY) ? at->child : NULL;
	     at != NULL; at = at->next) {
		for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++) {
			if (nrs_span_is(at->text, layers[i].name))
				r->hit.flow.proto = layers[i].proto;
		}
		for (unsigned int k = NRS_TXN_DNS; k < NRS_TXN_KINDS; k++) {
			if (nrs_span_is(at->text,
					nrs_txn_protocol((enum nrs_txn_kind)k)))
				r->head.protocols |= 1u << k;
		}
	}
	r->hit.flow.protocols = r->head.protocols;
}

/* Two hexadecimal digits; -1: none. */
static int octet(struct nrs_span text, size_t at)
{
	static const char digits[] = "0123456789abcdef";
	int value = 0;

	for (size_t i = at; i < at + 2; i++) {
		const char *digit =
			i < text.len && text.ptr[i] != 0
				? strchr(digits, nrs_ascii_lower(text.ptr[i]))
				: NULL;

		if (digit == NULL)
			return -1;
		value = value * 16 + (int)(digit - digits);
	}
	return value;
}

static bool read_mac(struct nrs_span text, uint8_t out[6])
{
	if (text.len != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		const int value = octet(text, 3 * i);

		if (value < 0)
			return false;
		out[i] = (uint8_t)value;
	}
	return true;
}

static void add_value(struct reading *r, struct nrs_record_value head,
		      const void *octets, size_t len)
{
	static const uint8_t zeros[8];

	head.len = (uint32_t)len;
	nrs_text_add(&r->values, nrs_span(&head, sizeof(head)));
	nrs_text_add(&r->values, nrs_span(octets, len));
	nrs_text_add(&r->values, nrs_span(zeros, (8 - len % 8) % 8));
	r->hit.value_count++;
}

/* What nrs_value_text wrote, as it was. */
static bool read_value(struct reading *r, struct nrs_record_value head,
		       struct nrs_span text)
{
	struct nrs_addr addr;
	uint8_t mac[6];
	int64_t number;

	switch (nrs_field_table[head.field].kind) {
	case NRS_VALUE_ADDR:
		if (nrs_addr_parse(text, &addr) != NRS_OK)
			return fail(r, "a value is no address");
		add_value(r, head, addr.bytes, sizeof(addr.bytes));
		return true;
	case NRS_VALUE_MAC:
		if (!read_mac(text, mac))
			return fail(r, "a value is no MAC address");
		add_value(r, head, mac, sizeof(mac));
		return true;
	case NRS_VALUE_INT:
	case NRS_VALUE_TIME:
		if ((nrs_field_table[head.field].kind == NRS_VALUE_INT
			     ? nrs_span_i64(text, &number)
			     : nrs_stamp_parse(text, &number)) != NRS_OK)
			return fail(r, "a value is no number or time");
		add_value(r, head, &number, sizeof(number));
		return true;
	default:
		add_value(r, head, text.ptr, text.len);
		return true;
	}
}

static bool read_values(struct reading *r)
{
	const struct nrs_json *at = nrs_json_get(r->line, "values");
	const unsigned int how = index_of(nrs_json_text(r->line, "how"),
					  how_name, NRS_HOW_PATTERN + 1);

	if (how > NRS_HOW_PATTERN)
		return fail(r, "how it matched is not known");
	r->head.how = (uint8_t)how;
	for (at = nrs_json_is(at, NRS_JSON_ARRAY) ? at->child : NULL;
	     at != NULL && r->hit.value_count < NRS_HIT_VALUES_MAX;
	     at = at->next) {
		const enum nrs_field field =
			nrs_field_by_name(nrs_json_text(at, "field"));
		int64_t object = 0;

		if (field == NRS_FIELD_COUNT)
			return fail(r, "no such field");
		if (nrs_json_get(at, "object") != NULL &&
		    (nrs_json_i64(nrs_json_get(at, "object"), &object) !=
			     NRS_OK ||
		     object < 0 || object > UINT16_MAX))
			return fail(r, "no such object");
		const struct nrs_record_value head = {.field = (uint8_t)field,
						      .how = (uint8_t)how,
						      .object =
							      (uint16_t)object};
		if (!read_value(r, head, nrs_json_text(at, "value")))
			return false;
	}
	return r->hit.value_count > 0 || fail(r, "no value in values");
}

static bool read_indicator(struct reading *r)
{
	const struct nrs_json *confidence = nrs_json_get(r->line, "confidence");
	const struct nrs_json *listed = nrs_json_get(r->line, "listed");
	int64_t number = -1;

	r->texts[NRS_WITNESS_ID] = nrs_json_text(r->line, "indicator");
	r->texts[NRS_WITNESS_SOURCE] = nrs_json_text(r->line, "source");
	r->texts[NRS_WITNESS_EXERCISE] = nrs_json_text(r->line, "exercise");
	r->texts[NRS_WITNESS_NAME] = nrs_json_text(listed, "name");
	r->texts[NRS_WITNESS_PATTERN] = nrs_json_text(listed, "pattern");
	if (r->texts[NRS_WITNESS_ID].len == 0 ||
	    r->texts[NRS_WITNESS_ID].len > 120)
		return fail(r, "it names no indicator");
	r->head.is_value = nrs_json_is(listed, NRS_JSON_OBJECT);
	r->head.is_watched =
		nrs_json_is(nrs_json_get(r->line, "watched"), NRS_JSON_TRUE);
	r->head.is_partial =
		nrs_span_is(nrs_json_text(r->line, "grade"), "partial");
	r->head.tlp = read_tlp(r);
	if (confidence != NULL && !nrs_json_is(confidence, NRS_JSON_NULL) &&
	    (nrs_json_i64(confidence, &number) != NRS_OK || number < 0 ||
	     number > 100))
		return fail(r, "confidence is not 0 to 100");
	r->head.confidence = (int8_t)number;
	return read_time(r, "modified", &r->head.modified_ns);
}

static bool read_number(struct reading *r, const char *key, uint64_t *out)
{
	const struct nrs_json *value = nrs_json_get(r->line, key);
	int64_t number = 0;

	*out = 0;
	if (value != NULL &&
	    (nrs_json_i64(value, &number) != NRS_OK || number < 0))
		return fail(r, "a number is none");
	*out = (uint64_t)number;
	return true;
}

static bool read_hit(struct reading *r, struct nrs_hit_line *out)
{
	uint64_t transaction, times;

	r->hit.head.kind = NRS_RECORD_HIT;
	if (!read_indicator(r) || !read_sides(r) ||
	    !read_time(r, "time", &r->hit.head.ts_ns) ||
	    !read_time(r, "start", &r->hit.flow.start_ns) ||
	    !read_number(r, "n", &out->number) ||
	    !read_number(r, "transaction", &transaction) ||
	    !read_number(r, "times", &times) || !read_values(r))
		return false;
	r->hit.times = times > UINT32_MAX ? UINT32_MAX : (uint32_t)times;
	read_protocols(r);
	r->hit.txn_number = (uint32_t)transaction;
	r->hit.txn_start_ns = r->hit.head.ts_ns;
	r->hit.txn_end_ns = r->hit.head.ts_ns;
	if (times > 0 && !read_time(r, "last", &r->hit.txn_end_ns))
		return false;
	r->hit.flow.outcome = (uint8_t)out->outcome;
	r->head.outcome = (uint8_t)out->outcome;
	return true;
}

static int make(struct reading *r, struct nrs_hit_line *out)
{
	const size_t bytes = sizeof(r->hit) + r->values.len;
	struct nrs_record_hit *hit = malloc(bytes);
	int err = NRS_E_NOMEM;

	if (hit != NULL && !r->values.failed) {
		r->hit.head.bytes = (uint32_t)bytes;
		memcpy(hit, &r->hit, sizeof(r->hit));
		memcpy(hit + 1, r->values.ptr, r->values.len);
		err = nrs_witness_make(&out->witness, &r->head, hit, r->texts);
	}
	free(hit);
	return err;
}

int nrs_hit_read(struct nrs_hit_line *out, struct nrs_span line,
		 struct nrs_arena *arena, struct nrs_diag *diag)
{
	struct reading r = {0};
	struct nrs_json *tree = NULL;
	int err;

	*out = (struct nrs_hit_line){0};
	nrs_arena_reset(arena);
	if (line.len > NRS_HIT_LINE_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0, "is too long");
	err = nrs_json_parse(line, arena, &tree, NULL);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK || !nrs_json_is(tree, NRS_JSON_OBJECT))
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "is no JSON object");
	r.line = tree;
	out->is_raise = nrs_json_get(tree, "raises") != NULL;
	if (nrs_json_get(tree, "hidden") != NULL)
		fail(&r, "is of an indicator that may be run and not read: "
			 "the sensor itself tells of it");
	else if (read_outcome(&r, &out->outcome)) {
		if (out->is_raise)
			(void)read_number(&r, "raises", &out->number);
		else
			(void)read_hit(&r, out);
	}
	err = NRS_OK;
	if (r.wrong != NULL)
		err = nrs_diag_set(diag, NRS_E_FORMAT, 0, "%s", r.wrong);
	else if (!out->is_raise)
		err = make(&r, out);
	nrs_text_fini(&r.values);
	return err;
}
