/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_line: a line of an exception list of ours.
 *
 *	VALUE [until=TIME] [source=NAME,...] [kind=KIND,...] [# why]
 *
 * VALUE is what any list may have: address, prefix, range, name, *.name (its
 * subdomains too; also .name and ||name^), URL, email address, digest. TIME
 * is a date or a time; a last * of NAME stands for any end; KIND is one of
 * address, name, url, email, hash, text. Lines that begin with # or ; and
 * empty ones say nothing.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/stamp.h"

struct nrs_allow_line {
	struct nrs_span value;	/* empty: the line says nothing */
	struct nrs_span source; /* empty: all */
	struct nrs_span why;
	int64_t until_ns; /* NRS_TIME_MAX: no end */
	uint32_t kinds;	  /* enum nrs_allow_kind as bits; 0: all */
	bool is_suffix;	  /* value has lost its "*." */
};

/* The parts of @line. NRS_E_FORMAT: *@reason, a text for ever. */
int nrs_allow_line(struct nrs_span line, struct nrs_allow_line *out,
		   const char **reason);
