/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: any bytes through one reader, in two pieces, and settled.
 */
#pragma once

#include "loaders/reader.h"

static inline int nrs_fuzz_reader(nrs_reader_open_fn *open, const char *format,
				  struct nrs_span bytes)
{
	const struct nrs_loader_options options = {.format =
							   nrs_span_of(format)};
	struct nrs_loader_result result;
	struct nrs_reader *reader = NULL;
	struct nrs_set *set = NULL;
	uint32_t source;
	const size_t half = bytes.len / 2;

	if (nrs_set_new(&set) == NRS_OK &&
	    nrs_set_source(set, nrs_span_of("f"), nrs_span_of("f"), &source) ==
		    NRS_OK &&
	    open(&reader, set, source, &options, NULL) == NRS_OK) {
		(void)(reader->push(reader, nrs_span_part(bytes, 0, half)) ||
		       reader->push(reader, nrs_span_from(bytes, half)));
		(void)(reader->end(reader, &result, NULL) ||
		       nrs_set_settle(set));
		reader->free(reader);
	}
	nrs_set_free(set);
	return 0;
}
