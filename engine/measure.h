/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: an indicator as values each of which is enough by itself, for
 * systems that know values and no patterns.
 *
 * Only what means the same is taken: sides of an OR one by one, of an AND
 * nothing but an address with its port. What wants more than one thing at
 * once, or the absence of one, is no measure, and the reason says so.
 */
#pragma once

#include "engine/guard.h"
#include "engine/indicator.h"

enum nrs_measure_kind {
	NRS_MEASURE_ADDR,
	NRS_MEASURE_NAME,  /* that name alone */
	NRS_MEASURE_BELOW, /* what is below the name, without itself */
	NRS_MEASURE_TREE,  /* both */
	NRS_MEASURE_URL,   /* canonical; perhaps without a scheme */
	NRS_MEASURE_MD5,   /* of a file; digests in lower case */
	NRS_MEASURE_SHA1,
	NRS_MEASURE_SHA256,
	NRS_MEASURE_SHA512,
	NRS_MEASURE_CERT, /* SHA-1 of a certificate */
	NRS_MEASURE_JA3,
	NRS_MEASURE_JA4,
	NRS_MEASURE_EMAIL,
	NRS_MEASURE_KINDS
};
enum nrs_measure_side {
	NRS_SIDE_ANY,
	NRS_SIDE_SRC, /* of who opens the connection */
	NRS_SIDE_DST
};

struct nrs_measure {
	enum nrs_measure_kind kind;
	enum nrs_measure_side side; /* of ADDR */
	uint16_t port;		    /* of ADDR: on the side DST; 0 any */
	struct nrs_prefix prefix;   /* of ADDR */
	struct nrs_span value;	    /* of all others; borrowed for the call */
};

struct nrs_measure_sink {
	void *ctx;
	int (*take)(void *ctx, const struct nrs_measure *measure);
	struct nrs_guard_own own; /* networks that are nobody else's */
};

/*
 * Give all measures of @item to @sink. *@reason: why something of it is none,
 * a text for ever, or NULL. What take returns ends it. @scratch is reset.
 * NRS_E_NOMEM.
 */
int nrs_measures(const struct nrs_indicator *item, struct nrs_arena *scratch,
		 const struct nrs_measure_sink *sink, const char **reason);
