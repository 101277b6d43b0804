/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report: noroshi report: hits that were found offline, or by a sensor
 * that has no way to the hub, told to an audience by the same rules, in the
 * same form and under the same ids as `run` would have told them.
 */
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/found_hits.h"
#include "app/send.h"
#include "app/site.h"
#include "app/spool_desk.h"
#include "app/threads.h"
#include "sightings/outbox.h"
#include "sightings/table_out.h"

#define PATH_ROOM 4096
#define MINUTE_NS (60 * NRS_SECOND_NS)
#define SEND_S 60u

static const char help[] =
	"usage: noroshi report [-c FILE] [OPTION...] --to AUDIENCE "
	"[HITS.jsonl...]\n"
	"\n"
	"Tells an audience what hits.jsonl of noroshi match or run holds, by "
	"the rules\n"
	"of the configuration: what its mode holds waits for noroshi release, "
	"the rest\n"
	"is posted. The same files again tell nothing twice. Without files: "
	"posts what\n"
	"was released.\n"
	"\n"
	"  --to AUDIENCE      a name in audiences\n"
	"  --dry-run          show exactly what would leave, to whom and by "
	"which rule\n"
	"  --no-send          only into the spool: a sensor that runs sends\n"
	"  -c, --config FILE  noroshi.yaml with the audience\n"
	"  --state DIR        where the spool is kept\n"
	"\n"
	"example: noroshi report -c noroshi.yaml --to isac-a "
	"case-7/hits.jsonl\n"
	"exit status: 0 done, 1 not all, 2 wrong usage\n";

struct report_arguments {
	struct nrs_given given;
	const char *to;
	bool is_dry, no_send;
};

struct telling {
	const struct report_arguments *arguments;
	struct nrs_spool_desk desk;
	struct nrs_site *site;
	struct nrs_outbox *outbox;
	struct nrs_hits_sort *sort;
	unsigned int audience; /* its index in the policy */
	int64_t stepped_ns;
	uint64_t shown;
	char path[PATH_ROOM];
};

static int take_own(void *ctx, int option, const char *value)
{
	struct report_arguments *a = ctx;

	if (option == 't')
		a->to = value;
	else if (option == 'd')
		a->is_dry = true;
	else
		a->no_send = true;
	return NRS_OK;
}

/* As nrs_given_read. */
static int read_arguments(struct report_arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"to", required_argument, NULL, 't'},
		{"dry-run", no_argument, NULL, 'd'},
		{"no-send", no_argument, NULL, 'n'},
		{NULL, 0, NULL, 0}};
	const struct nrs_given_own own = {options, help, take_own, a};

	*a = (struct report_arguments){0};
	int err = nrs_given_read(&a->given, &own, argc, argv);
	if (err == NRS_OK && (a->to == NULL || (optind == argc && a->is_dry))) {
		fputs(help, stderr);
		err = NRS_E_USAGE;
	}
	return err;
}

/* To the octet; text of strangers is not for a terminal as it stands. */
static void show_objects(struct nrs_span objects)
{
	struct nrs_text safe = {0};

	if (isatty(STDOUT_FILENO) == 1) {
		nrs_table_json(&safe, objects);
		objects = nrs_text_span(&safe);
	}
	printf("    leaves: [%.*s]\n", (int)objects.len,
	       (const char *)objects.ptr);
	nrs_text_fini(&safe);
}

static int show(void *ctx, const struct nrs_outbox_shown *shown)
{
	static const char *const acts[] = {[NRS_SHARE_REFUSE] = "refused",
					   [NRS_SHARE_HOLD] = "held",
					   [NRS_SHARE_RELEASE] = "released"};
	struct telling *t = ctx;

	t->shown++;
	printf("to %.*s (%.*s/%.*s): %s by rule %u: %s\n",
	       (int)shown->to->name.len, (const char *)shown->to->name.ptr,
	       (int)shown->to->hub.len, (const char *)shown->to->hub.ptr,
	       (int)shown->to->collection.len,
	       (const char *)shown->to->collection.ptr,
	       acts[shown->verdict->act], shown->verdict->rule,
	       shown->verdict->text);
	if (shown->objects.len > 0)
		show_objects(shown->objects);
	return NRS_OK;
}

static int complain(int err, const struct nrs_diag *diag)
{
	if (err != NRS_OK)
		nrs_say("%s",
			diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
	return err;
}

static bool find_audience(struct telling *t)
{
	const struct nrs_share_policy *policy = &t->desk.plan->policy;

	for (t->audience = 0; t->audience < policy->audience_count;
	     t->audience++) {
		if (nrs_span_is(policy->audiences[t->audience].name,
				t->arguments->to))
			return true;
	}
	nrs_say("the configuration knows no audience %s that anything is sent "
		"to",
		t->arguments->to);
	return false;
}

static int open_telling(struct telling *t)
{
	struct nrs_outbox_options options = {
		.store = t->desk.store,
		.policy = &t->desk.plan->policy,
		.home = &t->desk.config->home_net,
		.sensor = nrs_span_of(t->desk.config->sensor.name),
		.now_ns = nrs_wall_ns(),
		.is_past = true,
		.audience = nrs_span_of(t->arguments->to),
		.ctx = t,
		.show = t->arguments->is_dry ? show : NULL};
	struct nrs_diag diag = {0};
	int err = nrs_site_new(&t->site, t->desk.config, &diag);

	if (err == NRS_OK) {
		options.judge = nrs_site_judge(t->site);
		err = nrs_outbox_new(&t->outbox, &options, &diag);
	}
	(void)snprintf(t->path, sizeof(t->path), "%s/report-%ld.db",
		       t->desk.config->state.dir, (long)getpid());
	if (err == NRS_OK)
		err = nrs_hits_sort_new(&t->sort, t->path, &diag);
	return complain(err, &diag);
}

/* The windows follow the time of the hits; what is told does not depend on how
 * often they are looked at. */
static int on_hit(void *ctx, struct nrs_witness *witness,
		  enum nrs_outcome outcome)
{
	struct telling *t = ctx;
	const int64_t ns = nrs_witness_hit(witness)->head.ts_ns;
	struct nrs_diag diag = {0};
	int err = NRS_OK;

	if (ns / MINUTE_NS != t->stepped_ns / MINUTE_NS) {
		err = nrs_outbox_step(t->outbox, ns, false, &diag);
		t->stepped_ns = ns;
	}
	if (err == NRS_OK)
		err = nrs_outbox_witness(t->outbox, witness, outcome);
	return complain(err, &diag);
}

static void say_read(const struct nrs_found_hits *found)
{
	if (found->again > 0)
		nrs_say("%llu hits stand in the files more than once",
			(unsigned long long)found->again);
	if (found->refused > 0)
		nrs_say("refused %llu lines; the first: %s",
			(unsigned long long)found->refused, found->first);
}

static void say_told(const struct telling *t,
		     const struct nrs_found_hits *found)
{
	struct nrs_outbox_figures figures;
	FILE *out = t->arguments->is_dry ? stderr : stdout;

	nrs_outbox_figures(t->outbox, &figures);
	fprintf(out, "%llu hits:", (unsigned long long)found->hits);
	for (unsigned int c = NRS_CLASS_NOISE; c <= NRS_CLASS_URGENT; c++)
		fprintf(out, " %s %llu", nrs_class_name((enum nrs_class)c),
			(unsigned long long)figures.classes[c]);
	fprintf(out, " sightings; to %s %llu, refused by rule %llu\n",
		t->arguments->to, (unsigned long long)figures.put,
		(unsigned long long)figures.refused);
	if (figures.windows.lost > 0)
		nrs_say("%llu hits were lost: no memory",
			(unsigned long long)figures.windows.lost);
}

static int tell(struct telling *t, char *const *paths, unsigned int count)
{
	struct nrs_found_hits found;
	struct nrs_diag diag = {0};
	int err = open_telling(t);

	if (err != NRS_OK)
		return NRS_EXIT_PARTLY;
	err = nrs_found_hits_read(t->sort, paths, count, &found, &diag);
	if (err == NRS_OK) {
		say_read(&found);
		err = nrs_hits_sort_walk(t->sort, on_hit, t, &diag);
	}
	/* Windows that are over by now close as they would have. */
	if (err == NRS_OK)
		err = nrs_outbox_step(t->outbox, nrs_wall_ns(), true, &diag);
	if (complain(err, &diag) != NRS_OK)
		return NRS_EXIT_PARTLY;
	say_told(t, &found);
	return found.failed + found.refused > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

/* One way of the audience. */
static int send_by(struct telling *t, unsigned int way)
{
	struct nrs_spool_desk *desk = &t->desk;
	const struct nrs_post_settings *post = &desk->plan->posts[way];
	struct nrs_sent sent;
	struct nrs_diag diag = {0};

	if (nrs_send(post, desk->store, SEND_S, &sent, &diag) != NRS_OK) {
		nrs_say("%s", diag.text);
		return NRS_EXIT_PARTLY;
	}
	if (sent.posted > 0)
		printf("%s: %llu accepted\n", post->audience,
		       (unsigned long long)sent.posted);
	if (sent.quarantined > 0)
		nrs_say("%s: %llu the hub did not take", post->audience,
			(unsigned long long)sent.quarantined);
	if (sent.waiting > 0)
		nrs_say("%s: %llu wait: %s", post->audience,
			(unsigned long long)sent.waiting, sent.message);
	return sent.waiting + sent.quarantined > 0 ? NRS_EXIT_PARTLY
						   : NRS_EXIT_OK;
}

static int send_on(struct telling *t)
{
	const struct nrs_share_policy *policy = &t->desk.plan->policy;
	int status = NRS_EXIT_OK;

	for (unsigned int i = 0; i < policy->audience_count; i++) {
		if (!nrs_span_is(nrs_share_name(&policy->audiences[i]),
				 t->arguments->to))
			continue;
		const int sent = send_by(t, i);
		status = sent > status ? sent : status;
	}
	return status;
}

int nrs_cmd_report(int argc, char **argv)
{
	struct report_arguments a;
	struct telling t = {.arguments = &a};
	const int err = read_arguments(&a, argc, argv);

	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
	int status = nrs_spool_desk_make(&t.desk, &a.given);
	if (status == NRS_EXIT_OK && !find_audience(&t))
		status = NRS_EXIT_USAGE;
	if (status == NRS_EXIT_OK) {
		if (optind < argc)
			status = tell(&t, argv + optind,
				      (unsigned int)(argc - optind));
		if (!a.is_dry && !a.no_send) {
			const int sent = send_on(&t);
			status = sent > status ? sent : status;
		}
	}
	nrs_hits_sort_free(t.sort);
	nrs_outbox_free(t.outbox);
	nrs_site_free(t.site);
	nrs_spool_desk_close(&t.desk);
	return status;
}
