/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_row: what is said about the row first, then each of its values.
 */
#include "loaders/csv_row.h"

void nrs_csv_row_fini(struct nrs_csv_row *row)
{
	nrs_text_fini(&row->labels);
	nrs_text_fini(&row->pair);
}

/* What feeds write for nothing. */
static struct nrs_span said(struct nrs_span field)
{
	static const char *const nothing[] = {"none", "n/a", "null", "-"};

	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++) {
		if (nrs_span_is_icase(field, nothing[i]))
			field.len = 0;
	}
	return field;
}

static void put_labels(struct nrs_text *out, struct nrs_span list)
{
	struct nrs_span label;

	while (nrs_span_split(&list, ',', &label))
		nrs_adder_label(out, "", label);
}

/* A time that cannot be read is worth a word, not the row. */
static void put_time(struct nrs_span text, int64_t *out, bool *warned)
{
	if (text.len > 0 && nrs_stamp_parse_human(text, out) != NRS_OK)
		*warned = true;
}

static void put_confidence(enum nrs_scale scale, struct nrs_span text,
			   struct nrs_entry *entry)
{
	if (text.len > 0 &&
	    nrs_confidence_read(scale, text, &entry->confidence) != NRS_OK)
		entry->warned = true;
}

/* What stands about the values in a row. */
struct about {
	struct nrs_indicator_context context;
	struct nrs_background background;
	struct nrs_span type, port, status;
	int64_t first_ns, last_ns;
	enum nrs_scale scale; /* of its confidence */
};

static void read_about(struct nrs_csv_row *row, const struct nrs_span *fields,
		       struct about *about, struct nrs_entry *entry)
{
	nrs_text_clear(&row->labels);
	for (unsigned int i = 0; i < row->columns->count; i++) {
		const struct nrs_span field = said(fields[i]);

		switch (row->columns->at[i].role) {
		case NRS_CSV_TYPE:
			about->type = field;
			break;
		case NRS_CSV_PORT:
			about->port = field;
			break;
		case NRS_CSV_CONFIDENCE:
			put_confidence(about->scale, field, entry);
			break;
		case NRS_CSV_FIRST_SEEN:
			put_time(field, &about->first_ns, &entry->warned);
			break;
		case NRS_CSV_LAST_SEEN:
			put_time(field, &about->last_ns, &entry->warned);
			break;
		case NRS_CSV_TITLE:
			about->context.name = field;
			break;
		case NRS_CSV_DESCRIPTION:
			about->context.description = field;
			break;
		case NRS_CSV_LABELS:
			put_labels(&row->labels, field);
			break;
		case NRS_CSV_STATUS:
			about->status = field;
			nrs_adder_label(&row->labels, "status:", field);
			break;
		default:
			break;
		}
	}
	about->background.labels = nrs_text_span(&row->labels);
}

/* The times of @about; not known is not now. */
static void put_times(const struct nrs_csv_row *row, const struct about *about,
		      struct nrs_entry *entry)
{
	if (about->first_ns != NRS_TIME_MIN)
		entry->created_ns = entry->modified_ns = about->first_ns;
	if (!row->is_seen_validity)
		return;
	entry->valid_from_ns = about->first_ns;
	if (about->last_ns > about->first_ns)
		entry->valid_until_ns = about->last_ns;
}

/* One value of the row. *@reason: why it is none. */
static int add_value(struct nrs_csv_row *row, struct nrs_adder *adder,
		     const struct about *about, struct nrs_entry *entry,
		     const char **reason)
{
	if (entry->type == NRS_TYPED_ANY && about->type.len > 0) {
		entry->type = nrs_csv_type(about->type);
		if (entry->type == NRS_TYPED_COUNT) {
			*reason = "of a type that is not known";
			return NRS_E_FORMAT;
		}
	}
	if (about->port.len > 0 && (entry->type == NRS_TYPED_ADDRESS ||
				    entry->type == NRS_TYPED_NAME)) {
		nrs_text_clear(&row->pair);
		nrs_text_add(&row->pair, entry->value);
		nrs_text_putc(&row->pair, '|');
		nrs_text_add(&row->pair, about->port);
		if (row->pair.failed)
			return NRS_E_NOMEM;
		entry->value = nrs_text_span(&row->pair);
		entry->type = entry->type == NRS_TYPED_NAME
				      ? NRS_TYPED_SERVICE
				      : NRS_TYPED_DESTINATION;
	}
	return nrs_adder_add(adder, entry, reason);
}

int nrs_csv_row_add(struct nrs_csv_row *row, struct nrs_adder *adder,
		    const struct nrs_span *fields, struct nrs_span record,
		    uint64_t place)
{
	struct about about = {.scale = adder->options->scale,
			      .first_ns = NRS_TIME_MIN,
			      .last_ns = NRS_TIME_MIN};
	struct nrs_entry entry = nrs_adder_entry(adder, place);
	const char *reason = "holds no value";
	unsigned int values = 0;
	int err = NRS_OK;

	entry.confidence = row->columns->confidence;
	read_about(row, fields, &about, &entry);
	if (row->labels.failed)
		return NRS_E_NOMEM;
	if (row->skip.len > 0 && nrs_span_equal(row->skip, about.status)) {
		nrs_loader_ignore(&adder->result, NRS_IGNORED_STATUS, 1);
		return NRS_OK;
	}
	put_times(row, &about, &entry);
	about.context.background = &about.background;
	entry.context = &about.context;
	for (unsigned int i = 0; i < row->columns->count; i++) {
		const struct nrs_csv_column *column = &row->columns->at[i];

		entry.value = said(fields[i]);
		entry.type = column->type;
		if (column->role != NRS_CSV_VALUE || entry.value.len == 0)
			continue;
		values++;
		err = add_value(row, adder, &about, &entry, &reason);
		if (err == NRS_E_FORMAT)
			err = nrs_adder_refuse(adder, place, entry.value,
					       reason);
		if (err != NRS_OK)
			return err;
	}
	return values > 0 ? NRS_OK
			  : nrs_adder_refuse(adder, place, record, reason);
}
