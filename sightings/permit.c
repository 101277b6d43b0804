/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permit: the indicator's status and times, its marking, then what its source
 * says it may be used for: the Permissible Actions Protocol by its colours,
 * anything else by the word for stopping traffic.
 */
#include "sightings/permit.h"

#include "engine/handling.h"

static const char *by_status(const struct nrs_indicator *item)
{
	switch ((enum nrs_status)item->status) {
	case NRS_STATUS_FULL:
	case NRS_STATUS_PARTIAL:
	case NRS_STATUS_UNSUPPORTED: /* here; others may see it */
		return NULL;
	case NRS_STATUS_REJECTED:
		return "rejected (noroshi check says why)";
	case NRS_STATUS_REVOKED:
		return "revoked";
	case NRS_STATUS_BENIGN:
		return "benign";
	case NRS_STATUS_EXPIRED:
		return "expired";
	case NRS_STATUS_EXCEPTED:
		return "vetoed by an exception list";
	case NRS_STATUS_DROPPED:
		return "dropped by the policy";
	case NRS_STATUS_WITHDRAWN:
		return "withdrawn";
	case NRS_STATUS_WAITING:
		return "waits to be compiled";
	default:
		return "superseded, or there twice";
	}
}

static const char *by_marking(const struct nrs_indicator *item,
			      enum nrs_tlp ceiling)
{
	static const char *const above[] = {
		[NRS_TLP_NONE] = NULL,
		[NRS_TLP_CLEAR] = NULL, /* never above anything */
		[NRS_TLP_GREEN] = "marked green, above --max-tlp",
		[NRS_TLP_AMBER] = "marked amber, above --max-tlp",
		[NRS_TLP_AMBER_STRICT] =
			"amber+strict or unmarked, above --max-tlp",
		[NRS_TLP_RED] = "marked red, above --max-tlp"};
	const enum nrs_tlp tlp = item->tlp == NRS_TLP_NONE
					 ? NRS_TLP_AMBER_STRICT
					 : (enum nrs_tlp)item->tlp;

	if (ceiling == NRS_TLP_NONE)
		ceiling = NRS_TLP_AMBER_STRICT;
	return tlp > ceiling ? above[tlp] : NULL;
}

static bool says(struct nrs_span text, const char *word)
{
	const size_t len = strlen(word);

	for (size_t i = 0; i + len <= text.len; i++) {
		if (nrs_span_is_icase(nrs_span_part(text, i, len), word))
			return true;
	}
	return false;
}

/* PAP: RED and AMBER allow nothing that an adversary could notice. */
static const char *by_purpose(const struct nrs_indicator *item)
{
	static const char *const stopping[] = {
		"block",  "prevent",  "mitigat",   "defen",	"drop",
		"filter", "sinkhole", "pap:green", "pap:clear", "pap:white"};
	const struct nrs_span purpose = nrs_indicator_background(item)->purpose;

	if (purpose.len == 0)
		return NULL;
	if (says(purpose, "pap:red") || says(purpose, "pap:amber"))
		return "its source forbids active use (PAP)";
	if (says(purpose, "not ") || says(purpose, "no "))
		return "its purpose does not name blocking";
	for (size_t i = 0; i < sizeof(stopping) / sizeof(*stopping); i++) {
		if (says(purpose, stopping[i]))
			return NULL;
	}
	return "its purpose does not name blocking";
}

const char *nrs_permit(const struct nrs_indicator *item,
		       const struct nrs_permit_rules *rules)
{
	const char *reason = by_status(item);

	if (reason == NULL && nrs_is_hidden(item))
		reason = "to be run and not read (display:no)";
	if (reason == NULL)
		reason = by_marking(item, rules->max_tlp);
	if (reason == NULL && rules->at_ns >= item->valid_until_ns)
		reason = "expired";
	if (reason == NULL && rules->at_ns < item->valid_from_ns)
		reason = "not valid yet";
	if (reason == NULL && rules->min_confidence > 0 &&
	    item->confidence < rules->min_confidence)
		reason = "confidence unknown or below --min-confidence";
	if (reason == NULL && rules->use == NRS_USE_BLOCK)
		reason = item->watched ? "only to be watched, by the policy"
				       : by_purpose(item);
	return reason;
}
