/* SPDX-License-Identifier: Apache-2.0 */
/* made_block: what a worker hands to the emitter, record by record. */
#pragma once

#include "engine/record.h"
#include "tests/nrs_test.h"

static struct nrs_block block; /* 64 KB */

static inline void begin(unsigned int worker, uint64_t mark)
{
	block.worker = worker;
	block.session = 1;
	block.mark = mark;
	block.is_round_end = true;
	block.used = 0;
}

static inline void *record(size_t bytes, enum nrs_record_kind kind,
			   uint64_t ordinal)
{
	struct nrs_record *head = (void *)(block.bytes + block.used);

	memset(head, 0, bytes);
	block.used += (uint32_t)bytes;
	*head = (struct nrs_record){.bytes = (uint32_t)bytes,
				    .kind = (uint8_t)kind,
				    .session = 1,
				    .ordinal = ordinal,
				    .ts_ns = (int64_t)ordinal};
	return head;
}

static inline void flow_record(enum nrs_record_kind kind, uint64_t ordinal,
			       uint32_t flow, enum nrs_outcome outcome)
{
	struct nrs_record_flow *f = record(sizeof(*f), kind, ordinal);

	f->id = flow;
	f->outcome = (uint8_t)outcome;
}
