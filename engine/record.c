/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: the order of records, and their words.
 */
#include "engine/record.h"

#include "engine/record_put.h"

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int nrs_record_compare(const struct nrs_record *a, const struct nrs_record *b)
{
	int by = order(a->session, b->session);

	if (by == 0)
		by = order(a->ordinal, b->ordinal);
	if (by == 0)
		by = order(a->phase, b->phase);
	if (by == 0)
		by = order(a->shard, b->shard);
	return by != 0 ? by : order(a->sequence, b->sequence);
}

const char *nrs_outcome_name(enum nrs_outcome outcome)
{
	static const char *const names[] = {"unknown", "attempted", "blocked",
					    "answered", "established"};

	return names[outcome];
}

static size_t padded(size_t len)
{
	return (len + 7) / 8 * 8;
}

size_t nrs_record_hit_bytes(const struct nrs_hit *hit)
{
	size_t bytes = sizeof(struct nrs_record_hit);

	for (unsigned int i = 0; i < hit->value_count; i++)
		bytes += sizeof(struct nrs_record_value) +
			 padded(hit->values[i].value.len);
	return bytes;
}

void nrs_record_hit_put(struct nrs_record_hit *record,
			const struct nrs_hit *hit)
{
	uint8_t *at = (uint8_t *)(record + 1);

	record->txn_start_ns = hit->txn->start_ns;
	record->part = hit->part;
	record->generation = hit->generation;
	record->indicator = hit->indicator;
	record->txn_number = hit->txn->number;
	record->txn_kind = hit->txn->kind;
	record->before = hit->before;
	record->value_count = (uint16_t)hit->value_count;
	for (unsigned int i = 0; i < hit->value_count; i++) {
		const struct nrs_hit_value *value = &hit->values[i];
		const struct nrs_record_value head = {
			.field = (uint8_t)value->field,
			.how = (uint8_t)value->how,
			.object = value->object,
			.len = (uint32_t)value->value.len};

		memcpy(at, &head, sizeof(head));
		if (value->value.len > 0)
			memcpy(at + sizeof(head), value->value.ptr,
			       value->value.len);
		at += sizeof(head) + padded(value->value.len);
	}
}
