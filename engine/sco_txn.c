/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_txn: values into network-traffic and what stands beside it.
 */
#include "engine/sco_txn.h"

#include "engine/canon.h"
#include "engine/sco_part.h"
#include "engine/value_text.h"

#define LOWER_MAX 256

struct values {
	const struct nrs_hit_value *list;
	unsigned int count;
};

static const struct nrs_hit_value *find(const struct values *v,
					enum nrs_field field)
{
	for (unsigned int i = 0; i < v->count; i++) {
		if (nrs_field_model(v->list[i].field) == field)
			return &v->list[i];
	}
	return NULL;
}

static int64_t integer_of(const struct nrs_hit_value *value)
{
	int64_t integer;

	memcpy(&integer, value->value.ptr, sizeof(integer));
	return integer;
}

static void put_key(struct nrs_text *out, const char *key)
{
	const uint8_t last = out->len == 0 ? '{' : out->ptr[out->len - 1];

	nrs_text_printf(out, "%s\"%s\":", last == '{' ? "" : ",", key);
}

static void put_lower(struct nrs_text *out, struct nrs_span text)
{
	uint8_t lower[LOWER_MAX];
	const struct nrs_span cut = nrs_span_part(text, 0, sizeof(lower));

	nrs_canon_lower(cut, lower);
	nrs_json_quote(out, nrs_span(lower, cut.len));
}

enum how_shown { AS_NUMBER, AS_BOOL, AS_TIME, AS_OCTET, AS_TEXT, AS_LOWER };

struct property {
	enum nrs_field field;
	enum how_shown shown;
	const char *key;
};

static const struct property of_flow[] = {
	{NRS_F_START, AS_TIME, "start"},
	{NRS_F_END, AS_TIME, "end"},
	{NRS_F_ACTIVE, AS_BOOL, "is_active"},
	{NRS_F_SRC_PORT, AS_NUMBER, "src_port"},
	{NRS_F_DST_PORT, AS_NUMBER, "dst_port"},
	{NRS_F_SRC_BYTES, AS_NUMBER, "src_byte_count"},
	{NRS_F_DST_BYTES, AS_NUMBER, "dst_byte_count"},
	{NRS_F_SRC_PACKETS, AS_NUMBER, "src_packets"},
	{NRS_F_DST_PACKETS, AS_NUMBER, "dst_packets"},
};
static const struct property of_tcp[] = {
	{NRS_F_TCP_SRC_FLAGS, AS_OCTET, "src_flags_hex"},
	{NRS_F_TCP_DST_FLAGS, AS_OCTET, "dst_flags_hex"},
};
static const struct property of_icmp[] = {
	{NRS_F_ICMP_TYPE, AS_OCTET, "icmp_type_hex"},
	{NRS_F_ICMP_CODE, AS_OCTET, "icmp_code_hex"},
};
static const struct property of_http[] = {
	{NRS_F_HTTP_METHOD, AS_LOWER, "request_method"},
	{NRS_F_HTTP_URI, AS_TEXT, "request_value"},
	{NRS_F_HTTP_VERSION, AS_LOWER, "request_version"},
	{NRS_F_HTTP_BODY_LENGTH, AS_NUMBER, "message_body_length"},
};
#define ROWS(table) (table), sizeof(table) / sizeof(*(table))

static void put_value(struct nrs_text *out, const struct nrs_hit_value *value,
		      enum how_shown shown)
{
	switch (shown) {
	case AS_NUMBER:
		nrs_value_text(out, value->field, value->value);
		break;
	case AS_BOOL:
		nrs_text_puts(out, integer_of(value) != 0 ? "true" : "false");
		break;
	case AS_TIME:
		nrs_text_putc(out, '"');
		nrs_value_text(out, value->field, value->value);
		nrs_text_putc(out, '"');
		break;
	case AS_OCTET:
		nrs_text_printf(out, "\"%02x\"",
				(unsigned int)(integer_of(value) & 0xff));
		break;
	case AS_TEXT:
		nrs_json_quote(out, value->value);
		break;
	case AS_LOWER:
		put_lower(out, value->value);
		break;
	}
}

static void put_properties(struct nrs_text *out, const struct values *v,
			   const struct property *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct nrs_hit_value *value = find(v, rows[i].field);

		if (value == NULL)
			continue;
		put_key(out, rows[i].key);
		put_value(out, value, rows[i].shown);
	}
}

static struct nrs_span header_name(const struct nrs_hit_value *value)
{
	return nrs_span_part(value->value, 0,
			     nrs_span_find(value->value, ':', 0));
}

/* All lines of the header that @first is the first of. */
static void put_header(struct nrs_text *out, const struct values *v,
		       unsigned int first)
{
	const struct nrs_span name = header_name(&v->list[first]);

	for (unsigned int i = 0; i < v->count; i++) {
		const struct nrs_hit_value *value = &v->list[i];

		if (value->field != v->list[first].field ||
		    !nrs_span_equal(header_name(value), name))
			continue;
		if (i < first) /* written with that one */
			return;
		if (i == first) {
			const uint8_t last = out->ptr[out->len - 1];

			nrs_text_puts(out, last == '{' ? "" : ",");
			nrs_json_quote(out, name);
			nrs_text_puts(out, ":[");
		} else {
			nrs_text_putc(out, ',');
		}
		nrs_json_quote(out, nrs_span_trim(nrs_span_from(value->value,
								name.len + 1)));
	}
	nrs_text_putc(out, ']');
}

void nrs_sco_put_headers(struct nrs_text *out,
			 const struct nrs_hit_value *values, unsigned int count,
			 enum nrs_field field)
{
	const struct values v = {.list = values, .count = count};

	nrs_text_putc(out, '{');
	for (unsigned int i = 0; i < count; i++) {
		if (values[i].field == field)
			put_header(out, &v, i);
	}
	nrs_text_putc(out, '}');
}

static void put_headers(struct nrs_text *out, const struct values *v)
{
	const struct nrs_hit_value *first = find(v, NRS_F_HTTP_HEADER);

	if (first == NULL)
		return;
	put_key(out, "request_header");
	nrs_sco_put_headers(out, v->list, v->count, first->field);
}

/* One extension, if it says anything. */
static void put_extension(struct nrs_text *out, const char *name,
			  struct nrs_text *members)
{
	if (members->len > 1) {
		put_key(out, name);
		nrs_text_add(out, nrs_text_span(members));
		nrs_text_putc(out, '}');
	}
	nrs_text_clear(members);
	nrs_text_putc(members, '{');
}

static void put_extensions(struct nrs_text *out, const struct values *v)
{
	struct nrs_text all = {0}, one = {0};

	nrs_text_putc(&all, '{');
	nrs_text_putc(&one, '{');
	put_properties(&one, v, ROWS(of_tcp));
	put_extension(&all, "tcp-ext", &one);
	put_properties(&one, v, ROWS(of_icmp));
	put_extension(&all, "icmp-ext", &one);
	put_properties(&one, v, ROWS(of_http));
	put_headers(&one, v);
	put_extension(&all, "http-request-ext", &one);
	if (all.len > 1) {
		put_key(out, "extensions");
		nrs_text_add(out, nrs_text_span(&all));
		nrs_text_putc(out, '}');
	}
	out->failed |= all.failed || one.failed;
	nrs_text_fini(&all);
	nrs_text_fini(&one);
}

static void put_protocols(struct nrs_text *out, const struct values *v)
{
	bool is_first = true;

	if (find(v, NRS_F_PROTOCOL) == NULL)
		return;
	put_key(out, "protocols");
	nrs_text_putc(out, '[');
	for (unsigned int i = 0; i < v->count; i++) {
		if (v->list[i].field != NRS_F_PROTOCOL)
			continue;
		nrs_text_puts(out, is_first ? "" : ",");
		put_lower(out, v->list[i].value);
		is_first = false;
	}
	nrs_text_putc(out, ']');
}

static void put_side(struct nrs_sco_list *list, struct nrs_text *out,
		     const struct values *v, bool is_src)
{
	const struct nrs_hit_value *value =
		find(v, is_src ? NRS_F_IP_SRC : NRS_F_IP_DST);
	char id[NRS_SCO_ID_LEN];
	struct nrs_addr addr;

	if (value == NULL)
		return;
	memcpy(addr.bytes, value->value.ptr, sizeof(addr.bytes));
	nrs_sco_put_addr(list, &addr, nrs_span(NULL, 0), id);
	put_key(out, is_src ? "src_ref" : "dst_ref");
	nrs_text_printf(out, "\"%s\"", id);
}

static void put_traffic(struct nrs_sco_list *list, const struct values *v)
{
	char id[NRS_SCO_ID_LEN];
	struct nrs_text members = {0};

	nrs_text_putc(&members, '{'); /* so that the first needs no comma */
	put_properties(&members, v, ROWS(of_flow));
	put_side(list, &members, v, true);
	put_side(list, &members, v, false);
	put_protocols(&members, v);
	put_extensions(&members, v);
	nrs_sco_put(list, "network-traffic",
		    nrs_span_from(nrs_text_span(&members), 1), id);
	nrs_text_fini(&members);
}

/* The id of what @value resolves to; the object itself is added later. */
static void put_target(struct nrs_text *out, const struct nrs_hit_value *value)
{
	struct nrs_sco_list alone = {0};

	nrs_sco_add_values(&alone, value, 1);
	nrs_text_puts(out, out->len > 0 ? "," : "");
	nrs_text_add(out, nrs_text_span(&alone.refs));
	out->failed |= alone.refs.failed;
	nrs_sco_list_fini(&alone);
}

/* The name that was asked for, with what it was answered with. */
static void put_asked(struct nrs_sco_list *list, const struct values *v)
{
	struct nrs_text refs = {0}, members = {0};
	char id[NRS_SCO_ID_LEN];

	for (unsigned int i = 0; i < v->count; i++) {
		const enum nrs_field field = v->list[i].field;

		if (field == NRS_F_DNS_A || field == NRS_F_DNS_AAAA ||
		    field == NRS_F_DNS_CNAME)
			put_target(&refs, &v->list[i]);
	}
	for (unsigned int i = 0; i < v->count && refs.len > 0; i++) {
		const struct nrs_hit_value *value = &v->list[i];

		if (value->object != 0 ||
		    (value->field != NRS_F_DNS_QUERY &&
		     value->field != NRS_F_DNS_NAME &&
		     value->field != NRS_F_DNS_ANSWER_NAME))
			continue;
		nrs_text_clear(&members);
		nrs_text_puts(&members, "\"value\":");
		nrs_json_quote(&members, value->value);
		nrs_text_puts(&members, ",\"resolves_to_refs\":[");
		nrs_text_add(&members, nrs_text_span(&refs));
		nrs_text_putc(&members, ']');
		nrs_sco_put(list, "domain-name", nrs_text_span(&members), id);
	}
	list->objects.failed |= refs.failed || members.failed;
	nrs_text_fini(&refs);
	nrs_text_fini(&members);
}

void nrs_sco_transaction(struct nrs_sco_list *list,
			 const struct nrs_hit_value *values, unsigned int count)
{
	const struct values all = {.list = values, .count = count};

	put_traffic(list, &all);
	put_asked(list, &all); /* before those that only bear its name */
	for (unsigned int i = 0, first = 0; i <= count; i++) {
		/* The authority of a zone is no name that was seen. */
		if (i < count && values[i].field != NRS_F_DNS_SOA)
			continue;
		nrs_sco_add_values(list, values + first, i - first);
		first = i + 1;
	}
}
