/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disclose: what may leave, to whom (sharing-rules.md rules 1 to 8 and 10): a
 * pure function of the policy and of what is to be told. Nothing leaves unless
 * every rule lets it; the text of a refusal names the key that changes it.
 *
 * Names in messages are configuration keys as in sharing-rules.md section 6.
 */
#pragma once

#include "engine/base/span.h"
#include "engine/indicator.h"
#include "sightings/classify.h"

/* As whom (rule 17). A pseudonym is stable within one audience and tells
 * nothing in another; all anonymous reporters are one. Neither says name,
 * contact or sectors: the hub knows its members. */
enum nrs_share_as {
	NRS_SHARE_NAMED,
	NRS_SHARE_PSEUDONYM,
	NRS_SHARE_ANONYMOUS,
};

/* What is said of the own host (rule 13). A token is stable within one audience
 * and means nothing in another. */
enum nrs_share_own {
	NRS_SHARE_OWN_OMIT,
	NRS_SHARE_OWN_TOKEN,
	NRS_SHARE_OWN_FULL,
};

struct nrs_share_reporter {
	enum nrs_share_as as;
	struct nrs_span name;
	struct nrs_span contact;
	struct nrs_span sectors; /* a comma between; may be empty */
	struct nrs_span site;	 /* may be empty */
	uint32_t as_number;	 /* 0: not said */
};

/* One entry of `audiences`: a collection that sightings are posted to. What is
 * left out is the safe default. */
struct nrs_share_audience {
	struct nrs_span name;
	struct nrs_span hub, collection; /* as in its source's */
	struct nrs_span within;		 /* a wider audience; empty: none */
	bool is_auto;			 /* else mode: hold */
	bool takes_exercise;
	bool takes_opinions;   /* of people's verdicts (rule 20) */
	bool publishes_values; /* sends indicators made of lists' values */
	enum nrs_tlp max_tlp;  /* NRS_TLP_NONE: amber */
	enum nrs_class min_class;
	/* Block `technique` (rule 18): direction, outcome, protocols, ports. */
	bool tells_technique;
	bool tells_damage; /* block `damage`: how important the asset is */
	/* Block `provider`: name, contact, sectors, site and AS number. */
	bool tells_provider;
	enum nrs_share_own own_host;
	int64_t grain_ns; /* times are cut to it; 0: as seen */
	struct nrs_share_reporter reporter;
	struct nrs_span key; /* this audience's own; 32 random octets */
	/* A further way to an audience (rule 9): whose it is, under whose name
	 * the rules are and whose key it has. Empty: an audience by itself. */
	struct nrs_span of;
	bool is_second; /* told only what is late elsewhere */
};

/* What the configuration says of a source of indicators. */
struct nrs_share_source {
	struct nrs_span name; /* as in nrs_indicator_source */
	struct nrs_span key;  /* of its settings, for messages; or empty */
	struct nrs_span hub, collection; /* that supplied it, or `origin` */
	struct nrs_span audience;     /* of that collection; empty: not said */
	struct nrs_span redistribute; /* further audiences, a comma between */
	enum nrs_tlp default_tlp;     /* of what is unmarked; NONE: not said */
};

/* All borrowed. */
struct nrs_share_policy {
	const struct nrs_share_audience *audiences;
	unsigned int audience_count;
	const struct nrs_share_source *sources;
	unsigned int source_count;
};
/* What is to be told. */
struct nrs_share_item {
	struct nrs_span source; /* name of the indicator's source */
	enum nrs_tlp tlp;	/* its marking; an unknown one is RED */
	enum nrs_class grade;
	bool is_value; /* the indicator has an id of our own making */
	bool is_exercise, is_hidden; /* handling.h */
	int64_t form; /* share_form.h, of objects that wait; else 0 */
};

enum nrs_share_act {
	NRS_SHARE_REFUSE,
	NRS_SHARE_HOLD, /* a person decides */
	NRS_SHARE_RELEASE,
};

struct nrs_share_verdict {
	enum nrs_share_act act;
	unsigned int rule; /* of sharing-rules.md, the one that decided */
	enum nrs_tlp tlp;  /* the marking that the sighting gets */
	char text[240];	   /* why, and which key changes it */
};

/* May @item go to audience @to (an index in @policy)? */
void nrs_disclose(const struct nrs_share_policy *policy, unsigned int to,
		  const struct nrs_share_item *item,
		  struct nrs_share_verdict *out);

/* Its name, or that of the audience whose way it is; as whom it hears of us:
 * named only with block `provider`, else a pseudonym. */
struct nrs_span nrs_share_name(const struct nrs_share_audience *audience);
enum nrs_share_as nrs_share_as(const struct nrs_share_audience *audience);

const struct nrs_share_source *
nrs_share_source_of(const struct nrs_share_policy *policy,
		    struct nrs_span name);
