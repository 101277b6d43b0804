/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retro_line: a line says all of a transaction, so that it is evaluated as if
 * it ended now. What is no member, or is none of its kind, is passed over.
 */
#include "logs/retro_part.h"

#include <netinet/in.h>

#include "engine/base/json.h"
#include "engine/base/stamp.h"
#include "engine/value_text.h"

#define LINE_VALUES_MAX 100000u

static int64_t number(const struct nrs_json *object, const char *key)
{
	const struct nrs_json *value = nrs_json_get(object, key);
	int64_t out = 0;

	if (value == NULL || nrs_json_i64(value, &out) != NRS_OK)
		return 0;
	return out;
}

static bool read_side(const struct nrs_json *side, struct nrs_addr *addr,
		      uint16_t *port)
{
	*port = (uint16_t)number(side, "port");
	return nrs_addr_parse(nrs_json_text(side, "ip"), addr) == NRS_OK;
}

static bool read_time(const struct nrs_json *line, const char *key,
		      int64_t *out)
{
	return nrs_stamp_parse(nrs_json_text(line, key), out) == NRS_OK;
}

/* Transport and what is spoken, from the list of their names. */
static void read_protocols(struct nrs_flow_info *flow,
			   const struct nrs_json *list)
{
	static const struct {
		const char *name;
		uint8_t proto;
	} transports[] = {{"tcp", IPPROTO_TCP},
			  {"udp", IPPROTO_UDP},
			  {"icmp", IPPROTO_ICMP},
			  {"ipv6-icmp", IPPROTO_ICMPV6},
			  {"sctp", IPPROTO_SCTP}};

	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return;
	for (const struct nrs_json *at = list->child; at != NULL;
	     at = at->next) {
		for (size_t i = 0; i < sizeof(transports) / sizeof(*transports);
		     i++) {
			if (nrs_span_is(at->text, transports[i].name))
				flow->proto = transports[i].proto;
		}
		for (unsigned int k = NRS_TXN_DNS; k < NRS_TXN_KINDS; k++) {
			if (nrs_span_is(at->text,
					nrs_txn_protocol((enum nrs_txn_kind)k)))
				flow->protocols |= 1u << k;
		}
	}
}

static enum nrs_outcome outcome_of(struct nrs_span name)
{
	for (unsigned int o = 0; o <= NRS_OUTCOME_ESTABLISHED; o++) {
		if (nrs_span_is(name, nrs_outcome_name((enum nrs_outcome)o)))
			return (enum nrs_outcome)o;
	}
	return NRS_OUTCOME_UNKNOWN;
}

static bool read_flow(struct nrs_retro *r, const struct nrs_json *line)
{
	const struct nrs_json *icmp = nrs_json_get(line, "icmp");
	struct nrs_flow_info *flow = &r->flow;

	*flow = (struct nrs_flow_info){
		.vlan = (uint16_t)number(line, "vlan"),
		.tunnel = (uint32_t)number(line, "tunnel"),
		.outcome = (uint8_t)outcome_of(nrs_json_text(line, "outcome"))};
	if (!read_side(nrs_json_get(line, "client"), &flow->src,
		       &flow->src_port) ||
	    !read_side(nrs_json_get(line, "server"), &flow->dst,
		       &flow->dst_port))
		return false;
	read_protocols(flow, nrs_json_get(line, "protocols"));
	if (nrs_json_get(line, "proto") != NULL)
		flow->proto = (uint8_t)number(line, "proto");
	if (icmp != NULL) {
		flow->src_port = (uint16_t)number(icmp, "type");
		flow->dst_port = (uint16_t)number(icmp, "code");
	}
	return true;
}

static void push(struct nrs_retro *r, struct nrs_txn *txn, enum nrs_field field,
		 unsigned int object, struct nrs_span value)
{
	nrs_txn_value(r->matcher, txn, field, object, value);
}

/* As a worker does at a flow's first packet. */
static void push_key(struct nrs_retro *r, struct nrs_txn *txn)
{
	const struct nrs_flow_info *flow = &r->flow;
	const bool is_icmp =
		flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6;
	const char *names[NRS_FLOW_PROTOCOLS];

	push(r, txn, NRS_F_IP_SRC, 0, nrs_span(flow->src.bytes, 16));
	push(r, txn, NRS_F_IP_DST, 1, nrs_span(flow->dst.bytes, 16));
	/* without what is spoken: the transactions say that */
	const unsigned int count = nrs_flow_protocols(flow, 0, names);
	for (unsigned int i = 0; i < count; i++)
		push(r, txn, NRS_F_PROTOCOL, i, nrs_span_of(names[i]));
	nrs_txn_int(r->matcher, txn, NRS_F_START, flow->start_ns);
	if (is_icmp) {
		nrs_txn_int(r->matcher, txn, NRS_F_ICMP_TYPE, flow->src_port);
		nrs_txn_int(r->matcher, txn, NRS_F_ICMP_CODE, flow->dst_port);
	} else if (nrs_flow_has_ports(flow) && flow->proto != IPPROTO_SCTP) {
		nrs_txn_int(r->matcher, txn, NRS_F_SRC_PORT, flow->src_port);
		nrs_txn_int(r->matcher, txn, NRS_F_DST_PORT, flow->dst_port);
	}
}

static int64_t flags_of(const struct nrs_json *side)
{
	static const char letters[] = "FSRPAUEC";
	const struct nrs_span text = nrs_json_text(side, "flags");
	int64_t flags = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *at = memchr(letters, text.ptr[i], 8);

		if (at != NULL)
			flags |= INT64_C(1) << (at - letters);
	}
	return flags;
}

/* As a worker does at a flow's end. */
static void push_end(struct nrs_retro *r, struct nrs_txn *txn,
		     const struct nrs_json *line)
{
	const struct nrs_json *client = nrs_json_get(line, "client");
	const struct nrs_json *server = nrs_json_get(line, "server");
	struct nrs_matcher *m = r->matcher;

	nrs_txn_int(m, txn, NRS_F_END, r->end_ns);
	nrs_txn_int(m, txn, NRS_F_ACTIVE, 0);
	nrs_txn_int(m, txn, NRS_F_SRC_BYTES, number(client, "bytes"));
	nrs_txn_int(m, txn, NRS_F_DST_BYTES, number(server, "bytes"));
	nrs_txn_int(m, txn, NRS_F_SRC_PACKETS, number(client, "packets"));
	nrs_txn_int(m, txn, NRS_F_DST_PACKETS, number(server, "packets"));
	if (r->flow.proto == IPPROTO_TCP) {
		nrs_txn_int(m, txn, NRS_F_TCP_SRC_FLAGS, flags_of(client));
		nrs_txn_int(m, txn, NRS_F_TCP_DST_FLAGS, flags_of(server));
	}
}

static void take_flow(struct nrs_retro *r, const struct nrs_json *line)
{
	struct nrs_txn flow;

	r->is_quiet = false;
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, r->flow.start_ns);
	nrs_retro_at(r, r->flow.start_ns);
	push_key(r, &flow);
	nrs_retro_at(r, r->end_ns);
	push_end(r, &flow, line);
	nrs_txn_end(r->matcher, &flow);
}

static bool read_mac(struct nrs_span text, uint8_t mac[6])
{
	struct nrs_span part;
	unsigned int octets = 0;

	while (octets < 6 && nrs_span_split(&text, ':', &part)) {
		unsigned int value = 0;

		for (size_t i = 0; i < part.len && i < 2; i++) {
			const char *at =
				memchr("0123456789abcdef",
				       nrs_ascii_lower(part.ptr[i]), 16);
			if (at == NULL)
				return false;
			value = value * 16 +
				(unsigned int)(at - "0123456789abcdef");
		}
		mac[octets++] = (uint8_t)value;
	}
	return octets == 6;
}

/* A value as text, back to what was pushed. */
static void push_text(struct nrs_retro *r, struct nrs_txn *txn,
		      const struct nrs_json *value)
{
	const enum nrs_field field =
		nrs_field_by_name(nrs_json_text(value, "field"));
	const struct nrs_span text = nrs_json_text(value, "value");
	const unsigned int object = (uint16_t)number(value, "object");
	struct nrs_addr addr;
	int64_t integer;
	uint64_t positive;
	uint8_t mac[6];

	if (field == NRS_FIELD_COUNT)
		return;
	switch (nrs_field_table[field].kind) {
	case NRS_VALUE_ADDR:
		if (nrs_addr_parse(text, &addr) == NRS_OK)
			push(r, txn, field, object, nrs_span(addr.bytes, 16));
		return;
	case NRS_VALUE_MAC:
		if (read_mac(text, mac))
			push(r, txn, field, object, nrs_span(mac, 6));
		return;
	case NRS_VALUE_INT:
		if (nrs_span_u64(text, &positive) == NRS_OK &&
		    positive <= INT64_MAX) {
			integer = (int64_t)positive;
			push(r, txn, field, object,
			     nrs_span(&integer, sizeof(integer)));
		}
		return;
	case NRS_VALUE_TIME:
		if (nrs_stamp_parse(text, &integer) == NRS_OK)
			push(r, txn, field, object,
			     nrs_span(&integer, sizeof(integer)));
		return;
	case NRS_VALUE_OFFSET:
		return;
	default:
		push(r, txn, field, object, text);
		return;
	}
}

static void push_values(struct nrs_retro *r, struct nrs_txn *txn,
			const struct nrs_json *values)
{
	const struct nrs_json *value =
		nrs_json_is(values, NRS_JSON_ARRAY) ? values->child : NULL;

	for (unsigned int i = 0; value != NULL && i < LINE_VALUES_MAX;
	     i++, value = value->next)
		push_text(r, txn, value);
}

static enum nrs_txn_kind kind_of(struct nrs_span name)
{
	for (unsigned int k = NRS_TXN_DNS; k < NRS_TXN_KINDS; k++) {
		if (nrs_span_is(name, nrs_txn_protocol((enum nrs_txn_kind)k)))
			return (enum nrs_txn_kind)k;
	}
	return NRS_TXN_FLOW;
}

static void take_transaction(struct nrs_retro *r, const struct nrs_json *line)
{
	const enum nrs_txn_kind kind = kind_of(nrs_json_text(line, "kind"));
	const struct nrs_json *values = nrs_json_get(line, "values");
	struct nrs_txn flow, exchange;

	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, r->now_ns);
	if (kind == NRS_TXN_FLOW) {
		r->is_quiet = false;
		push_values(r, &flow, values);
		nrs_txn_end(r->matcher, &flow);
		return;
	}
	r->is_quiet = true;
	push_key(r, &flow);
	nrs_txn_begin(&exchange, &flow, kind,
		      (uint32_t)number(line, "transaction"), r->now_ns);
	push_values(r, &exchange, values);
	nrs_txn_end(r->matcher, &exchange);
	nrs_txn_drop(r->matcher, &flow);
}

static int take(struct nrs_retro *r, const struct nrs_json *line)
{
	const bool is_flow = nrs_json_get(line, "values") == NULL;

	if (!read_flow(r, line) ||
	    !read_time(line, is_flow ? "start" : "time", &r->flow.start_ns) ||
	    (is_flow && !read_time(line, "end", &r->end_ns)))
		return NRS_E_FORMAT;
	r->times = 0;
	if (!is_flow)
		r->end_ns = r->flow.start_ns;
	if (r->end_ns < r->options.from_ns ||
	    r->flow.start_ns > r->options.to_ns)
		return NRS_OK;
	nrs_retro_at(r, r->flow.start_ns);
	if (is_flow)
		take_flow(r, line);
	else
		take_transaction(r, line);
	return r->records->failed ? NRS_E_NOMEM : NRS_OK;
}

int nrs_retro_line(struct nrs_retro *r, struct nrs_span line,
		   struct nrs_text *records)
{
	struct nrs_json *root = NULL;
	int err;

	r->records = records;
	nrs_arena_reset(r->arena);
	err = nrs_json_parse(line, r->arena, &root, NULL);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK || !nrs_json_is(root, NRS_JSON_OBJECT))
		return NRS_E_FORMAT;
	return take(r, root);
}
