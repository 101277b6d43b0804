/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by_hand: indicators of whatever source that a person took off (`noroshi
 * withdraw`): by id, or by the value that is all they name. An exception that
 * is in force at once: it is looked up in the compiled db, not asked of each
 * indicator. Builder thread.
 */
#pragma once

#include "engine/base/text.h"
#include "engine/db.h"

#define NRS_BY_HAND_LIST "withdrawn.list"
#define NRS_BY_HAND_MAX 1000u

struct nrs_by_hand;

/* What the list at @path says; none if it is not there. NRS_E_IO, NRS_E_LIMIT,
 * NRS_E_NOMEM. */
int nrs_by_hand_new(struct nrs_by_hand **out, const char *path,
		    struct nrs_diag *diag);
void nrs_by_hand_free(struct nrs_by_hand *hand);
unsigned int nrs_by_hand_count(const struct nrs_by_hand *hand);

/* Indicators of a db's set that it takes off. */
struct nrs_by_hand_rows {
	uint32_t *rows;
	uint32_t count;
};
/* Appended; the caller frees them, also after an error. @seat as of nrs_find.
 * NRS_E_NOMEM, NRS_E_INTERNAL. */
int nrs_by_hand_find(const struct nrs_by_hand *hand, const struct nrs_db *db,
		     unsigned int seat, struct nrs_by_hand_rows *out);

/* Judge @rows of the set below, and those of its own that are meant, EXCEPTED;
 * @set is settled over it. NRS_E_NOMEM. */
int nrs_by_hand_judge(const struct nrs_by_hand *hand,
		      const struct nrs_by_hand_rows *rows, struct nrs_set *set);
