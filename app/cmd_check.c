/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check: what each indicator of some files is good for here, and why not.
 */
#include <getopt.h>
#include <stdio.h>

#include "app/loaded.h"
#include "engine/base/json.h"

static const char help[] =
	"usage: noroshi check [--at TIME] [--list] [--json] [--no-guards]\n"
	"                     [--strict | --no-lenient NAME,...]\n"
	"                     [--format NAME] FILE...\n"
	"\n"
	"Says how many indicators are matched in full, in part, or not, and\n"
	"why.\n"
	"\n"
	"  --at TIME   count what is expired or not valid yet at TIME\n"
	"  --list      one line per indicator that is not matched in full\n"
	"  --json      one JSON object per indicator\n"
	"  --no-guards take also what must never match alone: 0.0.0.0/0,\n"
	"              loopback, public suffixes, digests of nothing\n"
	"  --strict    patterns to the letter of STIX, as nobody writes them\n"
	"  --no-lenient NAME,...  without some leniencies: cidr, numbers, "
	"hex,\n"
	"              lists, names, types, objects, hashes, paths, stars,\n"
	"              retyped, refanged, version\n"
	"  --format NAME[:KEY=VALUE,...]   what the files are, whatever they\n"
	"              look like: stix, misp (also a feed's folder), csv,\n"
	"              urlhaus, threatfox, malwarebazaar, feodo, sslbl,\n"
	"              sslbl-ja3, zeek, suricata-dataset, suricata-datarep,\n"
	"              suricata-iprep, suricata-json, openioc, stix1, list\n"
	"\n"
	"example: noroshi check --list alert.json\n";

struct check {
	bool list, json, has_at, no_guards, strict;
	uint32_t lenient_off;
	int64_t at_ns;
	const char *format; /* or NULL: by content */
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"list", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'j'},
	{"format", required_argument, NULL, 'f'},
	{"at", required_argument, NULL, 'a'},
	{"no-guards", no_argument, NULL, 'g'},
	{"strict", no_argument, NULL, 's'},
	{"no-lenient", required_argument, NULL, 'o'},
	{NULL, 0, NULL, 0}};

/* "in", "expired", "pending" at the time asked for. */
static const char *validity(const struct check *c,
			    const struct nrs_indicator *item)
{
	if (!c->has_at)
		return "";
	if (c->at_ns >= item->valid_until_ns)
		return "expired";
	return c->at_ns < item->valid_from_ns ? "pending" : "in";
}

static void put_json(struct nrs_text *out, const struct nrs_set *set,
		     uint32_t index, const struct check *c)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	struct nrs_jsonw w = {.out = out};
	struct nrs_text text = {0};

	nrs_jsonw_open(&w, '{');
	nrs_set_id(set, index, &text);
	nrs_jsonw_member(&w, "id", nrs_text_span(&text));
	char modified[NRS_STAMP_LEN];
	(void)nrs_stamp_format(item->modified_ns, 6, modified);
	nrs_jsonw_member(&w, "modified", nrs_span_of(modified));
	nrs_text_clear(&text);
	nrs_set_pattern(set, index, &text);
	nrs_jsonw_member(&w, "pattern", nrs_text_span(&text));
	nrs_text_fini(&text);
	nrs_jsonw_member(
		&w, "status",
		nrs_span_of(nrs_status_name((enum nrs_status)item->status)));
	nrs_jsonw_member(&w, "reason", nrs_span_of(nrs_set_reason(set, index)));
	nrs_jsonw_member(&w, "tlp",
			 nrs_span_of(nrs_tlp_name((enum nrs_tlp)item->tlp)));
	if (c->has_at)
		nrs_jsonw_member(&w, "validity",
				 nrs_span_of(validity(c, item)));
	nrs_jsonw_key(&w, "warned");
	nrs_jsonw_bool(&w, item->warned);
	nrs_jsonw_member(&w, "source",
			 nrs_set_source_of(set, item->source)->name);
	nrs_jsonw_member_u64(&w, "place", item->place);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

static void put_line(struct nrs_text *out, const struct nrs_set *set,
		     uint32_t index)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);

	nrs_text_add(out, nrs_set_source_of(set, item->source)->name);
	nrs_text_printf(out, ":%u\t", item->place);
	nrs_set_id(set, index, out);
	nrs_text_printf(out, "\t%s\t%s\n",
			nrs_status_name((enum nrs_status)item->status),
			nrs_set_reason(set, index));
}

static void put_times(struct nrs_text *out, const struct nrs_set *set,
		      const struct check *c)
{
	uint64_t expired = 0, pending = 0;

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		int64_t from_ns, until_ns;

		if (nrs_set_status(set, i) > NRS_STATUS_PARTIAL)
			continue;
		nrs_set_times(set, i, &from_ns, &until_ns);
		expired += c->at_ns >= until_ns;
		pending += c->at_ns < from_ns;
	}
	nrs_text_printf(out,
			"of those that are matched: expired %llu, not valid "
			"yet %llu\n",
			(unsigned long long)expired,
			(unsigned long long)pending);
}

/* Where patterns were read as they are meant. */
static void put_lenient(struct nrs_text *out, const struct nrs_db_sizes *sizes)
{
	bool is_first = true;

	for (unsigned int l = 0; l < NRS_LENIENCY_COUNT; l++) {
		if (sizes->lenient[l] == 0)
			continue;
		nrs_text_printf(out, "%s %s %llu",
				is_first ? "tests read leniently:" : ",",
				nrs_leniency_name((enum nrs_leniency)l),
				(unsigned long long)sizes->lenient[l]);
		is_first = false;
	}
	nrs_text_puts(out, is_first ? "" : "\n");
}

static void put_all(struct nrs_text *out, const struct nrs_set *set,
		    const struct check *c, const struct nrs_db_sizes *sizes)
{
	const struct nrs_set_refusal *refusals;
	const size_t refused = nrs_set_refusals(set, &refusals);

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		if (c->json)
			put_json(out, set, i, c);
		else if (c->list && nrs_set_status(set, i) != NRS_STATUS_FULL)
			put_line(out, set, i);
	}
	for (size_t i = 0; i < refused && c->list && !c->json; i++) {
		nrs_text_add(out,
			     nrs_set_source_of(set, refusals[i].source)->name);
		nrs_text_printf(out, ":%llu\t-\trefused\t",
				(unsigned long long)refusals[i].place);
		nrs_text_add(out, refusals[i].text);
		nrs_text_putc(out, '\n');
	}
	if (c->json)
		return;
	nrs_set_summary(set, out);
	if (sizes->guarded > 0)
		nrs_text_printf(out, ", refused by guards %llu",
				(unsigned long long)sizes->guarded);
	if (refused > 0)
		nrs_text_printf(out, ", refused entries %zu", refused);
	nrs_text_putc(out, '\n');
	put_lenient(out, sizes);
	if (c->has_at)
		put_times(out, set, c);
}

static bool read_format(struct check *c, const char *value)
{
	struct nrs_diag diag = {0};

	c->format = value;
	if (nrs_format_check(nrs_span_of(value), &diag) == NRS_OK)
		return true;
	nrs_say("--format: %s", diag.text);
	return false;
}

static int check_files(const struct check *c, char **paths, unsigned int count)
{
	const struct nrs_load loading = {
		.paths = paths,
		.path_count = count,
		.options = {.format = nrs_span_of(c->format)}};
	const struct nrs_build_options building = {.seats = 1,
						   .guards = !c->no_guards,
						   .strict = c->strict,
						   .lenient_off =
							   c->lenient_off};
	struct nrs_loaded loaded;
	struct nrs_db_sizes sizes;
	struct nrs_text out = {0};
	int err = nrs_loaded_read(&loaded, &loading, &building);
	const unsigned int failed = loaded.failed;

	if (err == NRS_OK) {
		nrs_db_sizes(loaded.db, &sizes);
		put_all(&out, loaded.set, c, &sizes);
		err = nrs_write_file(NULL, &out);
	}
	if (err != NRS_OK && err != NRS_E_IO)
		nrs_say("check: %s", nrs_strerror(err));
	nrs_text_fini(&out);
	nrs_loaded_fini(&loaded);
	return err != NRS_OK || failed > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

int nrs_cmd_check(int argc, char **argv)
{
	struct check c = {0};
	int option;

	while ((option = getopt_long(argc, argv, "h", options_table, NULL)) !=
	       -1) {
		switch (option) {
		case 'h':
			fputs(help, stdout);
			return NRS_EXIT_OK;
		case 'l':
			c.list = true;
			break;
		case 'j':
			c.json = true;
			break;
		case 'g':
			c.no_guards = true;
			break;
		case 's':
			c.strict = true;
			break;
		case 'o':
			if (nrs_leniency_parse(nrs_span_of(optarg),
					       &c.lenient_off) == NRS_OK)
				break;
			nrs_say("--no-lenient %s: no leniencies", optarg);
			return NRS_EXIT_USAGE;
		case 'f':
			if (read_format(&c, optarg))
				break;
			return NRS_EXIT_USAGE;
		case 'a':
			c.has_at = nrs_stamp_parse_human(nrs_span_of(optarg),
							 &c.at_ns) == NRS_OK;
			if (c.has_at)
				break;
			nrs_say("--at %s: no time", optarg);
			return NRS_EXIT_USAGE;
		default:
			return NRS_EXIT_USAGE;
		}
	}
	if (optind == argc) {
		nrs_say("check: no file given");
		return NRS_EXIT_USAGE;
	}
	return check_files(&c, argv + optind, (unsigned int)(argc - optind));
}
