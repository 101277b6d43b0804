/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_handover: what one worker received and another owns arrives there whole,
 * in order, and what finds no room is counted.
 */
#include "capture/handover.h"

#include "capture/decode/defrag.h"
#include "tests/capture/frames.h"

#define WORKERS 4u

struct bench {
	struct nrs_handover *handover;
	struct nrs_round round;
	struct nrs_defrag *defrag;
	struct nrs_hash_key key;
	struct nrs_counters counters;
};

static int setup(void **state)
{
	struct bench *b = aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	if (b == NULL)
		return -1;
	memset(b, 0, sizeof(*b));
	*state = b;
	nrs_hash_key_init(&b->key, 1);
	nrs_defrag_new(&b->defrag);
	return nrs_handover_new(&b->handover, WORKERS) != 0 ||
	       nrs_round_init(&b->round, WORKERS) != 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_handover_free(b->handover);
	nrs_handover_free(NULL);
	nrs_round_fini(&b->round);
	nrs_defrag_free(b->defrag);
	free(b);
	return 0;
}

/* @count datagrams to hosts 1.. with their number as payload. */
static void fill(struct bench *b, unsigned int count, size_t payload)
{
	static struct frame frames[1024];

	nrs_round_begin(&b->round, 1);
	for (unsigned int i = 0; i < count; i++) {
		struct frame *f = &frames[i];

		frame_ipv4(f, 17, 200, (uint8_t)(i % 199 + 1), 8 + payload);
		frame_put_u16(f, 5000);
		frame_put_u16(f, 9);
		frame_put_u16(f, (unsigned int)(8 + payload));
		frame_put_u16(f, 0);
		for (size_t at = 0; at < payload; at += 2)
			frame_put_u16(f, i);
		const struct nrs_packet packet = frame_packet(f, i, 0);
		assert_int_equal(nrs_round_add(&b->round, &packet, &b->key,
					       b->defrag, &b->counters),
				 1);
	}
}

static unsigned int number_of(const struct nrs_datagram *d)
{
	const uint8_t *payload = d->data + d->payload_off;

	assert_true(d->payload_got >= 2);
	assert_memory_equal(payload, payload + d->payload_got - 2, 2);
	return (unsigned int)payload[0] << 8 | payload[1];
}

static void datagrams_arrive_whole_and_in_order(void **state)
{
	struct bench *b = *state;
	unsigned int arrived = 0, own = 0;

	fill(b, 800, 100);
	nrs_handover_send(b->handover, 0, &b->round, &b->counters);
	own = b->round.picked_count[0];
	/* the round is filled anew before the others look */
	memset(b->round.datagrams, 0, 800 * sizeof(*b->round.datagrams));
	for (unsigned int to = 1; to < WORKERS; to++) {
		struct nrs_parcel *parcel;
		int last = -1;

		while ((parcel = nrs_handover_receive(b->handover, to)) !=
		       NULL) {
			assert_int_equal(parcel->from, 0);
			for (uint32_t i = 0; i < parcel->count; i++) {
				const struct nrs_datagram *d =
					&parcel->datagrams[i];

				assert_int_equal(
					nrs_shard_owner(d->shard, WORKERS), to);
				assert_true(d->data >= parcel->bytes);
				assert_true((int)number_of(d) > last);
				last = (int)number_of(d);
				arrived++;
			}
			nrs_handover_done(b->handover, to, parcel);
		}
	}
	assert_int_equal(arrived + own, 800);
	assert_int_equal(b->counters.value[NRS_C_HANDED_OVER], arrived);
	assert_int_equal(b->counters.value[NRS_C_HANDED_LOST], 0);
	assert_null(nrs_handover_receive(b->handover, 0));
}

static void what_finds_no_room_is_counted(void **state)
{
	struct bench *b = *state;
	uint64_t sent = 0, arrived = 0;
	struct nrs_parcel *parcel;

	/* nobody takes anything */
	for (int round = 0; round < 10; round++) {
		fill(b, 800, 1400);
		nrs_handover_send(b->handover, 0, &b->round, &b->counters);
		sent += 800 - b->round.picked_count[0];
	}
	assert_true(b->counters.value[NRS_C_HANDED_LOST] > 0);
	assert_int_equal(b->counters.value[NRS_C_HANDED_OVER] +
				 b->counters.value[NRS_C_HANDED_LOST],
			 sent);
	for (unsigned int to = 1; to < WORKERS; to++) {
		while ((parcel = nrs_handover_receive(b->handover, to)) !=
		       NULL) {
			arrived += parcel->count;
			nrs_handover_done(b->handover, to, parcel);
		}
	}
	assert_int_equal(arrived, b->counters.value[NRS_C_HANDED_OVER]);
	/* and then there is room again */
	memset(&b->counters, 0, sizeof(b->counters));
	fill(b, 100, 1400);
	nrs_handover_send(b->handover, 0, &b->round, &b->counters);
	assert_int_equal(b->counters.value[NRS_C_HANDED_LOST], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			datagrams_arrive_whole_and_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(what_finds_no_room_is_counted,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
