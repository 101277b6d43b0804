/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_part: what the export*.c files share, and nobody else.
 */
#pragma once

#include "sightings/export.h"

/* A measure of one indicator, kept. */
struct nrs_export_row {
	struct nrs_measure measure;
	uint32_t indicator;
};

struct nrs_export {
	const struct nrs_set *set;
	const struct nrs_export_options *options;
	struct nrs_export_result *result;
	struct nrs_text *out;
	struct nrs_arena *arena;
	struct nrs_export_row *rows; /* sorted; equal measures together */
	size_t count, cap;
	bool *used;			 /* by indicator: it has an entry */
	uint32_t at;			 /* the indicator that is gathered */
	uint32_t sid;			 /* the next */
	uint32_t marks;			 /* the writer's own */
	const struct nrs_measure *wider; /* the prefix written last */
};

/* Writers: the whole file from the rows. A measure that the target cannot
 * say: nrs_export_unsaid. */
void nrs_export_rpz(struct nrs_export *e);
void nrs_export_nftables(struct nrs_export *e);
void nrs_export_suricata(struct nrs_export *e);
void nrs_export_zeek(struct nrs_export *e);
void nrs_export_squid(struct nrs_export *e);
void nrs_export_list(struct nrs_export *e);
/* Of the indicators themselves. */
void nrs_export_stix(struct nrs_export *e);

/* Say the @count rows from @first on, which are one measure @m. NULL, or why
 * the target cannot, a text for ever; NRS_EXPORT_ELSEWHERE: it is said and
 * counted already. */
typedef const char *nrs_export_put_fn(struct nrs_export *e,
				      const struct nrs_measure *m, size_t first,
				      size_t count);
extern const char NRS_EXPORT_ELSEWHERE[];
void nrs_export_each(struct nrs_export *e, nrs_export_put_fn *put);
/* "a URL": the reason where a kind as such cannot be said. */
const char *nrs_export_not_said(enum nrs_measure_kind kind);

/* How many rows from @first on are the same measure. */
size_t nrs_export_same(const struct nrs_export *e, size_t first);

/* The rows [first, first + count) are written as one entry, or as none. */
void nrs_export_written(struct nrs_export *e, size_t first, size_t count);
void nrs_export_unsaid(struct nrs_export *e, size_t first, size_t count,
		       const char *reason);

/* Lines in front of the entries, each behind @mark: what this is, as of when,
 * the strictest marking, and @undo: how it is taken back. */
void nrs_export_head(struct nrs_export *e, const char *mark, const char *undo);

/* One line for each indicator of the rows, behind @mark: owner, end, id. */
void nrs_export_notes(struct nrs_export *e, const char *mark, size_t first,
		      size_t count);
/* The same without line ends: of the first, and how many more there are. */
void nrs_export_note(struct nrs_export *e, size_t first, size_t count);

/* @text without what could end a comment or a quoted text. */
void nrs_export_safe(struct nrs_text *out, struct nrs_span text);

/* The prefix as text, an address without its length. */
void nrs_export_prefix(struct nrs_text *out, const struct nrs_prefix *prefix);
