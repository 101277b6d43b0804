/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_inside: inside the puller, shared by taxii_in.c and taxii_list.c and
 * nobody else.
 */
#pragma once

#include "engine/base/crypto.h"
#include "hub/envelope.h"
#include "loaders/taxii_in.h"

#define NRS_TAXII_LIMIT_MAX 10000u
#define NRS_TAXII_HOUR_NS (INT64_C(3600) * NRS_SECOND_NS)
#define NRS_TAXII_MICROSECOND_NS INT64_C(1000)

/* The page under way. */
struct nrs_taxii_page {
	struct nrs_envelope *envelope;
	uint64_t added;
	uint8_t first[NRS_SHA256_LEN]; /* digest of its first object */
	int local_err;		       /* of the store */
	struct nrs_diag diag;
	bool has_first, is_full;
};

/* A walk by the manifest (taxii_list.c). */
struct nrs_taxii_list {
	struct nrs_arena *arena;	 /* of the rows */
	const struct nrs_taxii_row *row; /* the next to look at */
	int64_t after_ns; /* of the manifest's next page; NRS_TIME_MIN */
	int64_t last_ns;  /* date of the page's last row, likewise */
	uint64_t missing; /* listed, and not given */
	uint32_t limit;
	bool is_on, has_page, more;
	bool is_gapless; /* all rows so far are kept, and have a date */
	bool is_for_dates;
};

struct nrs_taxii_in {
	struct nrs_taxii_in_config config;
	struct nrs_taxii_keep *keep;
	struct nrs_taxii_mark *mark;
	struct nrs_taxii_in_state state;
	uint64_t random;
	int64_t next_ns;
	uint32_t limit, limit_wanted; /* now; at the start of a walk */
	uint32_t idle_pages;
	bool was_sought_again; /* after a 404 */
	bool is_ended;	       /* the walk, in this step */
	bool has_no_manifest;
	bool wants_refresh;
	struct nrs_taxii_page page;
	struct nrs_taxii_list list;
	/* of the page before */
	uint8_t first[NRS_SHA256_LEN];
	int64_t last_ns;
};

void nrs_taxii_say(struct nrs_taxii_in *in, enum nrs_taxii_in_health health,
		   const char *text);
/* The hub does not do what it should: say it, and when to ask again. */
void nrs_taxii_trouble(struct nrs_taxii_in *in,
		       const struct nrs_taxii_answer *answer, int64_t now_ns);
/* Ours does not: returns @err. */
int nrs_taxii_local_trouble(struct nrs_taxii_in *in, int err,
			    const struct nrs_diag *diag, int64_t now_ns);
int nrs_taxii_commit(struct nrs_taxii_in *in, int64_t now_ns,
		     struct nrs_diag *diag);
void nrs_taxii_end_walk(struct nrs_taxii_in *in, int64_t now_ns);
/* All was read: what follows from that, and durable. */
int nrs_taxii_whole_walk(struct nrs_taxii_in *in, int64_t now_ns,
			 struct nrs_diag *diag);

/*
 * Ask for the objects of @query and keep them; in->page says what came of
 * that. NRS_E_LIMIT with page.is_full; an error of the store is in
 * page.local_err; else as nrs_taxii_exchange and nrs_envelope_end.
 */
int nrs_taxii_fetch(struct nrs_taxii_in *in, const struct nrs_taxii_peer *peer,
		    const struct nrs_taxii_query *query,
		    struct nrs_taxii_answer *answer,
		    struct nrs_envelope_end *end);
/* What a fetch that went wrong on our side means; NRS_E_INTERNAL: it did
 * not go wrong there. */
int nrs_taxii_fetch_failed(struct nrs_taxii_in *in, int err, int64_t now_ns,
			   struct nrs_diag *diag);

/* All is kept that was added up to @last_ns: the watermark follows. */
void nrs_taxii_read_up_to(struct nrs_taxii_in *in, int64_t last_ns);

/* A time that a hub gave: NRS_TIME_MIN where it is none that can be. */
int64_t nrs_taxii_likely(int64_t ns, int64_t now_ns);

/* Begin a walk by the manifest from the watermark on. */
void nrs_taxii_list_begin(struct nrs_taxii_in *in, bool is_for_dates,
			  int64_t now_ns);
/* One step of it: one exchange. */
int nrs_taxii_list_step(struct nrs_taxii_in *in,
			const struct nrs_taxii_peer *peer, int64_t now_ns,
			struct nrs_diag *diag);
