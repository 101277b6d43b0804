/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_layout: what is where in an image. A head of fixed size, then sections
 * aligned to 64 octets, each an array that is used where it lies or a stream
 * of octets.h. Nothing outside the engine knows this.
 *
 * Whoever gives struct nrs_db another member that matching reads, gives it a
 * section here, a line in image_write.c and a check in image.c.
 */
#pragma once

#include "engine/db_layout.h"
#include "engine/image.h"
#include "engine/octets.h"
#include "engine/pattern.h"
#include "engine/set_store.h"
#include "engine/shown.h"

#define NRS_IMAGE_MAGIC "NRSIMAGE"
#define NRS_IMAGE_VERSION 5u
#define NRS_IMAGE_ENDIAN UINT32_C(0x01020304)
#define NRS_IMAGE_ALIGN 64u
#define NRS_IMAGE_DIGEST 80u

enum nrs_image_section {
	NRS_IMAGE_SLOTS, /* the three parts of the key table */
	NRS_IMAGE_BLOCKS,
	NRS_IMAGE_KEYS,
	NRS_IMAGE_ATOMS, /* arrays of struct nrs_db */
	NRS_IMAGE_PREDICATES,
	NRS_IMAGE_PROGRAMS,
	NRS_IMAGE_LEADS,
	NRS_IMAGE_AT_END,
	NRS_IMAGE_WINDOWS,
	NRS_IMAGE_OWN,	    /* array: own networks of the guards */
	NRS_IMAGE_SOURCES,  /* stream: sources, refusals */
	NRS_IMAGE_PREFIXES, /* stream: lane, octets of iptab.h */
	NRS_IMAGE_REGEXES,  /* stream: lane, expressions, compiled form */
	NRS_IMAGE_SCANS,    /* stream: lane, scans with their operands */
	NRS_IMAGE_PROFILES, /* of stored.h; from here on read by hits alone */
	NRS_IMAGE_BACKGROUNDS,
	NRS_IMAGE_ROWS,
	NRS_IMAGE_EXTRAS,
	NRS_IMAGE_TEXTS,
	NRS_IMAGE_SECTIONS
};
#define NRS_IMAGE_COLD NRS_IMAGE_PROFILES

struct nrs_image_place {
	uint64_t at, len;
};

struct nrs_image_head {
	char magic[8];
	uint32_t endian, version;
	uint64_t file_len;
	uint64_t sum;	/* of all that follows: nrs_image_sum */
	uint64_t stamp; /* of the tables' meaning: nrs_image_stamp */
	char built_by[NRS_IMAGE_DIGEST];
	char digest[NRS_IMAGE_DIGEST]; /* of the set, as text with a NUL */
	uint64_t key_seed, key_count;
	uint64_t lanes[2], suffix_lanes;
	uint64_t refused, repeated;
	struct nrs_db_sizes sizes;
	uint32_t lenient_off, shadow_of;
	uint8_t subdomains, strict, guards, shadow;
	struct nrs_image_place place[NRS_IMAGE_SECTIONS];
};

/* Where the sum begins. */
#define NRS_IMAGE_SUMMED offsetof(struct nrs_image_head, stamp)

/* What lanes, fields and structures this program was built with: an image of
 * another could mean other things with the same octets. */
uint64_t nrs_image_stamp(void);

/*
 * The sum of a whole image of at least a head: XXH3 over the XXH3 of each MiB,
 * so that a mapping can be summed without keeping all of it in memory (with
 * @is_mapping pages are given back as soon as they are summed).
 */
uint64_t nrs_image_sum(struct nrs_span image, bool is_mapping);

/* Take the pages that lie whole within @part out of memory; the file has them
 * still. */
void nrs_image_give_back(struct nrs_span part);

/* Sections read back: into a set, and into a db whose atoms are known. */
int nrs_image_sources(struct nrs_set *set, struct nrs_span octets);
int nrs_image_prefixes(struct nrs_db *db, struct nrs_span octets);
int nrs_image_scans(struct nrs_db *db, struct nrs_span octets);
int nrs_image_regexes(struct nrs_db *db, struct nrs_span octets,
		      struct nrs_span key, struct nrs_image_facts *facts);
bool nrs_image_arrays_are_sound(const struct nrs_db *db);

/* What vouches for @octets, compiled from @expressions (a part of the stream)
 * by this library on this kind of processor. */
void nrs_image_vouch(struct nrs_span key, struct nrs_span expressions,
		     struct nrs_span octets, uint8_t out[32]);
