/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco: objects are written without their id, read back as a tree, and the id
 * is computed from the tree: one way for our own objects and for anybody's.
 */
#include "engine/sco.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/canon.h"
#include "engine/sco_part.h"
#include "engine/value_text.h"

static const struct {
	const char *type;
	const char *contributing[8];
} types[] = {
	{"ipv4-addr", {"value"}},
	{"ipv6-addr", {"value"}},
	{"mac-addr", {"value"}},
	{"domain-name", {"value"}},
	{"url", {"value"}},
	{"email-addr", {"value"}},
	{"autonomous-system", {"number"}},
	{"network-traffic",
	 {"start", "end", "src_ref", "dst_ref", "src_port", "dst_port",
	  "protocols", "extensions"}},
	{"file", {"hashes", "name", "parent_directory_ref", "extensions"}},
	{"x509-certificate", {"hashes", "serial_number"}},
	{"artifact", {"hashes", "payload_bin"}},
	{"email-message", {"from_ref", "subject", "body"}},
	{"software", {"name", "cpe", "swid", "vendor", "version"}},
	{"user-account", {"account_type", "user_id", "account_login"}},
	{"directory", {"path"}},
	{"mutex", {"name"}},
	{"windows-registry-key", {"key", "values"}},
};

static const char *const *contributing(struct nrs_span type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (nrs_span_is(type, types[i].type))
			return types[i].contributing;
	}
	return NULL;
}

/* The one hash that counts: MD5, SHA-1, SHA-256, SHA-512, else the first. */
static const struct nrs_json *one_hash(const struct nrs_json *hashes)
{
	static const char *const order[] = {"MD5", "SHA-1", "SHA-256",
					    "SHA-512"};

	for (size_t i = 0; i < 4; i++) {
		const struct nrs_json *found = nrs_json_get(hashes, order[i]);

		if (found != NULL)
			return found;
	}
	return hashes->child;
}

bool nrs_sco_id(const struct nrs_json *object, char out[NRS_SCO_ID_LEN])
{
	const struct nrs_span type = nrs_json_text(object, "type");
	const char *const *keys = contributing(type);
	struct nrs_json picked[8], hash, root = {.type = NRS_JSON_OBJECT};
	struct nrs_text text = {0};
	char uuid[NRS_UUID_LEN + 1];
	struct nrs_json **link = &root.child;

	for (unsigned int i = 0; keys != NULL && i < 8 && keys[i] != NULL;
	     i++) {
		const struct nrs_json *member = nrs_json_get(object, keys[i]);

		if (member == NULL)
			continue;
		picked[i] = *member;
		picked[i].next = NULL;
		if (strcmp(keys[i], "hashes") == 0 && member->child != NULL) {
			hash = *one_hash(member);
			hash.next = NULL;
			picked[i].child = &hash;
		}
		*link = &picked[i];
		link = &picked[i].next;
	}
	if (root.child == NULL)
		return false;
	nrs_json_canonical(&text, &root);
	nrs_uuid5(nrs_uuid_stix_sco, nrs_text_span(&text), uuid);
	nrs_text_fini(&text);
	snprintf(out, NRS_SCO_ID_LEN, "%.*s--%s", (int)type.len,
		 (const char *)type.ptr, uuid);
	return true;
}

void nrs_sco_list_fini(struct nrs_sco_list *list)
{
	nrs_text_fini(&list->objects);
	nrs_text_fini(&list->refs);
	list->count = 0;
}

static void add_extra(struct nrs_text *members, struct nrs_span extra)
{
	if (extra.len > 0)
		nrs_text_putc(members, ',');
	nrs_text_add(members, extra);
}

void nrs_sco_put(struct nrs_sco_list *list, const char *type,
		 struct nrs_span members, char id[NRS_SCO_ID_LEN])
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_text text = {0};
	struct nrs_json *tree = NULL;

	id[0] = '\0';
	nrs_text_printf(&text, "{\"type\":\"%s\",", type);
	nrs_text_add(&text, members);
	nrs_text_putc(&text, '}');
	if (arena == NULL || text.failed ||
	    nrs_json_parse(nrs_text_span(&text), arena, &tree, NULL) !=
		    NRS_OK ||
	    !nrs_sco_id(tree, id)) {
		list->objects.failed = true;
	} else if (nrs_span_find_text(nrs_text_span(&list->refs), id) ==
		   SIZE_MAX) {
		const char *comma = list->count++ == 0 ? "" : ",";

		nrs_text_printf(&list->objects,
				"%s{\"type\":\"%s\",\"spec_version\":\"2.1\","
				"\"id\":\"%s\",",
				comma, type, id);
		nrs_text_add(&list->objects, members);
		add_extra(&list->objects, list->further);
		nrs_text_putc(&list->objects, '}');
		nrs_text_printf(&list->refs, "%s\"%s\"", comma, id);
	}
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

static void add_simple(struct nrs_sco_list *list, const char *type,
		       struct nrs_span value, struct nrs_span extra,
		       char id[NRS_SCO_ID_LEN])
{
	struct nrs_text members = {0};

	nrs_text_puts(&members, "\"value\":");
	nrs_json_quote(&members, value);
	add_extra(&members, extra);
	nrs_sco_put(list, type, nrs_text_span(&members), id);
	nrs_text_fini(&members);
}

void nrs_sco_put_addr(struct nrs_sco_list *list, const struct nrs_addr *addr,
		      struct nrs_span extra, char id[NRS_SCO_ID_LEN])
{
	char text[NRS_ADDR_LEN];
	const size_t len = nrs_addr_format(addr, text);

	add_simple(list, nrs_addr_is_v4(addr) ? "ipv4-addr" : "ipv6-addr",
		   nrs_span(text, len), extra, id);
}

static const struct nrs_hit_value *value_of(const struct nrs_hit_value *values,
					    unsigned int count,
					    enum nrs_field field)
{
	for (unsigned int i = 0; i < count; i++) {
		if (nrs_field_model(values[i].field) == field)
			return &values[i];
	}
	return NULL;
}

/* The name of a header's line; empty where the value is no such line. */
static struct nrs_span header_name(const struct nrs_hit_value *value)
{
	const size_t colon = nrs_span_find(value->value, ':', 0);

	return nrs_field_model(value->field) != NRS_F_HTTP_HEADER ||
			       colon == SIZE_MAX
		       ? nrs_span(NULL, 0)
		       : nrs_span_part(value->value, 0, colon);
}

static bool is_same_name(struct nrs_span a, struct nrs_span b)
{
	bool is_same = a.len == b.len;

	for (size_t i = 0; is_same && i < a.len; i++)
		is_same =
			nrs_ascii_lower(a.ptr[i]) == nrs_ascii_lower(b.ptr[i]);
	return is_same;
}

/* The first of @count values that is a header called @name; @count: none. */
static unsigned int first_called(const struct nrs_hit_value *values,
				 unsigned int count, struct nrs_span name)
{
	unsigned int i = 0;

	while (i < count && !is_same_name(header_name(&values[i]), name))
		i++;
	return i;
}

/* One member for each name, with all of its values. */
static void add_headers(struct nrs_text *out,
			const struct nrs_hit_value *values, unsigned int count)
{
	bool has_any = false;

	for (unsigned int i = 0; i < count; i++) {
		const struct nrs_span name = header_name(&values[i]);

		if (name.len == 0 || first_called(values, i, name) < i)
			continue;
		nrs_text_puts(out, has_any ? "," : ",\"request_header\":{");
		has_any = true;
		nrs_json_quote(out, name);
		for (unsigned int v = i; v < count; v++) {
			if (!is_same_name(header_name(&values[v]), name))
				continue;
			nrs_text_puts(out, v == i ? ":[" : ",");
			nrs_json_quote(out,
				       nrs_span_trim(nrs_span_from(
					       values[v].value, name.len + 1)));
		}
		nrs_text_putc(out, ']');
	}
	if (has_any)
		nrs_text_putc(out, '}');
}

/* http-request-ext wants method and value; headers of the pattern come too. */
static void add_http(struct nrs_text *out, const struct nrs_hit_value *values,
		     unsigned int count)
{
	const struct nrs_hit_value *method =
		value_of(values, count, NRS_F_HTTP_METHOD);
	const struct nrs_hit_value *target =
		value_of(values, count, NRS_F_HTTP_URI);

	if (method == NULL || target == NULL)
		return;
	nrs_text_puts(out, ",\"extensions\":{\"http-request-ext\":{"
			   "\"request_method\":");
	uint8_t lower[64];
	const struct nrs_span cut =
		nrs_span_part(method->value, 0, sizeof(lower));
	nrs_canon_lower(cut, lower);
	nrs_json_quote(out, nrs_span(lower, cut.len));
	nrs_text_puts(out, ",\"request_value\":");
	nrs_json_quote(out, target->value);
	add_headers(out, values, count);
	nrs_text_puts(out, "}}");
}

static void add_side(struct nrs_sco_list *list, struct nrs_text *members,
		     const struct nrs_sco_traffic *t, bool is_src)
{
	const struct nrs_flow_info *flow = t->flow;
	char id[NRS_SCO_ID_LEN];

	nrs_sco_put_addr(list, is_src ? &flow->src : &flow->dst, t->extra, id);
	nrs_text_printf(members, ",\"%s_ref\":\"%s\"", is_src ? "src" : "dst",
			id);
}

void nrs_sco_add_traffic(struct nrs_sco_list *list,
			 const struct nrs_sco_traffic *t)
{
	char id[NRS_SCO_ID_LEN], start[NRS_STAMP_LEN];
	const char *names[NRS_FLOW_PROTOCOLS];
	struct nrs_text members = {0};
	const unsigned int named =
		nrs_flow_protocols(t->flow, t->protocols, names);

	(void)nrs_stamp_format(t->start_ns, 6, start);
	nrs_text_printf(&members, "\"start\":\"%s\"", start);
	if (!t->hides_src)
		add_side(list, &members, t, true);
	if (!t->hides_dst)
		add_side(list, &members, t, false);
	nrs_text_puts(&members, ",\"protocols\":[");
	for (unsigned int i = 0; i < named; i++)
		nrs_text_printf(&members, "%s\"%s\"", i == 0 ? "" : ",",
				names[i]);
	nrs_text_putc(&members, ']');
	const bool has_ports = named >= 2 && (strcmp(names[1], "tcp") == 0 ||
					      strcmp(names[1], "udp") == 0);
	if (has_ports && !t->hides_src)
		nrs_text_printf(&members, ",\"src_port\":%u",
				(unsigned int)t->flow->src_port);
	if (has_ports && !t->hides_dst)
		nrs_text_printf(&members, ",\"dst_port\":%u",
				(unsigned int)t->flow->dst_port);
	if (t->encapsulated_by != NULL)
		nrs_text_printf(&members, ",\"encapsulated_by_ref\":\"%s\"",
				t->encapsulated_by);
	add_http(&members, t->values, t->count);
	add_extra(&members, t->extra);
	if (!t->is_peer_only)
		nrs_sco_put(list, "network-traffic", nrs_text_span(&members),
			    t->id != NULL ? t->id : id);
	nrs_text_fini(&members);
}

void nrs_sco_add_flow(struct nrs_sco_list *list,
		      const struct nrs_flow_info *flow, uint32_t protocols,
		      const struct nrs_hit_value *values, unsigned int count)
{
	const struct nrs_sco_traffic whole = {.flow = flow,
					      .protocols = protocols,
					      .values = values,
					      .count = count,
					      .start_ns = flow->start_ns};

	nrs_sco_add_traffic(list, &whole);
}

/* Host and SNI without a port. */
static struct nrs_span host_of(struct nrs_span text)
{
	const size_t colon = nrs_span_find(text, ':', 0);

	if (text.len > 0 && text.ptr[0] == '[')
		return nrs_span_part(text, 0, nrs_span_find(text, ']', 0) + 1);
	return nrs_span_part(text, 0, colon);
}

static void add_value(struct nrs_sco_list *list,
		      const struct nrs_hit_value *value)
{
	char id[NRS_SCO_ID_LEN];
	struct nrs_text text = {0};
	const struct nrs_span none = {NULL, 0};
	struct nrs_addr addr;

	nrs_value_text(&text, value->field, value->value);
	switch (nrs_field_table[value->field].kind) {
	case NRS_VALUE_ADDR:
		memcpy(addr.bytes, value->value.ptr, sizeof(addr.bytes));
		nrs_sco_put_addr(list, &addr, none, id);
		break;
	case NRS_VALUE_HOST:
		if (nrs_addr_parse(host_of(value->value), &addr) == NRS_OK)
			nrs_sco_put_addr(list, &addr, none, id);
		else
			add_simple(list, "domain-name", host_of(value->value),
				   none, id);
		break;
	case NRS_VALUE_NAME:
		add_simple(list, "domain-name", value->value, none, id);
		break;
	case NRS_VALUE_URL:
		add_simple(list, "url", value->value, none, id);
		break;
	case NRS_VALUE_MAC:
		add_simple(list, "mac-addr", nrs_text_span(&text), none, id);
		break;
	default:
		break; /* part of network-traffic */
	}
	nrs_text_fini(&text);
}

/* Is its object one value's alone? */
static bool stands_alone(enum nrs_field field)
{
	switch (nrs_field_table[field].kind) {
	case NRS_VALUE_ADDR:
	case NRS_VALUE_HOST:
	case NRS_VALUE_NAME:
	case NRS_VALUE_URL:
	case NRS_VALUE_MAC:
		return true;
	default:
		return false;
	}
}

/* Does all that stands in the object of @values[@at] stand in the indicator? */
static bool is_to_the_letter(const struct nrs_hit_value *values,
			     unsigned int count, unsigned int at)
{
	if (stands_alone(values[at].field))
		return values[at].how == NRS_HOW_EXACT;
	for (unsigned int i = 0; i < count; i++) {
		if (values[i].object == values[at].object &&
		    values[i].how != NRS_HOW_EXACT)
			return false;
	}
	return true;
}

void nrs_sco_add_values_with(struct nrs_sco_list *list,
			     const struct nrs_hit_value *values,
			     unsigned int count, struct nrs_span extra)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!is_to_the_letter(values, count, i))
			list->further = extra;
		if (!nrs_sco_put_joined(list, values, count, i) &&
		    !nrs_sco_put_mail(list, values, count, i))
			add_value(list, &values[i]);
		list->further = nrs_span(NULL, 0);
	}
}

void nrs_sco_add_values(struct nrs_sco_list *list,
			const struct nrs_hit_value *values, unsigned int count)
{
	nrs_sco_add_values_with(list, values, count, nrs_span(NULL, 0));
}
