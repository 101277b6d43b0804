/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fields: for every field, observing it alone shows exactly the values
 * that observing all shows of it (contracts.md section 5), on each capture.
 * In process: what `noroshi observe` prints of a value follows from the value.
 *
 * NOROSHI_CAPTURES: a capture file or folder instead of tests/data; "corpus":
 * the shared one.
 */
#include "capture/worker_state.h"
#include "tests/app/mutated.h"
#include "tests/capture/captures.h"
#include "tests/nrs_test.h"

/* Values of one field, in no order. */
struct heap {
	uint64_t count, sum;
};

static struct heap all[NRS_FIELD_COUNT], alone[NRS_FIELD_COUNT];

static uint64_t mix(uint64_t h)
{
	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static void on_value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		     unsigned int object, struct nrs_span value)
{
	struct heap *to = (struct heap *)ctx + field;
	uint64_t h = value.len + 1;

	(void)txn, (void)object;
	for (size_t i = 0; i < value.len; i++)
		h = mix(h * 257 + value.ptr[i]);
	to->count++;
	to->sum += mix(h);
}

static void observe(struct mutated *m, const struct mutant *packets,
		    nrs_field_set fields, struct heap *to)
{
	memset(to, 0, sizeof(all));
	m->worker->sink = (struct nrs_match_sink){
		.ctx = to, .fields = fields, .value = on_value};
	nrs_worker_adopt(m->worker, NULL);
	mutated_replay(m, packets);
}

/* How many fields differ; told. */
static unsigned int compare(struct mutated *m, const struct mutant *packets,
			    const char *path)
{
	unsigned int wrong = 0;

	observe(m, packets, NRS_FIELDS_ALL, all);
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		observe(m, packets, NRS_FIELD_BIT(f), alone);
		if (alone[f].count == all[f].count &&
		    alone[f].sum == all[f].sum)
			continue;
		printf("%s: %s: %llu values alone, %llu of all\n", path,
		       nrs_field_table[f].name,
		       (unsigned long long)alone[f].count,
		       (unsigned long long)all[f].count);
		wrong++;
	}
	return wrong;
}

static void each_field_alone_shows_what_it_shows_among_all(void **state)
{
	static struct mutated m;
	static uint64_t captures_with[NRS_FIELD_COUNT];
	struct mutant packets;
	unsigned int wrong = 0, seen = 0;

	(void)state;
	assert_true(mutant_init(&packets));
	mutated_open(&m, false);
	for (unsigned int i = 0; i < captures_count(); i++) {
		captures_load(&packets, captures_at(i));
		wrong += compare(&m, &packets, captures_at(i));
		for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++)
			captures_with[f] += all[f].count > 0;
	}
	mutated_close(&m);
	mutant_fini(&packets);
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		seen += captures_with[f] > 0;
		if (captures_with[f] == 0)
			printf("in no capture: %s\n", nrs_field_table[f].name);
	}
	printf("%u captures, %u of %u fields seen, %u differences\n",
	       captures_count(), seen, (unsigned int)NRS_FIELD_COUNT, wrong);
	assert_true(seen > 20);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_field_alone_shows_what_it_shows_among_all),
	};
	const int found = captures_find(getenv("NOROSHI_CAPTURES"));

	return found != 0 ? found : cmocka_run_group_tests(tests, NULL, NULL);
}
