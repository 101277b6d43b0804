/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_attribute: one attribute of MISP as an indicator.
 */
#pragma once

#include "engine/base/json.h"
#include "loaders/adder.h"
#include "loaders/misp_tags.h"

struct nrs_misp_options {
	bool all;	       /* also what is not for detection */
	bool is_seen_validity; /* first and last seen bound validity */
	bool skip_false_positives;
	bool and_objects; /* an object is one indicator */
	bool has_roles;	  /* ip-src is a source, and ip-dst a destination */
};

struct nrs_misp_taker {
	struct nrs_adder *adder; /* borrowed */
	struct nrs_misp_options options;
	struct nrs_misp_tags tags;
};
void nrs_misp_taker_fini(struct nrs_misp_taker *taker);

/*
 * Add @attribute, the @place-th of its file, count it as ignored, or keep why
 * it is refused. Of an indicator that was added, marking and confidence are
 * those of the attribute's own tags (NRS_TLP_NONE, -1), its context what it
 * says itself. NRS_E_NOMEM.
 */
int nrs_misp_attribute(struct nrs_misp_taker *taker,
		       const struct nrs_json *attribute, uint64_t place);

/* The text of a string or a number; empty if it is neither. */
struct nrs_span nrs_misp_text(const struct nrs_json *object, const char *key);

/* true, "1" or 1. */
bool nrs_misp_is(const struct nrs_json *object, const char *key);

/* Seconds since 1970 as text or number; 0: none. */
int64_t nrs_misp_time(const struct nrs_json *object, const char *key);

/* Longest name of an event, which goes to each of its indicators, and of a
 * file. */
#define NRS_MISP_NAME_MAX ((size_t)256)

/* @text cut to @len octets, never inside a character. */
struct nrs_span nrs_misp_cut(struct nrs_span text, size_t len);

/* "TYPE--UUID" of @object in @room, as MISP itself names it when it writes
 * STIX; empty without a UUID. */
struct nrs_span nrs_misp_id(const char *type, const struct nrs_json *object,
			    char room[64]);

/* Is @text a UUID as RFC 4122 writes it? */
bool nrs_misp_is_uuid(struct nrs_span text);
