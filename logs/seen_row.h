/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_row: one line of an observation log: a value of a field, seen with one
 * own host within one hour, while its flows had come so far.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/field.h"

struct nrs_seen_row {
	struct nrs_span value;		/* as nrs_txn_value takes it */
	struct nrs_addr client, server; /* of the first flow; one is own */
	int64_t first_ns, last_ns;	/* cut to microseconds */
	uint64_t count;
	enum nrs_field field;
	uint16_t server_port;
	uint8_t proto;
	uint8_t txn_kind; /* enum nrs_txn_kind */
	uint8_t outcome;  /* enum nrs_outcome, when the value was read */
	bool own_is_client;
	bool client_is_token, server_is_token; /* own_token.h */
};

/* An hour of the traffic's time, counted from 1970; rows never cross one. */
#define NRS_SEEN_HOUR_NS (INT64_C(3600) * 1000000000)
static inline int64_t nrs_seen_hour(int64_t ns)
{
	return ns / NRS_SEEN_HOUR_NS - (ns % NRS_SEEN_HOUR_NS < 0);
}
