/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indicator: what a community shares: one version of one indicator, with its
 * source, validity, confidence and marking kept to the very end.
 *
 * Texts live in the arena of the set they belong to (struct nrs_set). A plain
 * value from a list has no id and no pattern text of its own: both are derived
 * from source and value when somebody asks (nrs_indicator_id, _pattern).
 */
#pragma once

#include "engine/background.h"
#include "engine/base/addr.h"
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/stamp.h"
#include "engine/base/text.h"

enum nrs_tlp {
	NRS_TLP_NONE, /* unmarked: handled as AMBER+STRICT */
	NRS_TLP_CLEAR,
	NRS_TLP_GREEN,
	NRS_TLP_AMBER,
	NRS_TLP_AMBER_STRICT,
	NRS_TLP_RED,
};

/* What a value of a list is, by its shape. */
enum nrs_shape {
	NRS_SHAPE_PATTERN, /* not from a list: a STIX pattern */
	NRS_SHAPE_IPV4,	   /* addresses and prefixes */
	NRS_SHAPE_IPV6,
	NRS_SHAPE_NAME,
	NRS_SHAPE_SUBDOMAINS, /* *.name: the name's subdomains and itself */
	NRS_SHAPE_URL,	      /* with or without a scheme */
	NRS_SHAPE_ADDR_PORT,  /* address:port */
	NRS_SHAPE_EMAIL,
	NRS_SHAPE_MD5,
	NRS_SHAPE_SHA1,
	NRS_SHAPE_SHA256,
	NRS_SHAPE_SHA384,
	NRS_SHAPE_SHA512,
	NRS_SHAPE_JA4,
	NRS_SHAPE_COUNT
};

/* What became of an indicator (nrs_status_name: the words of `check`). */
enum nrs_status {
	NRS_STATUS_FULL,
	NRS_STATUS_PARTIAL,	/* some OR side cannot be seen */
	NRS_STATUS_UNSUPPORTED, /* not evaluable: reason says why */
	NRS_STATUS_REJECTED,	/* an error in it: reason says which */
	NRS_STATUS_REVOKED,
	NRS_STATUS_SUPERSEDED, /* an older version of the same id */
	NRS_STATUS_DUPLICATE,  /* the same version once more */
	NRS_STATUS_BENIGN,     /* indicator_types benign: must not alert */
	NRS_STATUS_EXPIRED,    /* for good, at the time it was chosen */
	NRS_STATUS_EXCEPTED,   /* an exception list vetoed it */
	NRS_STATUS_DROPPED,    /* a rule of the policy did */
	NRS_STATUS_WITHDRAWN,  /* of set_over.h: its source says it no more */
	NRS_STATUS_WAITING,    /* of set_over.h: until all is compiled anew */
	NRS_STATUS_COUNT
};

enum nrs_validity {
	NRS_VALIDITY_SINCE_EXPIRY,
	NRS_VALIDITY_STRICT,
	NRS_VALIDITY_NOW
};

struct nrs_indicator {
	struct nrs_span id;	 /* empty: derived */
	struct nrs_span pattern; /* pattern text, or the list's value */
	const struct nrs_indicator_context *context; /* or NULL */
	int64_t created_ns;
	int64_t modified_ns;
	int64_t valid_from_ns;	/* NRS_TIME_MIN: not known */
	int64_t valid_until_ns; /* NRS_TIME_MAX: no end */
	uint32_t source;	/* index in the set's sources */
	uint32_t reason;	/* offset in the set's reasons; 0 none */
	uint32_t place;		/* object number or line in its source */
	int8_t confidence;	/* 0 to 100; -1 unknown */
	uint8_t tlp;		/* enum nrs_tlp */
	uint8_t shape;		/* enum nrs_shape */
	uint8_t status;		/* enum nrs_status */
	uint8_t version;	/* enum nrs_stix_version of the pattern */
	bool warned;		/* loaded, but something was worth a word */
	bool watched;		/* a rule says: its hits stay at home */
};

/* A name that people know a source by, and the file it came from. */
struct nrs_indicator_source {
	struct nrs_span name;
	struct nrs_span path;
};

const char *nrs_tlp_name(enum nrs_tlp tlp); /* "amber+strict" */
/* A marking by its name, not "none". False: it is none. */
bool nrs_tlp_parse(struct nrs_span name, enum nrs_tlp *out);
const char *nrs_status_name(enum nrs_status status);
const char *nrs_shape_name(enum nrs_shape shape);

/* Its background; one without a word where nobody said anything. */
const struct nrs_background *
nrs_indicator_background(const struct nrs_indicator *indicator);
