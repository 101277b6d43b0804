/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_words: text of message headers as people read it, in UTF-8: encoded
 * words (RFC 2047) decoded, blanks between two of them dropped. Of parameters
 * the same with their percent signs (RFC 2231).
 *
 * Pure and bounded. Known character sets are UTF-8, US-ASCII and those of one
 * octet in nrs_mail_charset; words in others stay as they were sent.
 */
#pragma once

#include "engine/base/span.h"

enum nrs_mail_charset {
	NRS_CHARSET_UNKNOWN,
	NRS_CHARSET_UTF8, /* and US-ASCII */
	NRS_CHARSET_LATIN1,
	NRS_CHARSET_LATIN2,
	NRS_CHARSET_LATIN9,
	NRS_CHARSET_WINDOWS_1250,
	NRS_CHARSET_WINDOWS_1251,
	NRS_CHARSET_WINDOWS_1252,
	NRS_CHARSET_KOI8_R,
};

/* By any of its usual names, without case. */
enum nrs_mail_charset nrs_mail_charset_of(struct nrs_span name);

/* Octets put behind @len that fit whole into @room; @text is of @charset. The
 * length after it. */
size_t nrs_mail_text(struct nrs_span text, enum nrs_mail_charset charset,
		     uint8_t *out, size_t len, size_t room);

/* @text decoded into @out; what does not fit into @room is cut. Its length. */
size_t nrs_mail_words(struct nrs_span text, uint8_t *out, size_t room);
