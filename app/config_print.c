/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_print: the table as a file to start from, and as lines of help.
 *
 * In the file a setting with a default stands as it is; one that has none, and
 * everything of a list, stands behind a "#" as a sample. So the file as it is
 * says the defaults, and with each "#" that no blank follows taken away it is
 * one that uses everything.
 */
#include "app/config_read.h"

#include <stdio.h>
#include <string.h>

#include "app/config_inside.h"

#define WIDTH 76u

/* @text as comment lines behind @indent. */
static void put_comment(struct nrs_text *out, unsigned int indent,
			const char *text)
{
	struct nrs_span rest = nrs_span_of(text), word;
	unsigned int column = 0;

	while (nrs_span_split(&rest, ' ', &word)) {
		if (column == 0 || column + 1 + word.len > WIDTH) {
			nrs_text_printf(out, "%s%*s#", column == 0 ? "" : "\n",
					(int)indent, "");
			column = indent + 1;
		}
		nrs_text_putc(out, ' ');
		nrs_text_add(out, word);
		column += 1 + (unsigned int)word.len;
	}
	nrs_text_putc(out, '\n');
}

static void put_limits(struct nrs_text *out, unsigned int indent,
		       const struct nrs_config_row *row)
{
	struct nrs_text line = {0};

	if (row->choices != NULL) {
		struct nrs_span rest = nrs_span_of(row->choices), choice;
		const char *between = "";

		for (uint64_t i = 0; nrs_span_split(&rest, '|', &choice); i++) {
			if (i < row->min)
				continue;
			nrs_text_printf(&line, "%s%.*s", between,
					(int)choice.len,
					(const char *)choice.ptr);
			between = " | ";
		}
	} else if (row->type == NRS_CONFIG_NUMBER ||
		   row->type == NRS_CONFIG_SECONDS) {
		nrs_text_printf(&line, "%llu to %llu %s",
				(unsigned long long)row->min,
				(unsigned long long)row->max,
				row->type == NRS_CONFIG_SECONDS ? "s"
				: row->unit == NULL		? ""
								: row->unit);
	} else if (row->is_required) {
		nrs_text_puts(&line, "required");
	}
	nrs_text_putc(&line, '\0');
	if (line.len > 1 && !line.failed)
		put_comment(out, indent, (const char *)line.ptr);
	nrs_text_fini(&line);
}

/* What stands behind the colon. */
static void put_value(struct nrs_text *out, const struct nrs_config_row *row)
{
	const char *value = row->sample != NULL	    ? row->sample
			    : row->fallback != NULL ? row->fallback
						    : "";

	if (row->type == NRS_CONFIG_SECTION || row->type == NRS_CONFIG_LIST ||
	    row->type == NRS_CONFIG_NAMED)
		return;
	if (row->type == NRS_CONFIG_CHOICES)
		nrs_text_printf(out, " [%s]", value);
	else
		nrs_text_printf(out, " %s", value[0] == '\0' ? "..." : value);
}

static bool is_list(const struct nrs_config_row *row)
{
	return row->type == NRS_CONFIG_LIST || row->type == NRS_CONFIG_NAMED;
}

struct place {
	unsigned int indent; /* of the rows of this section */
	bool is_sample;	     /* within a list: nothing of it holds */
	bool wants_dash;     /* the first row of a list's item */
};

static void put_row(struct nrs_text *out, const struct nrs_config_row *row,
		    struct place *place)
{
	const unsigned int dash = place->wants_dash ? 2 : 0;
	const bool is_sample = place->is_sample || is_list(row) ||
			       (row->section == NULL && row->fallback == NULL);
	const bool is_nothing = row->section == NULL && row->sample == NULL &&
				row->fallback == NULL;

	put_comment(out, place->indent, row->text);
	put_limits(out, place->indent, row);
	nrs_text_printf(out, "%*s%s%s%s:", (int)(place->indent - dash), "",
			is_nothing  ? "# "
			: is_sample ? "#"
				    : "",
			place->wants_dash ? "- " : "", row->key);
	put_value(out, row);
	nrs_text_putc(out, '\n');
	place->wants_dash = false;
}

/* The rows below @row stand further in, below a name or a dash. */
static struct place below(struct nrs_text *out,
			  const struct nrs_config_row *row,
			  const struct place *place)
{
	struct place next = {.indent = place->indent + 2,
			     .is_sample = place->is_sample || is_list(row)};

	if (row->type == NRS_CONFIG_LIST) {
		next.indent += 2;
		next.wants_dash = true;
	} else if (row->type == NRS_CONFIG_NAMED) {
		if (row->more != NULL)
			nrs_text_printf(out, "%*s#%s\n", (int)next.indent, "",
					row->more);
		nrs_text_printf(out, "%*s#%s:\n", (int)next.indent, "",
				row->sample);
		next.indent += 2;
	}
	return next;
}

void nrs_config_print_defaults(struct nrs_text *out)
{
	struct nrs_config_walk walk = {0};
	struct place places[NRS_CONFIG_DEPTH] = {{0}};
	const struct nrs_config_row *row;

	nrs_text_puts(
		out,
		"# noroshi.yaml: what noroshi run is told; noroshi.conf(5).\n"
		"# What is set here is the default. A line that begins with # "
		"and no blank is a\n# sample: take the # away.\n");
	while ((row = nrs_config_next(&walk)) != NULL) {
		struct place *place = &places[walk.depth];

		if (walk.depth == 0)
			nrs_text_putc(out, '\n');
		put_row(out, row, place);
		if (row->section != NULL && walk.depth + 1 < NRS_CONFIG_DEPTH)
			places[walk.depth + 1] = below(out, row, place);
	}
}

static void put_option_name(const struct nrs_config_option *o, char *out,
			    size_t room)
{
	(void)snprintf(out, room, "--%s%s%s", o->name,
		       o->argument == NULL ? "" : " ",
		       o->argument == NULL ? "" : o->argument);
}

/* Names only, between commas, in lines that a screen is wide enough for. */
static void put_other_options(struct nrs_text *out)
{
	const char *before = "Also, as in noroshi.conf(5): ";
	size_t column = 0;

	for (unsigned int i = 0; i < nrs_config_option_count; i++) {
		char name[40];

		if (nrs_config_options[i].text != NULL)
			continue;
		put_option_name(&nrs_config_options[i], name, sizeof(name));
		if (column + strlen(before) + strlen(name) > WIDTH) {
			before = ",\n";
			column = 0;
		}
		nrs_text_printf(out, "%s%s", before, name);
		column += strlen(before) + strlen(name);
		before = ", ";
	}
	if (column > 0)
		nrs_text_putc(out, '\n');
}

void nrs_config_print_options(struct nrs_text *out)
{
	for (unsigned int i = 0; i < nrs_config_option_count; i++) {
		const struct nrs_config_option *o = &nrs_config_options[i];
		char left[40];

		if (o->text == NULL)
			continue;
		put_option_name(o, left, sizeof(left));
		nrs_text_printf(out, "  %-24s %s\n", left, o->text);
	}
	put_other_options(out);
}
