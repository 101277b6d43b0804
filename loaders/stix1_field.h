/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_field: the tables of CybOX: which field of which object is which STIX
 * path, and which condition is which way to compare.
 */
#pragma once

#include "loaders/comparison.h"

enum nrs_stix1_kind {
	NRS_STIX1_TEXT,
	NRS_STIX1_LOWER, /* text that STIX has in lower case */
	NRS_STIX1_NUMBER,
	NRS_STIX1_ADDRESS,  /* an address at the path */
	NRS_STIX1_CATEGORY, /* an Address object: its category tells */
	NRS_STIX1_URI,	    /* a URI object: its type tells */
	NRS_STIX1_HASH,	    /* a digest: its Type tells */
	NRS_STIX1_IGNORED,  /* says nothing that is looked for */
};

struct nrs_stix1_field {
	const char *type; /* of the object; NULL: of any */
	const char *name; /* "Hashes/Hash/Simple_Hash_Value" */
	enum nrs_stix1_kind kind;
	const char *path;
};

/* The row of a field, or NULL: it is not seen on a network. */
const struct nrs_stix1_field *nrs_stix1_field(const char *type,
					      const char *name);

/* True if objects of @type have any row. */
bool nrs_stix1_is_known(const char *type);

/* Condition ("" is Equals) as a way to compare; false: none that is known. */
bool nrs_stix1_how(const char *condition, enum nrs_how *how, bool *is_negated);
