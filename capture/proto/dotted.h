/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dotted: text that ends with a line of one dot, and in which other lines that
 * begin with a dot have one more: DATA of SMTP (RFC 5321 section 4.5.2) and
 * the long answers of POP3 (RFC 1939 section 3).
 *
 * Pure; fed piece by piece, cut anywhere; nothing is copied. Lines that end
 * with a bare LF count as lines, because some receivers take them so; an end
 * that leans on one is told, since others would read on.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_dotted {
	uint8_t state; /* zero: at the beginning of a line */
	bool is_over;
	bool has_bare_end; /* the end, or a line before it, is of LF alone */
};

/*
 * The next octets of the text, without the doubled dots: a part of @bytes, or
 * of a constant. *@bytes goes on behind what was read. Empty: all of *@bytes
 * was read, or the text is over and *@bytes begins behind its end.
 */
struct nrs_span nrs_dotted_next(struct nrs_dotted *dotted,
				struct nrs_span *bytes);

/* Octets are missing here: what comes next stands within a line. */
void nrs_dotted_gap(struct nrs_dotted *dotted);
