/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_selftest: what is added, what is injected, which hit counts, and that
 * nothing stays behind. The packet's hit itself is e2e/selftest's.
 */
#include "app/selftest.h"

#include "app/added.h"
#include "capture/decode/decode.h"
#include "tests/app/workshop.h"
#include "tests/sightings/made_hit.h"

#define NOW (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00:00Z */
#define FILE_IN "added.d/noroshi-selftest.json"

struct bench {
	struct nrs_selftest *test;
	struct nrs_text said;
	struct made_hit made; /* of the set that the file makes */
	unsigned int added, injected;
	struct nrs_packet packet;
	char names[2][64];
};

static void on_added(void *ctx)
{
	struct bench *b = ctx;

	b->added++;
}

static void on_inject(void *ctx, const struct nrs_packet *packet)
{
	struct bench *b = ctx;

	b->injected++;
	b->packet = *packet;
}

static void open_bench(struct bench *b, bool has_spool)
{
	const struct nrs_selftest_options options = {.dir = workshop,
						     .has_lines = true,
						     .has_spool = has_spool,
						     .ctx = b,
						     .added = on_added,
						     .inject = on_inject};

	memset(b, 0, sizeof(*b));
	nrs_home_nets_default(&b->made.home);
	assert_int_equal(nrs_selftest_new(&b->test, &options), NRS_OK);
}

static void close_bench(struct bench *b)
{
	nrs_selftest_free(b->test);
	nrs_set_free(b->made.set);
	nrs_text_fini(&b->said);
}

static bool is_there(void)
{
	return access(workshop_path(FILE_IN), F_OK) == 0;
}

/* Begin, and load what was added as the builder would. */
static void begin(struct bench *b)
{
	const struct nrs_loader_options options = {.name = nrs_span_of("own")};

	nrs_text_clear(&b->said);
	if (nrs_selftest_begin(b->test, NOW, &b->said) !=
	    NRS_SELFTEST_UNDER_WAY)
		fail_msg("%.*s", (int)b->said.len, (const char *)b->said.ptr);
	const struct nrs_span name = nrs_span_trim(nrs_text_span(&b->said));
	for (unsigned int i = 0; i < 2; i++)
		(void)snprintf(b->names[i], sizeof(b->names[i]), "%c%.*s",
			       i == 0 ? 'p' : 'w', (int)name.len - 1,
			       (const char *)name.ptr + 1);
	nrs_set_free(b->made.set);
	assert_int_equal(nrs_set_new(&b->made.set), NRS_OK);
	assert_int_equal(nrs_added_load(workshop_path("added.d"), &options,
					b->made.set, NULL),
			 NRS_OK);
	assert_int_equal(nrs_set_count(b->made.set), 1);
}

static void hit_of(struct bench *b, const char *name)
{
	made_hit(&b->made, "192.0.2.77", "192.0.2.53", NOW);
	made_text(&b->made, NRS_F_DNS_QUERY, name);
	nrs_selftest_hit(b->test, made_sighted(&b->made));
}

static bool made(struct bench *b, const char *name)
{
	made_hit(&b->made, "192.0.2.77", "192.0.2.53", NOW);
	made_text(&b->made, NRS_F_DNS_QUERY, name);
	return nrs_selftest_made(b->test, made_sighted(&b->made));
}

static enum nrs_selftest_answer ask(struct bench *b, bool with_wire,
				    int64_t after_s)
{
	nrs_text_clear(&b->said);
	return nrs_selftest_ask(b->test, with_wire,
				NOW + after_s * NRS_SECOND_NS, &b->said);
}

static bool said(const struct bench *b, const char *word)
{
	return nrs_span_find_text(nrs_text_span(&b->said), word) != SIZE_MAX;
}

static void the_packet_asks_for_the_indicators_name(void **state)
{
	struct nrs_datagram d[NRS_DATAGRAMS_MAX];
	struct nrs_hash_key key;
	struct nrs_text pattern = {0};
	char labels[80] = "";
	struct bench b;

	(void)state;
	nrs_hash_key_init(&key, 0);
	open_bench(&b, false);
	begin(&b);
	assert_int_equal(b.injected, 1);
	assert_int_equal(b.added, 1);
	assert_int_equal(nrs_decode(d, &b.packet, &key), 1);
	assert_int_equal(d[0].proto, 17);
	assert_int_equal(d[0].dst_port, 53);
	assert_int_equal(d[0].payload_got, d[0].payload_len);
	/* RFC 1035 section 4.1: head, labels, A, IN */
	const uint8_t *dns = d[0].data + d[0].payload_off;
	const size_t label = strcspn(b.names[0], ".");
	assert_int_equal(dns[12], label);
	assert_memory_equal(dns + 13, b.names[0], label);
	assert_memory_equal(dns + d[0].payload_len - 5, "\0\0\1\0\1", 5);
	assert_int_equal(d[0].payload_len, 12 + strlen(b.names[0]) + 2 + 4);

	nrs_set_pattern(b.made.set, 0, &pattern);
	nrs_text_putc(&pattern, '\0');
	assert_non_null(strstr((const char *)pattern.ptr, b.names[0]));
	assert_non_null(strstr((const char *)pattern.ptr, b.names[1]));
	const struct nrs_span said =
		nrs_indicator_background(nrs_set_at(b.made.set, 0))->labels;
	(void)snprintf(labels, sizeof(labels), "%.*s", (int)said.len,
		       (const char *)said.ptr);
	assert_string_equal(labels, "exercise:selftest");
	nrs_text_fini(&pattern);
	close_bench(&b);
	assert_false(is_there());
}

static void it_passes_when_its_hit_was_told_and_stored(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned int has_spool = 0; has_spool < 2; has_spool++) {
		open_bench(&b, has_spool);
		begin(&b);
		assert_int_equal(ask(&b, false, 1), NRS_SELFTEST_UNDER_WAY);
		assert_int_equal(b.injected, 2); /* again, until it is seen */
		nrs_selftest_stored(b.test);	 /* of other hits */
		hit_of(&b, b.names[0]);
		if (has_spool) {
			assert_int_equal(ask(&b, false, 2),
					 NRS_SELFTEST_UNDER_WAY);
			nrs_selftest_stored(b.test);
		}
		assert_int_equal(b.injected, 2);
		assert_true(is_there());
		assert_int_equal(ask(&b, false, 3), NRS_SELFTEST_PASSED);
		assert_true(said(&b, "matched and told"));
		assert_true(said(&b, "does not prove that the mirror"));
		assert_int_equal(said(&b, "the spool took it"), has_spool);
		assert_false(is_there());
		assert_int_equal(ask(&b, false, 4), NRS_SELFTEST_NONE);
		/* what comes late is none of the traffic's, either */
		assert_true(made(&b, b.names[0]));
		assert_false(made(&b, "another.example"));
		close_bench(&b);
	}
}

static void without_a_hit_it_fails_in_time(void **state)
{
	struct bench b;

	(void)state;
	open_bench(&b, false);
	begin(&b);
	hit_of(&b, "another.example");
	hit_of(&b, b.names[1]);
	assert_int_equal(ask(&b, false, 19), NRS_SELFTEST_UNDER_WAY);
	assert_int_equal(ask(&b, false, 20), NRS_SELFTEST_FAILED);
	assert_true(said(&b, "FAILED: a packet that was put in front"));
	assert_false(is_there());
	close_bench(&b);
}

static void the_name_in_another_indicator_is_no_hit_of_it(void **state)
{
	struct bench b;

	(void)state;
	open_bench(&b, false);
	begin(&b);
	assert_true(made(&b, b.names[0]));
	nrs_set_free(b.made.set);
	made_set(&b.made, NRS_TLP_CLEAR, NULL);
	assert_false(made(&b, b.names[0]));
	hit_of(&b, b.names[0]);
	assert_int_equal(ask(&b, false, 1), NRS_SELFTEST_UNDER_WAY);
	close_bench(&b);
}

static void the_wire_counts_by_the_other_name(void **state)
{
	struct bench b;

	(void)state;
	open_bench(&b, false);
	begin(&b);
	hit_of(&b, b.names[0]);
	assert_int_equal(ask(&b, true, 1), NRS_SELFTEST_UNDER_WAY);
	hit_of(&b, b.names[1]);
	assert_int_equal(ask(&b, true, 2), NRS_SELFTEST_PASSED);
	assert_true(said(&b, "seen on the wire"));
	assert_false(said(&b, "does not prove"));
	begin(&b);
	hit_of(&b, b.names[0]);
	assert_int_equal(ask(&b, true, 20), NRS_SELFTEST_FAILED);
	assert_true(said(&b, "not seen on the wire"));
	close_bench(&b);
}

static void nothing_stays_when_nobody_asks(void **state)
{
	struct bench b;

	(void)state;
	open_bench(&b, false);
	begin(&b);
	nrs_selftest_look(b.test, NOW + 30 * NRS_SECOND_NS);
	assert_true(is_there());
	nrs_selftest_look(b.test, NOW + 40 * NRS_SECOND_NS);
	assert_false(is_there());
	assert_int_equal(b.added, 2);
	close_bench(&b);
	nrs_selftest_hit(NULL, NULL);
	assert_false(nrs_selftest_made(NULL, NULL));
	nrs_selftest_stored(NULL);
	nrs_selftest_free(NULL);
}

static void without_a_folder_there_is_none(void **state)
{
	const struct nrs_selftest_options options = {.has_lines = true};
	struct nrs_selftest *test = NULL;
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_selftest_new(&test, &options), NRS_OK);
	assert_int_equal(nrs_selftest_begin(test, NOW, &out),
			 NRS_SELFTEST_FAILED);
	assert_true(nrs_span_find_text(nrs_text_span(&out), "state.dir") !=
		    SIZE_MAX);
	nrs_text_fini(&out);
	nrs_selftest_free(test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_packet_asks_for_the_indicators_name),
		cmocka_unit_test(it_passes_when_its_hit_was_told_and_stored),
		cmocka_unit_test(without_a_hit_it_fails_in_time),
		cmocka_unit_test(the_name_in_another_indicator_is_no_hit_of_it),
		cmocka_unit_test(the_wire_counts_by_the_other_name),
		cmocka_unit_test(nothing_stays_when_nobody_asks),
		cmocka_unit_test(without_a_folder_there_is_none),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
