/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suricata: one reader for the four kinds, which differ in the cells of a line.
 */
#include "loaders/suricata.h"

#include <stdlib.h>

#include "loaders/adder.h"
#include "loaders/base64.h"
#include "loaders/lines.h"
#include "loaders/params.h"
#include "loaders/suricata_field.h"

#define CATEGORY_MAX 60u
#define SNIFFED 20u /* lines that tell the kind */

enum kind { DATASET, DATAREP, IPREP, CATEGORIES };

struct suricata {
	struct nrs_reader reader;
	struct nrs_adder adder;
	struct nrs_lines lines;
	struct nrs_text labels;
	enum kind kind;
	enum nrs_typed type;
	bool is_base64, is_plain; /* the parameter says so */
	uint8_t string[NRS_LINE_MAX];
};

/* The cells of a line as far as they are there. */
struct cells {
	struct nrs_span at[3];
	unsigned int count;
};

static struct cells cut(struct nrs_span line)
{
	struct cells cells = {.count = 0};
	struct nrs_span cell;

	while (nrs_span_split(&line, ',', &cell)) {
		if (cells.count < 2)
			cells.at[cells.count] = nrs_span_trim(cell);
		else if (cells.count == 2) /* a description may have commas */
			cells.at[2] = nrs_span_trim(nrs_span(
				cell.ptr,
				cell.len + (line.len > 0 ? line.len + 1 : 0)));
		cells.count++;
	}
	return cells;
}

static bool is_number(struct nrs_span text, uint64_t low, uint64_t high,
		      uint64_t *number)
{
	return nrs_span_u64(text, number) == NRS_OK && *number >= low &&
	       *number <= high;
}

static bool is_address(struct nrs_span text)
{
	struct nrs_prefix prefix;

	return nrs_prefix_parse(text, &prefix) == NRS_OK;
}

static bool is_digest(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = nrs_ascii_lower(text.ptr[i]);

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return text.len == 32 || text.len == 64;
}

/* Base64 of readable text. */
static bool is_string(struct nrs_span text)
{
	uint8_t octets[512];
	size_t len;

	if (text.len > sizeof(octets) || is_digest(text) ||
	    !nrs_base64_read(text, octets, &len) ||
	    !nrs_span_is_utf8(nrs_span(octets, len)))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (octets[i] < ' ' || octets[i] == 0x7f)
			return false;
	}
	return true;
}

static bool is_line_of(enum kind kind, struct nrs_span line)
{
	const struct cells cells = cut(line);
	uint64_t number;

	switch (kind) {
	case DATASET:
		return cells.count == 1 && is_string(cells.at[0]);
	case DATAREP: /* of addresses only when told: see "ADDRESS,PORT" */
		return cells.count == 2 &&
		       is_number(cells.at[1], 0, 65535, &number) &&
		       (is_string(cells.at[0]) || is_digest(cells.at[0]));
	case IPREP:
		return cells.count == 3 && is_address(cells.at[0]) &&
		       is_number(cells.at[1], 1, CATEGORY_MAX, &number) &&
		       is_number(cells.at[2], 1, 127, &number);
	default:
		return cells.count >= 3 &&
		       is_number(cells.at[0], 1, CATEGORY_MAX, &number) &&
		       cells.at[1].len > 0 &&
		       nrs_span_find(cells.at[1], '.', 0) == SIZE_MAX &&
		       nrs_span_find(cells.at[1], ':', 0) == SIZE_MAX;
	}
}

/* The first lines, all of them. */
static bool detect(enum kind kind, struct nrs_span head)
{
	struct nrs_span line;
	unsigned int count = 0;

	while (count < SNIFFED && nrs_span_split(&head, '\n', &line)) {
		line = nrs_span_trim(line);
		if (line.len == 0 || nrs_span_starts(line, "#"))
			continue;
		if (!is_line_of(kind, line))
			return false;
		count++;
	}
	return count > 0;
}

bool nrs_suricata_detect_dataset(struct nrs_span head)
{
	return detect(DATASET, head);
}

bool nrs_suricata_detect_datarep(struct nrs_span head)
{
	return detect(DATAREP, head);
}

bool nrs_suricata_detect_iprep(struct nrs_span head)
{
	return detect(IPREP, head);
}

bool nrs_suricata_detect_categories(struct nrs_span head)
{
	return detect(CATEGORIES, head);
}

/* The value of a dataset in the clear. */
static bool decode(struct suricata *s, struct nrs_span *value)
{
	size_t len = 0;

	if (s->is_plain ||
	    (!s->is_base64 && (is_digest(*value) || is_address(*value))))
		return true;
	if (!nrs_base64_read(*value, s->string, &len))
		return false;
	*value = nrs_span(s->string, len);
	return true;
}

/* One address may stand in several categories. */
static int join_category(struct suricata *s, int8_t confidence)
{
	struct nrs_indicator *item = nrs_set_edit(s->adder.set, s->adder.index);
	bool had;

	if (item->confidence < confidence)
		item->confidence = confidence;
	return nrs_adder_join(&s->adder, nrs_text_span(&s->labels), &had);
}

static int take_address(struct suricata *s, const struct cells *cells,
			struct nrs_entry *entry, const char **reason)
{
	uint64_t category, score;

	if (cells->count != 3 ||
	    !is_number(cells->at[1], 1, CATEGORY_MAX, &category) ||
	    !is_number(cells->at[2], 1, 127, &score)) {
		*reason = "not ADDRESS,CATEGORY,SCORE with a category up to "
			  "60 and a score from 1 to 127";
		return NRS_E_FORMAT;
	}
	nrs_adder_label(&s->labels, "category:", cells->at[1]);
	entry->type = NRS_TYPED_ADDRESS;
	entry->confidence = (int8_t)(score * 100 / 127);
	return NRS_OK;
}

static int take_string(struct suricata *s, const struct cells *cells,
		       struct nrs_entry *entry, const char **reason)
{
	uint64_t score;

	*reason = NULL;
	if (s->kind == DATAREP &&
	    (cells->count != 2 || !is_number(cells->at[1], 0, 65535, &score)))
		*reason = "not VALUE,SCORE with a score up to 65535";
	else if (s->kind == DATASET && cells->count != 1)
		*reason = "more than one value";
	else if (!decode(s, &entry->value))
		*reason = "no base64, address or digest";
	if (s->kind == DATAREP)
		nrs_adder_label(&s->labels, "score:", cells->at[1]);
	entry->type = s->type;
	return *reason == NULL ? NRS_OK : NRS_E_FORMAT;
}

static int take_line(void *ctx, struct nrs_span line, uint64_t number,
		     bool is_cut)
{
	struct suricata *s = ctx;
	struct nrs_entry entry = nrs_adder_entry(&s->adder, number);
	struct nrs_background background = {0};
	const struct nrs_indicator_context said = {.background = &background};
	const char *reason = "longer than 8192 octets";

	line = nrs_span_trim(line);
	if (line.len == 0 || nrs_span_starts(line, "#"))
		return NRS_OK;
	s->adder.result.objects++;
	if (is_cut || line.len > NRS_LINE_MAX)
		return nrs_adder_refuse(&s->adder, number, line, reason);
	if (s->kind == CATEGORIES) {
		nrs_loader_ignore(&s->adder.result, NRS_IGNORED_CATEGORY, 1);
		return NRS_OK;
	}
	const struct cells cells = cut(line);
	entry.value = cells.at[0];
	nrs_text_clear(&s->labels);
	int err = s->kind == IPREP ? take_address(s, &cells, &entry, &reason)
				   : take_string(s, &cells, &entry, &reason);
	if (s->labels.failed)
		return NRS_E_NOMEM;
	background.labels = nrs_text_span(&s->labels);
	entry.context = &said;
	if (err == NRS_OK)
		err = nrs_adder_add(&s->adder, &entry, &reason);
	if (err == NRS_E_FORMAT)
		return nrs_adder_refuse(&s->adder, number, line, reason);
	if (err == NRS_OK && s->adder.was_there && s->kind == IPREP)
		return join_category(s, entry.confidence);
	return err;
}

static int suricata_push(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_lines_push(&((struct suricata *)reader)->lines, bytes);
}

static int suricata_end(struct nrs_reader *reader,
			struct nrs_loader_result *result, struct nrs_diag *diag)
{
	static const char *const names[] = {
		"Suricata dataset", "Suricata datarep", "Suricata iprep",
		"Suricata iprep categories"};
	struct suricata *s = (struct suricata *)reader;
	const int err = nrs_lines_end(&s->lines);

	*result = s->adder.result;
	result->format = names[s->kind];
	if (err == NRS_OK && result->indicators == 0 && result->refused > 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "holds no value that shows what it is: "
				    "--format suricata-dataset:field=dns.query "
				    "(or another) says so");
	return err;
}

static void suricata_free(struct nrs_reader *reader)
{
	struct suricata *s = (struct suricata *)reader;

	nrs_lines_fini(&s->lines);
	nrs_text_fini(&s->labels);
	nrs_adder_fini(&s->adder);
	free(s);
}

static int read_params(struct suricata *s, struct nrs_span format,
		       struct nrs_diag *diag)
{
	static const char *const keys[] = {"field", "encoding", NULL};
	const struct nrs_span field = nrs_params_get(format, "field");
	const struct nrs_span encoding = nrs_params_get(format, "encoding");
	int err = nrs_params_check(format, keys, diag);

	if (err == NRS_OK)
		err = nrs_suricata_field(field, &s->type, diag);
	if (err != NRS_OK)
		return err;
	s->is_base64 = nrs_span_is(encoding, "base64");
	s->is_plain = nrs_span_is(encoding, "plain");
	if (encoding.len > 0 && !s->is_base64 && !s->is_plain)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "encoding is base64 or plain");
	return NRS_OK;
}

static enum kind kind_of(struct nrs_span name)
{
	if (nrs_span_is(name, "suricata-datarep"))
		return DATAREP;
	if (nrs_span_is(name, "suricata-iprep"))
		return IPREP;
	return nrs_span_is(name, "suricata-categories") ? CATEGORIES : DATASET;
}

int nrs_suricata_open(struct nrs_reader **out, struct nrs_set *set,
		      uint32_t source, const struct nrs_loader_options *options,
		      struct nrs_diag *diag)
{
	struct suricata *s = nrs_adder_reader(sizeof(*s));
	int err;

	if (s == NULL)
		return NRS_E_NOMEM;
	s->reader = (struct nrs_reader){.push = suricata_push,
					.end = suricata_end,
					.free = suricata_free};
	s->lines = (struct nrs_lines){.fn = take_line, .ctx = s};
	s->kind = kind_of(nrs_params_name(options->format));
	err = nrs_adder_init(&s->adder, set, source, options);
	if (err == NRS_OK)
		err = read_params(s, options->format, diag);
	if (err != NRS_OK)
		suricata_free(&s->reader);
	else
		*out = &s->reader;
	return err;
}
