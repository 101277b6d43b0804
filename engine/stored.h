/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stored: the indicators of a set as an image holds them: rows of 16 octets,
 * and beside them only what rows do not share. stored_write.c makes them,
 * stored.c reads them back, one indicator when somebody asks for it.
 *
 * References are offsets or indices, never pointers. Lengths that stand before
 * texts are clipped to their section: a crafted image can lie, not lead out.
 */
#pragma once

#include "engine/background.h"
#include "engine/base/checksum.h"
#include "engine/indicator.h"

/* Where the text of a row is: its value, or the literal of its pattern. */
enum nrs_stored_value {
	NRS_STORED_TEXT, /* among the texts */
	NRS_STORED_KEY,	 /* a key of the look-up table, as it is */
	NRS_STORED_ADDR, /* a key of the look-up table, an address as text */
};

struct nrs_stored_row {
	uint32_t value; /* offset: see the profile */
	uint32_t profile;
	uint32_t place;
	uint32_t extra; /* offset among the extras */
};

/* What thousands of rows have in common. */
enum nrs_stored_flag {
	NRS_STORED_UUID = 1,	/* extra: 16 octets of "indicator--UUID" */
	NRS_STORED_ID = 2,	/* extra: an id of another form */
	NRS_STORED_TIMES = 4,	/* extra: created and modified */
	NRS_STORED_FROM = 8,	/* extra: valid_from */
	NRS_STORED_UNTIL = 16,	/* extra: valid_until */
	NRS_STORED_SAID = 32,	/* extra: name, description, background */
	NRS_STORED_MILLIS = 64, /* times are milliseconds, not nanoseconds */
	NRS_STORED_WARNED = 128,
};
enum nrs_stored_mark {
	NRS_STORED_SIMPLE = 1, /* modified and valid_from are created: unsaid */
	NRS_STORED_WATCHED = 2,
};
struct nrs_stored_profile {
	uint32_t source, reason; /* reason: a text with a NUL */
	uint32_t before, behind; /* texts around the literal */
	uint8_t flags, value, shape, status, version, tlp;
	int8_t confidence;
	uint8_t marks; /* enum nrs_stored_mark */
};

typedef uint32_t nrs_stored_background[NRS_BACKGROUND_MEMBERS];

/* The sections, borrowed from a mapping or from who wrote them. */
struct nrs_stored_parts {
	struct nrs_span rows, extras, profiles, backgrounds, texts;
	struct nrs_span keys; /* of the look-up table */
};

struct nrs_stored;

/*
 * Over @parts, which outlive it. Every offset and index is checked, and that
 * sources are below @source_end. NRS_E_FORMAT, NRS_E_NOMEM.
 */
int nrs_stored_open(struct nrs_stored **out,
		    const struct nrs_stored_parts *parts, uint32_t source_end);
void nrs_stored_free(struct nrs_stored *stored);

/* Give back all that nrs_stored_at made; nobody holds it. */
void nrs_stored_thin(struct nrs_stored *stored);

uint32_t nrs_stored_count(const struct nrs_stored *stored);

/* Indicator @index, made when it is first asked for and kept. Any thread.
 * Without memory one that says so. */
const struct nrs_indicator *nrs_stored_at(const struct nrs_stored *stored,
					  uint32_t index);

/* The same without heap, text by text. */
const struct nrs_stored_profile *
nrs_stored_profile(const struct nrs_stored *stored, uint32_t index);
void nrs_stored_times(const struct nrs_stored *stored, uint32_t index,
		      int64_t *from_ns, int64_t *until_ns);
const char *nrs_stored_reason(const struct nrs_stored *stored, uint32_t index);

/* What names an indicator (set.h, identity): its id, or its value. @room is
 * for those that must be written out. */
#define NRS_STORED_ROOM 64
struct nrs_span nrs_stored_name(const struct nrs_stored *stored, uint32_t index,
				char room[NRS_STORED_ROOM],
				int64_t *modified_ns);

/* That name will be asked for soon: have it on its way. */
void nrs_stored_fetch(const struct nrs_stored *stored, uint32_t index);

/* The sections of a compiled set, written by nrs_stored_write. */
struct nrs_stored_made {
	struct nrs_text rows, extras, profiles, backgrounds, texts;
};
struct nrs_db;
/* NRS_E_LIMIT: more than offsets of 32 bits reach. */
int nrs_stored_write(struct nrs_stored_made *out, const struct nrs_db *db);
void nrs_stored_made_fini(struct nrs_stored_made *made);
