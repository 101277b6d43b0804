/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_file: the state of a STIX 1 file under way: the packages around, the
 * indicator, what has a name, and the indicators that wait for the end.
 */
#pragma once

#include "loaders/stix1_draft.h"
#include "loaders/stix1_named.h"
#include "loaders/xml_sink.h"

#define NRS_STIX1_PACKAGES_MAX 16u

struct nrs_stix1_package {
	unsigned int depth; /* of its element */
	enum nrs_tlp tlp;
	struct nrs_span id, title; /* in the set's arena */
};

/* An indicator that refers to others. */
struct nrs_stix1_waiting {
	struct nrs_indicator item;
	struct nrs_span id, bytes;
};

/* The sink as it says; the rest starts as {0}. */
struct nrs_stix1_file {
	struct nrs_xml_sink sink;
	struct nrs_stix1_package packages[NRS_STIX1_PACKAGES_MAX];
	unsigned int package_count;
	struct nrs_stix1_draft draft;
	struct nrs_condition condition;
	struct nrs_stix1_named named;
	struct nrs_stix1_waiting *waiting;
	size_t waiting_count, waiting_room;
	uint64_t observables; /* of no indicator */
	uint64_t *budget;     /* what references may grow to; NULL: any */
	bool failed;	      /* no memory: told at the end */
};

void nrs_stix1_file_fini(struct nrs_stix1_file *file);

/* False: too deep in others. */
bool nrs_stix1_package_open(struct nrs_stix1_file *file,
			    const struct nrs_xml_element *e);
void nrs_stix1_package_close(struct nrs_stix1_file *file,
			     const struct nrs_xml_element *e);
/* The innermost, or NULL. */
struct nrs_stix1_package *nrs_stix1_package(struct nrs_stix1_file *file);

/* The draft with the condition as an indicator; or, if it refers to others,
 * when the file ends. NRS_E_NOMEM. */
int nrs_stix1_file_add(struct nrs_stix1_file *file);

/* The file ends: those that waited are added. NRS_E_NOMEM. */
int nrs_stix1_file_end(struct nrs_stix1_file *file);
