/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indicator: the words for markings, outcomes and shapes.
 */
#include "engine/indicator.h"

const char *nrs_tlp_name(enum nrs_tlp tlp)
{
	static const char *const names[] = {"unmarked", "clear",	"green",
					    "amber",	"amber+strict", "red"};

	return names[tlp];
}

bool nrs_tlp_parse(struct nrs_span name, enum nrs_tlp *out)
{
	for (unsigned int t = NRS_TLP_CLEAR; t <= NRS_TLP_RED; t++) {
		if (nrs_span_is(name, nrs_tlp_name((enum nrs_tlp)t))) {
			*out = (enum nrs_tlp)t;
			return true;
		}
	}
	return false;
}

const char *nrs_status_name(enum nrs_status status)
{
	static const char *const names[NRS_STATUS_COUNT] = {
		"full",	   "partial",	 "not evaluable", "rejected",
		"revoked", "superseded", "duplicate",	  "benign",
		"expired", "excepted",	 "dropped",	  "withdrawn",
		"waiting"};

	return names[status];
}

const char *nrs_shape_name(enum nrs_shape shape)
{
	static const char *const names[] = {
		"pattern", "ipv4",    "ipv6",	"domain", "subdomains",
		"url",	   "ip:port", "email",	"md5",	  "sha1",
		"sha256",  "sha384",  "sha512", "ja4"};

	return names[shape];
}

const struct nrs_background *
nrs_indicator_background(const struct nrs_indicator *indicator)
{
	static const struct nrs_background nothing = {0};

	return indicator->context == NULL ||
			       indicator->context->background == NULL
		       ? &nothing
		       : indicator->context->background;
}
