/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_words: text of message headers as people read it, in UTF-8: encoded
 * words (RFC 2047) decoded, blanks between two of them dropped. Of parameters
 * the same with their percent signs (RFC 2231).
 *
 * Pure and bounded. Words of a character set that is not known
 * (engine/base/charset.h) stay as they were sent.
 */
#pragma once

#include "engine/base/charset.h"

/* @text decoded into @out; what does not fit into @room is cut. Its length.
 * @charsets are this thread's; NULL: words of UTF-8 and US-ASCII only. */
size_t nrs_mail_words(struct nrs_span text, struct nrs_charsets *charsets,
		      uint8_t *out, size_t room);
