/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_parameter: what stands behind the semicolons of Content-Type and
 * Content-Disposition (RFC 2045 section 5.1), with the continuations and the
 * character sets of RFC 2231, and the encoded words that many put there.
 */
#pragma once

#include "engine/base/charset.h"

/* Pieces of one parameter; further ones are passed over. */
#define NRS_MAIL_PIECES_MAX 64

/* What comes before the parameters: "text/plain", without blanks around. */
struct nrs_span nrs_mail_main_value(struct nrs_span value);

/*
 * The parameter called @name (ASCII, without case) of @value, decoded into
 * @out and cut to @room; its length, 0 if there is none. A form with a
 * character set or in pieces wins over the plain one (RFC 6266 section 4.3),
 * the first of its form over others. @charsets as for nrs_mail_words; a form in
 * a set that is not known stays in its octets.
 */
size_t nrs_mail_parameter(struct nrs_span value, const char *name,
			  struct nrs_charsets *charsets, uint8_t *out,
			  size_t room);
