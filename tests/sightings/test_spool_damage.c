/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spool_damage: octets of the spool's file change under us. Whatever is
 * asked of it then ends, with an answer or an error; ctest's time limit is the
 * judge of what does not.
 */
#include <fcntl.h>

#include "sightings/verdict.h"
#include "tests/sightings/posted.h"

#define FILE_MAX ((size_t)1 << 20)
#define PAGE ((size_t)4096)

struct damage {
	struct posted *posted;
	uint8_t bytes[FILE_MAX];
	size_t len;
};

static void shut(struct posted *p)
{
	nrs_outbox_free(p->outbox);
	nrs_spool_free(p->spool);
	nrs_store_close(p->disk.store);
	p->outbox = NULL;
	p->spool = NULL;
	p->disk.store = NULL;
}

static int setup(void **state)
{
	struct damage *d = calloc(1, sizeof(*d));
	void *made = NULL;
	int fd;

	assert_non_null(d);
	(void)posted_setup(&made);
	d->posted = made;
	d->posted->share.audience.is_auto = false;
	for (unsigned int n = 1; n <= 4; n++)
		posted_hit(d->posted, n);
	shut(d->posted); /* all of it is in the one file then */
	fd = open(d->posted->disk.path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	const ssize_t got = read(fd, d->bytes, sizeof(d->bytes));
	(void)close(fd);
	assert_true(got > (ssize_t)(2 * PAGE) && (size_t)got < FILE_MAX);
	d->len = (size_t)got;
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct damage *d = *state;
	void *made = d->posted;

	(void)posted_teardown(&made);
	free(d);
	return 0;
}

static void write_with(const struct damage *d, size_t at, uint8_t mask)
{
	static const char *const ends[] = {"-wal", "-shm"};
	const int fd =
		open(d->posted->disk.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	const uint8_t changed = d->bytes[at] ^ mask;

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, d->bytes, d->len, 0), d->len);
	assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
	(void)close(fd);
	for (unsigned int i = 0; i < 2; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", d->posted->disk.path,
			 ends[i]);
		(void)unlink(name);
	}
}

/* All that walks over rows. */
static void ask(struct posted *p)
{
	const struct nrs_spool_decision decision = {
		.release = true, .policy = &p->share.policy, .now_ns = MADE_NS};
	const struct nrs_verdict verdict = {.id = nrs_span_of(MADE_ID),
					    .is_false = true,
					    .by = nrs_span_of("a"),
					    .why = nrs_span_of("b"),
					    .policy = &p->share.policy,
					    .now_ns = MADE_NS};
	const struct nrs_spool_limits limits = {0};
	struct nrs_spool_decided decided;
	struct nrs_verdict_done done;
	struct nrs_diag diag = {0};
	uint64_t withheld;

	if (nrs_store_open(&p->disk.store, p->disk.path, &nrs_spool_schema,
			   NRS_STORE_SYNC_CRASH, &diag) != NRS_OK)
		return;
	if (nrs_spool_new(&p->spool, p->disk.store, &limits, &diag) == NRS_OK) {
		(void)nrs_spool_decide(p->disk.store, &decision, &decided,
				       &diag);
		(void)nrs_spool_batch(p->spool, p->share.audience.name,
				      &p->batch, &diag);
		(void)nrs_verdict_pass(p->disk.store, &verdict, &done, &diag);
		p->share.audience.max_tlp = NRS_TLP_CLEAR;
		(void)nrs_spool_screen(p->disk.store, &p->share.policy, MADE_NS,
				       &withheld, &diag);
		p->share.audience.max_tlp = NRS_TLP_AMBER;
	}
	shut(p);
}

/* The end of the second page: the rows of what is held, or where they are. */
static void whatever_stands_in_its_rows_it_ends(void **state)
{
	static const uint8_t masks[] = {0x04, 0x80, 0xff};
	struct damage *d = *state;

	for (size_t at = 2 * PAGE - 48; at < 2 * PAGE; at++) {
		for (size_t m = 0; m < sizeof(masks); m++) {
			write_with(d, at, masks[m]);
			ask(d->posted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			whatever_stands_in_its_rows_it_ends, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
