/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_report: hits of a live run to hits.jsonl: numbered, each at once, and a
 * line more for each when their flow rises; nothing more once it ended.
 */
#include "app/report.h"

#include "tests/app/workshop.h"
#include "tests/sightings/made_block.h"

struct bench {
	struct nrs_supply *supply;
	struct nrs_hits_file *hits;
	struct nrs_report *report;
	struct nrs_home_nets home;
	char path[WORKSHOP_PATH];
};

static const char *const interfaces[] = {"eth0", "eth1"};

static int setup(void **state)
{
	static struct nrs_supply_file file;
	struct bench *b = calloc(1, sizeof(*b));
	struct nrs_diag diag = {0};

	*state = b;
	if (b == NULL)
		return -1;
	file.path = workshop_write("list", "c2.example\n");
	const struct nrs_supply_options supplying = {
		.files = &file, .file_count = 1, .building = {.seats = 1}};
	(void)snprintf(b->path, sizeof(b->path), "%s",
		       workshop_path("hits.jsonl"));
	(void)unlink(b->path);
	const struct nrs_hits_file_options filing = {.path = b->path};
	nrs_home_nets_default(&b->home);
	if (nrs_supply_new(&b->supply, &supplying) != NRS_OK ||
	    nrs_supply_build(b->supply, &diag) != NRS_OK ||
	    nrs_hits_file_open(&b->hits, &filing, &diag) != NRS_OK)
		return -1;
	const struct nrs_report_options options = {.supply = b->supply,
						   .home = &b->home,
						   .interfaces = interfaces,
						   .hits = b->hits,
						   .workers = 1};
	return nrs_report_new(&b->report, &options);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_report_free(b->report);
	nrs_hits_file_close(b->hits);
	nrs_supply_free(b->supply);
	free(b);
	return 0;
}

static void hit(uint64_t ordinal, uint32_t flow, uint32_t iface)
{
	const size_t bytes = sizeof(struct nrs_record_hit) +
			     sizeof(struct nrs_record_value) + 16;
	struct nrs_record_hit *h = record(bytes, NRS_RECORD_HIT, ordinal);
	struct nrs_record_value *value = (void *)(h + 1);

	h->flow = (struct nrs_flow_info){
		.id = flow, .proto = 17, .outcome = NRS_OUTCOME_ATTEMPTED};
	h->flow.src.bytes[10] = h->flow.src.bytes[11] = 0xff;
	h->flow.src.bytes[12] = 10;
	h->generation = 1;
	h->file = iface;
	h->value_count = 1;
	*value = (struct nrs_record_value){.field = NRS_F_DNS_QUERY, .len = 10};
	memcpy(value + 1, "c2.example", 10);
}

static void merge(struct bench *b)
{
	struct nrs_emitter *emitter = nrs_report_emitter(b->report);

	assert_int_equal(nrs_emitter_take(emitter, &block), NRS_OK);
	assert_int_equal(nrs_emitter_merge(emitter), NRS_OK);
	nrs_report_step(b->report, false);
}

static unsigned int lines_with(const char *word)
{
	unsigned int count = 0;

	for (const char *at = workshop_read("hits.jsonl");
	     (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

static void hits_are_numbered_lines_at_once(void **state)
{
	struct bench *b = *state;
	struct nrs_report_figures figures;
	struct nrs_supply_state set;

	begin(0, 10);
	hit(1, 7, 0);
	hit(2, 8, 1);
	merge(b);
	assert_int_equal(lines_with("\n"), 2);
	assert_int_equal(lines_with("\"n\":1}"), 1);
	assert_int_equal(lines_with("\"n\":2}"), 1);
	assert_int_equal(lines_with("\"capture\":\"eth0\""), 1);
	assert_int_equal(lines_with("\"capture\":\"eth1\""), 1);
	assert_int_equal(lines_with("\"mode\":\"live\""), 2);
	/* by the set that they were matched against */
	nrs_supply_state(b->supply, &set);
	assert_int_equal(lines_with(set.digest), 2);
	nrs_report_figures(b->report, &figures);
	assert_int_equal(figures.hits, 2);
	assert_int_equal(figures.real, 2);
	assert_int_equal(figures.raised, 0);
	assert_int_equal(figures.lines_lost, 0);
}

static void a_rise_names_each_hit_of_its_flow_once(void **state)
{
	struct bench *b = *state;
	struct nrs_report_figures figures;

	begin(0, 10);
	hit(1, 7, 0);
	hit(2, 8, 0);
	hit(3, 7, 0);
	flow_record(NRS_RECORD_RAISE, 4, 7, NRS_OUTCOME_ANSWERED);
	merge(b);
	assert_int_equal(lines_with("\"raises\":1,\"outcome\":\"answered\""),
			 1);
	assert_int_equal(lines_with("\"raises\":3,\"outcome\":\"answered\""),
			 1);
	assert_int_equal(lines_with("\"raises\":2"), 0);
	/* the same again, or lower, is no rise */
	begin(0, 20);
	flow_record(NRS_RECORD_RAISE, 12, 7, NRS_OUTCOME_ANSWERED);
	flow_record(NRS_RECORD_RAISE, 13, 7, NRS_OUTCOME_BLOCKED);
	merge(b);
	assert_int_equal(lines_with("\"raises\""), 2);
	begin(0, 30);
	flow_record(NRS_RECORD_FLOW_END, 22, 7, NRS_OUTCOME_ESTABLISHED);
	merge(b);
	assert_int_equal(lines_with("\"outcome\":\"established\""), 2);
	nrs_report_figures(b->report, &figures);
	assert_int_equal(figures.raised, 4);
	/* it is over: what comes under its number is another flow */
	begin(0, 40);
	flow_record(NRS_RECORD_RAISE, 32, 7, NRS_OUTCOME_ESTABLISHED);
	merge(b);
	assert_int_equal(lines_with("\"raises\""), 4);
}

/* A log and its values are given as the thread that looks back does. */
static void what_is_found_in_a_log_is_told_with_its_name(void **state)
{
	static const char *const wanted[] = {
		"\"mode\":\"retro\"",
		"\"capture\":\"seen-20260301T12-0001.nrslog\"", "\"times\":7",
		"\"n\":1}", "\"raises\""};
	static const unsigned int counts[] = {1, 1, 1, 1, 0};
	struct bench *b = *state;
	struct nrs_report_figures figures;

	begin(0, 10);
	hit(1, 7, 0);
	struct nrs_record_hit *h = (void *)block.bytes;
	h->times = 7;
	nrs_report_found(b->report, h, "seen-20260301T12-0001.nrslog");
	/* no flow's rise is its own */
	begin(0, 20);
	flow_record(NRS_RECORD_RAISE, 12, 7, NRS_OUTCOME_ESTABLISHED);
	merge(b);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		if (lines_with(wanted[i]) != counts[i])
			fail_msg("%s: %s", wanted[i],
				 workshop_read("hits.jsonl"));
	}
	nrs_report_figures(b->report, &figures);
	assert_int_equal(figures.hits, 1);
	/* of a set that is gone */
	h->generation = 77;
	begin(0, 30);
	hit(1, 7, 0);
	h->generation = 77;
	nrs_report_found(b->report, h, "seen-20260301T12-0001.nrslog");
	nrs_report_figures(b->report, &figures);
	assert_int_equal(figures.hits, 1);
	assert_int_equal(figures.untold, 1);
}

static void without_a_file_hits_are_counted_all_the_same(void **state)
{
	const struct bench *b = *state;
	const struct nrs_report_options options = {.supply = b->supply,
						   .home = &b->home,
						   .interfaces = interfaces,
						   .workers = 1};
	struct bench bare = {0};
	struct nrs_report_figures figures;

	assert_int_equal(nrs_report_new(&bare.report, &options), NRS_OK);
	begin(0, 10);
	hit(1, 7, 0);
	merge(&bare);
	nrs_report_step(bare.report, true);
	nrs_report_figures(bare.report, &figures);
	assert_int_equal(figures.hits, 1);
	assert_int_equal(figures.put, 0);
	nrs_report_free(bare.report);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(hits_are_numbered_lines_at_once),
		NRS_T(a_rise_names_each_hit_of_its_flow_once),
		NRS_T(what_is_found_in_a_log_is_told_with_its_name),
		NRS_T(without_a_file_hits_are_counted_all_the_same),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
