/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_in: pull one collection of a hub, step by step (specification section
 * 5.2). A step is one exchange at most a page long; what it brought is durable
 * when it returns. Time and network come from outside; no step sleeps.
 *
 * Kept across kill -9: all objects of each finished page, how far the
 * collection has been read, and the `next` of a walk under way. Whatever a hub
 * does, memory stays that of one object, the file stays below its caps, and a
 * walk ends.
 */
#pragma once

#include "hub/taxii.h"
#include "loaders/taxii_keep.h"

/* Borrowed while the puller lives. 0 and NULL mean the defaults. */
struct nrs_taxii_in_config {
	struct nrs_taxii_where where; /* the URL: discovery or API root; the
				       * collection: id, alias or title */
	const struct nrs_auth *auth;  /* NULL: none */
	const char *types;	 /* match[type]: NRS_TAXII_IN_TYPES; "": all */
	uint32_t limit;		 /* objects per page: 1,000 */
	uint32_t interval_s;	 /* between two walks, +-10 %: 300 */
	uint64_t page_bytes;	 /* of one page: 256 MiB */
	uint64_t objects_max;	 /* kept of this collection: 5,000,000 */
	uint64_t bytes_max;	 /* likewise: 8 GiB */
	uint32_t idle_pages_max; /* in a walk, without anything new: 10,000 */
	uint32_t refresh_s;	 /* between reading it all again: a week */
	bool overlaps; /* each walk asks for the last one's last time again */
	bool is_authoritative; /* what a refresh does not find is withdrawn */
	bool trusts_discovery; /* taxii.h */
	uint64_t seed;	       /* of the waits' jitter; 0: random */
};

#define NRS_TAXII_IN_TYPES                                                     \
	"indicator,relationship,report,grouping,course-of-action,malware,"     \
	"campaign,intrusion-set,threat-actor,attack-pattern,tool,"             \
	"infrastructure,identity,location,note,opinion,sighting,"              \
	"marking-definition"

enum nrs_taxii_in_health {
	NRS_TAXII_IN_STARTING,
	NRS_TAXII_IN_WELL,
	NRS_TAXII_IN_TROUBLE, /* the hub: message says what; tried again */
	NRS_TAXII_IN_STUCK,   /* pages without progress: the walk was ended */
	NRS_TAXII_IN_FULL,    /* above objects_max or bytes_max */
	NRS_TAXII_IN_LOCAL,   /* our own file: disk full, ... */
};

/* For `status`. Counts are since the start, objects and bytes all kept. */
struct nrs_taxii_in_state {
	enum nrs_taxii_in_health health;
	char message[200]; /* of the last trouble; "" when well */
	int http_status;   /* of the last answer */
	int64_t pulled_ns; /* end of the last whole walk; NRS_TIME_MIN: none */
	int64_t watermark_ns;
	bool is_walking;       /* pages are to come */
	unsigned int failures; /* in a row */
	uint64_t objects, bytes;
	uint64_t pages, added, known, refused, odd_media, token_expired;
	uint64_t withdrawn; /* by refreshes of an authoritative hub */
};

struct nrs_taxii_in;

/* @store is borrowed, opened with nrs_taxii_schema, for this thread. */
int nrs_taxii_in_new(struct nrs_taxii_in **out,
		     const struct nrs_taxii_in_config *config,
		     struct nrs_store *store, struct nrs_diag *diag);
void nrs_taxii_in_free(struct nrs_taxii_in *in);

struct nrs_taxii_in_step {
	bool has_new;	 /* objects were added: load again when convenient */
	bool is_end;	 /* a walk ended here: load now */
	int64_t next_ns; /* do not call again before */
};

/*
 * One step at @now_ns (wall time). NRS_OK whatever the hub did: see the state.
 * NRS_E_CANCELLED as the exchange said; other errors are of the store
 * (store.h), and @step->next_ns is still set.
 */
int nrs_taxii_in_step(struct nrs_taxii_in *in, const struct nrs_http *http,
		      int64_t now_ns, struct nrs_taxii_in_step *step,
		      struct nrs_diag *diag);

/* Valid until the next step. */
const struct nrs_taxii_in_state *
nrs_taxii_in_state(const struct nrs_taxii_in *in);

/* "well", "stuck", ... */
const char *nrs_taxii_in_health_name(enum nrs_taxii_in_health health);

/* The next walk reads everything again (a person asked for it). */
void nrs_taxii_in_refresh(struct nrs_taxii_in *in);

/* Poll at the next step, whatever the wait (a person asked for it). */
void nrs_taxii_in_wake(struct nrs_taxii_in *in);
