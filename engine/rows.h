/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: the indicators of a set in the order they came. Values of lists come
 * by the ten million and say nothing but themselves: each takes 24 octets, and
 * becomes a struct nrs_indicator when somebody wants a pointer to one. Private
 * to the engine.
 */
#pragma once

#include <stdatomic.h>

#include "engine/indicator.h"

struct nrs_value;

/* Rows that came one after another and are of one kind. */
struct nrs_rows_part {
	uint32_t first, count, cap;
	struct nrs_indicator *items; /* whole ones, or NULL: values */
	struct nrs_value *values;    /* that have this in common: */
	struct nrs_indicator common;
	_Atomic(void *) made; /* array of _Atomic(void *): those made whole */
};

struct nrs_rows {
	struct nrs_rows_part *parts;
	uint32_t part_count, part_cap, count;
};
void nrs_rows_fini(struct nrs_rows *rows);

/* One more, at the end. NRS_E_NOMEM. */
int nrs_rows_add(struct nrs_rows *rows, const struct nrs_indicator *item);
/* The same for an item without id and context that is not edited later. */
int nrs_rows_add_value(struct nrs_rows *rows, const struct nrs_indicator *item);

/* By value; texts are where they were. Any thread, no heap. */
void nrs_rows_get(const struct nrs_rows *rows, uint32_t index,
		  struct nrs_indicator *out);
uint8_t nrs_rows_status(const struct nrs_rows *rows, uint32_t index);
/* A pointer for as long as the set lives. Any thread. */
const struct nrs_indicator *nrs_rows_at(const struct nrs_rows *rows,
					uint32_t index);
/* The one that get and at tell from now on. One thread. */
struct nrs_indicator *nrs_rows_edit(struct nrs_rows *rows, uint32_t index);

void nrs_rows_judge(struct nrs_rows *rows, uint32_t index, uint8_t status,
		    uint32_t reason);
