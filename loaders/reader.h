/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: one format, read as its bytes come. What a loader is to loader.c,
 * and the whole of what it must offer: a row of struct nrs_format.
 */
#pragma once

#include "loaders/loader.h"

/* The first member of each loader's own struct. */
struct nrs_reader {
	/* The next bytes of the file; an error ends the reading. */
	int (*push)(struct nrs_reader *reader, struct nrs_span bytes);
	/* The file ends: the result. NRS_E_FORMAT: it holds nothing of this
	 * format; NRS_E_TRUNCATED: it ends in the middle. */
	int (*end)(struct nrs_reader *reader, struct nrs_loader_result *result,
		   struct nrs_diag *diag);
	void (*free)(struct nrs_reader *reader);
};

/*
 * A new reader in *@out, into @set under @source. @options is borrowed until
 * the reader is freed; its format names the row also where the content told.
 * NRS_E_NOMEM; NRS_E_USAGE: a parameter of
 * options->format is none, the diag says which.
 */
typedef int nrs_reader_open_fn(struct nrs_reader **out, struct nrs_set *set,
			       uint32_t source,
			       const struct nrs_loader_options *options,
			       struct nrs_diag *diag);

struct nrs_format {
	const char *name; /* of --format */
	/* Is a file that begins with @head of this format? @head is text
	 * without a byte order mark or blanks around it, up to 256 KB, and may
	 * be empty or cut anywhere. The first row that says yes reads it;
	 * NULL: this format is only read when asked for. */
	bool (*detect)(struct nrs_span head);
	nrs_reader_open_fn *open;
};
