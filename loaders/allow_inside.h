/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_inside: what the allow*.c files share.
 */
#pragma once

#include "engine/canon.h"
#include "loaders/allow.h"
#include "loaders/allow_table.h"
#include "loaders/list_shape.h"

#define NRS_ALLOW_VALUE_MAX ((size_t)8192)

struct nrs_allow {
	struct nrs_allow_table table;
	struct nrs_allow_list *lists;
	unsigned int list_count;
	struct nrs_allow_refusal *refusals;
	size_t refusal_count, refusal_room;
	struct nrs_arena *patterns; /* of the pattern under way */
	uint8_t plain[NRS_ALLOW_VALUE_MAX];
	uint8_t shaped[NRS_SHAPE_ROOM(NRS_ALLOW_VALUE_MAX)];
};

#define NRS_ALLOW_BIT(kind) ((uint8_t)(1u << (kind)))
#define NRS_ALLOW_NAMES                                                        \
	(NRS_ALLOW_BIT(NRS_ALLOW_NAME) | NRS_ALLOW_BIT(NRS_ALLOW_SUBDOMAINS))

/* Refuse what stands at @place of the list under way. NRS_E_NOMEM. */
int nrs_allow_refuse(struct nrs_allow *allow, uint64_t place,
		     struct nrs_span text, const char *reason);

/* Add an entry of the list under way to the table. */
int nrs_allow_put(struct nrs_allow *allow, const struct nrs_allow_entry *entry,
		  struct nrs_expression *regex);

/* The bytes of a plain list, of a warninglist. @diag as nrs_allow_load has. */
int nrs_allow_read_plain(struct nrs_allow *allow, struct nrs_span bytes,
			 struct nrs_diag *diag);
int nrs_allow_read_misp(struct nrs_allow *allow, struct nrs_span bytes,
			struct nrs_diag *diag);
