/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path: from STIX object paths to lanes: what a network sensor can see, and
 * why it cannot see the rest (specification, sections 2.1 and 2.4).
 */
#pragma once

#include "engine/lane.h"
#include "engine/pattern.h"

enum nrs_path_kind {
	NRS_PATH_LANE,	   /* one lane, always */
	NRS_PATH_SRC_REF,  /* src_ref.value: address or MAC, by the literal */
	NRS_PATH_DST_REF,  /* dst_ref.value: address, MAC or name */
	NRS_PATH_SRC_TYPE, /* src_ref.type */
	NRS_PATH_DST_TYPE,
	NRS_PATH_RESOLVES, /* address or name, by the literal */
	NRS_PATH_DIGEST,   /* any digest of a file: which, by the literal */
	NRS_PATH_UNSEEN,
};

#define NRS_PATH_TEXT_MAX 256

struct nrs_path_map {
	enum nrs_path_kind kind;
	enum nrs_lane lane;
	bool is_hex;		  /* a _hex property: text literals are hex */
	struct nrs_span header;	  /* a header's name as in the path */
	unsigned int header_step; /* and which step it is */
	char reason[NRS_PATH_TEXT_MAX]; /* UNSEEN: why */
};

/* Where @path leads. Never fails: what is not known is UNSEEN. */
void nrs_path_map(const struct nrs_path *path, struct nrs_path_map *out);

/* The path as text, indices as [n] or [*], cut to @len with its NUL. */
void nrs_path_text(const struct nrs_path *path, char *out, size_t len);
