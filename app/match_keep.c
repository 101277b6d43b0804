/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_keep: what is kept or told of all traffic that `noroshi match` reads.
 */
#include "app/match_logs.h"

#include "app/own_key.h"
#include "engine/base/stamp.h"

#define SEEN_ROWS 1000000u
#define MESSAGE_BYTES 1400u
#define RETELL_NS (10 * NRS_SECOND_NS)

unsigned int nrs_match_keep_kinds(const struct nrs_match_options *o)
{
	const struct nrs_match_files *files = &o->files;
	const bool has_hours = files->hours != NULL;
	const bool wants_flows =
		files->flows != NULL || has_hours || files->ipfix != NULL;

	return (wants_flows ? NRS_KEEP_FLOWS : 0u) |
	       (has_hours ? NRS_KEEP_ASKED : 0u) |
	       (files->seen != NULL ? NRS_KEEP_SEEN : 0u);
}

/* What the policy says of them: whose networks are, and tokens. */
static int read_policy(const struct nrs_config *policy,
		       struct nrs_logging_options *out,
		       uint8_t key[NRS_OWN_KEY_LEN], struct nrs_diag *diag)
{
	if (policy == NULL)
		return NRS_OK;
	out->tenants = policy->judging.tenants.items;
	out->tenant_count = policy->judging.tenants.count;
	if (out->seen == NULL || !nrs_own_key_wanted(policy))
		return NRS_OK;
	out->own_key = key;
	return nrs_own_key(key, policy, diag);
}

int nrs_match_keep_open(struct nrs_logging **out,
			const struct nrs_match_options *o,
			const struct nrs_config *policy)
{
	static const char tcp[] = "tcp:";
	const struct nrs_match_files *files = &o->files;
	const bool is_tcp = nrs_span_starts(nrs_span_of(files->ipfix), tcp);
	/* The domain is 0: captures may be of any sensor. */
	const struct nrs_collector_options collector = {
		.server =
			is_tcp ? files->ipfix + sizeof(tcp) - 1 : files->ipfix,
		.is_tcp = is_tcp,
		.may_wait = true,
		.retell_ns = RETELL_NS,
		.records = {.message_max = MESSAGE_BYTES}};
	struct nrs_logging_options logging = {
		.flows = files->flows,
		.seen = files->seen,
		.hours = files->hours,
		.seen_rows = SEEN_ROWS,
		.as_table = files->as_table,
		.collector = files->ipfix == NULL ? NULL : &collector,
		.home = &o->home,
		.captures = o->captures};
	uint8_t key[NRS_OWN_KEY_LEN];
	struct nrs_diag diag = {0};

	if (nrs_match_keep_kinds(o) == 0)
		return NRS_OK;
	int err = read_policy(policy, &logging, key, &diag);
	if (err == NRS_OK)
		err = nrs_logging_open(out, &logging, &diag);
	if (err != NRS_OK)
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	return err;
}
