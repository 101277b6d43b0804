/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_pace: waits grow with failures in a row (hub/retry.h).
 */
#include "sightings/post_pace.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/base/stamp.h"
#include "hub/retry.h"

#define HOUR_NS (INT64_C(3600) * NRS_SECOND_NS)

const char *nrs_post_health_name(enum nrs_post_health health)
{
	static const char *const names[] = {"starting", "well", "trouble",
					    "denied", "local"};

	return names[health];
}

int nrs_post_pace_init(struct nrs_post_pace *pace, uint64_t seed)
{
	*pace = (struct nrs_post_pace){.random = seed};
	pace->state.posted_ns = NRS_TIME_MIN;
	return seed != 0 ? NRS_OK
			 : nrs_random(&pace->random, sizeof(pace->random));
}

void nrs_post_pace_well(struct nrs_post_pace *pace)
{
	pace->state.health = NRS_POST_WELL;
	pace->state.message[0] = '\0';
	pace->state.failures = 0;
}

void nrs_post_pace_trouble(struct nrs_post_pace *pace,
			   const struct nrs_taxii_answer *answer,
			   int64_t now_ns)
{
	struct nrs_post_state *state = &pace->state;

	pace->random =
		pace->random * 6364136223846793005u + 1442695040888963407u;
	state->failures++;
	state->health = answer->verdict == NRS_HUB_DENIED ? NRS_POST_DENIED
							  : NRS_POST_TROUBLE;
	(void)snprintf(state->message, sizeof(state->message), "%s",
		       answer->message);
	pace->next_ns = now_ns + nrs_hub_wait(answer->verdict, state->failures,
					      (uint32_t)(pace->random >> 32),
					      answer->retry_ns);
}

void nrs_post_pace_local(struct nrs_post_pace *pace, const char *why,
			 int64_t now_ns, int64_t wait_ns)
{
	pace->state.health = NRS_POST_LOCAL;
	pace->state.failures++;
	(void)snprintf(pace->state.message, sizeof(pace->state.message), "%s",
		       why);
	pace->next_ns = now_ns + wait_ns;
}

bool nrs_post_pace_is_due(struct nrs_post_pace *pace, int64_t now_ns)
{
	if (pace->next_ns > now_ns + HOUR_NS)
		pace->next_ns = now_ns;
	return now_ns >= pace->next_ns;
}
