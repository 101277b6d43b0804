/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_keep: what was pulled from one collection of a hub, durable. Objects
 * of every type are kept, also those that answer ours (notes, opinions,
 * sightings), and with them how far the collection has been read.
 *
 * Of each id the newest version is kept, and every revoked one, because a
 * revocation is final (specification section 3). The file is for pulled
 * objects alone: a page's transaction lasts as long as its transfer.
 */
#pragma once

#include "engine/base/stamp.h"
#include "engine/base/store.h"
#include "engine/base/text.h"
#include "loaders/loader.h"

/* Of the file that holds all collections of a sensor. */
extern const struct nrs_store_schema nrs_taxii_schema;

/* Which collection: the source's name for people, and what was configured.
 * Another URL under the same name starts anew. */
struct nrs_taxii_where {
	struct nrs_span source, url, collection;
};

/* How far it has been read. */
struct nrs_taxii_mark {
	int64_t watermark_ns; /* all before it is kept; NRS_TIME_MIN: nothing */
	int64_t after_ns;     /* added_after of the walk that `next` goes on */
	int64_t pulled_ns; /* wall time of the last whole walk, or TIME_MIN */
	/* A refresh reads it all again: when the last one that ended began, and
	 * the one under way; NRS_TIME_MIN: none. */
	int64_t refreshed_ns, refresh_ns;
	struct nrs_text next;	  /* empty: no walk under way by token */
	struct nrs_text root, id; /* the place that was found; empty: none */
	uint64_t objects, bytes;  /* kept */
};

struct nrs_taxii_keep;

/* @store is borrowed, opened with nrs_taxii_schema. Errors of all functions
 * as in store.h. */
int nrs_taxii_keep_new(struct nrs_taxii_keep **out, struct nrs_store *store,
		       const struct nrs_taxii_where *where,
		       struct nrs_diag *diag);

/* Rolls back what was not committed. NULL is fine. */
void nrs_taxii_keep_free(struct nrs_taxii_keep *keep);

/* The mark as it is in the file, then as the caller changes it. */
struct nrs_taxii_mark *nrs_taxii_keep_mark(struct nrs_taxii_keep *keep);

enum nrs_taxii_kept {
	NRS_TAXII_NEW,
	NRS_TAXII_KNOWN,   /* that version, or a newer one, is kept already */
	NRS_TAXII_REFUSED, /* no usable id or type, or no JSON */
};

/* Keep @object, in a transaction that begins with the first one. */
int nrs_taxii_keep_object(struct nrs_taxii_keep *keep, struct nrs_span object,
			  enum nrs_taxii_kept *kept, struct nrs_diag *diag);

/* Is that version of @id kept, or a newer one? */
int nrs_taxii_keep_has(struct nrs_taxii_keep *keep, struct nrs_span id,
		       int64_t version_ns, bool *has, struct nrs_diag *diag);

/*
 * The end of a refresh of a hub whose word is the last one: what it did not
 * give since mark.refresh_ns is withdrawn, but for revocations. Part of the
 * page's transaction. *@withdrawn counts.
 */
int nrs_taxii_keep_withdraw(struct nrs_taxii_keep *keep, uint64_t *withdrawn,
			    struct nrs_diag *diag);

/* The end of a page: objects and mark become durable together, or neither. */
int nrs_taxii_keep_commit(struct nrs_taxii_keep *keep, struct nrs_diag *diag);

/* Back to what the file holds, objects and mark. */
void nrs_taxii_keep_rollback(struct nrs_taxii_keep *keep);

/* What nrs_taxii_load needs; all borrowed. */
struct nrs_taxii_load {
	struct nrs_store *store;
	const struct nrs_taxii_where *where;
	const struct nrs_loader_options *options;
	/* Only what was kept behind that mark (nrs_taxii_last), and of what
	 * came before the markings and identities that it may refer to. */
	int64_t after; /* 0: all */
};

/* How far a collection is kept. What came later is behind the mark, unless
 * something was withdrawn meanwhile. */
struct nrs_taxii_extent {
	int64_t mark; /* 0: nothing is kept */
	int64_t withdrawn;
};
int nrs_taxii_last(const struct nrs_taxii_load *from,
		   struct nrs_taxii_extent *out, struct nrs_diag *diag);

/*
 * All that is kept of a collection into @set, as one source of that name; no
 * network. May use a store of its own beside a running pull: it sees whole
 * pages. A collection that was never pulled gives no indicator and NRS_OK.
 */
int nrs_taxii_load(const struct nrs_taxii_load *from, struct nrs_set *set,
		   struct nrs_loader_result *result, struct nrs_diag *diag);
