/* SPDX-License-Identifier: Apache-2.0 */
/*
 * charset: text of the character sets that mails are written in, to UTF-8 (the
 * only door to iconv). What is converted by is opened once, so that converting
 * takes nothing from the heap. One per thread.
 *
 * Sets that glibc has had holes in and hardly a mail uses (ISO-2022-CN-EXT,
 * ISO-2022-JP-3) are not opened.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_charsets;

/* A set by its number here; these two need no iconv. */
#define NRS_CHARSET_UNKNOWN (-1)
#define NRS_CHARSET_UTF8 (-2) /* and US-ASCII: octets go as they are */

/* Some 40 KB each of 30 sets. One that this system lacks is unknown. NULL
 * without memory. */
struct nrs_charsets *nrs_charsets_new(void);
void nrs_charsets_free(struct nrs_charsets *charsets); /* NULL: nothing */

/* By any of its usual names (IANA's, and those of mail programs), without
 * case. @charsets NULL: UTF-8 and US-ASCII only. */
int nrs_charset_find(const struct nrs_charsets *charsets, struct nrs_span name);

/*
 * @text of @charset, from its first shift state, into @out as far as its
 * characters fit whole into @room; how many octets that are. Octets that are no
 * character become U+FFFD.
 */
size_t nrs_charset_text(struct nrs_charsets *charsets, int charset,
			struct nrs_span text, uint8_t *out, size_t room);
