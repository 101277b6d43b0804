/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exceptions: the exception lists of a configuration or a command line, and
 * the record of what they vetoed.
 */
#pragma once

#include "engine/base/text.h"
#include "loaders/allow.h"

/*
 * Load the lists at @paths into *@out, which stays NULL if there are none. A
 * list that cannot be read is an error: without it things would alert that
 * must not. NRS_E_IO, NRS_E_FORMAT, NRS_E_LIMIT with path and reason in
 * @diag; NRS_E_NOMEM.
 */
int nrs_exceptions_load(struct nrs_allow **out, const char *const *paths,
			unsigned int count, struct nrs_diag *diag);

/* Append a line for each list: entries, those that are over or were refused,
 * and vetoes so far. */
void nrs_exceptions_text(const struct nrs_allow *allow, struct nrs_text *out);

/* Append a JSON line for each indicator of @set that is EXCEPTED: its id,
 * version, pattern, source, and the exception that did it. */
void nrs_vetoes_text(const struct nrs_set *set, struct nrs_text *out);

/* The same to the file @path, whole or not at all. NRS_E_NOMEM; NRS_E_IO with
 * errno. */
int nrs_vetoes_write(const struct nrs_set *set, const char *path);
