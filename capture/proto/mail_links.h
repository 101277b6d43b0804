/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_links: URLs in the text of messages: what begins with http://,
 * https:// or ftp:// and goes on to a blank, a quote or a bracket
 * (RFC 3986 appendix C); in HTML with its references of characters undone.
 *
 * Pure; fed piece by piece, cut anywhere. One that is longer than the room is
 * passed over and told: its beginning is another URL.
 */
#pragma once

#include "engine/base/span.h"

#define NRS_LINK_MAX 2048

struct nrs_links {
	uint8_t state; /* zero: at the beginning */
	uint8_t word_len;
	bool is_html;
	uint16_t len;
	uint32_t refused; /* too long */
	uint8_t room[NRS_LINK_MAX];
};

void nrs_links_init(struct nrs_links *links, bool is_html);

/* The next one in *@bytes, which goes on behind it; it stands in the room
 * until the next call. False: all was read. */
bool nrs_links_next(struct nrs_links *links, struct nrs_span *bytes,
		    struct nrs_span *url);

/* The text is over: what was under way. */
bool nrs_links_finish(struct nrs_links *links, struct nrs_span *url);
