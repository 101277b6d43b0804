/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness: a hit with all its text, owned: what is left of it when its set is
 * gone. Never changed once made; counted references, one thread. Its bytes
 * can be kept in a file of this machine and read back.
 */
#pragma once

#include "sightings/sighted.h"

enum nrs_witness_text {
	NRS_WITNESS_ID,	      /* of the indicator */
	NRS_WITNESS_SOURCE,   /* its source's name */
	NRS_WITNESS_PATTERN,  /* STIX text; only of a list's value */
	NRS_WITNESS_NAME,     /* likewise: the value as it stood in the list */
	NRS_WITNESS_EXERCISE, /* that the indicator belongs to; empty: real */
	NRS_WITNESS_TEXTS
};

struct nrs_witness_head {
	uint32_t layout; /* of this struct and of a hit's record */
	uint32_t hit_bytes;
	uint32_t text_len[NRS_WITNESS_TEXTS];
	int64_t modified_ns; /* the indicator's version */
	uint32_t protocols;
	int8_t confidence; /* -1 unknown */
	uint8_t tlp;	   /* enum nrs_tlp, as the indicator says */
	uint8_t direction;
	bool own_is_src;
	bool is_value; /* from a list: its id is of our own making */
	bool is_partial;
	uint8_t outcome; /* when it was seen */
	bool is_watched; /* its hits deserve no report */
	uint8_t how;	 /* enum nrs_how: the weakest (nrs_sighted_how) */
	bool is_hidden;	 /* it may be run and not read */
};

struct nrs_witness;

int nrs_witness_new(struct nrs_witness **out, const struct nrs_sighted *s);

/* The same of what is known of a hit; lengths in @head do not matter. A record
 * that is not whole is NRS_E_FORMAT. */
int nrs_witness_make(struct nrs_witness **out,
		     const struct nrs_witness_head *head,
		     const struct nrs_record_hit *hit,
		     const struct nrs_span texts[NRS_WITNESS_TEXTS]);

/* One more reference; one less, and the last frees. NULL is fine. */
struct nrs_witness *nrs_witness_ref(struct nrs_witness *witness);
void nrs_witness_free(struct nrs_witness *witness);

const struct nrs_witness_head *nrs_witness_head(const struct nrs_witness *w);
const struct nrs_record_hit *nrs_witness_hit(const struct nrs_witness *w);
struct nrs_span nrs_witness_text(const struct nrs_witness *w,
				 enum nrs_witness_text which);
const struct nrs_addr *nrs_witness_own(const struct nrs_witness *w);
const struct nrs_addr *nrs_witness_peer(const struct nrs_witness *w);

/* Same indicator and version, watched or not, source, marking, own host (in
 * transit: pair) and direction: sharing-rules.md rule 11 without the outcome.
 */
bool nrs_witness_same(const struct nrs_witness *a, const struct nrs_witness *b);
/* Equal for the same ones. */
uint64_t nrs_witness_hash(const struct nrs_witness *w);

/* The bytes to keep; and back. NRS_E_FORMAT: they are none. */
struct nrs_span nrs_witness_bytes(const struct nrs_witness *w);
int nrs_witness_read(struct nrs_witness **out, struct nrs_span bytes);
