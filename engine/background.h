/* SPDX-License-Identifier: Apache-2.0 */
/*
 * background: who says an indicator, where it stood, what it means and how it
 * may be handled: what people ask about a hit.
 *
 * A delivery says the same of a thousand indicators at once, so each text and
 * each row is kept once in its set (struct nrs_pool), whoever says it again. A
 * member that nobody said is empty: absent is not a value. Members are spans
 * and nothing else, so that tables can walk them (nrs_background_table).
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/text.h"

/* A list has a newline between its items, which hold none (nrs_items_add). */
struct nrs_background {
	struct nrs_span created_by; /* id of an identity */
	struct nrs_span creator;    /* and its name */
	struct nrs_span markings;   /* list: ids of what marks all of it, or its
				     * pattern, name or description */
	struct nrs_span granular;   /* list: "SELECTOR TLP ID", one property */
	struct nrs_span types;	    /* list: indicator_types */
	struct nrs_span labels;	    /* list: labels, tags */
	struct nrs_span kill_chain; /* list: "CHAIN:PHASE" */
	struct nrs_span sectors;    /* list: sectors that it concerns */
	struct nrs_span report_id;  /* the newest report or grouping with it */
	struct nrs_span report_name;
	struct nrs_span more_reports; /* list: "ID NAME", newest first */
	struct nrs_span indicates;    /* list: names; "T1566 Phishing" */
	struct nrs_span based_on;     /* list: ids of observed data */
	struct nrs_span actions;      /* list: courses of action against it */
	struct nrs_span urgency;      /* from here on as the source words it */
	struct nrs_span credibility;
	struct nrs_span audience;
	struct nrs_span purpose; /* what it may be used for */
	struct nrs_span severity;
};

enum nrs_background_form {
	NRS_FORM_TEXT,
	NRS_FORM_LIST,
	NRS_FORM_GRANULAR, /* the list of that name */
	NRS_FORM_REPORT,   /* told together with its like */
	NRS_FORM_MARKING   /* told beside the context */
};

struct nrs_background_member {
	const char *name; /* in JSON */
	size_t offset;
	enum nrs_background_form form;
	const char *people; /* in front of it in listings; NULL: not there */
};
#define NRS_BACKGROUND_MEMBERS 19u
extern const struct nrs_background_member
	nrs_background_table[NRS_BACKGROUND_MEMBERS];

/* Member @member of @background, the row of the table above. */
static inline struct nrs_span
nrs_background_get(const struct nrs_background *background, size_t member)
{
	const uint8_t *row = (const uint8_t *)background;
	struct nrs_span span;

	memcpy(&span, row + nrs_background_table[member].offset, sizeof(span));
	return span;
}

/* Append @item to a list; control characters in it become blanks. Nothing for
 * an empty one. */
void nrs_items_add(struct nrs_text *list, struct nrs_span item);
/* Does @list hold @item, without regard to the case of ASCII letters? */
bool nrs_items_hold(struct nrs_span list, const char *item);

/*
 * What a source says about an indicator beyond its pattern. Where both texts
 * are empty, many indicators share one context.
 */
struct nrs_indicator_context {
	struct nrs_span name;
	struct nrs_span description;
	const struct nrs_background *background; /* NULL: nothing more */
};

/* Texts, rows and contexts, kept in @arena (borrowed). One thread. */
struct nrs_pool;
int nrs_pool_new(struct nrs_pool **out, struct nrs_arena *arena);
void nrs_pool_free(struct nrs_pool *pool);

/* @said, copied in: its background is the kept row that says the same (equal
 * rows are one pointer). NULL without memory. */
const struct nrs_indicator_context *
nrs_pool_context(struct nrs_pool *pool,
		 const struct nrs_indicator_context *said);
