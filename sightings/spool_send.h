/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_send: the sending side of the spool: batches, what came of them, and
 * the status resources that are waited for. Each function is one transaction.
 */
#pragma once

#include "hub/taxii_answer.h"
#include "sightings/spool.h"

#define NRS_SPOOL_BATCH_MAX 200u
#define NRS_SPOOL_OBJECTS_MAX 1000u

/* The next envelope: the worst class first, then the oldest. */
struct nrs_spool_batch {
	unsigned int count_max;	  /* sightings; 0: NRS_SPOOL_BATCH_MAX */
	size_t bytes_max;	  /* octets, but at least one sighting */
	struct nrs_text envelope; /* {"objects":[...]}, each object once */
	unsigned int count;
	int64_t rows[NRS_SPOOL_BATCH_MAX];
	int64_t editions[NRS_SPOOL_BATCH_MAX]; /* of them, as they stand in it
						*/
};

/* Fill @batch within the limits that stand in it: each object once, under the
 * strictest of its markings. A row that cannot be read is quarantined. It
 * is used again and again; fini its envelope at last. */
int nrs_spool_batch(struct nrs_spool *spool, struct nrs_span audience,
		    struct nrs_spool_batch *batch, struct nrs_diag *diag);

/* The hub accepted it and will tell the rest under status @id (empty: it gave
 * none, which is as good as one that vanished). *@row: of that status. */
struct nrs_spool_accepted {
	struct nrs_span audience;
	const struct nrs_spool_batch *batch;
	struct nrs_span id;
	int64_t now_ns;
};
int nrs_spool_accepted(struct nrs_spool *spool,
		       const struct nrs_spool_accepted *accepted, int64_t *row,
		       struct nrs_diag *diag);

/* The hub will not take it: leave out its detail (*@shorter), or quarantine it
 * if there is none left to leave out. */
int nrs_spool_shorten(struct nrs_spool *spool, int64_t row, bool *shorter,
		      struct nrs_span message, struct nrs_diag *diag);
int nrs_spool_quarantine(struct nrs_spool *spool, int64_t row,
			 struct nrs_span message, struct nrs_diag *diag);

/* A status that is waited for. */
struct nrs_spool_status {
	int64_t row;
	char id[512];
	int64_t since_ns, due_ns;
	uint32_t asked; /* times */
};

/* The one that is due first, if any; *@found. */
int nrs_spool_status(struct nrs_spool *spool, struct nrs_span audience,
		     struct nrs_spool_status *out, bool *found,
		     struct nrs_diag *diag);
/* Ask again at @due_ns. */
int nrs_spool_status_later(struct nrs_spool *spool, int64_t row, int64_t due_ns,
			   struct nrs_diag *diag);
/* It is complete: failed sightings are quarantined, the others confirmed. */
int nrs_spool_status_done(struct nrs_spool *spool, int64_t row,
			  const struct nrs_taxii_status *status,
			  struct nrs_diag *diag);
/* It vanished: its sightings are queued once more, the second time they stay
 * unconfirmed (sharing-rules.md rule 19). */
int nrs_spool_status_gone(struct nrs_spool *spool, int64_t row,
			  struct nrs_diag *diag);

/*
 * The second way out (sharing-rules.md rule 9): what is urgent, was to be sent
 * to @from so long ago and is not confirmed is queued for @to as well, the same
 * objects under the same ids, each with a line in the release log. What the
 * rules refuse @to is withheld from it, once, with its line. *@moved counts.
 * At most 64 in a call; all or, on an error, nothing.
 */
#define NRS_SPOOL_LATE_NS (300 * NRS_SECOND_NS)
struct nrs_spool_late {
	const struct nrs_share_policy *policy; /* of today */
	unsigned int from, to;		       /* of its audiences */
	int64_t now_ns;
};
int nrs_spool_late(struct nrs_spool *spool, const struct nrs_spool_late *late,
		   uint64_t *moved, struct nrs_diag *diag);
