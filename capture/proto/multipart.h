/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multipart: the parts of a multipart/form-data body (RFC 7578, RFC 2046
 * section 5.1), fed piece by piece and never kept: heads of parts are put
 * together in the state, data is handed out where it stands. Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_BOUNDARY_MAX 70 /* RFC 2046 section 5.1.1 */
#define NRS_PART_HEAD_MAX ((size_t)4096)

struct nrs_multipart {
	uint8_t delimiter[NRS_BOUNDARY_MAX + 4]; /* CR LF - - boundary */
	uint8_t delimiter_len;
	uint8_t matched; /* of the delimiter */
	uint8_t granted; /* of those, what is no octet of the data */
	uint8_t state;
	bool in_part; /* its data comes now */
	uint16_t head_len;
	uint8_t head[NRS_PART_HEAD_MAX];
};

enum nrs_multipart_event {
	NRS_MULTIPART_MORE, /* all of the input is done with */
	NRS_MULTIPART_PART, /* a part begins: its head is whole */
	NRS_MULTIPART_DATA, /* octets of it */
	NRS_MULTIPART_END,  /* it is over */
};

/* NRS_E_FORMAT: no boundary that RFC 2046 allows. */
int nrs_multipart_begin(struct nrs_multipart *m, struct nrs_span boundary);

/*
 * What comes next in *@in, which is moved on. PART: *@out is the part's head
 * (lines that end in LF; cut to NRS_PART_HEAD_MAX), valid until the next call.
 * DATA: *@out is data, in @in or in the state.
 */
enum nrs_multipart_event nrs_multipart_next(struct nrs_multipart *m,
					    struct nrs_span *in,
					    struct nrs_span *out);

/* The header @name of a part's head, trimmed; empty: there is none. */
struct nrs_span nrs_multipart_header(struct nrs_span head, const char *name);
