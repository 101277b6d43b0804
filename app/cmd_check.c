/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check: what each indicator of some files is good for here, and why not.
 */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "app/check_why.h"
#include "app/loaded.h"
#include "app/threads.h"
#include "engine/base/json.h"
#include "engine/handling.h"

#define DEFAULT_POLICY "/etc/noroshi/noroshi.yaml"

static const char help[] =
	"usage: noroshi check [OPTION...] FILE...\n"
	"       noroshi check --why [--policy FILE] [OPTION...] "
	"[VALUE...] [FILE...]\n"
	"\n"
	"Says how many indicators are matched in full, in part or not, and "
	"why.\n"
	"\n"
	"  --why       what became of all that was received, step by step; of\n"
	"              what speaks of VALUE (or has that id), and what keeps "
	"it\n"
	"  --policy FILE  choose by the rules of this noroshi.yaml; without "
	"FILE\n"
	"              of indicators check what it names and what was pulled;\n"
	"              with --why alone: " DEFAULT_POLICY "\n"
	"  --except FILE  a list of what must not alert, or MISP warninglist\n"
	"  --at TIME   count what is expired or not valid yet at TIME\n"
	"  --list, --json  one line per indicator: not matched in full, or "
	"all\n"
	"  --no-guards take also what must never match alone: loopback, com\n"
	"  --strict    patterns to the letter of STIX, as nobody writes them\n"
	"  --no-lenient NAME,...  without some leniencies: cidr, numbers, "
	"hex,\n"
	"              lists, names, types, objects, hashes, paths, stars,\n"
	"              retyped, refanged, version\n"
	"  --format NAME[:KEY=VALUE,...]  what the files are, whatever they "
	"look "
	"like:\n"
	"              stix, misp (also a feed's folder), csv, urlhaus, "
	"threatfox,\n"
	"              malwarebazaar, feodo, sslbl, sslbl-ja3, zeek,\n"
	"              suricata-dataset, -datarep, -iprep, -json, openioc, "
	"stix1, "
	"list\n"
	"\n"
	"example: noroshi check --list alert.json\n"
	"         noroshi check --why 'c2[.]example[.]com'\n";

struct check {
	bool list, json, has_at, no_guards, strict, why;
	uint32_t lenient_off;
	int64_t at_ns;
	const char *policy; /* or NULL */
	char *exceptions[NRS_EXCEPTIONS_MAX];
	unsigned int exception_count;
	char **values; /* with --why: what is asked for */
	unsigned int value_count;
	const char *format; /* or NULL: by content */
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"list", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'j'},
	{"format", required_argument, NULL, 'f'},
	{"why", no_argument, NULL, 'w'},
	{"policy", required_argument, NULL, 'p'},
	{"except", required_argument, NULL, 'x'},
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
	nrs_shown_id(set, index, &text);
	nrs_jsonw_member(&w, "id", nrs_text_span(&text));
	char modified[NRS_STAMP_LEN];
	(void)nrs_stamp_format(item->modified_ns, 6, modified);
	nrs_jsonw_member(&w, "modified", nrs_span_of(modified));
	nrs_text_clear(&text);
	nrs_shown_pattern(set, index, &text);
	nrs_jsonw_member(&w, "pattern", nrs_text_span(&text));
	nrs_text_fini(&text);
	nrs_jsonw_member(
		&w, "status",
		nrs_span_of(nrs_status_name((enum nrs_status)item->status)));
	nrs_jsonw_member(&w, "reason",
			 nrs_span_of(nrs_shown_reason(set, index)));
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
	nrs_shown_id(set, index, out);
	nrs_text_printf(out, "\t%s\t%s\n",
			nrs_status_name((enum nrs_status)item->status),
			nrs_shown_reason(set, index));
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
	struct nrs_funnel funnel;

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
	nrs_funnel_count(&funnel, set, NULL);
	if (funnel.guarded > 0)
		nrs_text_printf(out, ", refused by guards %llu",
				(unsigned long long)funnel.guarded);
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

/* The funnel, or one value's way through it. */
static int put_why(struct nrs_text *out, const struct check *c,
		   const struct nrs_why *why)
{
	int err = NRS_OK;

	if (c->value_count == 0)
		nrs_why_funnel(why, out);
	for (unsigned int i = 0; i < c->value_count && err == NRS_OK; i++)
		err = nrs_why_value(why, nrs_span_of(c->values[i]), out);
	return err;
}

struct checked {
	struct nrs_policy_file policy;
	struct nrs_build_options building;
	struct nrs_loaded loaded;
	struct nrs_text out;
};

static int put_checked(const struct check *c, struct checked *k, int64_t at_ns)
{
	const struct nrs_why why = {
		.set = k->loaded.set,
		.allow = k->policy.allow,
		.select = nrs_choice_select(k->policy.choice),
		.policy = nrs_choice_policy(k->policy.choice),
		.at_ns = at_ns,
		.json = c->json};
	struct nrs_db_sizes sizes;

	if (c->why)
		return put_why(&k->out, c, &why);
	nrs_db_sizes(k->loaded.db, &sizes);
	put_all(&k->out, k->loaded.set, c, &sizes);
	return NRS_OK;
}

static int load_and_put(const struct check *c, struct checked *k,
			const struct nrs_load *from)
{
	const bool is_lenient =
		k->policy.config != NULL &&
		k->policy.config->validity == NRS_VALIDITY_SINCE_EXPIRY;
	const struct nrs_choose_options choosing = {
		.building = &k->building,
		.allow = k->policy.allow,
		.select = nrs_choice_select(k->policy.choice),
		.at_ns = c->has_at ? c->at_ns : nrs_wall_ns(),
		.drop_expired = c->why && !is_lenient,
		.judge = c->why};
	struct nrs_load loading = *from;
	loading.choosing = &choosing;
	int err = nrs_loaded_read(&k->loaded, &loading, &k->building);

	if (err == NRS_OK)
		err = put_checked(c, k, choosing.at_ns);
	return err == NRS_OK ? nrs_write_file(NULL, &k->out) : err;
}

static int check_files(const struct check *c, char **paths, unsigned int count)
{
	struct checked k = {.building = {.seats = 1,
					 .guards = !c->no_guards,
					 .strict = c->strict,
					 .lenient_off = c->lenient_off}};
	const struct nrs_load loading = {
		.paths = paths,
		.path_count = count,
		.options = {.format = nrs_span_of(c->format)},
		.policy = &k.policy};
	int err = nrs_policy_open(&k.policy, c->policy);

	if (err == NRS_OK)
		err = nrs_policy_except(&k.policy, c->exceptions,
					c->exception_count);
	if (err == NRS_E_USAGE) {
		nrs_policy_close(&k.policy);
		return NRS_EXIT_USAGE;
	}
	nrs_policy_build(&k.policy, &k.building);
	if (err == NRS_OK)
		err = load_and_put(c, &k, &loading);
	if (err != NRS_OK && err != NRS_E_IO)
		nrs_say("check: %s", nrs_strerror(err));
	const bool is_whole = err == NRS_OK && k.loaded.failed == 0;
	nrs_text_fini(&k.out);
	nrs_loaded_fini(&k.loaded);
	nrs_policy_close(&k.policy);
	return is_whole ? NRS_EXIT_OK : NRS_EXIT_PARTLY;
}

/* Asked why, what is no file is a value: they go to the front. */
static unsigned int part_values(char **arguments, unsigned int count)
{
	unsigned int values = 0;

	for (unsigned int i = 0; i < count; i++) {
		char *const argument = arguments[i];

		if (access(argument, F_OK) == 0)
			continue;
		memmove(arguments + values + 1, arguments + values,
			(i - values) * sizeof(*arguments));
		arguments[values++] = argument;
	}
	return values;
}

static int run(struct check *c, char **arguments, unsigned int count)
{
	if (c->why) {
		c->values = arguments;
		c->value_count = part_values(arguments, count);
		arguments += c->value_count;
		count -= c->value_count;
		if (count == 0 && c->policy == NULL) {
			if (access(DEFAULT_POLICY, F_OK) != 0) {
				nrs_say("check: no file given, and "
					"no " DEFAULT_POLICY
					" is here (--policy FILE)");
				return NRS_EXIT_USAGE;
			}
			c->policy = DEFAULT_POLICY;
		}
	}
	if (count == 0 && c->policy == NULL) {
		nrs_say("check: no file given");
		return NRS_EXIT_USAGE;
	}
	return check_files(c, arguments, count);
}

int nrs_cmd_check(int argc, char **argv)
{
	struct check c = {0};
	int option;

	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 NULL)) != -1) {
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
		case 'w':
			c.why = true;
			break;
		case 'p':
			c.policy = optarg;
			break;
		case 'x':
			if (c.exception_count == NRS_EXCEPTIONS_MAX)
				return NRS_EXIT_USAGE;
			c.exceptions[c.exception_count++] = optarg;
			break;
		case 'f':
			if (read_format(&c, optarg))
				break;
			return NRS_EXIT_USAGE;
		case 'a':
			c.has_at = nrs_option_time("at", optarg, &c.at_ns);
			if (c.has_at)
				break;
			return NRS_EXIT_USAGE;
		default:
			return NRS_EXIT_USAGE;
		}
	}
	return run(&c, argv + optind, (unsigned int)(argc - optind));
}
