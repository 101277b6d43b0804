/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_observe: what the sensor sees in captures, without indicators: one line
 * per field value (--tsv) or per transaction (--json).
 */
#include <getopt.h>
#include <stdio.h>

#include "app/command.h"
#include "app/observe_json.h"
#include "app/replay.h"
#include "engine/base/checksum.h"
#include "engine/value_text.h"

static const char help[] =
	"usage: noroshi observe [--tsv|--json] [--fields LIST] CAPTURE...\n"
	"\n"
	"Prints every value that could be matched.\n"
	"\n"
	"  --tsv           field<TAB>value (default); tab, newline, backslash\n"
	"                  and bytes that are no UTF-8 are escaped\n"
	"  --json          one object a line for each transaction: its time,\n"
	"                  flow, values, and the same as STIX objects\n"
	"  --fields LIST   only these, for instance dns.query,tls.sni\n"
	"\n"
	"example: noroshi observe --fields http.url,tls.sni case.pcap\n";

struct observe {
	nrs_field_set fields;
	struct nrs_text line, value;
	struct nrs_observe_json *json; /* NULL: --tsv */
	struct nrs_replay replay;
	unsigned int problems;
	bool failed;
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"tsv", no_argument, NULL, 't'},
	{"json", no_argument, NULL, 'j'},
	{"fields", required_argument, NULL, 'f'},
	{NULL, 0, NULL, 0}};

static void put_escaped(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len;) {
		const size_t len = nrs_span_utf8_len(nrs_span_from(text, i));
		const uint8_t c = text.ptr[i];

		if (c == '\t')
			nrs_text_puts(out, "\\t");
		else if (c == '\n')
			nrs_text_puts(out, "\\n");
		else if (c == '\r')
			nrs_text_puts(out, "\\r");
		else if (c == '\\')
			nrs_text_puts(out, "\\\\");
		else if (len == 0 || c == 0)
			nrs_text_printf(out, "\\x%02x", c);
		else
			nrs_text_add(out, nrs_span_part(text, i, len));
		i += len == 0 ? 1 : len;
	}
}

static void on_value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		     unsigned int object, struct nrs_span value)
{
	struct observe *o = ctx;

	if (o->json != NULL) {
		nrs_observe_json_value(o->json, txn, field, object, value);
		return;
	}
	nrs_text_clear(&o->line);
	nrs_text_clear(&o->value);
	nrs_text_puts(&o->line, nrs_field_table[field].name);
	nrs_text_putc(&o->line, '\t');
	nrs_value_text(&o->value, field, value);
	put_escaped(&o->line, nrs_text_span(&o->value));
	nrs_text_putc(&o->line, '\n');
	o->failed |= fwrite(o->line.ptr, 1, o->line.len, stdout) != o->line.len;
}

static void on_end(void *ctx, const struct nrs_txn *txn)
{
	struct observe *o = ctx;

	if (o->json == NULL)
		return;
	nrs_text_clear(&o->line);
	nrs_observe_json_end(o->json, txn,
			     nrs_worker_flow(o->replay.workers[0]), &o->line);
	o->failed |= o->line.len > 0 &&
		     fwrite(o->line.ptr, 1, o->line.len, stdout) != o->line.len;
}

static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	struct observe *o = ctx;

	o->problems++;
	nrs_say("%s: %s", path,
		diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
}

/* Those of its protocol; or with what names begin. */
static void say_no_field(struct nrs_span wrong)
{
	const size_t dot = nrs_span_find(wrong, '.', 0);
	const struct nrs_span group =
		nrs_span_part(wrong, 0, dot == SIZE_MAX ? 0 : dot + 1);
	struct nrs_text own = {0}, begins = {0};
	struct nrs_span last = {0};

	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		const struct nrs_span name =
			nrs_span_of(nrs_field_table[f].name);
		const struct nrs_span begin =
			nrs_span_part(name, 0, nrs_span_find(name, '.', 0));

		if (group.len > 0 && name.len > group.len &&
		    memcmp(name.ptr, group.ptr, group.len) == 0)
			nrs_text_printf(&own, " %s", nrs_field_table[f].name);
		if (!nrs_span_equal(begin, last))
			nrs_text_printf(&begins, " %.*s.", (int)begin.len,
					(const char *)begin.ptr);
		last = begin;
	}
	const struct nrs_text *shown = own.len > 0 ? &own : &begins;
	nrs_say("--fields: no field '%.*s'; %s%.*s", (int)wrong.len,
		(const char *)wrong.ptr,
		own.len > 0 ? "there are" : "they begin with", (int)shown->len,
		(const char *)shown->ptr);
	nrs_text_fini(&own);
	nrs_text_fini(&begins);
}

static int read_fields(struct observe *o, const char *list)
{
	struct nrs_span rest = nrs_span_of(list), name;

	o->fields = 0;
	while (nrs_span_split(&rest, ',', &name)) {
		const enum nrs_field field = nrs_field_by_name(name);

		if (field == NRS_FIELD_COUNT) {
			say_no_field(name);
			return NRS_E_USAGE;
		}
		o->fields |= NRS_FIELD_BIT(field);
	}
	return NRS_OK;
}

static int observe(struct observe *o, const char *const *paths,
		   unsigned int count)
{
	const struct nrs_match_sink sink = {.ctx = o,
					    .fields = o->fields,
					    .value = on_value,
					    .end = on_end};
	struct nrs_reader *reader = NULL;
	struct nrs_hash_key key;
	int err;

	nrs_hash_key_init(&key, 0);
	const struct nrs_reader_options reading = {.paths = paths,
						   .path_count = count,
						   .from_ns = NRS_TIME_MIN,
						   .to_ns = NRS_TIME_MAX,
						   .key = &key};
	err = nrs_reader_new(&reader, &reading);
	if (err != NRS_OK)
		return err;
	const struct nrs_replay_options replaying = {.reader = reader,
						     .workers = 1,
						     .key = &key,
						     .observer = &sink,
						     .problem = on_problem,
						     .ctx = o};
	err = nrs_replay_run(&o->replay, &replaying);
	nrs_reader_free(reader);
	return err;
}

int nrs_cmd_observe(int argc, char **argv)
{
	struct observe o = {.fields = NRS_FIELDS_ALL};
	int option, err = NRS_OK;
	bool is_json = false;

	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return NRS_EXIT_OK;
		}
		is_json = option == 'j' || (is_json && option != 't');
		if (option == '?' ||
		    (option == 'f' && read_fields(&o, optarg) != NRS_OK))
			return NRS_EXIT_USAGE;
	}
	if (optind == argc) {
		nrs_say("observe: no capture given");
		return NRS_EXIT_USAGE;
	}
	if (is_json)
		err = nrs_observe_json_new(&o.json, o.fields);
	if (err == NRS_OK)
		err = observe(&o, (const char *const *)argv + optind,
			      (unsigned int)(argc - optind));
	nrs_observe_json_free(o.json);
	nrs_text_fini(&o.line);
	nrs_text_fini(&o.value);
	if (err != NRS_OK)
		nrs_say("observe: %s", nrs_strerror(err));
	o.failed |= fflush(stdout) != 0;
	return err != NRS_OK || o.problems > 0 || o.failed ? NRS_EXIT_PARTLY
							   : NRS_EXIT_OK;
}
