/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_list: rows of many lines, those of one hour and owner as one. One
 * thread.
 */
#pragma once

#include "logs/hour_row.h"

#define NRS_HOUR_LIST_MAX 500000u

struct nrs_hour_list {
	struct nrs_hour_row *rows;
	size_t count, cap;
};

/* NRS_E_LIMIT: more than NRS_HOUR_LIST_MAX hours and owners; NRS_E_NOMEM. */
int nrs_hour_list_add(struct nrs_hour_list *list,
		      const struct nrs_hour_row *row);
/* Now in order (nrs_hour_compare), and each hour and owner once. */
void nrs_hour_list_settle(struct nrs_hour_list *list);
void nrs_hour_list_fini(struct nrs_hour_list *list);
