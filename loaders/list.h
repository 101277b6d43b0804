/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: plain lists, one value a line; and single values.
 */
#pragma once

#include "loaders/reader.h"

struct nrs_list;

/* A list read into @set under @source. */
int nrs_list_new(struct nrs_list **out, struct nrs_set *set, uint32_t source,
		 const struct nrs_loader_options *options);
void nrs_list_free(struct nrs_list *list);

/* The next bytes of the file. NRS_E_NOMEM. */
int nrs_list_push(struct nrs_list *list, struct nrs_span bytes);
int nrs_list_end(struct nrs_list *list, struct nrs_loader_result *result);

/*
 * One line or value. NRS_E_NOMEM, or NRS_E_FORMAT with the *@reason why it is
 * none of ours. A line that says nothing (a comment) is NRS_OK.
 */
int nrs_list_line(struct nrs_list *list, struct nrs_span line,
		  const char **reason);

/* Any text that is not XML or JSON; and a row's open. */
bool nrs_list_detect(struct nrs_span head);
nrs_reader_open_fn nrs_list_open;
