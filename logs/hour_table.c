/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_table: a few hours, each with a row for every owner and one for transit.
 */
#include "logs/hour_table.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "engine/transaction.h"
#include "logs/seen_row.h"

/* The longest that a flow waits for its end is less than an hour; captures of
 * several times may be read one behind another. */
#define HOURS 4u

struct hour {
	int64_t hour;
	uint32_t part; /* pieces that were written */
	bool is_open, has_news;
	struct nrs_hour_row *rows;
};

struct nrs_hour_table {
	struct nrs_hour_table_options options;
	struct nrs_tenants *owners;
	unsigned int rows; /* of an hour */
	struct hour hours[HOURS];
};

/* Both ends of a flow or question as rows; the same row: one owner. */
struct ends {
	struct nrs_hour_row *client, *server; /* NULL: not own */
	struct nrs_hour_row *transit;	      /* NULL: one end is own */
};

static_assert(NRS_HOUR_ESTABLISHED - NRS_HOUR_UNKNOWN ==
		      (int)NRS_OUTCOME_ESTABLISHED,
	      "outcomes in their order");
static_assert(NRS_HOUR_SPOKE_DTLS - NRS_HOUR_SPOKE_DNS ==
		      (int)NRS_TXN_DTLS - (int)NRS_TXN_DNS,
	      "protocols in their order");

int nrs_hour_table_new(struct nrs_hour_table **out,
		       const struct nrs_hour_table_options *options)
{
	struct nrs_hour_table *t = calloc(1, sizeof(*t));
	int err = NRS_E_NOMEM;

	if (t == NULL)
		return NRS_E_NOMEM;
	t->options = *options;
	err = nrs_tenants_new(&t->owners, options->home, options->tenants,
			      options->tenant_count);
	if (err == NRS_OK)
		t->rows = nrs_tenants_count(t->owners) + 1;
	for (unsigned int h = 0; h < HOURS && err == NRS_OK; h++) {
		t->hours[h].rows = calloc(t->rows, sizeof(*t->hours[h].rows));
		if (t->hours[h].rows == NULL)
			err = NRS_E_NOMEM;
	}
	if (err != NRS_OK) {
		nrs_hour_table_free(t);
		return err;
	}
	*out = t;
	return NRS_OK;
}

void nrs_hour_table_free(struct nrs_hour_table *t)
{
	if (t == NULL)
		return;
	for (unsigned int h = 0; h < HOURS; h++)
		free(t->hours[h].rows);
	nrs_tenants_free(t->owners);
	free(t);
}

/* Rows of an hour begin anew. */
static void clear(const struct nrs_hour_table *t, struct hour *hour)
{
	hour->has_news = false;
	for (unsigned int i = 0; i < t->rows; i++)
		hour->rows[i] = (struct nrs_hour_row){.hour = hour->hour,
						      .first_ns = INT64_MAX,
						      .last_ns = INT64_MIN};
}

static void name_row(const struct nrs_hour_table *t, struct nrs_hour_row *row,
		     unsigned int index)
{
	const struct nrs_owner *owner;

	if (index + 1 == t->rows) {
		row->owner = NRS_HOUR_TRANSIT;
		return;
	}
	owner = nrs_tenants_at(t->owners, index);
	row->owner = owner->is_tenant ? NRS_HOUR_TENANT : NRS_HOUR_NETWORK;
	static_assert(sizeof(owner->name) == sizeof(row->name), "as long");
	memcpy(row->name, owner->name, sizeof(row->name));
}

static int write_hour(const struct nrs_hour_table *t, struct hour *hour)
{
	int err = NRS_OK;

	if (!hour->has_news)
		return NRS_OK;
	hour->part++;
	for (unsigned int i = 0; i < t->rows && err == NRS_OK; i++) {
		struct nrs_hour_row *row = &hour->rows[i];

		if (row->first_ns > row->last_ns)
			continue;
		name_row(t, row, i);
		row->part = hour->part;
		err = t->options.write(t->options.ctx, row);
	}
	clear(t, hour);
	return err;
}

/* The place of @number; the earliest hour gives up its own. */
static struct hour *hour_of(struct nrs_hour_table *t, int64_t number, int *err)
{
	struct hour *place = &t->hours[0];

	for (unsigned int h = 0; h < HOURS; h++) {
		struct hour *hour = &t->hours[h];

		if (hour->is_open && hour->hour == number)
			return hour;
		if (place->is_open &&
		    (!hour->is_open || hour->hour < place->hour))
			place = hour;
	}
	if (place->is_open)
		*err = write_hour(t, place);
	place->hour = number;
	place->part = 0;
	place->is_open = true;
	clear(t, place);
	return place;
}

static struct nrs_hour_row *row_of(const struct nrs_hour_table *t,
				   const struct hour *hour,
				   const struct nrs_addr *addr)
{
	const uint32_t owner = nrs_tenants_find(t->owners, addr);

	return owner == NRS_NO_OWNER ? NULL : &hour->rows[owner];
}

static void touch(struct nrs_hour_row *row, int64_t ns)
{
	if (row == NULL)
		return;
	if (ns < row->first_ns)
		row->first_ns = ns;
	if (ns > row->last_ns)
		row->last_ns = ns;
}

static struct ends ends_of(struct nrs_hour_table *t, int64_t ns,
			   const struct nrs_addr *client,
			   const struct nrs_addr *server, int *err)
{
	struct hour *hour = hour_of(t, nrs_seen_hour(ns), err);
	struct ends ends = {.client = row_of(t, hour, client),
			    .server = row_of(t, hour, server)};

	hour->has_news = true;
	if (ends.client == NULL && ends.server == NULL)
		ends.transit = &hour->rows[t->rows - 1];
	touch(ends.client, ns);
	touch(ends.server, ns);
	touch(ends.transit, ns);
	return ends;
}

/* Counters come in fours: out, in, internal, transit. */
static unsigned int way(const struct ends *ends, bool is_sent)
{
	if (ends->transit != NULL)
		return 3;
	if (ends->client != NULL && ends->server != NULL)
		return 2;
	return (ends->client != NULL) == is_sent ? 0 : 1;
}

static enum nrs_hour_counter transport(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return NRS_HOUR_TCP;
	case IPPROTO_UDP:
		return NRS_HOUR_UDP;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return NRS_HOUR_ICMP;
	default:
		return NRS_HOUR_OTHER;
	}
}

static void count_flow(struct nrs_hour_row *row, const struct ends *ends,
		       const struct nrs_record_ended *ended)
{
	uint64_t *count = row->count;

	count[NRS_HOUR_FLOWS_OUT + way(ends, true)]++;
	for (unsigned int side = 0; side < 2; side++) {
		const unsigned int to = way(ends, side == 0);

		count[NRS_HOUR_PACKETS_OUT + to] += ended->packets[side];
		count[NRS_HOUR_BYTES_OUT + to] += ended->bytes[side];
	}
	if (ended->flow.outcome <= NRS_OUTCOME_ESTABLISHED)
		count[NRS_HOUR_UNKNOWN + ended->flow.outcome]++;
	count[transport(ended->flow.proto)]++;
	for (unsigned int k = NRS_TXN_DNS; k < NRS_TXN_KINDS; k++)
		count[NRS_HOUR_SPOKE_DNS + k - NRS_TXN_DNS] +=
			ended->flow.protocols >> k & 1;
	count[NRS_HOUR_HIT_FLOWS] += ended->has_hits != 0;
}

int nrs_hour_table_flow(struct nrs_hour_table *t,
			const struct nrs_record_ended *ended)
{
	int err = NRS_OK;
	const struct ends ends = ends_of(t, ended->last_ns, &ended->flow.src,
					 &ended->flow.dst, &err);

	if (ends.transit != NULL)
		count_flow(ends.transit, &ends, ended);
	if (ends.client != NULL)
		count_flow(ends.client, &ends, ended);
	if (ends.server != NULL && ends.server != ends.client)
		count_flow(ends.server, &ends, ended);
	return err;
}

/* Types of RFC 1035, 2782, 3596, 4034, 9460, and question types. */
static enum nrs_hour_counter dns_type(uint16_t type)
{
	static const struct {
		uint16_t type, counter;
	} types[] = {
		{1, NRS_HOUR_DNS_A},	  {2, NRS_HOUR_DNS_NS},
		{5, NRS_HOUR_DNS_CNAME},  {6, NRS_HOUR_DNS_SOA},
		{10, NRS_HOUR_DNS_NULL},  {12, NRS_HOUR_DNS_PTR},
		{15, NRS_HOUR_DNS_MX},	  {16, NRS_HOUR_DNS_TXT},
		{28, NRS_HOUR_DNS_AAAA},  {33, NRS_HOUR_DNS_SRV},
		{43, NRS_HOUR_DNS_DS},	  {48, NRS_HOUR_DNS_DNSKEY},
		{64, NRS_HOUR_DNS_SVCB},  {65, NRS_HOUR_DNS_HTTPS},
		{252, NRS_HOUR_DNS_AXFR}, {255, NRS_HOUR_DNS_ANY},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (types[i].type == type)
			return (enum nrs_hour_counter)types[i].counter;
	}
	return NRS_HOUR_DNS_OTHER;
}

/* RFC 1035 section 4.1.1: 0 to 5. */
static enum nrs_hour_counter rcode(uint16_t code)
{
	return code > NRS_HOUR_RCODE_REFUSED - NRS_HOUR_RCODE_NOERROR
		       ? NRS_HOUR_RCODE_OTHER
		       : (enum nrs_hour_counter)(NRS_HOUR_RCODE_NOERROR + code);
}

int nrs_hour_table_asked(struct nrs_hour_table *t,
			 const struct nrs_record_asked *asked)
{
	int err = NRS_OK;
	const struct ends ends = ends_of(t, asked->head.ts_ns, &asked->client,
					 &asked->server, &err);
	struct nrs_hour_row *client =
		ends.transit != NULL ? ends.transit : ends.client;
	unsigned int place = 0;

	switch ((enum nrs_ask)asked->asked) {
	case NRS_ASKED_DNS:
		if (client != NULL)
			client->count[dns_type(asked->what)]++;
		break;
	case NRS_ASKED_DNS_ANSWER:
		if (client != NULL)
			client->count[rcode(asked->what)]++;
		return err;
	case NRS_ASKED_HTTP:
		place = 1;
		break;
	case NRS_ASKED_TLS:
		place = 2;
		break;
	}
	if (client != NULL)
		client->count[NRS_HOUR_ASKED_DNS + place]++;
	if (ends.server != NULL)
		ends.server->count[NRS_HOUR_SERVED_DNS + place]++;
	return err;
}

/* Its index; HOURS: none. */
static unsigned int oldest(const struct nrs_hour_table *t)
{
	unsigned int found = HOURS;

	for (unsigned int h = 0; h < HOURS; h++) {
		const struct hour *hour = &t->hours[h];

		if (hour->is_open && hour->has_news &&
		    (found == HOURS || hour->hour < t->hours[found].hour))
			found = h;
	}
	return found;
}

int64_t nrs_hour_table_oldest(const struct nrs_hour_table *t)
{
	const unsigned int found = oldest(t);

	return found == HOURS ? INT64_MAX : t->hours[found].hour;
}

int nrs_hour_table_write(struct nrs_hour_table *t)
{
	unsigned int found;
	int err = NRS_OK;

	while ((found = oldest(t)) != HOURS) {
		const int now = write_hour(t, &t->hours[found]);

		if (err == NRS_OK)
			err = now;
	}
	return err;
}
