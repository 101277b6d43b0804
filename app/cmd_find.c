/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_find: which indicators of some files cover a value.
 */
#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "app/found.h"
#include "app/listing.h"
#include "app/loaded.h"
#include "engine/handling.h"
#include "sightings/table_out.h"

static const char help[] =
	"usage: noroshi find [--within] [--at TIME] [--json] [--no-guards]\n"
	"                    [--format NAME] VALUE FILE...\n"
	"\n"
	"Says which indicators of the files traffic with VALUE would meet, "
	"with\n"
	"source, report, validity, marking and what became of each. VALUE may\n"
	"be defanged: an address, a CIDR prefix (whoever covers all of it), a\n"
	"domain name, a URL (and its host), a digest, any text. Instead of\n"
	"files one image (noroshi compile).\n"
	"\n"
	"  --within    also what is part of VALUE: addresses in the prefix,\n"
	"              names below the name\n"
	"  --at TIME   say what is valid at TIME instead of now\n"
	"  --json      one JSON object per indicator\n"
	"  --no-guards as for 'noroshi check'\n"
	"  --format NAME  read the files as NAME whatever they look like\n"
	"\n"
	"example: noroshi find 'c2[.]higan[.]example' alert.json\n";

#define FIELDS_SHOWN 4u

struct options {
	struct nrs_found_options found;
	bool json;
	int64_t at_ns;
	const char *format;
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"within", no_argument, NULL, 'w'},
	{"at", required_argument, NULL, 'a'},
	{"json", no_argument, NULL, 'j'},
	{"no-guards", no_argument, NULL, 'g'},
	{"format", required_argument, NULL, 'f'},
	{NULL, 0, NULL, 0}};

static bool is_matched(const struct nrs_indicator *item)
{
	return item->status <= NRS_STATUS_PARTIAL;
}

static void put_fields_json(struct nrs_jsonw *w, nrs_field_set fields)
{
	nrs_jsonw_key(w, "fields");
	nrs_jsonw_open(w, '[');
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		if ((fields & NRS_FIELD_BIT(f)) != 0)
			nrs_jsonw_string(w,
					 nrs_span_of(nrs_field_table[f].name));
	}
	nrs_jsonw_close(w, ']');
}

static void put_json(struct nrs_text *out, const struct nrs_set *set,
		     uint32_t index, const struct nrs_found *row,
		     const struct options *o)
{
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "relation",
			 nrs_span_of(nrs_relation_name(
				 (enum nrs_relation)row->relation)));
	if (row->fields != 0)
		nrs_jsonw_member(
			&w, "how",
			nrs_span_of(nrs_how_name((enum nrs_how)row->how)));
	put_fields_json(&w, row->fields);
	nrs_listing_json(&w, set, index, o->at_ns);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

static void put_text(struct nrs_text *out, const struct nrs_set *set,
		     uint32_t index, const struct nrs_found *row,
		     const struct options *o)
{
	unsigned int count = 0;
	struct nrs_text id = {0};

	nrs_shown_id(set, index, &id);
	nrs_table_safe(out, nrs_text_span(&id), 0);
	nrs_text_fini(&id);
	nrs_text_printf(out, ": %s",
			nrs_relation_name((enum nrs_relation)row->relation));
	if (row->fields != 0)
		nrs_text_printf(out,
				" (%s: ", nrs_how_name((enum nrs_how)row->how));
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		if ((row->fields & NRS_FIELD_BIT(f)) == 0)
			continue;
		if (count < FIELDS_SHOWN)
			nrs_text_printf(out, "%s%s", count > 0 ? ", " : "",
					nrs_field_table[f].name);
		count++;
	}
	if (count > FIELDS_SHOWN)
		nrs_text_printf(out, " and %u more", count - FIELDS_SHOWN);
	nrs_text_puts(out, row->fields != 0 ? ")\n" : "\n");
	nrs_listing_text(out, set, index, o->at_ns);
}

/* Those that are matched first, each kind in the order of the files. */
static uint32_t put_all(struct nrs_text *out, const struct nrs_set *set,
			const struct nrs_found *rows, const struct options *o)
{
	uint32_t count = 0;

	for (unsigned int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < nrs_set_count(set); i++) {
			if (rows[i].relation == NRS_RELATION_NONE ||
			    is_matched(nrs_set_at(set, i)) != (pass == 0))
				continue;
			count++;
			if (o->json)
				put_json(out, set, i, &rows[i], o);
			else
				put_text(out, set, i, &rows[i], o);
		}
	}
	return count;
}

static void put_summary(struct nrs_text *out, const struct nrs_set *set,
			const struct nrs_sought *sought, uint32_t count)
{
	nrs_text_printf(out, "%u of %u indicators for the %s ", count,
			nrs_set_count(set),
			sought->shape == NRS_SHAPE_PATTERN
				? "text"
				: nrs_shape_name(sought->shape));
	nrs_listing_safe(out, sought->value, 200);
	nrs_text_putc(out, '\n');
}

static int find(const struct options *o, const char *value,
		const struct nrs_loaded *loaded)
{
	struct nrs_found_options found = o->found;
	struct nrs_sought sought;
	struct nrs_text out = {0};

	found.db = loaded->db;
	int err = nrs_found_value(&sought, loaded->set, nrs_span_of(value),
				  &found);
	if (err == NRS_OK) {
		const uint32_t count =
			put_all(&out, loaded->set, sought.rows, o);

		if (!o->json)
			put_summary(&out, loaded->set, &sought, count);
		err = nrs_write_file(NULL, &out);
		nrs_sought_fini(&sought);
	}
	nrs_text_fini(&out);
	return err;
}

static int run(const struct options *o, int argc, char **argv)
{
	const struct nrs_load loading = {
		.paths = argv + 1,
		.path_count = (unsigned int)argc - 1,
		.options = {.format = nrs_span_of(o->format)}};
	const struct nrs_build_options building = {
		.seats = 1, .guards = !o->found.no_guards};
	struct nrs_loaded loaded;
	int err = nrs_loaded_read(&loaded, &loading, &building);
	const unsigned int failed = loaded.failed;

	if (err == NRS_OK)
		err = find(o, argv[0], &loaded);
	if (err != NRS_OK && err != NRS_E_IO)
		nrs_say("find: %s", nrs_strerror(err));
	nrs_loaded_fini(&loaded);
	return err != NRS_OK || failed > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

int nrs_cmd_find(int argc, char **argv)
{
	struct options o = {.at_ns = (int64_t)time(NULL) * NRS_SECOND_NS};
	int option;

	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 NULL)) != -1) {
		switch (option) {
		case 'h':
			fputs(help, stdout);
			return NRS_EXIT_OK;
		case 'w':
			o.found.within = true;
			break;
		case 'j':
			o.json = true;
			break;
		case 'g':
			o.found.no_guards = true;
			break;
		case 'f':
			o.format = optarg;
			break;
		case 'a':
			if (nrs_option_time("at", optarg, &o.at_ns))
				break;
			return NRS_EXIT_USAGE;
		default:
			return NRS_EXIT_USAGE;
		}
	}
	if (argc - optind < 2) {
		nrs_say("find: a value and a file are wanted");
		return NRS_EXIT_USAGE;
	}
	return run(&o, argc - optind, argv + optind);
}
