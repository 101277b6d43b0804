/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_witness: what a hit says survives its set, goes to a file and comes
 * back, and bytes that are none are refused whatever is wrong with them.
 */
#include "sightings/witness.h"

#include "tests/sightings/made_hit.h"

struct bench {
	struct made_hit made;
	struct nrs_witness *w;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_witness_free(b->w);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

static void witness(struct bench *b, const char *own)
{
	nrs_witness_free(b->w);
	assert_int_equal(
		nrs_witness_new(&b->w, made_usual(&b->made, own, MADE_NS)),
		NRS_OK);
}

static void all_is_there_when_the_set_is_gone(void **state)
{
	struct bench *b = *state;
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	char own[NRS_ADDR_LEN], peer[NRS_ADDR_LEN];

	witness(b, "10.0.0.5");
	nrs_set_free(b->made.set);
	b->made.set = NULL;
	memset(&b->made.record, 0xee, sizeof(b->made.record));
	assert_true(
		nrs_span_is(nrs_witness_text(b->w, NRS_WITNESS_ID), MADE_ID));
	assert_true(nrs_span_is(nrs_witness_text(b->w, NRS_WITNESS_SOURCE),
				"isac-a/alerts"));
	assert_int_equal(nrs_witness_text(b->w, NRS_WITNESS_NAME).len, 0);
	const struct nrs_witness_head *head = nrs_witness_head(b->w);
	assert_true(head->modified_ns == MADE_NS - 1000 * NRS_SECOND_NS);
	assert_int_equal(head->confidence, 85);
	assert_int_equal(head->tlp, NRS_TLP_AMBER);
	assert_int_equal(head->direction, NRS_DIRECTION_OUT);
	assert_int_equal(head->outcome, NRS_OUTCOME_ATTEMPTED);
	assert_false(head->is_value);
	(void)nrs_addr_format(nrs_witness_own(b->w), own);
	(void)nrs_addr_format(nrs_witness_peer(b->w), peer);
	assert_string_equal(own, "10.0.0.5");
	assert_string_equal(peer, "198.51.100.23");
	assert_int_equal(nrs_hit_values(nrs_witness_hit(b->w), values), 1);
	assert_true(nrs_span_is(values[0].value, "c2.example"));
}

static void a_lists_value_has_a_pattern_and_its_name(void **state)
{
	struct bench *b = *state;

	nrs_set_free(b->made.set);
	made_set(&b->made, NRS_TLP_GREEN, "c2.example");
	witness(b, "10.0.0.5");
	assert_true(nrs_witness_head(b->w)->is_value);
	assert_true(nrs_span_is(nrs_witness_text(b->w, NRS_WITNESS_NAME),
				"c2.example"));
	assert_true(nrs_span_is(nrs_witness_text(b->w, NRS_WITNESS_PATTERN),
				"[domain-name:value = 'c2.example']"));
	assert_true(nrs_span_starts(nrs_witness_text(b->w, NRS_WITNESS_ID),
				    "indicator--"));
}

static void what_is_read_back_is_the_same(void **state)
{
	struct bench *b = *state;
	struct nrs_witness *back = NULL;

	witness(b, "10.0.0.5");
	assert_int_equal(nrs_witness_read(&back, nrs_witness_bytes(b->w)),
			 NRS_OK);
	assert_true(nrs_span_equal(nrs_witness_bytes(back),
				   nrs_witness_bytes(b->w)));
	assert_true(nrs_witness_same(back, b->w));
	assert_true(nrs_witness_hash(back) == nrs_witness_hash(b->w));
	nrs_witness_free(back);
}

static void the_last_reference_frees(void **state)
{
	struct bench *b = *state;

	witness(b, "10.0.0.5");
	assert_ptr_equal(nrs_witness_ref(b->w), b->w);
	nrs_witness_free(b->w); /* asan tells if that was the last */
	assert_true(nrs_witness_bytes(b->w).len > 0);
	nrs_witness_free(NULL);
}

static void the_own_host_tells_them_apart_and_the_peer_does_not(void **state)
{
	struct bench *b = *state;
	struct nrs_witness *other = NULL;

	witness(b, "10.0.0.5");
	made_hit(&b->made, "10.0.0.5", "203.0.113.9", MADE_NS + 7);
	made_text(&b->made, NRS_F_DNS_QUERY, "c2.example");
	assert_int_equal(nrs_witness_new(&other, made_sighted(&b->made)),
			 NRS_OK);
	assert_true(nrs_witness_same(b->w, other));
	assert_true(nrs_witness_hash(b->w) == nrs_witness_hash(other));
	nrs_witness_free(other);
	assert_int_equal(
		nrs_witness_new(&other,
				made_usual(&b->made, "10.0.0.6", MADE_NS)),
		NRS_OK);
	assert_false(nrs_witness_same(b->w, other));
	nrs_witness_free(other);
}

static void in_transit_the_pair_tells_them_apart(void **state)
{
	struct bench *b = *state;
	struct nrs_witness *other = NULL;

	made_hit(&b->made, "192.0.2.1", "203.0.113.9", MADE_NS);
	made_text(&b->made, NRS_F_DNS_QUERY, "c2.example");
	assert_int_equal(nrs_witness_new(&b->w, made_sighted(&b->made)),
			 NRS_OK);
	made_hit(&b->made, "192.0.2.1", "203.0.113.10", MADE_NS);
	made_text(&b->made, NRS_F_DNS_QUERY, "c2.example");
	assert_int_equal(nrs_witness_new(&other, made_sighted(&b->made)),
			 NRS_OK);
	assert_false(nrs_witness_same(b->w, other));
	nrs_witness_free(other);
}

/* How reading @bytes ends; never a witness and an error at once. */
static int read_error(struct nrs_span bytes)
{
	struct nrs_witness *w = NULL;
	const int err = nrs_witness_read(&w, bytes);

	assert_true((err == NRS_OK) == (w != NULL));
	nrs_witness_free(w);
	return err;
}

static void bytes_cut_anywhere_are_refused(void **state)
{
	struct bench *b = *state;

	witness(b, "10.0.0.5");
	const struct nrs_span whole = nrs_witness_bytes(b->w);
	for (size_t len = 0; len < whole.len; len++) {
		uint8_t *cut = malloc(len + 1); /* asan sees a read behind */

		assert_non_null(cut);
		memcpy(cut, whole.ptr, len);
		assert_int_equal(read_error(nrs_span(cut, len)), NRS_E_FORMAT);
		free(cut);
	}
	assert_int_equal(read_error(whole), NRS_OK);
}

static void values_have_the_length_of_their_kind(void **state)
{
	static const struct {
		enum nrs_field field;
		size_t len; /* that it must have */
	} rows[] = {
		{NRS_F_IP_DST, 16},  {NRS_F_DNS_A, 16}, {NRS_F_MAC_SRC, 6},
		{NRS_F_DST_PORT, 8}, {NRS_F_START, 8},
	};
	static const uint8_t octets[32] = {1};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t len = 0; len <= 24; len++) {
			made_hit(&b->made, "10.0.0.5", "192.0.2.1", MADE_NS);
			made_value(&b->made, rows[i].field, octets, len);
			nrs_witness_free(b->w);
			assert_int_equal(
				nrs_witness_new(&b->w, made_sighted(&b->made)),
				NRS_OK);
			if (read_error(nrs_witness_bytes(b->w)) !=
			    (len == rows[i].len ? NRS_OK : NRS_E_FORMAT))
				fail_msg("%s of %zu octets",
					 nrs_field_table[rows[i].field].name,
					 len);
		}
	}
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(all_is_there_when_the_set_is_gone),
		NRS_T(a_lists_value_has_a_pattern_and_its_name),
		NRS_T(what_is_read_back_is_the_same),
		NRS_T(the_last_reference_frees),
		NRS_T(the_own_host_tells_them_apart_and_the_peer_does_not),
		NRS_T(in_transit_the_pair_tells_them_apart),
		NRS_T(bytes_cut_anywhere_are_refused),
		NRS_T(values_have_the_length_of_their_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
