/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_object: the properties of one CybOX object (CybOX 2.0, 2.1) as terms
 * that all must hold.
 */
#pragma once

#include "loaders/condition.h"
#include "loaders/xml.h"

#define NRS_STIX1_PATH_MAX 256u

struct nrs_stix1_object {
	unsigned int depth;	       /* of the Properties element */
	char type[64];		       /* "FileObjectType" */
	char path[NRS_STIX1_PATH_MAX]; /* below it: "Hashes/Hash/Type" */
	size_t path_len;
	char category[24]; /* of an address; of a URI its type */
	bool is_source, is_destination, is_domain;
	/* of the field under way */
	char how[32];
	char apply[8];
	char delimiter[24];
	bool is_regex;
	char hash[24]; /* its Type */
	/* of all fields */
	bool has_hash, has_unseen;
	char unseen[160]; /* the first field that cannot be seen */
};

/* The Properties element opens, with its group in @c. */
void nrs_stix1_object_begin(struct nrs_stix1_object *object,
			    struct nrs_condition *c,
			    const struct nrs_xml_element *e);

/* An element below it opens, closes. */
void nrs_stix1_object_open(struct nrs_stix1_object *object,
			   const struct nrs_xml_element *e);
void nrs_stix1_object_close(struct nrs_stix1_object *object,
			    struct nrs_condition *c,
			    const struct nrs_xml_element *e);

/*
 * The Properties element closes, and its group. A field that cannot be seen
 * makes the object unsayable, except beside a digest, which says it all.
 */
void nrs_stix1_object_end(struct nrs_stix1_object *object,
			  struct nrs_condition *c);
