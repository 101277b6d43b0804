/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_list: an array that is sorted and summed whenever it is full; it grows
 * when that made little room.
 */
#include "logs/hour_list.h"

#include <stdlib.h>

#define FIRST_ROWS 256u

static int compare(const void *a, const void *b)
{
	return nrs_hour_compare(a, b);
}

void nrs_hour_list_settle(struct nrs_hour_list *l)
{
	size_t kept = 0;

	if (l->count > 0)
		qsort(l->rows, l->count, sizeof(*l->rows), compare);
	for (size_t i = 0; i < l->count; i++) {
		if (kept > 0 &&
		    nrs_hour_compare(&l->rows[kept - 1], &l->rows[i]) == 0)
			nrs_hour_sum(&l->rows[kept - 1], &l->rows[i]);
		else
			l->rows[kept++] = l->rows[i];
	}
	l->count = kept;
}

static int make_room(struct nrs_hour_list *l)
{
	const size_t cap = l->cap == 0 ? FIRST_ROWS : 2 * l->cap;

	if (l->count < l->cap)
		return NRS_OK;
	nrs_hour_list_settle(l);
	if (l->count < l->cap / 2)
		return NRS_OK;
	if (l->count >= NRS_HOUR_LIST_MAX)
		return NRS_E_LIMIT;
	struct nrs_hour_row *rows = realloc(l->rows, cap * sizeof(*rows));
	if (rows == NULL)
		return NRS_E_NOMEM;
	l->rows = rows;
	l->cap = cap;
	return NRS_OK;
}

int nrs_hour_list_add(struct nrs_hour_list *l, const struct nrs_hour_row *row)
{
	const int err = make_room(l);

	if (err == NRS_OK)
		l->rows[l->count++] = *row;
	return err;
}

void nrs_hour_list_fini(struct nrs_hour_list *l)
{
	free(l->rows);
	*l = (struct nrs_hour_list){0};
}
