/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_traffic: transactions of every kind, over few values.
 */
#include "tests/engine/random_traffic.h"

#include <stdlib.h>

#include "engine/canon.h"
#include "engine/sco_txn.h"
#include "tests/engine/random_values.h"

uint64_t nrs_chance_next(struct nrs_chance *chance)
{
	uint64_t z = (chance->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned int nrs_chance_of(struct nrs_chance *chance, unsigned int n)
{
	return (unsigned int)(nrs_chance_next(chance) >> 33) % n;
}

static struct nrs_hit_value *add(struct nrs_traffic *t, enum nrs_field field,
				 unsigned int object)
{
	struct nrs_hit_value *value = &t->values[t->count++];

	if (t->count > NRS_TRAFFIC_VALUES)
		abort();
	value->field = field;
	value->object = (uint16_t)object;
	return value;
}

static void add_text(struct nrs_traffic *t, enum nrs_field field,
		     unsigned int object, const char *text)
{
	add(t, field, object)->value = nrs_span_of(text);
}

static void add_octets(struct nrs_traffic *t, enum nrs_field field,
		       unsigned int object, const void *octets, size_t len)
{
	struct nrs_hit_value *value = add(t, field, object);
	uint8_t *room = t->octets[t->count - 1];

	memcpy(room, octets, len);
	value->value = nrs_span(room, len);
}

static void add_addr(struct nrs_traffic *t, enum nrs_field field,
		     unsigned int object, const char *text)
{
	struct nrs_addr addr = {{0}};

	if (nrs_addr_parse(nrs_span_of(text), &addr) != NRS_OK)
		abort();
	add_octets(t, field, object, addr.bytes, sizeof(addr.bytes));
}

static void add_int_of(struct nrs_traffic *t, enum nrs_field field,
		       unsigned int object, int64_t value)
{
	add_octets(t, field, object, &value, sizeof(value));
}

static void add_int(struct nrs_traffic *t, enum nrs_field field, int64_t value)
{
	add_int_of(t, field, 0, value);
}

static void add_mac(struct nrs_traffic *t, enum nrs_field field,
		    unsigned int object, const char *text)
{
	uint8_t mac[6] = {0};

	if (nrs_canon_mac(nrs_span_of(text), mac) != NRS_OK)
		abort();
	add_octets(t, field, object, mac, sizeof(mac));
}

/* How many elements the list has. */
static unsigned int protocols_of(const struct nrs_traffic *t)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < t->count; i++)
		count += t->values[i].field == NRS_F_PROTOCOL;
	return count;
}

static void make_key(struct nrs_traffic *t, struct nrs_chance *c)
{
	const bool is_v4 = nrs_chance_of(c, 3) != 0;
	const unsigned int transport = nrs_chance_of(c, 4);

	add_addr(t, NRS_F_IP_SRC, 0,
		 is_v4 ? NRS_CHANCE(c, values_v4) : NRS_CHANCE(c, values_v6));
	add_addr(t, NRS_F_IP_DST, 1,
		 is_v4 ? NRS_CHANCE(c, values_v4) : NRS_CHANCE(c, values_v6));
	add_text(t, NRS_F_PROTOCOL, 0, is_v4 ? "ipv4" : "ipv6");
	if (transport > 0)
		add_text(t, NRS_F_PROTOCOL, 1,
			 transport == 1	  ? "udp"
			 : transport == 2 ? "icmp"
					  : "tcp");
	add_int(t, NRS_F_START, t->start_ns);
	if (transport == 2) {
		add_int(t, NRS_F_ICMP_TYPE, nrs_chance_of(c, 2) * 8);
		add_int(t, NRS_F_ICMP_CODE, nrs_chance_of(c, 3));
	} else if (transport > 0) {
		add_int(t, NRS_F_SRC_PORT, atoi(NRS_CHANCE(c, values_numbers)));
		add_int(t, NRS_F_DST_PORT, atoi(NRS_CHANCE(c, values_numbers)));
	}
	if (nrs_chance_of(c, 2) == 0) {
		add_mac(t, NRS_F_MAC_SRC, 0, NRS_CHANCE(c, values_macs));
		add_mac(t, NRS_F_MAC_DST, 1, NRS_CHANCE(c, values_macs));
	}
}

static void make_end(struct nrs_traffic *t, struct nrs_chance *c)
{
	add_int(t, NRS_F_END, t->end_ns);
	add_int(t, NRS_F_ACTIVE, 0);
	add_int(t, NRS_F_SRC_BYTES, atoi(NRS_CHANCE(c, values_numbers)));
	add_int(t, NRS_F_DST_BYTES, INT64_C(1) << nrs_chance_of(c, 60));
	add_int(t, NRS_F_SRC_PACKETS, nrs_chance_of(c, 3));
	add_int(t, NRS_F_DST_PACKETS, nrs_chance_of(c, 3));
	if (nrs_chance_of(c, 2) == 0) {
		add_int(t, NRS_F_TCP_SRC_FLAGS, nrs_chance_of(c, 4));
		add_int(t, NRS_F_TCP_DST_FLAGS, nrs_chance_of(c, 256));
	}
}

static void make_dns(struct nrs_traffic *t, struct nrs_chance *c)
{
	const unsigned int answers = nrs_chance_of(c, 4);
	const char *asked = NRS_CHANCE(c, values_names);

	add_text(t, NRS_F_DNS_QUERY, 0, asked);
	if (answers > 0)
		add_text(t, NRS_F_DNS_ANSWER_NAME, 0, asked);
	for (unsigned int i = 1; i <= answers; i++) {
		const char *owner = NRS_CHANCE(c, values_names);
		const unsigned int object =
			strcmp(owner, asked) == 0 ? 0 : 2 * i;

		add_text(t, NRS_F_DNS_NAME, object, owner);
		switch (nrs_chance_of(c, 5)) {
		case 0:
			add_addr(t, NRS_F_DNS_AAAA, 2 * i + 1,
				 NRS_CHANCE(c, values_v6));
			break;
		case 1:
			add_text(t, NRS_F_DNS_CNAME, 2 * i + 1,
				 NRS_CHANCE(c, values_names));
			break;
		case 2:
			add_text(t, NRS_F_DNS_NS, 2 * i + 1,
				 NRS_CHANCE(c, values_names));
			break;
		default:
			add_addr(t, NRS_F_DNS_A, 2 * i + 1,
				 NRS_CHANCE(c, values_v4));
			break;
		}
	}
}

/* Bodies, each with a name of its own: two of one name and digest would be one
 * object. */
static void make_files(struct nrs_traffic *t, struct nrs_chance *c)
{
	for (unsigned int i = 0, n = nrs_chance_of(c, 3); i < n; i++) {
		add_text(t, NRS_F_FILE_NAME, i, values_methods[i]);
		if (nrs_chance_of(c, 2) == 0)
			add_text(t, NRS_F_FILE_TYPE, i,
				 nrs_chance_of(c, 2) == 0 ? "http/1.1" : "get");
		add_int_of(t, NRS_F_FILE_SIZE, i,
			   atoi(NRS_CHANCE(c, values_numbers)));
		add_text(t,
			 nrs_chance_of(c, 2) == 0 ? NRS_F_FILE_SHA1
						  : NRS_F_FILE_SENT_SHA1,
			 i, values_sha1[nrs_chance_of(c, 2)]);
	}
}

static void make_http(struct nrs_traffic *t, struct nrs_chance *c)
{
	add_text(t, NRS_F_HTTP_METHOD, 0, NRS_CHANCE(c, values_methods));
	add_text(t, NRS_F_HTTP_HOST, 0, NRS_CHANCE(c, values_hosts));
	add_text(t, NRS_F_HTTP_URI, 0, NRS_CHANCE(c, values_targets));
	add_text(t, NRS_F_HTTP_URL, 0, NRS_CHANCE(c, values_urls));
	add_text(t, NRS_F_HTTP_VERSION, 0, "HTTP/1.1");
	for (unsigned int i = nrs_chance_of(c, 4); i > 0; i--)
		add_text(t, NRS_F_HTTP_HEADER, 0,
			 NRS_CHANCE(c, values_headers));
	if (nrs_chance_of(c, 2) == 0)
		add_int(t, NRS_F_HTTP_BODY_LENGTH,
			atoi(NRS_CHANCE(c, values_numbers)));
	make_files(t, c);
}

static void make_addresses(struct nrs_traffic *t, struct nrs_chance *c)
{
	static const enum nrs_field fields[] = {
		NRS_F_SMTP_MAIL_FROM, NRS_F_SMTP_RCPT_TO, NRS_F_EMAIL_SENDER,
		NRS_F_EMAIL_REPLY_TO, NRS_F_EMAIL_TO,	  NRS_F_EMAIL_TO,
		NRS_F_EMAIL_CC,	      NRS_F_EMAIL_BCC};

	add_text(t, NRS_F_EMAIL_FROM, 0, NRS_CHANCE(c, values_mailboxes));
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (nrs_chance_of(c, 2) == 0)
			add_text(t, fields[i], 0,
				 NRS_CHANCE(c, values_mailboxes));
	}
}

static void make_mail(struct nrs_traffic *t, struct nrs_chance *c)
{
	const unsigned int first = t->count;

	add_text(t, NRS_F_SMTP_HELO, 0, NRS_CHANCE(c, values_names));
	make_addresses(t, c);
	add_int(t, NRS_F_EMAIL_MULTIPART, nrs_chance_of(c, 2));
	if (nrs_chance_of(c, 3) > 0)
		add_text(t, NRS_F_EMAIL_SUBJECT, 0,
			 NRS_CHANCE(c, values_headers));
	if (nrs_chance_of(c, 2) == 0)
		add_int(t, NRS_F_EMAIL_DATE,
			NRS_TRAFFIC_BASE_NS +
				nrs_chance_of(c, 4) * INT64_C(1000000000));
	if (nrs_chance_of(c, 2) == 0)
		add_text(t, NRS_F_EMAIL_MESSAGE_ID, 0,
			 NRS_CHANCE(c, values_targets));
	for (unsigned int i = nrs_chance_of(c, 3); i > 0; i--)
		add_text(t, NRS_F_EMAIL_RECEIVED, 0,
			 NRS_CHANCE(c, values_targets));
	for (unsigned int i = nrs_chance_of(c, 3); i > 0; i--)
		add_text(t, NRS_F_EMAIL_HEADER, 0,
			 NRS_CHANCE(c, values_headers));
	add_text(t, NRS_F_EMAIL_URL, 0, NRS_CHANCE(c, values_urls));
	add_text(t, NRS_F_EMAIL_URL_HOST, 0, NRS_CHANCE(c, values_hosts));
	make_files(t, c);
	for (unsigned int i = first, end = t->count; i < end; i++) {
		if (t->values[i].field == NRS_F_FILE_NAME)
			add(t, NRS_F_EMAIL_ATTACHMENT, t->values[i].object)
				->value = t->values[i].value;
	}
}

static void make_tls(struct nrs_traffic *t, struct nrs_chance *c)
{
	add_text(t, NRS_F_TLS_SNI, 0, NRS_CHANCE(c, values_hosts));
	for (unsigned int i = 0, n = nrs_chance_of(c, 3); i < n; i++) {
		add_text(t, NRS_F_CERT_SHA1, i, values_sha1[i % 2]);
		if (nrs_chance_of(c, 2) == 0)
			add_text(t, NRS_F_CERT_SHA256, i,
				 NRS_CHANCE(c, values_sha256));
		add_text(t, NRS_F_CERT_SERIAL, i,
			 NRS_CHANCE(c, values_serials));
		add_text(t, NRS_F_CERT_ISSUER, i, NRS_CHANCE(c, values_dns));
		add_text(t, NRS_F_CERT_SUBJECT, i, NRS_CHANCE(c, values_dns));
		add_int_of(t, NRS_F_CERT_NOT_BEFORE, i,
			   NRS_TRAFFIC_BASE_NS +
				   nrs_chance_of(c, 4) * INT64_C(1000000000));
		if (nrs_chance_of(c, 2) == 0)
			add_int_of(t, NRS_F_CERT_SELF_SIGNED, i,
				   nrs_chance_of(c, 2));
	}
}

static void begin(struct nrs_traffic *t, struct nrs_chance *c, int64_t at_ns)
{
	memset(t, 0, sizeof(*t));
	t->start_ns = at_ns;
	t->exchange_ns = t->start_ns + nrs_chance_of(c, 3) * INT64_C(500000017);
	t->exchange_end_ns =
		t->exchange_ns + nrs_chance_of(c, 3) * INT64_C(500000000);
	t->end_ns =
		t->exchange_end_ns + nrs_chance_of(c, 3) * INT64_C(1000000000);
	make_key(t, c);
}

void nrs_traffic_make(struct nrs_traffic *t, struct nrs_chance *c,
		      int64_t at_ns)
{
	begin(t, c, at_ns);
	t->kind = nrs_chance_of(c, 4) == 0
			  ? NRS_TXN_SMTP
			  : (enum nrs_txn_kind)(NRS_TXN_DNS +
						nrs_chance_of(c, 3));
	add_text(t, NRS_F_PROTOCOL, protocols_of(t), nrs_txn_protocol(t->kind));
	t->known = t->count;
	if (t->kind == NRS_TXN_DNS)
		make_dns(t, c);
	else if (t->kind == NRS_TXN_HTTP)
		make_http(t, c);
	else if (t->kind == NRS_TXN_SMTP)
		make_mail(t, c);
	else
		make_tls(t, c);
	t->ended = t->count;
	make_end(t, c);
}

void nrs_traffic_make_bare(struct nrs_traffic *t, struct nrs_chance *c,
			   int64_t at_ns)
{
	begin(t, c, at_ns);
	t->kind = NRS_TXN_FLOW;
	t->known = t->ended = t->count;
	make_end(t, c);
}

static void push(const struct nrs_traffic *t, struct nrs_matcher *m,
		 struct nrs_txn *txn, unsigned int first, unsigned int end)
{
	for (unsigned int i = first; i < end; i++)
		nrs_txn_value(m, txn, t->values[i].field, t->values[i].object,
			      t->values[i].value);
}

void nrs_traffic_push(const struct nrs_traffic *t, struct nrs_matcher *m,
		      struct nrs_slab *slab)
{
	struct nrs_txn flow, exchange;

	nrs_matcher_at(m, t->start_ns, slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, t->start_ns);
	push(t, m, &flow, 0, t->known);
	if (t->kind != NRS_TXN_FLOW) {
		nrs_matcher_at(m, t->exchange_ns, slab);
		nrs_txn_begin(&exchange, &flow, t->kind, 1, t->exchange_ns);
		push(t, m, &exchange, t->known, t->ended);
		nrs_matcher_at(m, t->exchange_end_ns, slab);
		nrs_txn_end(m, &exchange);
	}
	nrs_matcher_at(m, t->end_ns, slab);
	push(t, m, &flow, t->ended, t->count);
	nrs_txn_end(m, &flow);
}

static void put_time(struct nrs_text *out, const char *key, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	(void)nrs_stamp_format(ns, 9, text);
	nrs_text_printf(out, ",\"%s\":\"%s\"", key, text);
}

static void put_objects(const struct nrs_traffic *t, bool is_exchange,
			struct nrs_sco_list *list)
{
	struct nrs_hit_value values[NRS_TRAFFIC_VALUES];
	unsigned int count = t->known;
	const unsigned int first = is_exchange ? t->known : t->ended;
	const unsigned int end = is_exchange ? t->ended : t->count;

	memcpy(values, t->values, count * sizeof(*values));
	for (unsigned int i = first; i < end; i++)
		values[count++] = t->values[i];
	nrs_sco_transaction(list, values, count);
	if (list->objects.failed || list->refs.failed)
		abort();
}

static void put_head(const struct nrs_traffic *t, bool is_exchange,
		     struct nrs_text *out)
{
	nrs_text_puts(out, "{\"type\":\"observed-data\","
			   "\"number_observed\":1");
	put_time(out, "first_observed",
		 is_exchange ? t->exchange_ns : t->start_ns);
	put_time(out, "last_observed",
		 is_exchange ? t->exchange_end_ns : t->end_ns);
}

void nrs_traffic_document(const struct nrs_traffic *t, bool is_exchange,
			  struct nrs_text *out)
{
	struct nrs_sco_list list = {0};

	put_objects(t, is_exchange, &list);
	nrs_text_puts(out, "{\"type\":\"bundle\",\"objects\":[");
	put_head(t, is_exchange, out);
	nrs_text_puts(out, ",\"object_refs\":[");
	nrs_text_add(out, nrs_text_span(&list.refs));
	nrs_text_puts(out, "]},");
	nrs_text_add(out, nrs_text_span(&list.objects));
	nrs_text_puts(out, "]}");
	nrs_sco_list_fini(&list);
}

void nrs_traffic_observed(const struct nrs_traffic *t, struct nrs_text *out)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_sco_list list = {0};
	struct nrs_text all = {0};
	struct nrs_json *json = NULL;

	put_objects(t, false, &list);
	nrs_text_putc(&all, '[');
	nrs_text_add(&all, nrs_text_span(&list.objects));
	nrs_text_putc(&all, ']');
	if (nrs_json_parse(nrs_text_span(&all), arena, &json, NULL) != NRS_OK)
		abort();
	put_head(t, false, out);
	nrs_text_puts(out, ",\"objects\":{");
	for (const struct nrs_json *o = json->child; o != NULL; o = o->next) {
		nrs_text_puts(out, o == json->child ? "" : ",");
		nrs_json_quote(out, nrs_json_text(o, "id"));
		nrs_text_putc(out, ':');
		nrs_json_canonical(out, o);
	}
	nrs_text_puts(out, "}}");
	nrs_text_fini(&all);
	nrs_sco_list_fini(&list);
	nrs_arena_free(arena);
}
