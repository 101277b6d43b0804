/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retro: makes the observation log that bench/retro.py searches: ROWS rows of
 * a made network, an hour after another: addresses, names, URLs and digests of
 * which most stand once in their hour. Usage: retro ROWS FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/unpack.h"
#include "logs/seen_block.h"

#define BEGIN INT64_C(1772323200000000000) /* 2026-03-01T00:00:00Z */
#define VALUE_ROOM 96

static uint64_t state = 42; /* splitmix64 */

static uint64_t next(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct nrs_addr own_host(void)
{
	const uint8_t v4[4] = {10, (uint8_t)(next() % 16), (uint8_t)next(),
			       (uint8_t)next()};

	return nrs_addr_from_v4(v4);
}

static struct nrs_addr other_host(void)
{
	const uint64_t r = next();
	const uint8_t v4[4] = {(uint8_t)(r % 90 + 100), (uint8_t)(r >> 8),
			       (uint8_t)(r >> 16), (uint8_t)(r >> 24)};

	return nrs_addr_from_v4(v4);
}

/* A value of @field in @room; returns its length. */
static size_t make_value(enum nrs_field field, uint8_t room[VALUE_ROOM],
			 const struct nrs_addr *server)
{
	const unsigned long number = (unsigned long)(next() % 4000000);

	switch (field) {
	case NRS_F_IP_DST:
		memcpy(room, server->bytes, 16);
		return 16;
	case NRS_F_FILE_SHA256:
		return (size_t)snprintf(
			(char *)room, VALUE_ROOM, "%016lx%016lx%016lx%016lx",
			(unsigned long)next(), (unsigned long)next(),
			(unsigned long)next(), (unsigned long)next());
	case NRS_F_HTTP_URL:
		return (size_t)snprintf((char *)room, VALUE_ROOM,
					"http://w%lu.site%lu.example/p/%lx",
					number % 10, number, number * 31);
	default:
		return (size_t)snprintf((char *)room, VALUE_ROOM,
					"w%lu.site%lu.example", number % 10,
					number);
	}
}

static enum nrs_field field_of(size_t i, size_t count)
{
	static const enum nrs_field fields[] = {
		NRS_F_IP_DST,	  NRS_F_IP_DST,	   NRS_F_IP_DST,
		NRS_F_IP_DST,	  NRS_F_DNS_QUERY, NRS_F_DNS_QUERY,
		NRS_F_TLS_SNI,	  NRS_F_HTTP_HOST, NRS_F_HTTP_URL,
		NRS_F_FILE_SHA256};

	return fields[i * 10 / count];
}

static int by_value(const void *a, const void *b)
{
	const struct nrs_seen_row *one = a, *other = b;

	if (one->field != other->field)
		return one->field < other->field ? -1 : 1;
	return nrs_span_compare(one->value, other->value);
}

int main(int argc, char **argv)
{
	size_t left = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	struct nrs_seen_row *rows = calloc(NRS_SEEN_ROWS_MAX, sizeof(*rows));
	uint8_t(*values)[VALUE_ROOM] =
		calloc(NRS_SEEN_ROWS_MAX, sizeof(*values));
	struct nrs_pack *pack = nrs_pack_new(3);
	FILE *out = argc == 3 ? fopen(argv[2], "wb") : NULL;
	struct nrs_text block = {0};
	int64_t hour_ns = BEGIN;

	while (left > 0 && rows != NULL && values != NULL && pack != NULL &&
	       out != NULL) {
		const size_t count =
			left < NRS_SEEN_ROWS_MAX ? left : NRS_SEEN_ROWS_MAX;

		for (size_t i = 0; i < count; i++) {
			struct nrs_seen_row *row = &rows[i];

			*row = (struct nrs_seen_row){
				.client = own_host(),
				.server = other_host(),
				.first_ns =
					hour_ns +
					(int64_t)(next() % 3000000000) * 1000,
				.count = 1 + next() % 3,
				.field = field_of(i, count),
				.server_port = 443,
				.proto = 6,
				.own_is_client = true};
			row->last_ns = row->first_ns;
			row->value = nrs_span(values[i],
					      make_value(row->field, values[i],
							 &row->server));
		}
		qsort(rows, count, sizeof(*rows), by_value);
		nrs_text_clear(&block);
		if (nrs_seen_block_write(&block, pack, rows, count) != NRS_OK ||
		    fwrite(block.ptr, 1, block.len, out) != block.len)
			break;
		left -= count;
		hour_ns += NRS_SEEN_HOUR_NS;
	}
	nrs_text_fini(&block);
	nrs_pack_free(pack);
	free(rows);
	free(values);
	return left > 0 || out == NULL || fclose(out) != 0;
}
