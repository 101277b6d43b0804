/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packets: the second pass writes the packets of the flows that hit, all
 * of them and no others, with what hit as a comment.
 */
#include "app/packets.h"

#include "capture/source/source.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"
#include "tests/capture/made_capture.h"

static struct nrs_hash_key key;
static struct nrs_set *set;
static struct nrs_home_nets home;
static char capture[WORKSHOP_PATH];

static int setup(void **state)
{
	static const char *const names[] = {"a.example", "b.example",
					    "c.example", NULL};
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of("[a:b = 1]"),
					   .confidence = -1};
	uint32_t source;

	nrs_hash_key_init(&key, 0);
	nrs_home_nets_default(&home);
	if (workshop_open(state) != 0 || nrs_set_new(&set) != NRS_OK ||
	    nrs_set_source(set, nrs_span_of("t"), nrs_span_of("t"), &source) !=
		    NRS_OK ||
	    nrs_set_add(set, &item) != NRS_OK || nrs_set_settle(set) != NRS_OK)
		return -1;
	(void)snprintf(capture, sizeof(capture), "%s",
		       workshop_path("three.pcap"));
	made_questions(capture, names);
	return 0;
}

static int teardown(void **state)
{
	nrs_set_free(set);
	return workshop_close(state);
}

struct seen {
	struct nrs_picked *picked;
	unsigned int which; /* packet that hits, from 0 */
	unsigned int count;
};

/* As the first pass would: a hit in packet @which, whose flow is that packet
 * alone. */
static void pick(void *ctx, uint32_t session, const struct nrs_packet *packet,
		 const struct nrs_datagram *d, unsigned int datagrams)
{
	struct {
		struct nrs_record_hit hit;
		struct nrs_record_value value;
		uint8_t octets[16];
	} h = {.value = {.field = NRS_F_DNS_QUERY, .len = 9},
	       .octets = "b.example"};
	struct seen *seen = ctx;
	struct nrs_sighted sighted;

	(void)packet;
	assert_int_equal(datagrams, 1);
	if (seen->count++ != seen->which)
		return;
	h.hit = (struct nrs_record_hit){.head = {.bytes = sizeof(h),
						 .shard = d->shard,
						 .session = session,
						 .ordinal = d->ordinal},
					.flow = {.src = nrs_datagram_src(d),
						 .dst = nrs_datagram_dst(d),
						 .src_port = d->src_port,
						 .dst_port = d->dst_port,
						 .proto = d->proto,
						 .id = 1},
					.value_count = 1};
	nrs_sighted_read(&sighted, &h.hit, set, &home);
	assert_int_equal(nrs_picked_hit(seen->picked, &sighted), NRS_OK);
	const struct nrs_record_flow end = {.head = h.hit.head,
					    .id = 1,
					    .first_ordinal = d->ordinal,
					    .last_ordinal = d->ordinal};
	nrs_picked_flow(seen->picked, &end);
}

static void nothing_is_wrong(void *ctx, const char *path, int err,
			     const struct nrs_diag *diag)
{
	(void)ctx, (void)err;
	fail_msg("%s: %s", path, diag->text);
}

static const char *const paths[] = {capture};

static struct nrs_reader_options reading(void)
{
	return (struct nrs_reader_options){.paths = paths,
					   .path_count = 1,
					   .from_ns = NRS_TIME_MIN,
					   .to_ns = NRS_TIME_MAX,
					   .key = &key};
}

static struct nrs_picked *first_pass(unsigned int which)
{
	struct seen seen = {.which = which};
	struct nrs_reader_options options = reading();
	struct nrs_reader *reader = NULL;
	struct nrs_round round = {0};

	assert_int_equal(nrs_picked_new(&seen.picked, &key), NRS_OK);
	options.packet = pick;
	options.packet_ctx = &seen;
	assert_int_equal(nrs_reader_new(&reader, &options), NRS_OK);
	assert_int_equal(nrs_round_init(&round, 1), NRS_OK);
	while (nrs_reader_next(reader, &round, nothing_is_wrong, NULL) == 1)
		;
	nrs_round_fini(&round);
	nrs_reader_free(reader);
	return seen.picked;
}

static int write_packets(const char *path, struct nrs_picked *picked,
			 uint64_t *written)
{
	const struct nrs_reader_options options = reading();

	spoken_begin();
	const int err = nrs_packets_write(path, picked, &options, written);
	spoken_end();
	return err;
}

static void the_packets_of_the_flow_and_no_others(void **state)
{
	static struct nrs_packet packets[8];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct nrs_picked *picked = first_pass(1);
	struct nrs_source *source = NULL;
	uint64_t written = 9;

	(void)state;
	const char *out = workshop_path("out.pcapng");
	assert_int_equal(write_packets(out, picked, &written), NRS_OK);
	assert_string_equal(SPOKEN_ERR, "");
	assert_int_equal(written, 1);
	assert_int_equal(nrs_source_open(&source, out, NULL, NULL), NRS_OK);
	assert_int_equal(nrs_source_read(source, packets, 8, block, NULL), 1);
	/* the second of the three, as it was */
	assert_true(packets[0].ts_ns ==
		    (MADE_CAPTURE_S + INT64_C(1)) * NRS_SECOND_NS);
	struct frame f;
	frame_asks(&f, 2, 53, "b.example");
	assert_true(nrs_span_equal(packets[0].span, nrs_span(f.bytes, f.len)));
	assert_int_equal(nrs_source_read(source, packets, 8, block, NULL), 0);
	nrs_source_close(source);
	nrs_picked_free(picked);
	/* what hit is said in it, defanged */
	static char file[8192];
	FILE *raw = fopen(out, "rb");
	assert_non_null(raw);
	const size_t len = fread(file, 1, sizeof(file), raw);
	assert_int_equal(fclose(raw), 0);
	assert_true(nrs_span_find_text(nrs_span(file, len),
				       "indicator--1: dns.query "
				       "b[.]example") != SIZE_MAX);
	/* and the capture that it came from, without its folder */
	assert_true(nrs_span_find_text(nrs_span(file, len), "three.pcap") !=
		    SIZE_MAX);
	assert_true(nrs_span_find_text(nrs_span(file, len), workshop) ==
		    SIZE_MAX);
}

static void no_hit_is_an_empty_file_that_reads(void **state)
{
	static struct nrs_packet packets[8];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct nrs_picked *picked = first_pass(99);
	struct nrs_source *source = NULL;
	uint64_t written = 9;

	(void)state;
	const char *out = workshop_path("none.pcapng");
	assert_int_equal(write_packets(out, picked, &written), NRS_OK);
	assert_int_equal(written, 0);
	assert_int_equal(nrs_source_open(&source, out, NULL, NULL), NRS_OK);
	assert_int_equal(nrs_source_read(source, packets, 8, block, NULL), 0);
	nrs_source_close(source);
	nrs_picked_free(picked);
}

static void a_file_that_cannot_be_written_is_said(void **state)
{
	struct nrs_picked *picked = first_pass(1);
	uint64_t written;

	(void)state;
	const char *out = workshop_path("no/such/folder.pcapng");
	assert_int_not_equal(write_packets(out, picked, &written), NRS_OK);
	assert_non_null(strstr(SPOKEN_ERR, out));
	if (access("/dev/full", W_OK) == 0) {
		assert_int_not_equal(
			write_packets("/dev/full", picked, &written), NRS_OK);
		assert_true(SPOKEN_ERR[0] != '\0');
	}
	nrs_picked_free(picked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_packets_of_the_flow_and_no_others),
		cmocka_unit_test(no_hit_is_an_empty_file_that_reads),
		cmocka_unit_test(a_file_that_cannot_be_written_is_said),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
