/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fanout: the program in the kernel sends a frame to the worker that owns
 * its shard by the decoder of ours, which is the oracle here: of frames that
 * were recorded, and of frames made by hand.
 */
#include "capture/source/fanout.h"

#include "capture/bpf/pair_hash.h"
#include "capture/source/source.h"
#include "tests/capture/frames.h"

#define WORKERS 7u

static struct nrs_hash_key key;
static struct nrs_fanout *fanout;

static int setup(void **state)
{
	struct nrs_diag diag = {0};

	(void)state;
	nrs_hash_key_init(&key, 20261121);
	if (nrs_fanout_new(&fanout, &key, WORKERS, &diag) != NRS_OK) {
		print_message("%s\n", diag.text);
		exit(NRS_SKIP);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nrs_fanout_free(fanout);
	return 0;
}

static void both_sides_hash_a_pair_alike(void **state)
{
	uint64_t z = 1;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		nrs_u64 words[4], secret[4];

		for (int k = 0; k < 4; k++)
			words[k] = z = z * UINT64_C(6364136223846793005) + 1;
		memcpy(secret, key.secret, sizeof(secret));
		assert_int_equal(
			nrs_pair_xxh3(words, secret),
			nrs_hash(&key, nrs_span(words, sizeof(words))));
		assert_int_equal(nrs_pair_shard(words, words + 2, secret),
				 nrs_pair_shard(words + 2, words, secret));
	}
}

/* The worker that owns what is inside of @packet; -1: nobody. */
static int owner(const struct nrs_packet *packet)
{
	struct nrs_datagram d[NRS_DATAGRAMS_MAX];
	const int count = nrs_decode(d, packet, &key);

	return count > 0 ? (int)(d[count - 1].shard % WORKERS) : -1;
}

static unsigned int compare(const char *path, unsigned int *asked)
{
	static struct nrs_packet packets[4096];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct nrs_source *source;
	unsigned int same = 0;
	int count;

	if (nrs_source_open(&source, path, NULL, NULL) != NRS_OK)
		return 0;
	while ((count = nrs_source_read(source, packets, 4096, block, NULL)) >
	       0) {
		for (int i = 0; i < count; i++) {
			const struct nrs_packet *p = &packets[i];
			const int worker = owner(p);

			if (p->linktype != NRS_LINK_ETHERNET || worker < 0)
				continue;
			const int said = nrs_fanout_try(fanout, p->span);
			if (said == NRS_E_IO)
				continue; /* too short for the kernel */
			++*asked;
			same += said == worker;
		}
	}
	nrs_source_close(source);
	return same;
}

static void recorded_frames_go_to_their_owners(void **state)
{
	char path[4096];
	unsigned int asked = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/data/demo.pcap",
		 nrs_test_source());
	const unsigned int same = compare(path, &asked);
	assert_true(asked > 100);
	assert_int_equal(same, asked);
}

/* Tags, labels and tunnels. (What is rare, 802.11 within GRE or GTP-U, goes by
 * its outer pair, and the workers hand it over.) */
static void captures_of_others_go_to_their_owners(void **state)
{
	static const char *const names[] = {
		"ndpi/default/pcap/gre.pcapng",
		"ndpi/default/pcap/vxlan.pcap",
		"zeek/erspan.pcap",
		"zeek/mixed-vlan-mpls.pcap",
		"zeek/pppoe.pcap",
		"zeek/tunnels/4in4.pcap",
		"zeek/tunnels/geneve-47101.pcap",
		"zeek/tunnels/gre-erspan3-dot1q.pcap",
		"zeek/tunnels/gre-sample.pcap",
		"suricata-verify/decode-erspan-typeI-02/input.pcap",
		"suricata-verify/decode-erspan-typeII-01/input.pcap",
		"suricata-verify/geneve-decoder/input.pcap",
		"suricata-verify/vxlan-decoder-02/vxlan.pcap",
	};
	char path[4096], root[3072];
	unsigned int asked = 0, same = 0;

	(void)state;
	if (!nrs_test_shared("corpus/pcap", root, sizeof(root))) {
		print_message("../shared is not there\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const unsigned int asked_before = asked, same_before = same;

		snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		same += compare(path, &asked);
		print_message("%s: %u of %u\n", names[i], same - same_before,
			      asked - asked_before);
	}
	assert_true(asked > 50);
	assert_int_equal(same, asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_hash_a_pair_alike),
		cmocka_unit_test(recorded_frames_go_to_their_owners),
		cmocka_unit_test(captures_of_others_go_to_their_owners),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
