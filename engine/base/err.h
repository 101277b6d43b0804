/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: the error codes of the whole program, and the diagnosis that a cold
 * path fills for a person.
 *
 * Functions return 0 or a negative NRS_E_*. Drops on the packet path are
 * counters, not errors. Only app/ prints.
 */
#pragma once

#include <stdint.h>

enum nrs_err {
	NRS_OK = 0,
	NRS_E_NOMEM = -1,
	NRS_E_IO = -2,	      /* the operating system said no: see errno */
	NRS_E_SYNTAX = -3,    /* the text breaks its grammar */
	NRS_E_RANGE = -4,     /* legal text, a value out of its range */
	NRS_E_LIMIT = -5,     /* larger, deeper or more than the cap */
	NRS_E_FORMAT = -6,    /* not the format that it should be */
	NRS_E_TRUNCATED = -7, /* ends in the middle */
	NRS_E_UNSUPPORTED = -8,
	NRS_E_NOTFOUND = -9,
	NRS_E_USAGE =
		-10, /* the caller asked for something that makes no sense */
	NRS_E_DATE = -11,      /* a date that no calendar has */
	NRS_E_MORE = -12,      /* needs more bytes to decide */
	NRS_E_INTERNAL = -13,  /* a library failed in a way it should not */
	NRS_E_CANCELLED = -14, /* the caller asked to give up */
	NRS_E_OPAQUE = -15,    /* nothing that we can look into */
};

/* A short English text for @err, never NULL. */
const char *nrs_strerror(int err);

/*
 * What went wrong, for people. @place is what the caller knows best: a byte
 * offset, a line, a column or an object's number; @what says which.
 */
struct nrs_diag {
	int code;
	uint64_t place;
	char text[200];
};

/* Fill @diag (NULL is fine) and return @code, so that one can `return` it. */
__attribute__((format(printf, 4, 5))) int nrs_diag_set(struct nrs_diag *diag,
						       int code, uint64_t place,
						       const char *format, ...);
