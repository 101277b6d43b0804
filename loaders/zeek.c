/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zeek: the #fields line names the columns, every other line is one value.
 */
#include "loaders/zeek.h"

#include <stdio.h>
#include <stdlib.h>

#include "loaders/adder.h"
#include "loaders/lines.h"
#include "loaders/params.h"

#define COLUMNS_MAX 64u
#define MARK_MAX 32 /* of an unset or an empty field */

enum column { INDICATOR, TYPE, SOURCE, DESCRIPTION, URL, NOTICE, COLUMNS };

struct zeek {
	struct nrs_reader reader;
	struct nrs_adder adder;
	struct nrs_lines lines;
	struct nrs_text labels, description;
	uint8_t separator;
	char unset[MARK_MAX], empty[MARK_MAX];
	unsigned int column_count; /* 0: no #fields line yet */
	unsigned int at[COLUMNS];  /* column plus one; 0: there is none */
};

/* What a line says; missing, unset and empty fields are empty. */
struct row {
	struct nrs_span column[COLUMNS];
	unsigned int count;
};

static enum nrs_typed type_of(struct nrs_span name)
{
	static const struct {
		const char *name;
		enum nrs_typed type;
	} types[] = {
		{"Intel::ADDR", NRS_TYPED_ADDRESS},
		{"Intel::CERT_HASH", NRS_TYPED_CERTIFICATE_SHA1},
		{"Intel::DOMAIN", NRS_TYPED_NAME},
		{"Intel::EMAIL", NRS_TYPED_EMAIL},
		{"Intel::FILE_HASH", NRS_TYPED_HASH},
		{"Intel::FILE_NAME", NRS_TYPED_FILE_NAME},
		{"Intel::JA3", NRS_TYPED_JA3},
		{"Intel::PUBKEY_HASH", NRS_TYPED_SSH_KEY_MD5},
		{"Intel::SOFTWARE", NRS_TYPED_SOFTWARE},
		{"Intel::SUBNET", NRS_TYPED_ADDRESS},
		{"Intel::URL", NRS_TYPED_URL},
		{"Intel::USER_NAME", NRS_TYPED_USER_NAME},
	};
	size_t i = 0;

	while (i < sizeof(types) / sizeof(*types) &&
	       !nrs_span_is(name, types[i].name))
		i++;
	return i < sizeof(types) / sizeof(*types) ? types[i].type
						  : NRS_TYPED_COUNT;
}

static void take_fields(struct zeek *z, struct nrs_span names)
{
	static const char *const columns[COLUMNS] = {
		"indicator", "indicator_type", "meta.source",
		"meta.desc", "meta.url",       "meta.do_notice"};
	struct nrs_span name;

	z->column_count = 0;
	memset(z->at, 0, sizeof(z->at));
	while (z->column_count < COLUMNS_MAX &&
	       nrs_span_split(&names, z->separator, &name)) {
		z->column_count++;
		for (unsigned int c = 0; c < COLUMNS; c++) {
			if (nrs_span_is(name, columns[c]))
				z->at[c] = z->column_count;
		}
	}
}

/* "\x09" or the character itself. */
static void take_separator(struct zeek *z, struct nrs_span text)
{
	unsigned int code = 0;
	char room[8];

	text = nrs_span_part(nrs_span_trim(text), 0, sizeof(room) - 1);
	if (text.len == 0)
		return;
	memcpy(room, text.ptr, text.len);
	room[text.len] = '\0';
	if (sscanf(room, "\\x%2x", &code) != 1)
		code = text.ptr[0];
	if (code != 0)
		z->separator = (uint8_t)code;
}

static void take_mark(char mark[MARK_MAX], struct nrs_span text)
{
	if (text.len >= MARK_MAX)
		return;
	if (text.len > 0)
		memcpy(mark, text.ptr, text.len);
	mark[text.len] = '\0';
}

/* "#NAME" and, behind a separator or a blank, what it is. */
static bool is_directive(const struct zeek *z, struct nrs_span line,
			 const char *name, struct nrs_span *value)
{
	const size_t len = strlen(name);

	if (!nrs_span_starts(line, name) || line.len <= len ||
	    (line.ptr[len] != z->separator && line.ptr[len] != ' ' &&
	     line.ptr[len] != '\t'))
		return false;
	*value = nrs_span_from(line, len + 1);
	return true;
}

/* A line with # is a remark if it is none of these. */
static void take_directive(struct zeek *z, struct nrs_span line)
{
	struct nrs_span value;

	if (is_directive(z, line, "#fields", &value))
		take_fields(z, value);
	else if (is_directive(z, line, "#separator", &value))
		take_separator(z, value);
	else if (is_directive(z, line, "#unset_field", &value))
		take_mark(z->unset, value);
	else if (is_directive(z, line, "#empty_field", &value))
		take_mark(z->empty, value);
}

static struct row cut(const struct zeek *z, struct nrs_span line)
{
	struct row row = {.count = 0};
	size_t from = 0;

	for (;;) {
		const size_t end = nrs_span_find(line, z->separator, from);
		const struct nrs_span field = nrs_span_part(
			line, from, end == SIZE_MAX ? end : end - from);

		row.count++;
		for (unsigned int c = 0; c < COLUMNS; c++) {
			if (z->at[c] == row.count &&
			    !nrs_span_is(field, z->unset) &&
			    !nrs_span_is(field, z->empty))
				row.column[c] = field;
		}
		if (end == SIZE_MAX)
			return row;
		from = end + 1;
	}
}

/* The value was there: another source is added, of the same one this line
 * counts. */
static int merge(struct zeek *z, const struct nrs_indicator_context *said)
{
	struct nrs_indicator *item = nrs_set_edit(z->adder.set, z->adder.index);
	struct nrs_background background = *said->background;
	struct nrs_indicator_context both = *said;
	bool is_same;
	const int err = nrs_adder_join(&z->adder, background.labels, &is_same);

	if (err != NRS_OK || !is_same)
		return err;
	background.labels = nrs_indicator_background(item)->labels;
	both.background = &background;
	return nrs_adder_context(&z->adder, &both, &item->context);
}

/* URLs have no scheme by definition; many files write one all the same. */
static struct nrs_span without_scheme(struct nrs_span url)
{
	const size_t colon = nrs_span_find(url, ':', 0);

	if (colon != SIZE_MAX && colon < 6 &&
	    nrs_span_starts(nrs_span_from(url, colon), "://"))
		return nrs_span_from(url, colon + 3);
	return url;
}

static int add(struct zeek *z, const struct row *row, struct nrs_span line,
	       enum nrs_typed type)
{
	struct nrs_entry entry = nrs_adder_entry(&z->adder, z->lines.number);
	struct nrs_background background = {0};
	struct nrs_indicator_context said = {.background = &background};
	const char *reason = NULL;

	nrs_text_clear(&z->labels);
	nrs_adder_label(&z->labels, "source:", row->column[SOURCE]);
	if (nrs_span_is(row->column[NOTICE], "F"))
		background.severity = nrs_span_of("info");
	nrs_text_clear(&z->description);
	nrs_text_add(&z->description, row->column[DESCRIPTION]);
	if (row->column[URL].len > 0)
		nrs_text_printf(&z->description, "%s%.*s",
				z->description.len > 0 ? " " : "",
				(int)row->column[URL].len,
				(const char *)row->column[URL].ptr);
	if (z->labels.failed || z->description.failed)
		return NRS_E_NOMEM;
	background.labels = nrs_text_span(&z->labels);
	said.description = nrs_text_span(&z->description);
	entry.type = type;
	entry.value = row->column[INDICATOR];
	if (type == NRS_TYPED_URL)
		entry.value = without_scheme(entry.value);
	entry.context = &said;
	const int err = nrs_adder_add(&z->adder, &entry, &reason);
	if (err == NRS_E_FORMAT)
		return nrs_adder_refuse(&z->adder, z->lines.number, line,
					reason);
	if (err == NRS_OK && z->adder.was_there)
		return merge(z, &said);
	return err;
}

static int take_line(void *ctx, struct nrs_span line, uint64_t number,
		     bool is_cut)
{
	struct zeek *z = ctx;
	char reason[80];

	if (nrs_span_ends(line, "\r"))
		line.len--;
	if (nrs_span_starts(line, "#")) {
		take_directive(z, line);
		return NRS_OK;
	}
	if (nrs_span_trim(line).len == 0)
		return NRS_OK;
	z->adder.result.objects++;
	if (is_cut)
		return nrs_adder_refuse(&z->adder, number, line,
					"longer than 8192 octets");
	if (z->at[INDICATOR] == 0 || z->at[TYPE] == 0)
		return nrs_adder_refuse(&z->adder, number, line,
					"stands before a #fields line with "
					"indicator and indicator_type");
	const struct row row = cut(z, line);
	if (row.count != z->column_count) {
		snprintf(reason, sizeof(reason),
			 "%u columns where #fields names %u", row.count,
			 z->column_count);
		return nrs_adder_refuse(&z->adder, number, line, reason);
	}
	const enum nrs_typed type = type_of(row.column[TYPE]);
	if (type == NRS_TYPED_COUNT)
		return nrs_adder_refuse(&z->adder, number, line,
					"of a type that is not known");
	return add(z, &row, line, type);
}

bool nrs_zeek_detect(struct nrs_span head)
{
	struct nrs_span line;

	while (nrs_span_split(&head, '\n', &line)) {
		if (nrs_span_starts(line, "#fields"))
			return nrs_span_find_text(line, "indicator_type") !=
			       SIZE_MAX;
		if (!nrs_span_starts(line, "#"))
			return false;
	}
	return false;
}

static int zeek_push(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_lines_push(&((struct zeek *)reader)->lines, bytes);
}

static int zeek_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		    struct nrs_diag *diag)
{
	struct zeek *z = (struct zeek *)reader;
	const int err = nrs_lines_end(&z->lines);

	*result = z->adder.result;
	result->format = "Zeek intel";
	if (err == NRS_OK && z->column_count == 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "has no #fields line");
	return err;
}

static void zeek_free(struct nrs_reader *reader)
{
	struct zeek *z = (struct zeek *)reader;

	nrs_lines_fini(&z->lines);
	nrs_text_fini(&z->labels);
	nrs_text_fini(&z->description);
	nrs_adder_fini(&z->adder);
	free(z);
}

int nrs_zeek_open(struct nrs_reader **out, struct nrs_set *set, uint32_t source,
		  const struct nrs_loader_options *options,
		  struct nrs_diag *diag)
{
	static const char *const keys[] = {NULL};
	struct zeek *z;
	int err = nrs_params_check(options->format, keys, diag);

	if (err != NRS_OK)
		return err;
	z = nrs_adder_reader(sizeof(*z));
	if (z == NULL)
		return NRS_E_NOMEM;
	z->reader = (struct nrs_reader){
		.push = zeek_push, .end = zeek_end, .free = zeek_free};
	z->lines = (struct nrs_lines){.fn = take_line, .ctx = z};
	z->separator = '\t';
	take_mark(z->unset, nrs_span_of("-"));
	take_mark(z->empty, nrs_span_of("(empty)"));
	err = nrs_adder_init(&z->adder, set, source, options);
	if (err != NRS_OK)
		zeek_free(&z->reader);
	else
		*out = &z->reader;
	return err;
}
