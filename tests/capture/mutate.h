/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutate: packets of a capture as they might be, but were not: the same seed
 * gives the same ones. Behind each packet stands memory that the address
 * sanitizer knows to be nobody's.
 */
#pragma once

#include "capture/packet.h"

/* Packets with their octets, in room of fixed size: what does not fit is left
 * out. */
struct mutant {
	struct nrs_packet *packets;
	uint32_t count;
	uint8_t *bytes;
	size_t used;
};

enum mutation {
	MUTATION_CUT,	    /* captured shorter */
	MUTATION_FLIP,	    /* bits */
	MUTATION_SHUFFLE,   /* in windows of some packets */
	MUTATION_DUPLICATE, /* at once or later */
	MUTATION_FRAGMENT,  /* IP, in any order, some overlapping or missing */
	MUTATION_DROP,	    /* some packets, or one direction */
	MUTATION_SEGMENT,   /* TCP, in small pieces that overlap */
	MUTATION_SPLICE,    /* the end of one packet behind another's begin */
	MUTATION_LENGTHS,   /* numbers at the edge of their range */
	MUTATION_FILE,	    /* octets of the capture file (mutate_file) */
	MUTATIONS
};
const char *mutation_name(enum mutation kind);

/* False: no memory. */
bool mutant_init(struct mutant *m);
void mutant_fini(struct mutant *m);
void mutant_clear(struct mutant *m);
/* @bytes as a packet of the time, link and length on the wire of @like. */
void mutant_put(struct mutant *m, const struct nrs_packet *like,
		struct nrs_span bytes);

/* @from, changed, into @to, which is empty. Not for MUTATION_FILE. */
void mutate(struct mutant *to, const struct mutant *from, enum mutation kind,
	    uint64_t seed);

/* Change octets of a file, or cut it: the length that is left. */
size_t mutate_file(uint8_t *bytes, size_t len, uint64_t seed);
