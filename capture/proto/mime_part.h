/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mime_part: what mime.c and mime_body.c share.
 */
#pragma once

#include "capture/proto/mime.h"

enum nrs_mime_state {
	NRS_MIME_HEAD,
	NRS_MIME_BETWEEN, /* before a multipart's first part, or behind its end
			   */
	NRS_MIME_BODY,
};

/* A part begins, which is a message if nothing else is said. */
void nrs_mime_part_init(struct nrs_mime *mime, bool is_message);

/* Is @line, without its end, a boundary? Then the edge is set. */
bool nrs_mime_is_edge(struct nrs_mime *mime, struct nrs_span line);

/* Go over to what begins behind the boundary. */
void nrs_mime_cross_edge(struct nrs_mime *mime);

void nrs_mime_next_of_body(struct nrs_mime *mime, struct nrs_span *bytes,
			   struct nrs_mime_item *item);
void nrs_mime_finish_body(struct nrs_mime *mime, struct nrs_mime_item *item);
