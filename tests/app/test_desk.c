/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_desk: what a sensor on the loopback interface answers to who asks.
 * Wants the right to capture.
 */
#include "app/desk.h"

#include "app/added.h"
#include "app/config_read.h"
#include "app/threads.h"
#include "engine/base/json.h"
#include "tests/app/workshop.h"
#include "tests/capture/loopback.h"

struct bench {
	struct loopback lo;
	struct nrs_config *config;
	struct nrs_plan *plan;
	struct nrs_supply *supply;
	struct nrs_report *report;
	struct nrs_crew *crew;
	struct nrs_hash_key key;
	struct nrs_desk *desk;
	struct nrs_text said;
	unsigned int reloads, with_hubs, accepts, added;
};

static void on_added(void *ctx)
{
	struct bench *b = ctx;

	b->added++;
}

static void on_reload(void *ctx, bool with_hubs, bool accepts)
{
	struct bench *b = ctx;

	b->reloads++;
	b->accepts += accepts;
	b->with_hubs += with_hubs;
}

/* From a configuration to a desk, as nrs_run does it. */
static void open_desk(struct bench *b, const char *more, const char *state_dir)
{
	char text[1024];
	struct nrs_text problems = {0};
	struct nrs_diag diag = {0};

	(void)snprintf(text, sizeof(text),
		       "sensor: {name: edge-07}\nworkers: 1\n"
		       "interfaces: [{name: lo}]\nindicators: [{file: %s}]\n"
		       "%s",
		       workshop_write("list", "192.0.2.1\nc2.example\n"), more);
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = state_dir,
					       .machine = "box"};
	if (nrs_config_read(&b->config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	nrs_text_fini(&problems);
	assert_int_equal(nrs_plan_new(&b->plan, b->config, &diag), NRS_OK);
	/* the plan adds what people add: not there yet */
	const struct nrs_supply_options supplying = {
		.files = b->plan->files,
		.file_count = b->plan->file_count,
		.building = {.seats = 1}};
	assert_int_equal(nrs_supply_new(&b->supply, &supplying), NRS_OK);
	assert_int_equal(nrs_supply_build(b->supply, &diag), NRS_OK);
	const struct nrs_report_options reporting = {
		.supply = b->supply,
		.home = &b->config->home_net,
		.interfaces = b->plan->interface_names,
		.workers = 1};
	assert_int_equal(nrs_report_new(&b->report, &reporting), NRS_OK);
	const struct nrs_crew_options crewing = {
		.workers = 1,
		.live = b->lo.live,
		.publisher = nrs_supply_publisher(b->supply),
		.db = nrs_supply_db(b->supply),
		.key = &b->key,
		.flows_total = 1024,
		.emitter = nrs_report_emitter(b->report),
		.ctx = b->report,
		.step = nrs_report_step};
	assert_int_equal(nrs_crew_start(&b->crew, &crewing), NRS_OK);
	const struct nrs_desk_options options = {.config = b->config,
						 .plan = b->plan,
						 .supply = b->supply,
						 .crew = b->crew,
						 .report = b->report,
						 .ctx = b,
						 .reload = on_reload,
						 .added = on_added};
	assert_int_equal(nrs_desk_new(&b->desk, &options, nrs_wall_ns()),
			 NRS_OK);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	nrs_hash_key_init(&b->key, 0);
	loopback_open(&b->lo);
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	if (b->crew != NULL)
		nrs_crew_stop(b->crew);
	nrs_desk_free(b->desk);
	nrs_crew_free(b->crew);
	nrs_report_free(b->report);
	nrs_supply_free(b->supply);
	nrs_plan_free(b->plan);
	nrs_config_free(b->config);
	nrs_text_fini(&b->said);
	loopback_close(&b->lo);
	free(b);
	return 0;
}

static bool said(const struct bench *b, const char *word)
{
	return nrs_span_find_text(nrs_text_span(&b->said), word) != SIZE_MAX;
}

static void status_tells_how_it_is(void **state)
{
	struct bench *b = *state;
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *tree = NULL;
	char line[100];

	loopback_wanted(&b->lo);
	open_desk(b, "", workshop);
	assert_int_equal(nrs_desk_ops.status(b->desk, false, &b->said), 0);
	assert_true(said(b, "edge-07"));
	assert_true(said(b, "lo"));
	/* a list says nothing about who may read it */
	assert_true(said(b, "2 indicators unmarked"));
	nrs_text_clear(&b->said);
	assert_int_equal(nrs_desk_ops.status(b->desk, true, &b->said), 0);
	assert_non_null(arena);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&b->said), arena, &tree, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(tree, "sensor"), "edge-07"));
	nrs_arena_free(arena);
	nrs_desk_line(b->desk, line, sizeof(line));
	assert_string_equal(line, "set 1, 2 indicators, 0 hits today");
}

static void reload_is_passed_on_to_files_and_hubs(void **state)
{
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	open_desk(b, "", workshop);
	assert_int_equal(nrs_desk_ops.reload(b->desk, false, false, &b->said),
			 0);
	assert_int_equal(b->reloads, 1);
	assert_int_equal(b->accepts, 0);
	assert_int_equal(b->with_hubs, 1);
	assert_true(b->said.len > 0);
	assert_int_equal(nrs_desk_ops.reload(b->desk, true, false, &b->said),
			 0);
	assert_int_equal(b->accepts, 1);
}

static void what_is_added_is_kept_and_read_again(void **state)
{
	const struct nrs_span values[] = {nrs_span_of("c2[.]example[.]com"),
					  nrs_span_of("198.51.100.23")};
	const struct nrs_span bad[] = {nrs_span_of("\x01"),
				       nrs_span_of("203.0.113.9")};
	struct bench *b = *state;
	char dir[WORKSHOP_PATH];

	loopback_wanted(&b->lo);
	/* the folder is made when it is needed */
	(void)snprintf(dir, sizeof(dir), "%s", workshop_path("state"));
	open_desk(b, "", dir);
	assert_int_equal(nrs_desk_ops.add(b->desk, values, 2, &b->said), 0);
	assert_int_equal(b->added, 1);
	assert_int_equal(b->reloads, 0); /* only what changed is read */
	const char *list = workshop_read("state/" NRS_ADDED_LIST);
	assert_non_null(strstr(list, "c2[.]example[.]com")); /* as typed */
	assert_non_null(strstr(list, "198.51.100.23"));
	/* what is none is told, and the other one is added */
	assert_int_equal(nrs_desk_ops.add(b->desk, bad, 2, &b->said), 1);
	assert_int_equal(b->added, 2);
	assert_non_null(
		strstr(workshop_read("state/" NRS_ADDED_LIST), "203.0.113.9"));
}

static void a_file_is_added_whole_or_not_at_all(void **state)
{
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	open_desk(b, "", workshop);
	const char *good = workshop_write("more.txt", "203.0.113.5\n");
	assert_int_equal(nrs_desk_ops.add_file(b->desk, good, &b->said), 0);
	assert_int_equal(b->added, 1);
	assert_string_equal(workshop_read(NRS_ADDED_FOLDER "/more.txt"),
			    "203.0.113.5\n");
	assert_int_equal(
		nrs_desk_ops.add_file(b->desk, "/nonexistent/x", &b->said), 1);
	assert_int_equal(b->added, 1);
}

static void without_a_folder_nothing_can_be_added(void **state)
{
	const struct nrs_span value = nrs_span_of("203.0.113.9");
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	open_desk(b, "", NULL);
	assert_int_equal(nrs_desk_ops.add(b->desk, &value, 1, &b->said), 1);
	assert_int_equal(nrs_desk_ops.add_file(b->desk, "/x", &b->said), 1);
	assert_true(said(b, "state.dir"));
	assert_int_equal(b->added, 0);
}

static void a_look_costs_nothing_and_may_come_at_any_time(void **state)
{
	struct bench *b = *state;
	const int64_t now_ns = nrs_wall_ns();

	loopback_wanted(&b->lo);
	open_desk(b, "", workshop);
	nrs_desk_look(b->desk, now_ns);
	nrs_desk_look(b->desk, now_ns);
	nrs_desk_look(b->desk, now_ns - NRS_SECOND_NS);
	nrs_desk_look(b->desk, now_ns + 86400 * NRS_SECOND_NS);
	assert_int_equal(nrs_desk_ops.status(b->desk, false, &b->said), 0);
	nrs_desk_free(NULL);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(status_tells_how_it_is),
		NRS_T(reload_is_passed_on_to_files_and_hubs),
		NRS_T(what_is_added_is_kept_and_read_again),
		NRS_T(a_file_is_added_whole_or_not_at_all),
		NRS_T(without_a_folder_nothing_can_be_added),
		NRS_T(a_look_costs_nothing_and_may_come_at_any_time),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
