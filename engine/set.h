/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set: the indicators that were loaded, before they are compiled.
 *
 * Loaders add, in any order; nrs_set_settle then decides which version of each
 * id counts (newest modified wins, revocation is final) whatever the order of
 * arrival. Everything lives in one arena; one thread. The set of an image
 * (image.h) is there already: nothing is added to it, edited or judged.
 */
#pragma once

#include "engine/indicator.h"
#include "engine/pattern.h"

struct nrs_set;

int nrs_set_new(struct nrs_set **out);
void nrs_set_free(struct nrs_set *set);

struct nrs_arena *nrs_set_arena(struct nrs_set *set);

/* A source to add indicators under; *@source is its index. */
int nrs_set_source(struct nrs_set *set, struct nrs_span name,
		   struct nrs_span path, uint32_t *source);
const struct nrs_indicator_source *nrs_set_source_of(const struct nrs_set *set,
						     uint32_t source);
uint32_t nrs_set_sources(const struct nrs_set *set); /* how many */

/* Copy @indicator in; its texts must be in the set's arena already. */
int nrs_set_add(struct nrs_set *set, const struct nrs_indicator *indicator);
/* A value without id and context, which is kept small (rows.h). */
int nrs_set_add_value(struct nrs_set *set,
		      const struct nrs_indicator *indicator);

/* For the loader that added it: context that arrived later. */
struct nrs_indicator *nrs_set_edit(struct nrs_set *set, uint32_t index);

/* Copy in what is said about an indicator; what repeats is kept once. NULL
 * without memory. */
const struct nrs_indicator_context *
nrs_set_context(struct nrs_set *set, const struct nrs_indicator_context *said);

/* Say why: status and reason, or "". NRS_E_UNSUPPORTED for an image's set. */
int nrs_set_judge(struct nrs_set *set, uint32_t index, enum nrs_status status,
		  const char *reason);
const char *nrs_set_reason(const struct nrs_set *set, uint32_t index);

/* An object of a file that never became an indicator: kept for `check`. */
struct nrs_set_refusal {
	uint32_t source;
	uint64_t place; /* byte offset, line or object number */
	struct nrs_span text;
};

/* Keep a refusal; of one source the first NRS_SET_REFUSALS_MAX are kept, the
 * loader's result counts them all. */
#define NRS_SET_REFUSALS_MAX 1000u
int nrs_set_refuse(struct nrs_set *set, uint32_t source, uint64_t place,
		   const char *text);
size_t nrs_set_refusals(const struct nrs_set *set,
			const struct nrs_set_refusal **first);
uint64_t nrs_set_refused(const struct nrs_set *set); /* all there were */

/* A loader left out a value because the same source had it before. */
void nrs_set_repeat(struct nrs_set *set);
uint64_t nrs_set_repeats(const struct nrs_set *set);

/*
 * Settle versions, whatever the order of arrival: marks SUPERSEDED, DUPLICATE,
 * REVOKED. After all loading. Of equal versions the first stays, and is warned
 * if another says something else. One revoked version ends its id for good.
 * Values of lists: the same value twice under one source name is one.
 */
int nrs_set_settle(struct nrs_set *set);

uint32_t nrs_set_count(const struct nrs_set *set);
/* A value of a list and a row of an image become structs here, and stay. */
const struct nrs_indicator *nrs_set_at(const struct nrs_set *set,
				       uint32_t index);
/* For loops and the matcher: no heap, any thread. The identity is the same in
 * every set: a hash of id and modified, or of a value and its origin. */
void nrs_set_get(const struct nrs_set *set, uint32_t index,
		 struct nrs_indicator *out); /* of an image as nrs_set_at */
enum nrs_status nrs_set_status(const struct nrs_set *set, uint32_t index);
enum nrs_tlp nrs_set_tlp(const struct nrs_set *set, uint32_t index);
bool nrs_set_is_watched(const struct nrs_set *set, uint32_t index);
uint32_t nrs_set_source_at(const struct nrs_set *set, uint32_t index);
void nrs_set_times(const struct nrs_set *set, uint32_t index, int64_t *from_ns,
		   int64_t *until_ns);
uint64_t nrs_set_identity(const struct nrs_set *set, uint32_t index);

/* Id of an indicator, appended; derived for values of lists: UUIDv5 in our
 * namespace over source name, shape and value. */
void nrs_set_id(const struct nrs_set *set, uint32_t index,
		struct nrs_text *out);

/* STIX pattern, written for values of lists. */
void nrs_set_pattern(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out);

/*
 * The pattern of an indicator as a tree in @arena; on a syntax error by the
 * grammar of the other STIX version, which @out then names while @diag keeps
 * the error. As nrs_pattern_parse.
 */
int nrs_set_parse_text(struct nrs_span text, enum nrs_stix_version version,
		       struct nrs_arena *arena, struct nrs_pattern *out,
		       struct nrs_diag *diag);
int nrs_set_parse(const struct nrs_set *set, uint32_t index,
		  struct nrs_arena *arena, struct nrs_pattern *out,
		  struct nrs_diag *diag);

/*
 * "sha256:..." over the sorted canonical lines of all indicators that are
 * matched (contracts.md section 6). Appended to @out. A line is, with a tab
 * between and a newline behind: id, modified, pattern, valid_from, valid_until,
 * confidence, marking, source name. What is unknown is empty; tab, newline and
 * backslash in a text are written \t, \n and \\; times have 3, 6 or 9 digits.
 */
int nrs_set_digest(const struct nrs_set *set, struct nrs_text *out);
