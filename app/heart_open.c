/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heart_open: main's handle on the spool, for notes, and the heart.
 */
#include "app/heart_open.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/command.h"
#include "app/threads.h"

struct nrs_hearts {
	struct nrs_store *store; /* or NULL */
	struct nrs_heart *heart;
};

static bool wants_notes(const struct nrs_plan *plan)
{
	for (unsigned int i = 0; i < plan->policy.audience_count; i++)
		if (plan->posts[i].tells_heartbeat)
			return true;
	return false;
}

static int open_both(struct nrs_hearts *h, const struct nrs_plan *plan,
		     struct nrs_diag *diag)
{
	const struct nrs_config_out *out = &plan->config->out;
	struct nrs_heart_options options = {
		.file = out->heartbeat,
		.interval_s = (uint32_t)out->heartbeat_s,
		.sensor = nrs_span_of(plan->config->sensor.name),
		.policy = &plan->policy,
		.posts = plan->posts};
	char path[4096];
	int err = NRS_OK;

	if (wants_notes(plan)) {
		(void)snprintf(path, sizeof(path), "%s/spool.db",
			       plan->config->state.dir);
		err = nrs_store_open(&h->store, path, &nrs_spool_schema,
				     NRS_STORE_SYNC_POWER, diag);
	}
	options.store = h->store;
	return err == NRS_OK ? nrs_heart_new(&h->heart, &options, diag) : err;
}

int nrs_heart_open(struct nrs_hearts **out, const struct nrs_plan *plan)
{
	struct nrs_hearts *h;
	struct nrs_diag diag = {0};

	*out = NULL;
	if (plan->config->out.heartbeat == NULL && !wants_notes(plan))
		return NRS_OK;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NRS_E_NOMEM;
	const int err = open_both(h, plan, &diag);
	if (err != NRS_OK) {
		nrs_complain("heartbeat: %s", diag.text[0] != '\0'
						      ? diag.text
						      : nrs_strerror(err));
		nrs_heart_close(h);
		return err;
	}
	*out = h;
	return NRS_OK;
}

void nrs_heart_close(struct nrs_hearts *h)
{
	if (h == NULL)
		return;
	nrs_heart_free(h->heart);
	nrs_store_close(h->store);
	free(h);
}

void nrs_heart_force(struct nrs_hearts *h, const struct nrs_set *set)
{
	if (h != NULL && nrs_heart_note(h->heart, set, nrs_wall_ns()) != NRS_OK)
		nrs_complain("heartbeat: out of memory");
}

void nrs_heart_beat(struct nrs_hearts *h, struct nrs_supply *supply)
{
	struct nrs_supply_state set;
	struct nrs_diag diag = {0};

	if (h == NULL)
		return;
	nrs_supply_state(supply, &set);
	if (nrs_heart_tick(h->heart, &set, nrs_wall_ns(), &diag) != NRS_OK)
		nrs_complain("heartbeat: %s", diag.text);
}
