/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_held: noroshi held and noroshi released: what waits for a person, to the
 * octet, and what was decided so far.
 */
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/spool_desk.h"
#include "engine/base/arena.h"
#include "engine/base/json.h"
#include "sightings/answers.h"
#include "sightings/release_log.h"
#include "sightings/spool_review.h"
#include "sightings/table_out.h"

static const char held_help[] =
	"usage: noroshi held [-c FILE] [--state DIR] [--json] [ID...]\n"
	"\n"
	"Shows the sightings that wait for a person (mode: hold). With an ID:\n"
	"exactly the objects that would leave (on a terminal with escapes for\n"
	"what could deceive). Behind them, what others say at the hub of "
	"those\n"
	"that left: notes, opinions, later versions.\n"
	"\n"
	"  -c, --config FILE  noroshi.yaml of the sensor\n"
	"  --state DIR        where the sensor keeps what survives a restart\n"
	"  --json             a line each\n"
	"\n"
	"example: noroshi held -c /etc/noroshi/noroshi.yaml\n"
	"exit status: 0 shown, 1 could not look, 2 wrong usage\n";

static const char released_help[] =
	"usage: noroshi released [-c FILE] [--state DIR] [--json]\n"
	"\n"
	"Shows every release and refusal with the rule that decided, and "
	"checks\n"
	"that no line was changed or taken out.\n"
	"\n"
	"  -c, --config FILE  noroshi.yaml of the sensor\n"
	"  --state DIR        where the sensor keeps what survives a restart\n"
	"  --json             the lines as they stand\n"
	"\n"
	"example: noroshi released --json | jq 'select(.act==\"released\")'\n"
	"exit status: 0 shown, 1 could not look or a line does not follow,\n"
	"2 wrong usage\n";

struct held_arguments {
	struct nrs_given given;
	bool is_json;
};

static int take_own(void *ctx, int option, const char *value)
{
	struct held_arguments *a = ctx;

	(void)option, (void)value;
	a->is_json = true;
	return NRS_OK;
}

/* As nrs_given_read. */
static int read_arguments(struct held_arguments *a, const char *help, int argc,
			  char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0}};
	const struct nrs_given_own own = {options, help, take_own, a};

	a->is_json = false;
	return nrs_given_read(&a->given, &own, argc, argv);
}

struct showing {
	struct nrs_text out;
	bool is_json, is_whole;
	uint64_t count;
};

static void show_json(struct nrs_text *out, const struct nrs_spool_row *row)
{
	struct nrs_jsonw w = {.out = out};
	char time[NRS_STAMP_LEN];

	(void)nrs_stamp_format(row->made_ns, 3, time);
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "id", row->id);
	nrs_jsonw_member(&w, "to", row->audience);
	nrs_jsonw_member(&w, "class",
			 nrs_span_of(nrs_class_name(row->item.grade)));
	nrs_jsonw_member(&w, "made", nrs_span_of(time));
	nrs_jsonw_member(&w, "source", row->item.source);
	nrs_jsonw_member(&w, "tlp", nrs_span_of(nrs_tlp_name(row->tlp)));
	nrs_jsonw_key(&w, "objects");
	nrs_jsonw_open(&w, '[');
	nrs_jsonw_raw(&w, row->objects);
	nrs_jsonw_close(&w, ']');
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

/* The sighting among @objects, as text: which indicator, how often, when. */
static void show_sighting(struct nrs_text *out, struct nrs_span objects)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *list = NULL;
	struct nrs_text whole = {0};

	nrs_text_putc(&whole, '[');
	nrs_text_add(&whole, objects);
	nrs_text_putc(&whole, ']');
	if (arena != NULL && !whole.failed &&
	    nrs_json_parse(nrs_text_span(&whole), arena, &list, NULL) == NRS_OK)
		list = list->child;
	for (; list != NULL; list = list->next) {
		const struct nrs_json *count = nrs_json_get(list, "count");
		int64_t times = 1;

		if (!nrs_span_is(nrs_json_text(list, "type"), "sighting"))
			continue;
		if (count != NULL)
			(void)nrs_json_i64(count, &times);
		nrs_text_puts(out, "    ");
		nrs_table_safe(out, nrs_json_text(list, "sighting_of_ref"), 80);
		nrs_text_printf(out, ", %lld times, ", (long long)times);
		nrs_table_safe(out, nrs_json_text(list, "first_seen"), 40);
		nrs_text_puts(out, " to ");
		nrs_table_safe(out, nrs_json_text(list, "last_seen"), 40);
		nrs_text_putc(out, '\n');
	}
	nrs_text_fini(&whole);
	nrs_arena_free(arena);
}

static int show(void *ctx, const struct nrs_spool_row *row)
{
	struct showing *s = ctx;
	char time[NRS_STAMP_LEN];

	s->count++;
	if (s->is_json) {
		show_json(&s->out, row);
		return s->out.failed ? NRS_E_NOMEM : NRS_OK;
	}
	(void)nrs_stamp_format(row->made_ns, 0, time);
	nrs_table_safe(&s->out, row->id, 80);
	nrs_text_puts(&s->out, "  to ");
	nrs_table_safe(&s->out, row->audience, 60);
	nrs_text_printf(&s->out, "  %s  %s  made %s\n",
			nrs_class_name(row->item.grade), nrs_tlp_name(row->tlp),
			time);
	show_sighting(&s->out, row->objects);
	if (s->is_whole) {
		nrs_text_puts(&s->out, "    leaves: [");
		if (isatty(STDOUT_FILENO) == 1)
			nrs_table_json(&s->out, row->objects);
		else
			nrs_text_add(&s->out, row->objects);
		nrs_text_puts(&s->out, "]\n");
	}
	return s->out.failed ? NRS_E_NOMEM : NRS_OK;
}

/* "sighting--1 to isac-a: false (opinion): no such host" */
static int show_answer(void *ctx, const struct nrs_answer *answer)
{
	struct showing *s = ctx;

	nrs_table_safe(&s->out, answer->sighting, 0);
	nrs_text_puts(&s->out, "  to ");
	nrs_table_safe(&s->out, answer->audience, 0);
	nrs_text_printf(&s->out, "  %s by ",
			nrs_answer_kind_name(answer->kind));
	nrs_table_safe(&s->out, answer->object, 0);
	nrs_text_puts(&s->out, answer->text.len > 0 ? ": " : "");
	nrs_table_safe(&s->out, answer->text, 0);
	nrs_text_putc(&s->out, '\n');
	return NRS_OK;
}

static int list_held(struct nrs_spool_desk *desk, struct showing *s, int argc,
		     char **argv)
{
	struct nrs_spool_which which = {.state = NRS_SPOOL_HELD};
	struct nrs_diag diag = {0};
	int err = NRS_OK;

	s->is_whole = argc > 0;
	for (int i = 0; i < (argc > 0 ? argc : 1) && err == NRS_OK; i++) {
		const uint64_t before = s->count;

		if (argc > 0)
			which.id = nrs_span_of(argv[i]);
		err = nrs_spool_list(desk->store, &which, show, s, &diag);
		if (err == NRS_OK && argc > 0 && s->count == before) {
			nrs_say("%s is not held", argv[i]);
			err = NRS_E_NOTFOUND;
		}
	}
	if (err != NRS_OK && err != NRS_E_NOTFOUND)
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	if (!s->is_json && argc == 0)
		nrs_text_printf(&s->out, "%llu held%s\n",
				(unsigned long long)s->count,
				s->count == 0 ? ""
					      : "; noroshi release ID lets one "
						"leave, noroshi refuse ID "
						"keeps it here");
	if (!s->is_json && argc == 0 && err == NRS_OK)
		err = nrs_answers_list(desk->store, show_answer, s, &diag);
	return err;
}

int nrs_cmd_held(int argc, char **argv)
{
	struct held_arguments a;
	struct nrs_spool_desk desk;
	struct showing s = {0};
	const int err = read_arguments(&a, held_help, argc, argv);

	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
	s.is_json = a.is_json;
	int status = nrs_spool_desk_open(&desk, &a.given);
	if (status == NRS_EXIT_OK &&
	    (list_held(&desk, &s, argc - optind, argv + optind) != NRS_OK ||
	     nrs_write_file(NULL, &s.out) != NRS_OK))
		status = NRS_EXIT_PARTLY;
	nrs_text_fini(&s.out);
	nrs_spool_desk_close(&desk);
	return status;
}

/* A line of the log for people. */
static void show_line(struct nrs_text *out, struct nrs_span line)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *entry = NULL;

	if (arena == NULL ||
	    nrs_json_parse(line, arena, &entry, NULL) != NRS_OK) {
		nrs_text_puts(out, "a line that is no JSON\n");
	} else {
		nrs_table_safe(out, nrs_json_text(entry, "time"), 30);
		nrs_text_puts(out, "  ");
		nrs_table_safe(out, nrs_json_text(entry, "act"), 12);
		nrs_text_puts(out, "  to ");
		nrs_table_safe(out, nrs_json_text(entry, "to"), 60);
		nrs_text_puts(out, "  by ");
		nrs_table_safe(out, nrs_json_text(entry, "by"), 40);
		nrs_text_puts(out, "  ");
		nrs_table_safe(out, nrs_json_text(entry, "object"), 80);
		nrs_text_puts(out, "\n    rule ");
		nrs_table_safe(out, nrs_json_text(entry, "rule"), 0);
		nrs_text_putc(out, '\n');
	}
	nrs_arena_free(arena);
}

static int show_log(struct nrs_spool_desk *desk, bool is_json)
{
	struct nrs_text lines = {0}, out = {0};
	struct nrs_diag diag = {0};
	int64_t broken = 0;
	int status = NRS_EXIT_OK;
	const int err =
		nrs_release_log_read(desk->store, &lines, &broken, &diag);
	struct nrs_span rest = nrs_text_span(&lines), line;

	while (!is_json && nrs_span_split(&rest, '\n', &line)) {
		if (line.len > 0)
			show_line(&out, line);
	}
	if (err != NRS_OK) {
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
		status = NRS_EXIT_PARTLY;
	} else if (nrs_write_file(NULL, is_json ? &lines : &out) != NRS_OK) {
		status = NRS_EXIT_PARTLY;
	}
	if (broken != 0) {
		nrs_say("line %lld does not follow the one before: the log was "
			"changed",
			(long long)broken);
		status = NRS_EXIT_PARTLY;
	}
	nrs_text_fini(&lines);
	nrs_text_fini(&out);
	return status;
}

int nrs_cmd_released(int argc, char **argv)
{
	struct held_arguments a;
	struct nrs_spool_desk desk;
	const int err = read_arguments(&a, released_help, argc, argv);

	if (err == NRS_OK && optind < argc) {
		nrs_say("released: '%s': takes options only", argv[optind]);
		return NRS_EXIT_USAGE;
	}
	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
	int status = nrs_spool_desk_open(&desk, &a.given);
	if (status == NRS_EXIT_OK)
		status = show_log(&desk, a.is_json);
	nrs_spool_desk_close(&desk);
	return status;
}
