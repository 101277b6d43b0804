/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_columns: which column of a CSV file says what: by the names in its
 * header, by a layout that is known (abuse.ch), or by parameters.
 */
#pragma once

#include "loaders/csv_record.h"
#include "loaders/typed.h"

struct nrs_diag;

enum nrs_csv_role {
	NRS_CSV_NOTHING,
	NRS_CSV_VALUE, /* of the column's type */
	NRS_CSV_TYPE,  /* what the value of type "any" is */
	NRS_CSV_PORT,  /* of the address */
	NRS_CSV_CONFIDENCE,
	NRS_CSV_FIRST_SEEN,
	NRS_CSV_LAST_SEEN,
	NRS_CSV_TITLE,
	NRS_CSV_DESCRIPTION,
	NRS_CSV_LABELS, /* commas or blanks between */
	NRS_CSV_STATUS,
};

struct nrs_csv_column {
	enum nrs_csv_role role;
	enum nrs_typed type; /* of a VALUE */
};

struct nrs_csv_columns {
	const char *format; /* "ThreatFox CSV", or "CSV" */
	int8_t confidence;  /* where no column says one; -1 unknown */
	unsigned int count; /* 0: not known yet */
	struct nrs_csv_column at[NRS_CSV_FIELDS_MAX];
};

/* By the names in a header. False: no name of a value among them. */
bool nrs_csv_by_header(struct nrs_csv_columns *columns,
		       const struct nrs_span *names, unsigned int count);

/* By the name of a layout ("urlhaus", ...), as its publisher orders the
 * columns. False: no such layout. */
bool nrs_csv_by_layout(struct nrs_csv_columns *columns, struct nrs_span name);

/*
 * By the parameters ROLE=COLUMN of @format, a column being a number from 1 or
 * a name among @names (NULL: only numbers count). NRS_E_USAGE: the diag says
 * what is no parameter of CSV. Columns that no parameter names say nothing.
 */
int nrs_csv_by_params(struct nrs_csv_columns *columns, struct nrs_span format,
		      const struct nrs_span *names, unsigned int count,
		      struct nrs_diag *diag);

/* Does @format have such a parameter? */
bool nrs_csv_has_columns(struct nrs_span format);

/* What a word in a column of types stands for; NRS_TYPED_COUNT: not known. */
enum nrs_typed nrs_csv_type(struct nrs_span word);
