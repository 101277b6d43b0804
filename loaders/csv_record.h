/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_record: one record of RFC 4180, with what real files do besides: blanks
 * before a quote, other delimiters, a quote in the middle of a bare field.
 */
#pragma once

#include "engine/base/text.h"

#define NRS_CSV_FIELDS_MAX 64u

/* Is a quote open behind @line, if one was before it (@is_open)? */
bool nrs_csv_is_open(struct nrs_span line, uint8_t delimiter, bool is_open);

/*
 * The fields of @record, without quotes and outer blanks; their texts live in
 * @room until it changes. Returns how many there are, at most
 * NRS_CSV_FIELDS_MAX + 1, of which that many at most are in @fields; 0: no
 * memory.
 */
unsigned int nrs_csv_cut(struct nrs_span record, uint8_t delimiter,
			 struct nrs_text *room,
			 struct nrs_span fields[NRS_CSV_FIELDS_MAX]);

/* The delimiter that @line has most of outside quotes: one of , ; | and tab;
 * 0: none. */
uint8_t nrs_csv_sniff(struct nrs_span line);
