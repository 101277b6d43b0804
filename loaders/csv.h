/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv: comma-separated values (RFC 4180) whose columns are known by a header,
 * by a layout of abuse.ch, or by parameters (specification, section 8.6).
 *
 * Parameters: ROLE=COLUMN, where the role is that of a value (any type of
 * typed.h, or "value") or what is said about it (csv_columns.h), and the
 * column a number from 1 or a header's name; delimiter=comma, semicolon, tab
 * or bar; header=yes or no; skip=WORD leaves out rows of that status;
 * seen=validity takes first and last seen for the time of validity.
 */
#pragma once

#include "loaders/reader.h"

bool nrs_csv_detect(struct nrs_span head);

/* The name in options->format may be that of a layout too. */
nrs_reader_open_fn nrs_csv_open;
