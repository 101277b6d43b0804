/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hyperscan: a compiled set of expressions over octets (the only door to
 * Hyperscan or Vectorscan), for whole values or for octets that come piece by
 * piece.
 *
 * Built on the slow side, large sets in a child process (child.h). Scanning
 * neither allocates nor locks: the state of a stream lies where the caller
 * says. Never the library's UTF-8 flag: values come from the wire.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

struct hs_database;
struct hs_scratch;

enum nrs_hyperscan_mode { NRS_HYPERSCAN_VALUES, NRS_HYPERSCAN_STREAMS };

/* What one database may hold. */
#define NRS_HYPERSCAN_MAX 10000u

/* Expressions to compile, in arrays as the library wants them. */
struct nrs_hyperscan_list {
	char **expressions;
	unsigned int *flags, *ids;
	size_t *indexes; /* of the caller's expressions */
	size_t count;
};
int nrs_hyperscan_list_init(struct nrs_hyperscan_list *list, size_t most);
void nrs_hyperscan_list_fini(struct nrs_hyperscan_list *list);
/* @expression (copied) is the caller's @index; a match reports @id. */
int nrs_hyperscan_list_add(struct nrs_hyperscan_list *list,
			   const char *expression, size_t index,
			   unsigned int id);

/* Does the library take @expression? @why gets its reason (or is NULL). */
bool nrs_hyperscan_takes(const char *expression, enum nrs_hyperscan_mode mode,
			 struct nrs_diag *why);

/*
 * Compile what is in @list; NULL if that is nothing. What does not go together
 * with the others is taken off it, and @refused told.
 */
struct nrs_hyperscan_refusal {
	void (*refused)(void *ctx, size_t index, const struct nrs_diag *diag);
	void *ctx;
};
int nrs_hyperscan_compile(struct hs_database **out,
			  struct nrs_hyperscan_list *list,
			  enum nrs_hyperscan_mode mode,
			  const struct nrs_hyperscan_refusal *refusal);
void nrs_hyperscan_free(struct hs_database *db);

/* The compiled form as octets, appended; and back: false if it will not do.
 * The caller vouches for them: the library would believe anything. */
int nrs_hyperscan_save(const struct hs_database *db, struct nrs_text *out);
bool nrs_hyperscan_restore(struct hs_database **out, struct nrs_span saved);

/* Room for scanning: one per thread, grown for each database (NULL is fine). */
int nrs_hyperscan_scratch(struct hs_scratch **scratch,
			  const struct hs_database *db);
void nrs_hyperscan_scratch_free(struct hs_scratch *scratch);

/* Called for each match: what @id ended before octet @end. */
typedef void (*nrs_hyperscan_found)(void *ctx, unsigned int id, uint64_t end);
struct nrs_hyperscan_run {
	struct hs_scratch *scratch;
	nrs_hyperscan_found found;
	void *ctx;
};
/* NRS_E_LIMIT (too long), NRS_E_INTERNAL: nothing is known of the value. */
int nrs_hyperscan_scan(const struct hs_database *db, struct nrs_span value,
		       const struct nrs_hyperscan_run *run);

/*
 * A stream lies at @place (aligned to 16) from its begin to its end; a place
 * of which the end is not asked is simply given up. Begin: NRS_E_LIMIT if
 * @room is less than nrs_hyperscan_state, NRS_E_INTERNAL.
 */
struct hs_stream;
size_t nrs_hyperscan_state(const struct hs_database *db);
int nrs_hyperscan_begin(const struct hs_database *db, void *place, size_t room);
int nrs_hyperscan_feed(struct hs_stream *stream, struct nrs_span octets,
		       const struct nrs_hyperscan_run *run);
/* What only the end can tell. */
int nrs_hyperscan_end(struct hs_stream *stream,
		      const struct nrs_hyperscan_run *run);

/* Version text of the library in use, and what of this processor it compiles
 * for. */
const char *nrs_hyperscan_library(void);
void nrs_hyperscan_platform(struct nrs_text *out);
