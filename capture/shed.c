/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shed: a table of the steps. Nothing is left out, most of the time: then one
 * question is asked of the ring.
 */
#include "capture/shed.h"

#include "capture/files.h"

#define DIGESTS                                                                \
	(NRS_FIELD_BIT(NRS_F_FILE_MD5) | NRS_FIELD_BIT(NRS_F_FILE_SHA1) |      \
	 NRS_FIELD_BIT(NRS_F_FILE_SHA256) |                                    \
	 NRS_FIELD_BIT(NRS_F_FILE_SENT_MD5) |                                  \
	 NRS_FIELD_BIT(NRS_F_FILE_SENT_SHA1) |                                 \
	 NRS_FIELD_BIT(NRS_F_FILE_SENT_SHA256))

static const struct {
	const char *name;
	unsigned int at;
} steps[NRS_SHED_LEVELS] = {
	[NRS_SHED_NOTHING] = {"nothing", 0},
	[NRS_SHED_PATTERNS] = {"payload patterns", 40},
	[NRS_SHED_DIGESTS] = {"digests", 55},
	[NRS_SHED_BODIES] = {"bodies", 70},
	[NRS_SHED_FLOWS] = {"new flows", 85},
};

const char *nrs_shed_name(enum nrs_shed_level level)
{
	return steps[level].name;
}

unsigned int nrs_shed_at(enum nrs_shed_level level)
{
	return steps[level].at;
}

nrs_field_set nrs_shed_fields(enum nrs_shed_level level)
{
	return level >= NRS_SHED_BODIES	   ? NRS_FILE_FIELDS
	       : level >= NRS_SHED_DIGESTS ? DIGESTS
					   : 0;
}

/* All steps up to the highest that the ring asks for. */
static bool rise(struct nrs_shed *shed, const struct nrs_shed_ring *ring)
{
	const enum nrs_shed_level before = shed->level;

	while (shed->level + 1 < NRS_SHED_LEVELS &&
	       ring->is_filled(ring->ctx, steps[shed->level + 1].at)) {
		shed->level++;
		shed->steps[shed->level]++;
	}
	return shed->level != before;
}

bool nrs_shed_look(struct nrs_shed *shed, const struct nrs_shed_ring *ring,
		   int64_t now_ns)
{
	if (rise(shed, ring)) {
		shed->calm_ns = 0;
		return true;
	}
	if (shed->level == NRS_SHED_NOTHING)
		return false;
	if (ring->is_filled(ring->ctx,
			    steps[shed->level].at - NRS_SHED_CALM_BELOW)) {
		shed->calm_ns = 0;
		return false;
	}
	/* It begins now, or a clock went back. */
	if (shed->calm_ns == 0 || now_ns < shed->calm_ns)
		shed->calm_ns = now_ns;
	if (now_ns - shed->calm_ns < NRS_SHED_CALM_NS)
		return false;
	shed->calm_ns = now_ns;
	shed->level--;
	return true;
}
