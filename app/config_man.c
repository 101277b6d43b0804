/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_man: noroshi.conf(5) from the table, in the macros of man(7).
 */
#include "app/config_read.h"

#include "app/config_inside.h"

/* Text in which roff sees nothing: backslashes, and dots that begin a line. */
static void put(struct nrs_text *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\\')
			nrs_text_puts(out, "\\e");
		else if (*c == '-')
			nrs_text_puts(out, "\\-");
		else if ((*c == '.' || *c == '\'') &&
			 (c == text || c[-1] == '\n'))
			nrs_text_printf(out, "\\&%c", *c);
		else
			nrs_text_putc(out, *c);
	}
}

static const char *type_name(const struct nrs_config_row *row)
{
	static const char *const names[] = {
		[NRS_CONFIG_BOOL] = "yes or no",
		[NRS_CONFIG_NUMBER] = "a number",
		[NRS_CONFIG_SECONDS] = "a time (90, 90s, 5m, 1h, 7d)",
		[NRS_CONFIG_TEXT] = "a text",
		[NRS_CONFIG_CHOICE] = "one of",
		[NRS_CONFIG_CHOICES] = "a list of",
		[NRS_CONFIG_NETS] = "a list of networks",
		[NRS_CONFIG_TEXTS] = "a list of texts",
		[NRS_CONFIG_NAMES] = "a list of names",
		[NRS_CONFIG_SECTION] = "a section",
		[NRS_CONFIG_LIST] = "a list of sections",
		[NRS_CONFIG_NAMED] = "sections by name",
	};

	return names[row->type];
}

static void put_type(struct nrs_text *out, const struct nrs_config_row *row)
{
	put(out, type_name(row));
	if (row->choices != NULL) {
		struct nrs_span rest = nrs_span_of(row->choices), choice;
		const char *between = " ";

		for (uint64_t i = 0; nrs_span_split(&rest, '|', &choice); i++) {
			if (i < row->min)
				continue;
			nrs_text_puts(out, between);
			nrs_text_add(out, choice);
			between = ", ";
		}
	}
	if (row->type == NRS_CONFIG_NUMBER || row->type == NRS_CONFIG_SECONDS)
		nrs_text_printf(out, ", %llu to %llu %s",
				(unsigned long long)row->min,
				(unsigned long long)row->max,
				row->type == NRS_CONFIG_SECONDS ? "seconds"
				: row->unit == NULL		? ""
								: row->unit);
	if (row->type == NRS_CONFIG_LIST || row->type == NRS_CONFIG_NAMED ||
	    row->type == NRS_CONFIG_NETS || row->type == NRS_CONFIG_TEXTS)
		nrs_text_printf(out, ", at most %llu",
				(unsigned long long)row->max);
	nrs_text_puts(out, row->is_required ? "; required." : ".");
	if (row->fallback != NULL) {
		nrs_text_puts(out, " Default: ");
		put(out, row->fallback);
		nrs_text_putc(out, '.');
	}
	nrs_text_putc(out, '\n');
}

static void put_path(struct nrs_text *out, const struct nrs_config_walk *walk)
{
	nrs_text_puts(out, ".TP\n.B ");
	for (unsigned int d = 0; d <= walk->depth; d++) {
		put(out, walk->above[d]->key);
		if (d == walk->depth)
			break;
		if (walk->above[d]->type == NRS_CONFIG_LIST)
			nrs_text_puts(out, "[]");
		if (walk->above[d]->type == NRS_CONFIG_NAMED)
			nrs_text_puts(out, ".NAME");
		nrs_text_putc(out, '.');
	}
	nrs_text_putc(out, '\n');
}

static void put_settings(struct nrs_text *out)
{
	struct nrs_config_walk walk = {0};
	const struct nrs_config_row *row;

	nrs_text_puts(out, ".SH SETTINGS\n");
	while ((row = nrs_config_next(&walk)) != NULL) {
		put_path(out, &walk);
		put(out, row->text);
		nrs_text_puts(out, "\n.br\n");
		put_type(out, row);
	}
}

static void put_example(struct nrs_text *out)
{
	nrs_text_puts(out, ".SH EXAMPLE\n.nf\n");
	put(out, "interfaces: [eth1]\n"
		 "home_net: [10.0.0.0/8, 192.0.2.0/24]\n"
		 "hubs:\n"
		 "  isac-a:\n"
		 "    url: https://hub.isac.example/taxii2/\n"
		 "    auth: {type: bearer, secret_file: "
		 "/etc/noroshi/isac-a.secret}\n"
		 "    collections:\n"
		 "      - {title: Alerts, name: alerts, default_tlp: amber}\n"
		 "audiences:\n"
		 "  isac-a: {collection: sightings, mode: hold}\n"
		 "reporter: {name: Example Power, contact: soc@power.example}\n"
		 "out: {dir: /var/log/noroshi}\n"
		 "state: {dir: /var/lib/noroshi}\n");
	nrs_text_puts(out, ".fi\n");
}

void nrs_config_print_man(struct nrs_text *out)
{
	nrs_text_puts(out, ".TH NOROSHI.CONF 5 \"\" noroshi\n"
			   ".SH NAME\nnoroshi.conf \\- what noroshi run is "
			   "told\n.SH DESCRIPTION\n");
	put(out,
	    "The file that noroshi run -c names is YAML 1.1: one document, "
	    "UTF-8, without aliases, anchors and tags. A setting that is not "
	    "known, stands there twice or is out of its range is an error, "
	    "and each error names file and line; noroshi run --check tells "
	    "all of them without starting. noroshi run --print-defaults "
	    "prints a file to start from.\n");
	nrs_text_puts(out, ".PP\n");
	put(out, "Where a list of sections is wanted, a bare value is the "
		 "first setting of one: interfaces: [eth1, eth2]. What the "
		 "command line sets wins over the file; items given there "
		 "replace those of the file. A path that does not begin with "
		 "a slash begins where noroshi is started.\n");
	put_settings(out);
	put_example(out);
	nrs_text_puts(out, ".SH SEE ALSO\n.BR noroshi (1),\n"
			   ".BR noroshi (7)\n");
}
