/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_outbox: from hits to the spool in one, and what a kill leaves.
 */
#include "sightings/outbox.h"

#include <signal.h>
#include <sys/wait.h>

#include "sightings/release_log.h"
#include "sightings/spool_send.h"
#include "tests/base/made_store.h"
#include "tests/sightings/made_hit.h"
#include "tests/sightings/made_share.h"

#define SECOND NRS_SECOND_NS

struct bench {
	struct made_hit made;
	struct made_share share;
	struct made_store disk;
	struct nrs_outbox *outbox;
};

static void new_outbox(struct bench *b)
{
	const struct nrs_outbox_options options = {
		.store = b->disk.store,
		.policy = &b->share.policy,
		.home = &b->made.home,
		.sensor = nrs_span_of("edge-07")};
	struct nrs_diag diag = {0};

	if (nrs_outbox_new(&b->outbox, &options, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static void open_outbox(struct bench *b)
{
	made_store_open(&b->disk, &nrs_spool_schema);
	new_outbox(b);
}

static void close_outbox(struct bench *b)
{
	nrs_outbox_free(b->outbox);
	made_store_close(&b->disk);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	made_share(&b->share);
	b->share.audience.tells_provider = true;
	made_store_begin(&b->disk, &nrs_spool_schema);
	new_outbox(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_outbox_free(b->outbox);
	made_store_end(&b->disk);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

/* A hit of host number @n whose flow is already established. */
static void hit(struct bench *b, unsigned int n, int64_t ns)
{
	char own[NRS_ADDR_LEN];

	snprintf(own, sizeof(own), "10.1.%u.%u", n / 200 % 200, n % 200 + 1);
	made_hit(&b->made, own, "198.51.100.23", ns);
	made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
	b->made.record.hit.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	b->made.record.hit.flow.id = n;
	nrs_outbox_hit(b->outbox, made_sighted(&b->made), ns);
}

/* One whose flow was answered, and may become more. */
static void answered(struct bench *b, unsigned int n, int64_t ns)
{
	char own[NRS_ADDR_LEN];

	snprintf(own, sizeof(own), "10.1.0.%u", n);
	made_hit(&b->made, own, "198.51.100.23", ns);
	made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
	b->made.record.hit.flow.outcome = NRS_OUTCOME_ANSWERED;
	b->made.record.hit.flow.id = n;
	nrs_outbox_hit(b->outbox, made_sighted(&b->made), ns);
}

static int step(struct bench *b, int64_t ns, bool is_end)
{
	return nrs_outbox_step(b->outbox, ns, is_end, NULL);
}

/* The envelope with everything that is queued; the caller frees it. */
static struct nrs_spool_batch queued(struct bench *b)
{
	const struct nrs_spool_limits limits = {0};
	struct nrs_spool_batch batch = {.bytes_max = (size_t)64 << 20};
	struct nrs_spool *spool = NULL;

	assert_int_equal(nrs_spool_new(&spool, b->disk.store, &limits, NULL),
			 NRS_OK);
	assert_int_equal(
		nrs_spool_batch(spool, b->share.audience.name, &batch, NULL),
		NRS_OK);
	nrs_spool_free(spool);
	return batch;
}

static struct nrs_spool_counts counts(struct bench *b)
{
	const struct nrs_spool_limits limits = {0};
	struct nrs_spool_counts out;
	struct nrs_spool *spool = NULL;

	assert_int_equal(nrs_spool_new(&spool, b->disk.store, &limits, NULL),
			 NRS_OK);
	assert_int_equal(
		nrs_spool_counts(spool, b->share.audience.name, &out, NULL),
		NRS_OK);
	nrs_spool_free(spool);
	return out;
}

static void a_hit_becomes_a_sighting_in_the_spool(void **state)
{
	struct bench *b = *state;

	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS + SECOND, false), NRS_OK);
	struct nrs_spool_batch batch = queued(b);
	assert_int_equal(batch.count, 1);
	const struct nrs_span all = nrs_text_span(&batch.envelope);
	assert_true(nrs_span_find_text(all, MADE_ID) != SIZE_MAX);
	assert_true(nrs_span_find_text(all, "Example Ltd") != SIZE_MAX);
	assert_true(nrs_span_find_text(all, "10.1.") == SIZE_MAX);
	nrs_text_fini(&batch.envelope);
}

static void without_an_audience_nothing_is_put(void **state)
{
	struct bench *b = *state;
	struct nrs_outbox_figures figures;

	b->share.policy.audience_count = 0;
	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS + SECOND, true), NRS_OK);
	nrs_outbox_figures(b->outbox, &figures);
	assert_int_equal(figures.put, 0);
	assert_int_equal(figures.classes[NRS_CLASS_REPORT], 1);
}

static void in_hold_it_waits_and_is_counted(void **state)
{
	struct bench *b = *state;

	b->share.audience.is_auto = false;
	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS + SECOND, false), NRS_OK);
	assert_int_equal(counts(b).states[NRS_SPOOL_HELD], 1);
	assert_int_equal(counts(b).states[NRS_SPOOL_QUEUED], 0);
}

static void what_is_refused_is_counted_and_never_kept(void **state)
{
	struct bench *b = *state;

	nrs_set_edit(b->made.set, 0)->tlp = NRS_TLP_RED;
	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS + SECOND, false), NRS_OK);
	assert_int_equal(counts(b).refused, 1);
	assert_int_equal(counts(b).states[NRS_SPOOL_QUEUED], 0);
	assert_int_equal(counts(b).states[NRS_SPOOL_HELD], 0);
}

/* A row of a log of @own, that was seen @times. */
static void find(struct bench *b, const char *own, uint32_t times)
{
	(void)made_usual(&b->made, own, MADE_NS);
	b->made.record.hit.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	b->made.record.hit.times = times;
	b->made.record.hit.txn_end_ns = MADE_NS + 600 * SECOND;
	nrs_outbox_found(b->outbox, made_sighted(&b->made),
			 MADE_NS + 9 * 86400 * SECOND);
}

/* At once, as often as the log says, and under the same rules. */
static void what_is_found_in_a_log_is_told_as_a_hit_is(void **state)
{
	const int64_t now_ns = MADE_NS + 9 * 86400 * SECOND;
	struct bench *b = *state;

	find(b, "10.1.0.1", 17);
	assert_int_equal(step(b, now_ns, false), NRS_OK);
	struct nrs_spool_batch batch = queued(b);
	const struct nrs_span all = nrs_text_span(&batch.envelope);
	assert_int_equal(batch.count, 1);
	assert_true(nrs_span_find_text(all, "\"count\":17") != SIZE_MAX);
	assert_true(nrs_span_find_text(all, "10.1.") == SIZE_MAX);
	nrs_text_fini(&batch.envelope);
	nrs_set_edit(b->made.set, 0)->tlp = NRS_TLP_RED;
	find(b, "10.1.0.2", 1);
	assert_int_equal(step(b, now_ns + SECOND, false), NRS_OK);
	assert_int_equal(counts(b).refused, 1);
	assert_int_equal(counts(b).states[NRS_SPOOL_QUEUED], 1);
}

static void what_a_policy_only_watches_is_worth_no_report(void **state)
{
	struct bench *b = *state;
	struct nrs_outbox_figures figures;

	nrs_set_edit(b->made.set, 0)->watched = true;
	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS + SECOND, false), NRS_OK);
	assert_int_equal(counts(b).refused, 1);
	assert_int_equal(counts(b).states[NRS_SPOOL_QUEUED], 0);
	nrs_outbox_figures(b->outbox, &figures);
	assert_int_equal(figures.classes[NRS_CLASS_WATCH], 1);
	assert_int_equal(figures.classes[NRS_CLASS_REPORT], 0);
}

/* What the spool holds for one way of an audience. */
static uint64_t waiting(struct bench *b, const char *way)
{
	const struct nrs_span own = b->share.audience.name;
	uint64_t count;

	b->share.audience.name = nrs_span_of(way);
	count = counts(b).states[NRS_SPOOL_QUEUED];
	b->share.audience.name = own;
	return count;
}

static void urgent_waits_for_nothing_and_takes_its_own_ways(void **state)
{
	static const struct nrs_class_rule urgent = {
		.least = NRS_OUTCOME_ANSWERED, .grade = NRS_CLASS_URGENT};
	const struct nrs_judge judge = {.rules = &urgent, .rule_count = 1};
	struct bench *b = *state;
	struct nrs_share_audience ways[3] = {
		b->share.audience, b->share.audience, b->share.audience};
	const struct nrs_share_policy policy = {.audiences = ways,
						.audience_count = 3,
						.sources = &b->share.source,
						.source_count = 1};
	struct nrs_spool_batch one, other;

	ways[1].name = nrs_span_of("isac-a/direct");
	ways[2].name = nrs_span_of("isac-a/second");
	ways[2].is_second = true;
	for (unsigned int i = 1; i < 3; i++) {
		ways[i].of = b->share.audience.name;
		ways[i].min_class = NRS_CLASS_URGENT;
	}
	assert_int_equal(nrs_outbox_adopt(b->outbox, &policy, NULL), NRS_OK);
	answered(b, 1, MADE_NS); /* may rise still: it waits */
	assert_int_equal(step(b, MADE_NS + SECOND, false), NRS_OK);
	assert_int_equal(waiting(b, "isac-a"), 0);
	nrs_outbox_judge(b->outbox, &judge);
	answered(b, 2, MADE_NS + SECOND);
	assert_int_equal(step(b, MADE_NS + 2 * SECOND, false), NRS_OK);
	assert_int_equal(waiting(b, "isac-a"), 1);
	assert_int_equal(waiting(b, "isac-a/direct"), 1);
	assert_int_equal(waiting(b, "isac-a/second"), 0);
	/* the same object to the same people */
	one = queued(b);
	b->share.audience.name = ways[1].name;
	other = queued(b);
	assert_true(nrs_span_equal(nrs_text_span(&one.envelope),
				   nrs_text_span(&other.envelope)));
	nrs_text_fini(&one.envelope);
	nrs_text_fini(&other.envelope);
}

static void each_release_and_refusal_is_in_the_log(void **state)
{
	struct bench *b = *state;
	struct nrs_text lines = {0};
	int64_t broken = -1;

	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS, false), NRS_OK);
	b->share.audience.max_tlp = NRS_TLP_GREEN;
	hit(b, 2, MADE_NS);
	assert_int_equal(step(b, MADE_NS, false), NRS_OK);
	assert_int_equal(
		nrs_release_log_read(b->disk.store, &lines, &broken, NULL),
		NRS_OK);
	assert_int_equal(broken, 0);
	const struct nrs_span all = nrs_text_span(&lines);
	const size_t end = nrs_span_find(all, '\n', 0);
	const struct nrs_span first = nrs_span_part(all, 0, end);
	const struct nrs_span second = nrs_span_from(all, end);
	assert_true(nrs_span_find_text(first, "\"act\":\"released\"") !=
		    SIZE_MAX);
	assert_true(nrs_span_find_text(second, "\"act\":\"refused\"") !=
		    SIZE_MAX);
	assert_true(nrs_span_find_text(second, "max_tlp") != SIZE_MAX);
	assert_true(nrs_span_find_text(all, "10.1.") == SIZE_MAX);
	nrs_text_fini(&lines);
}

static void the_end_tells_what_is_not_told_yet(void **state)
{
	struct bench *b = *state;

	hit(b, 1, MADE_NS);
	assert_int_equal(step(b, MADE_NS, false), NRS_OK);
	hit(b, 1, MADE_NS + 1);
	assert_int_equal(step(b, MADE_NS + 1, false), NRS_OK);
	assert_int_equal(counts(b).states[NRS_SPOOL_QUEUED], 1);
	assert_int_equal(step(b, MADE_NS + SECOND, true), NRS_OK);
	assert_int_equal(counts(b).states[NRS_SPOOL_QUEUED], 2);
}

static void a_flood_of_one_indicator_stays_small(void **state)
{
	struct bench *b = *state;
	struct nrs_outbox_figures figures;

	for (unsigned int i = 0; i < 20000; i++) {
		hit(b, i % 100, MADE_NS + i * 1000);
		if (i % 500 == 0)
			assert_int_equal(step(b, MADE_NS + i * 1000, false),
					 NRS_OK);
	}
	assert_int_equal(step(b, MADE_NS + 600 * SECOND, false), NRS_OK);
	nrs_outbox_figures(b->outbox, &figures);
	assert_int_equal(figures.put, 200); /* the first of each, the rest */
	assert_int_equal(figures.windows.lost, 0);
	assert_int_equal(figures.settle.held, 0);
}

/* The child tells over @fd each host whose sighting was told. */
static void child(struct bench *b, unsigned int round, int fd)
{
	open_outbox(b);
	for (unsigned int i = 0; i < 2000; i++) {
		const unsigned int n = round * 2000 + i;

		hit(b, n, MADE_NS + n);
		if (step(b, MADE_NS + n, false) != NRS_OK ||
		    write(fd, &n, sizeof(n)) != sizeof(n))
			break;
	}
	_exit(0);
}

static void killed_at_any_time_what_was_told_is_there_once(void **state)
{
	struct bench *b = *state;
	uint64_t told = 0;

	close_outbox(b);
	for (unsigned int round = 0; round < 8; round++) {
		int ends[2];
		unsigned int n;

		assert_int_equal(pipe(ends), 0);
		const pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			child(b, round, ends[1]);
		assert_int_equal(close(ends[1]), 0);
		/* After so many it is killed in the middle of another. */
		for (unsigned int i = 0;
		     i < 37 + round * 53 &&
		     read(ends[0], &n, sizeof(n)) == sizeof(n);
		     i++)
			told++;
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		while (read(ends[0], &n, sizeof(n)) == sizeof(n))
			told++;
		assert_int_equal(close(ends[0]), 0);
	}
	open_outbox(b);
	const uint64_t kept = counts(b).states[NRS_SPOOL_QUEUED];
	/* One may have been kept and killed before it was said. */
	assert_true(kept >= told && kept <= told + 8);
	struct nrs_outbox_figures figures;
	nrs_outbox_figures(b->outbox, &figures);
	assert_int_equal(figures.windows.keys, kept);
	assert_int_equal(figures.windows.unreadable, 0);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_hit_becomes_a_sighting_in_the_spool),
		NRS_T(without_an_audience_nothing_is_put),
		NRS_T(in_hold_it_waits_and_is_counted),
		NRS_T(what_is_refused_is_counted_and_never_kept),
		NRS_T(what_is_found_in_a_log_is_told_as_a_hit_is),
		NRS_T(what_a_policy_only_watches_is_worth_no_report),
		NRS_T(urgent_waits_for_nothing_and_takes_its_own_ways),
		NRS_T(each_release_and_refusal_is_in_the_log),
		NRS_T(the_end_tells_what_is_not_told_yet),
		NRS_T(a_flood_of_one_indicator_stays_small),
		NRS_T(killed_at_any_time_what_was_told_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
