/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe_json: values wait, by transaction, until it ends.
 *
 * Offline and for people: it allocates. Transactions of many flows are open at
 * once, so they are found by the address of their struct, which is theirs
 * until they end.
 */
#include "app/observe_json.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/sco.h"
#include "engine/value_text.h"

#define BUCKETS 16384u

struct seen_value {
	struct seen_value *next;
	enum nrs_field field;
	unsigned int object;
	size_t len;
	uint8_t bytes[];
};

struct seen_txn {
	struct seen_txn *next; /* in its bucket */
	const struct nrs_txn *txn;
	struct seen_value *first, *last;
	uint64_t count; /* with those not kept */
};

struct nrs_observe_json {
	nrs_field_set fields;
	struct seen_txn *buckets[BUCKETS];
};

int nrs_observe_json_new(struct nrs_observe_json **out, nrs_field_set fields)
{
	struct nrs_observe_json *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NRS_E_NOMEM;
	o->fields = fields;
	*out = o;
	return NRS_OK;
}

static void free_txn(struct seen_txn *seen)
{
	while (seen->first != NULL) {
		struct seen_value *next = seen->first->next;

		free(seen->first);
		seen->first = next;
	}
	free(seen);
}

void nrs_observe_json_free(struct nrs_observe_json *o)
{
	if (o == NULL)
		return;
	for (unsigned int b = 0; b < BUCKETS; b++) {
		while (o->buckets[b] != NULL) {
			struct seen_txn *next = o->buckets[b]->next;

			free_txn(o->buckets[b]);
			o->buckets[b] = next;
		}
	}
	free(o);
}

static struct seen_txn **find(struct nrs_observe_json *o,
			      const struct nrs_txn *txn)
{
	const uintptr_t key = (uintptr_t)txn;
	struct seen_txn **link = &o->buckets[(key >> 4 ^ key >> 18) % BUCKETS];

	while (*link != NULL && (*link)->txn != txn)
		link = &(*link)->next;
	return link;
}

void nrs_observe_json_value(struct nrs_observe_json *o,
			    const struct nrs_txn *txn, enum nrs_field field,
			    unsigned int object, struct nrs_span value)
{
	struct seen_txn **link;

	if ((o->fields & NRS_FIELD_BIT(field)) == 0)
		return;
	link = find(o, txn);
	if (*link == NULL) {
		*link = calloc(1, sizeof(**link));
		if (*link == NULL)
			return;
		(*link)->txn = txn;
	}
	struct seen_txn *seen = *link;
	if (seen->count++ >= NRS_OBSERVE_VALUES_MAX)
		return;
	struct seen_value *kept = malloc(sizeof(*kept) + value.len);
	if (kept == NULL)
		return;
	*kept = (struct seen_value){
		.field = field, .object = object, .len = value.len};
	if (value.len > 0)
		memcpy(kept->bytes, value.ptr, value.len);
	if (seen->last == NULL)
		seen->first = kept;
	else
		seen->last->next = kept;
	seen->last = kept;
}

static void put_end(struct nrs_jsonw *w, const char *key,
		    const struct nrs_addr *addr, uint16_t port)
{
	char text[NRS_ADDR_LEN];

	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "ip", nrs_span(text, nrs_addr_format(addr, text)));
	nrs_jsonw_member_u64(w, "port", port);
	nrs_jsonw_close(w, '}');
}

static void put_flow(struct nrs_jsonw *w, const struct nrs_flow_info *flow)
{
	char id[NRS_COMMUNITY_ID_LEN];
	const char *names[NRS_FLOW_PROTOCOLS];
	const unsigned int count =
		nrs_flow_protocols(flow, flow->protocols, names);

	nrs_flow_community_id(flow, id);
	nrs_jsonw_member(w, "flow", nrs_span_of(id));
	put_end(w, "client", &flow->src, flow->src_port);
	put_end(w, "server", &flow->dst, flow->dst_port);
	nrs_jsonw_key(w, "protocols");
	nrs_jsonw_open(w, '[');
	for (unsigned int i = 0; i < count; i++)
		nrs_jsonw_string(w, nrs_span_of(names[i]));
	nrs_jsonw_close(w, ']');
}

static void put_values(struct nrs_jsonw *w, const struct seen_txn *seen)
{
	nrs_jsonw_key(w, "values");
	nrs_jsonw_open(w, '[');
	for (const struct seen_value *v = seen->first; v != NULL; v = v->next) {
		struct nrs_text text = {0};

		nrs_value_text(&text, v->field, nrs_span(v->bytes, v->len));
		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "field",
				 nrs_span_of(nrs_field_table[v->field].name));
		nrs_jsonw_member_u64(w, "object", v->object);
		nrs_jsonw_member(w, "value", nrs_text_span(&text));
		nrs_jsonw_close(w, '}');
		nrs_text_fini(&text);
	}
	nrs_jsonw_close(w, ']');
	if (seen->count > NRS_OBSERVE_VALUES_MAX)
		nrs_jsonw_member_u64(w, "values_left_out",
				     seen->count - NRS_OBSERVE_VALUES_MAX);
}

/* The flow with its HTTP request, and each value that is an object. */
static void put_objects(struct nrs_jsonw *w, const struct seen_txn *seen,
			const struct nrs_flow_info *flow)
{
	struct nrs_hit_value *values;
	struct nrs_sco_list list = {0};
	struct nrs_text array = {0};
	unsigned int count = 0;

	values = calloc(NRS_OBSERVE_VALUES_MAX, sizeof(*values));
	if (values == NULL)
		return;
	for (const struct seen_value *v = seen->first; v != NULL; v = v->next)
		values[count++] = (struct nrs_hit_value){
			.field = v->field,
			.object = (uint16_t)v->object,
			.value = nrs_span(v->bytes, v->len)};
	nrs_sco_add_flow(&list, flow, flow->protocols, values, count);
	nrs_sco_add_values(&list, values, count);
	nrs_text_putc(&array, '[');
	nrs_text_add(&array, nrs_text_span(&list.objects));
	nrs_text_putc(&array, ']');
	nrs_jsonw_key(w, "objects");
	nrs_jsonw_raw(w, nrs_text_span(&array));
	nrs_text_fini(&array);
	nrs_sco_list_fini(&list);
	free(values);
}

void nrs_observe_json_end(struct nrs_observe_json *o, const struct nrs_txn *txn,
			  const struct nrs_flow_info *flow,
			  struct nrs_text *line)
{
	struct seen_txn **link = find(o, txn);
	struct seen_txn *seen = *link;
	struct nrs_jsonw w = {.out = line};
	char time[NRS_STAMP_LEN];

	if (seen == NULL)
		return;
	*link = seen->next;
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(
		&w, "time",
		nrs_span(time, nrs_stamp_format(txn->start_ns, 6, time)));
	nrs_jsonw_member(
		&w, "kind",
		nrs_span_of(txn->flow == txn
				    ? "flow"
				    : nrs_txn_protocol(
					      (enum nrs_txn_kind)txn->kind)));
	nrs_jsonw_member_u64(&w, "transaction", txn->number);
	put_flow(&w, flow);
	put_values(&w, seen);
	put_objects(&w, seen, flow);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(line, '\n');
	free_txn(seen);
}
