/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv: lines to records, the first of them or a comment before it to columns,
 * the others to rows.
 *
 * A quote that is open at the end of a line takes the next line too, up to
 * RECORD_MAX. Where that finds no end, each of those lines is taken for
 * itself: a stray quote costs its own line and no more.
 */
#include "loaders/csv.h"

#include <stdio.h>
#include <stdlib.h>

#include "loaders/adder.h"
#include "loaders/csv_row.h"
#include "loaders/lines.h"
#include "loaders/params.h"

#define RECORD_MAX ((size_t)65536)

struct csv {
	struct nrs_reader reader;
	struct nrs_adder adder;
	struct nrs_lines lines;
	struct nrs_span format;
	struct nrs_text comment; /* the last one before the first record */
	struct nrs_text record;	 /* lines of one whose quote is open */
	struct nrs_text cut;
	uint64_t begin; /* line on which it began */
	uint8_t delimiter;
	bool has_header;    /* the parameters say so */
	bool has_no_header; /* likewise */
	bool is_by_params;  /* they name columns */
	bool is_begun;	    /* the first record is behind us */
	struct nrs_csv_columns columns;
	struct nrs_csv_row row;
};

static int refuse(struct csv *csv, struct nrs_span record, const char *reason)
{
	return nrs_adder_refuse(&csv->adder, csv->begin, record, reason);
}

/* "# a,b,c" to a,b,c */
static struct nrs_span without_mark(struct nrs_span comment)
{
	while (nrs_span_starts(comment, "#"))
		comment = nrs_span_from(comment, 1);
	return nrs_span_trim(comment);
}

/* Does @line name the columns of records with @count fields? Then they are
 * known. */
static bool take_header(struct csv *csv, struct nrs_span line,
			unsigned int count)
{
	struct nrs_span names[NRS_CSV_FIELDS_MAX];
	struct nrs_csv_columns columns;
	const unsigned int found =
		nrs_csv_cut(line, csv->delimiter, &csv->cut, names);

	if (found != count || found > NRS_CSV_FIELDS_MAX)
		return false;
	bool is_header = found > 1 && nrs_csv_by_header(&columns, names, found);
	if (csv->is_by_params) {
		(void)nrs_csv_by_params(&columns, csv->format, names, found,
					NULL);
		is_header |= columns.count > csv->columns.count;
	}
	if (is_header)
		csv->columns = columns;
	return is_header;
}

/* The first record: is it the header, or was a comment, or is none needed?
 * True: it was the header itself. */
static bool take_first(struct csv *csv, struct nrs_span record)
{
	const struct nrs_span comment =
		without_mark(nrs_text_span(&csv->comment));
	struct nrs_span fields[NRS_CSV_FIELDS_MAX];

	csv->is_begun = true;
	if (csv->delimiter == 0)
		csv->delimiter = nrs_csv_sniff(record);
	if (csv->delimiter == 0)
		csv->delimiter = ',';
	const unsigned int count =
		nrs_csv_cut(record, csv->delimiter, &csv->cut, fields);
	if (csv->has_no_header)
		return false;
	if (take_header(csv, comment, count))
		return csv->has_header;
	return take_header(csv, record, count) || csv->has_header;
}

static int take_record(struct csv *csv, struct nrs_span record)
{
	struct nrs_span fields[NRS_CSV_FIELDS_MAX];
	char reason[80];

	if (!csv->is_begun && take_first(csv, record))
		return NRS_OK;
	csv->adder.result.objects++;
	if (csv->columns.count == 0)
		return refuse(csv, record, "of columns that no header names");
	const unsigned int count =
		nrs_csv_cut(record, csv->delimiter, &csv->cut, fields);
	if (count == 0)
		return NRS_E_NOMEM;
	if (count > NRS_CSV_FIELDS_MAX || count < csv->columns.count ||
	    (count > csv->columns.count && !csv->is_by_params)) {
		snprintf(reason, sizeof(reason), "%u columns, not %u", count,
			 csv->columns.count);
		return refuse(csv, record, reason);
	}
	return nrs_csv_row_add(&csv->row, &csv->adder, fields, record,
			       csv->begin);
}

/* The quote found no end: line by line, without quotes across lines. */
static int take_apart(struct csv *csv)
{
	struct nrs_span rest = nrs_text_span(&csv->record), line;
	int err = NRS_OK;

	while (err == NRS_OK && nrs_span_split(&rest, '\n', &line)) {
		if (nrs_csv_is_open(line, csv->delimiter, false)) {
			csv->adder.result.objects++;
			err = refuse(csv, line, "a quote that does not end");
		} else if (nrs_span_trim(line).len > 0) {
			err = take_record(csv, line);
		}
		csv->begin++;
	}
	nrs_text_clear(&csv->record);
	return err;
}

static int take_comment(struct csv *csv, struct nrs_span line)
{
	if (csv->is_begun || without_mark(line).len == 0)
		return NRS_OK;
	nrs_text_clear(&csv->comment);
	nrs_text_add(&csv->comment, line);
	return csv->comment.failed ? NRS_E_NOMEM : NRS_OK;
}

static int take_line(void *ctx, struct nrs_span line, uint64_t number,
		     bool is_cut)
{
	struct csv *csv = ctx;
	const bool was_open = csv->record.len > 0;
	const uint8_t delimiter = csv->delimiter == 0 ? ',' : csv->delimiter;
	bool is_open = false;

	if (nrs_span_ends(line, "\r"))
		line.len--;
	if (!was_open) {
		csv->begin = number;
		if (nrs_span_starts(line, "#"))
			return take_comment(csv, line);
		if (nrs_span_trim(line).len == 0)
			return NRS_OK;
	}
	if (is_cut) {
		const int err = was_open ? take_apart(csv) : NRS_OK;

		csv->adder.result.objects++;
		return err != NRS_OK ? err
				     : refuse(csv, line,
					      "longer than 8192 "
					      "octets");
	}
	is_open = nrs_csv_is_open(line, delimiter, was_open);
	if (!was_open && !is_open)
		return take_record(csv, line);
	nrs_text_add(&csv->record, line);
	if (is_open)
		nrs_text_putc(&csv->record, '\n');
	if (csv->record.failed)
		return NRS_E_NOMEM;
	if (is_open)
		return csv->record.len > RECORD_MAX ? take_apart(csv) : NRS_OK;
	const int err = take_record(csv, nrs_text_span(&csv->record));
	nrs_text_clear(&csv->record);
	return err;
}

bool nrs_csv_detect(struct nrs_span head)
{
	struct csv csv = {.delimiter = 0};
	struct nrs_span line;
	bool is_csv = false;

	if (head.len == 0 || memchr("<{[", head.ptr[0], 3) != NULL)
		return false;
	while (nrs_span_split(&head, '\n', &line)) {
		line = nrs_span_trim(line);
		if (nrs_span_starts(line, "#")) {
			if (take_comment(&csv, line) != NRS_OK)
				break;
		} else if (line.len > 0) {
			(void)take_first(&csv, line);
			is_csv = csv.columns.count > 0;
			break;
		}
	}
	nrs_text_fini(&csv.comment);
	nrs_text_fini(&csv.cut);
	return is_csv;
}

static int csv_push(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_lines_push(&((struct csv *)reader)->lines, bytes);
}

static int csv_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		   struct nrs_diag *diag)
{
	struct csv *csv = (struct csv *)reader;
	int err = nrs_lines_end(&csv->lines);

	if (err == NRS_OK && csv->record.len > 0)
		err = take_apart(csv);
	*result = csv->adder.result;
	result->format = csv->columns.format;
	if (err == NRS_OK && csv->columns.count == 0 && result->objects > 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is CSV whose columns no header names: "
				    "--format csv:value=1 says which it is");
	return err;
}

static void csv_free(struct nrs_reader *reader)
{
	struct csv *csv = (struct csv *)reader;

	nrs_lines_fini(&csv->lines);
	nrs_text_fini(&csv->comment);
	nrs_text_fini(&csv->record);
	nrs_text_fini(&csv->cut);
	nrs_csv_row_fini(&csv->row);
	nrs_adder_fini(&csv->adder);
	free(csv);
}

static uint8_t delimiter_of(struct nrs_span word)
{
	static const struct {
		const char *word;
		uint8_t delimiter;
	} rows[] = {{"comma", ','},
		    {"semicolon", ';'},
		    {"tab", '\t'},
		    {"bar", '|'}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is(word, rows[i].word))
			return rows[i].delimiter;
	}
	return 0;
}

/* One of two words, or absent. */
static bool is_word(struct nrs_span value, const char *yes, const char *no)
{
	return value.len == 0 || nrs_span_is(value, yes) ||
	       (no != NULL && nrs_span_is(value, no));
}

static int read_params(struct csv *csv, struct nrs_diag *diag)
{
	const struct nrs_span format = csv->format;
	const struct nrs_span delimiter = nrs_params_get(format, "delimiter");
	const struct nrs_span header = nrs_params_get(format, "header");
	const struct nrs_span seen = nrs_params_get(format, "seen");
	const struct nrs_span name = nrs_params_name(format);
	int err = nrs_csv_by_params(&csv->columns, format, NULL, 0, diag);

	if (err != NRS_OK)
		return err;
	csv->delimiter = delimiter_of(delimiter);
	if ((delimiter.len > 0 && csv->delimiter == 0) ||
	    !is_word(header, "yes", "no") || !is_word(seen, "validity", NULL))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "CSV: delimiter is comma, semicolon, tab "
				    "or bar; header yes or no; seen validity");
	csv->has_header = nrs_span_is(header, "yes");
	csv->has_no_header = nrs_span_is(header, "no");
	csv->row.is_seen_validity = seen.len > 0;
	csv->row.skip = nrs_params_get(format, "skip");
	csv->is_by_params = nrs_csv_has_columns(format);
	if (!csv->is_by_params)
		(void)nrs_csv_by_layout(&csv->columns, name);
	return NRS_OK;
}

int nrs_csv_open(struct nrs_reader **out, struct nrs_set *set, uint32_t source,
		 const struct nrs_loader_options *options,
		 struct nrs_diag *diag)
{
	struct csv *csv = nrs_adder_reader(sizeof(*csv));
	int err;

	if (csv == NULL)
		return NRS_E_NOMEM;
	csv->reader = (struct nrs_reader){
		.push = csv_push, .end = csv_end, .free = csv_free};
	csv->lines = (struct nrs_lines){.fn = take_line, .ctx = csv};
	csv->format = options->format;
	csv->row.columns = &csv->columns;
	err = nrs_adder_init(&csv->adder, set, source, options);
	if (err == NRS_OK)
		err = read_params(csv, diag);
	if (err != NRS_OK)
		csv_free(&csv->reader);
	else
		*out = &csv->reader;
	return err;
}
