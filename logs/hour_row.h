/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_row: what is counted of one owner's traffic in one hour, as a JSON line
 * and back. A counter that is 0 does not stand in the line.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/text.h"
#include "logs/hour_counters.h"

enum nrs_hour_owner {
	NRS_HOUR_TENANT,
	NRS_HOUR_NETWORK, /* an own one that is no tenant's */
	NRS_HOUR_TRANSIT, /* neither end is own */
};

#define NRS_HOUR_NAME 80
struct nrs_hour_row {
	int64_t hour;		   /* nrs_seen_hour, of the traffic's time */
	int64_t first_ns, last_ns; /* of what is counted */
	uint32_t part; /* the how manieth piece of its hour, in its run */
	uint8_t owner; /* enum nrs_hour_owner */
	char name[NRS_HOUR_NAME]; /* of the owner */
	uint64_t count[NRS_HOUR_COUNTERS_END];
};

/* Append @row's line with its newline. @sensor and @location may be NULL. */
void nrs_hour_line(struct nrs_text *out, const struct nrs_hour_row *row,
		   const char *sensor, const char *location);

/* A line again; counters that are not known here are passed over. Lines of
 * several sensors are told apart by nobody. NRS_E_FORMAT: it is none;
 * NRS_E_NOMEM. */
int nrs_hour_read(struct nrs_hour_row *out, struct nrs_span line,
		  struct nrs_arena *arena);

/* By hour and owner: tenants, networks, transit, each by name. */
int nrs_hour_compare(const struct nrs_hour_row *a,
		     const struct nrs_hour_row *b);
/* @more, of the same hour and owner, into @sum; what does not fit is the
 * largest number. */
void nrs_hour_sum(struct nrs_hour_row *sum, const struct nrs_hour_row *more);
