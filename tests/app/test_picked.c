/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_picked: which packets belong to a flow that hit, and what is said at
 * them: by key, range and shard, so that the next flow of the same ports is
 * another one.
 */
#include "app/picked.h"
#include "capture/decode/decode.h"
#include "tests/capture/frames.h"
#include "tests/sightings/one_indicator.h"

static struct nrs_hash_key key;
static int setup(void **state)
{
	nrs_hash_key_init(&key, 0);
	return open_set(state);
}

static struct nrs_datagram udp(struct frame *f, uint8_t from, uint8_t to,
			       uint64_t ordinal)
{
	struct nrs_datagram d;

	frame_udp(f, from, to, from == 1 ? 5000 : 53, from == 1 ? 53 : 5000);
	const struct nrs_packet packet = frame_packet(f, ordinal, 1);
	assert_int_equal(frame_decode(&d, &packet, &key), 1);
	return d;
}

/* A hit at @ordinal (phase 1: at the flow's end) on the flow of @d. */
static void hit(struct nrs_picked *picked, const struct nrs_datagram *d,
		uint64_t ordinal, uint8_t phase)
{
	struct one_hit h = {.hit = {.head = {.shard = d->shard,
					     .session = 1,
					     .phase = phase,
					     .ordinal = ordinal},
				    .flow = {.src = nrs_datagram_src(d),
					     .dst = nrs_datagram_dst(d),
					     .src_port = d->src_port,
					     .dst_port = d->dst_port,
					     .proto = d->proto,
					     .id = 4}}};
	struct nrs_sighted sighted;

	one_hit_asks(&h);
	nrs_sighted_read(&sighted, &h.hit, set, &home);
	assert_int_equal(nrs_picked_hit(picked, &sighted), NRS_OK);
}

static void packets_of_the_flow_and_no_others(void **state)
{
	struct nrs_picked *picked = NULL;
	struct nrs_text comment = {0};
	struct frame f;

	(void)state;
	assert_int_equal(nrs_picked_new(&picked, &key), NRS_OK);
	struct nrs_datagram d = udp(&f, 1, 2, 10);
	hit(picked, &d, 10, 0);
	hit(picked, &d, 99, 1);
	const struct nrs_record_flow end = {
		.head = {.session = 1, .shard = d.shard},
		.id = 4,
		.first_ordinal = 10,
		.last_ordinal = 20};
	nrs_picked_flow(picked, &end);
	assert_int_equal(nrs_picked_sort(picked), NRS_OK);
	/* its first packet, with what hit in it, defanged */
	assert_true(nrs_picked_find(picked, 1, &d, &comment));
	assert_true(nrs_span_is(nrs_text_span(&comment),
				"indicator--1: dns.query c2[.]example "
				"(exact)"));
	/* the other side, in the middle: nothing to say */
	nrs_text_clear(&comment);
	d = udp(&f, 2, 1, 15);
	assert_true(nrs_picked_find(picked, 1, &d, &comment));
	assert_int_equal(comment.len, 0);
	/* the last one says what was decided at the end */
	d = udp(&f, 2, 1, 20);
	assert_true(nrs_picked_find(picked, 1, &d, &comment));
	assert_true(comment.len > 0);
	/* before and after it, another session, another host */
	d = udp(&f, 1, 2, 9);
	assert_false(nrs_picked_find(picked, 1, &d, &comment));
	d = udp(&f, 1, 2, 21);
	assert_false(nrs_picked_find(picked, 1, &d, &comment));
	d = udp(&f, 1, 2, 15);
	assert_false(nrs_picked_find(picked, 2, &d, &comment));
	d = udp(&f, 1, 3, 15);
	assert_false(nrs_picked_find(picked, 1, &d, &comment));
	assert_int_equal(nrs_picked_refused(picked), 0);
	nrs_text_fini(&comment);
	nrs_picked_free(picked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_the_flow_and_no_others),
	};

	return cmocka_run_group_tests(tests, setup, close_set);
}
