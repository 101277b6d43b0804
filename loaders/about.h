/* SPDX-License-Identifier: Apache-2.0 */
/*
 * about: what an indicator speaks of: object types and values, whether it is a
 * pattern or the value of a list. For choosing among indicators and for people
 * who ask about a value; never for matching.
 */
#pragma once

#include "engine/set.h"

/* The object types that are told apart, in the order of their bits. */
#define NRS_ABOUT_TYPES                                                        \
	"ipv4-addr|ipv6-addr|domain-name|url|email-addr|email-message|file|"   \
	"network-traffic|x509-certificate|mac-addr|autonomous-system|"         \
	"software|artifact|user-account|process|windows-registry-key|mutex|"   \
	"directory|other"

enum nrs_about_kind {
	NRS_ABOUT_ADDR, /* prefix is set */
	NRS_ABOUT_NAME,
	NRS_ABOUT_SUBDOMAINS, /* of text, and itself */
	NRS_ABOUT_URL,
	NRS_ABOUT_EMAIL,
	NRS_ABOUT_TEXT, /* anything else */
};

struct nrs_about_value {
	enum nrs_about_kind kind;
	struct nrs_span text; /* refanged, for the call */
	struct nrs_prefix prefix;
};

/* Room to read patterns in; one thread. */
struct nrs_about;
int nrs_about_new(struct nrs_about **out);
void nrs_about_free(struct nrs_about *about);

/* The types, as bits. `X_ref.type = 'ipv4-addr'` counts as both. 0: the
 * pattern cannot be read. */
uint32_t nrs_about_types(struct nrs_about *about,
			 const struct nrs_indicator *item);

/* Does @holds say yes to one of the values? Not to those under NOT and !=. */
typedef bool nrs_about_holds_fn(void *ctx, const struct nrs_about_value *value);
bool nrs_about_any(struct nrs_about *about, const struct nrs_indicator *item,
		   nrs_about_holds_fn *holds, void *ctx);

/* The name or address that a URL or an email address leads to. */
struct nrs_span nrs_about_host(const struct nrs_about_value *value);

/* Is @name @parent or below it? Both canonical. */
bool nrs_about_is_below(struct nrs_span name, struct nrs_span parent);
