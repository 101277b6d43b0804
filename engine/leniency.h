/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leniency: where the sensor profile reads a pattern as its author meant it,
 * not as it is written (shared specification, section 2.4). Each can be
 * switched off, and is counted where it helped; a pattern that needs one that
 * is off is not evaluable, and says which. The strict profile has none.
 */
#pragma once

#include "engine/base/span.h"

/* id, name, what it does */
#define NRS_LENIENCIES(X)                                                      \
	X(CIDR, "cidr", "a prefix in = and IN is a subnet")                    \
	X(NUMBERS, "numbers", "a number may be written as text")               \
	X(HEX, "hex", "text beside a _hex property is hexadecimal")            \
	X(LISTS, "lists", "a list without [*], or with [n]: any element")      \
	X(NAMES, "names", "dst_ref.value is also a name of the destination")   \
	X(TYPES, "types", "*_ref.type that agrees with the value is dropped")  \
	X(OBJECTS, "objects", "AND over objects of several types")             \
	X(HASHES, "hashes", "names of hashes in any spelling")                 \
	X(PATHS, "paths", "properties under names that STIX has not")          \
	X(STARS, "stars", "*.name is a suffix, and * any host of a URL")       \
	X(RETYPED, "retyped", "an address or URL among names, and the like")   \
	X(REFANGED, "refanged", "defanged values")                             \
	X(VERSION, "version", "the grammar of the other STIX version")

enum nrs_leniency {
#define X(id, name, text) NRS_LENIENT_##id,
	NRS_LENIENCIES(X)
#undef X
		NRS_LENIENCY_COUNT
};
#define NRS_LENIENCY_BIT(leniency) (UINT32_C(1) << (leniency))

const char *nrs_leniency_name(enum nrs_leniency leniency);
const char *nrs_leniency_text(enum nrs_leniency leniency);

/* "cidr,names" as bits. NRS_E_SYNTAX: one is none. */
int nrs_leniency_parse(struct nrs_span names, uint32_t *out);
