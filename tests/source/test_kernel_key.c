/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernel_key: what makes two flows of one pair of addresses and ports in
 * the kernel's table: the same tags and tunnels as in user space
 * (contracts.md 3). Wants root.
 */
#include "capture/bpf/flow_event.h"

#include "tests/capture/frames.h"
#include "tests/source/sent_up.h"

#define EACH 5u /* frames of each of the two */

/* Behind an outer IP header: up to the frame inside. */
#define TO_VXLAN "\xc0\0\x12\xb5\0\x3e\0\0"
#define TO_GENEVE "\xc0\0\x17\xc1\0\x3e\0\0"
#define MACS "\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
#define IP "\x08\0"
#define VXLAN(vni) TO_VXLAN "\x08\0\0\0" vni "\0" MACS IP
#define GENEVE(vni) TO_GENEVE "\0\0\x65\x58" vni "\0" MACS IP
#define IPV4(len, proto)                                                       \
	"\x45\0\0" len "\0\0\0\0\x40" proto "\0\0"                             \
	"\xc0\0\x02\x0b\xc0\0\x02\x0c"
#define GRE(key) "\x20\0\x08\0" key

/* Octets of a literal, a NUL among them or not. */
#define OCTETS(text) text, sizeof(text) - 1

/* Two ways to wrap the same datagram. */
static const struct row {
	const char *name;
	uint8_t proto; /* that carries it; 0: tags before its IP header */
	const char *one;
	size_t one_len;
	const char *other;
	size_t other_len;
	bool is_apart;
} rows[] = {
	{"none and a VLAN", 0, OCTETS(IP), OCTETS("\x81\0\0\x0a" IP), true},
	{"two VLANs", 0, OCTETS("\x81\0\0\x0a" IP), OCTETS("\x81\0\0\x0b" IP),
	 true},
	{"two VLANs, high bits", 0, OCTETS("\x81\0\x01\x0a" IP),
	 OCTETS("\x81\0\x0f\x0a" IP), true},
	{"other kinds of tag", 0, OCTETS("\x88\xa8\0\x0a" IP),
	 OCTETS("\x91\0\0\x0b" IP), true},
	{"the same VLAN by another tag", 0, OCTETS("\x81\0\0\x0a" IP),
	 OCTETS("\x88\xa8\0\x0a" IP), false},
	{"priorities", 0, OCTETS("\x81\0\x20\x0a" IP),
	 OCTETS("\x81\0\xf0\x0a" IP), false},
	{"a priority alone", 0, OCTETS(IP), OCTETS("\x81\0\xe0\0" IP), false},
	{"two outer VLANs", 0, OCTETS("\x88\xa8\0\x05\x81\0\0\x0a" IP),
	 OCTETS("\x88\xa8\0\x06\x81\0\0\x0a" IP), true},
	{"two inner VLANs", 0, OCTETS("\x88\xa8\0\x05\x81\0\0\x0a" IP),
	 OCTETS("\x88\xa8\0\x05\x81\0\0\x0b" IP), false},
	{"a priority, then two VLANs", 0, OCTETS("\x81\0\0\0\x81\0\0\x0a" IP),
	 OCTETS("\x81\0\0\0\x81\0\0\x0b" IP), false},
	{"two of VXLAN", 17, OCTETS(VXLAN("\0\0\x07")),
	 OCTETS(VXLAN("\0\0\x08")), true},
	{"two of VXLAN, high bits", 17, OCTETS(VXLAN("\x01\0\x07")),
	 OCTETS(VXLAN("\x02\0\x07")), true},
	{"two of GENEVE", 17, OCTETS(GENEVE("\0\0\x07")),
	 OCTETS(GENEVE("\0\x01\x07")), true},
	{"a reserved octet", 17, OCTETS(VXLAN("\0\0\x07")),
	 OCTETS(TO_VXLAN "\x08\0\0\0\0\0\x07\x55" MACS IP), false},
	{"keys, which each side chooses", 47, OCTETS(GRE("\0\0\0\x07")),
	 OCTETS(GRE("\0\0\0\x08")), false},
	{"VLANs inside of VXLAN", 17,
	 OCTETS(TO_VXLAN "\x08\0\0\0\0\0\x07\0" MACS "\x81\0\0\x0a" IP),
	 OCTETS(TO_VXLAN "\x08\0\0\0\0\0\x07\0" MACS "\x81\0\0\x0b" IP), true},
	{"around VXLAN, two VLANs", 0,
	 OCTETS("\x81\0\0\x0a" IP IPV4("\x52", "\x11") VXLAN("\0\0\x07")),
	 OCTETS("\x81\0\0\x0b" IP IPV4("\x52", "\x11") VXLAN("\0\0\x07")),
	 true},
	{"IP inside of two of VXLAN", 17,
	 OCTETS(VXLAN("\0\0\x07") IPV4("\x34", "\x04")),
	 OCTETS(VXLAN("\0\0\x08") IPV4("\x34", "\x04")), true},
};

static void wrap(struct frame *f, uint8_t proto, const char *head, size_t len)
{
	struct frame inner;

	frame_udp(&inner, 1, 2, 40000, 9999);
	f->len = 0;
	if (proto == 0)
		frame_put(f, inner.bytes, 12);
	else
		frame_ipv4(f, proto, 7, 9, len + inner.len - 14);
	frame_put(f, head, len);
	frame_put(f, inner.bytes + 14, inner.len - 14);
}

/* Does user space put both into one flow, and those around it, too? */
static bool are_the_same_flows(const struct frame *one,
			       const struct frame *other)
{
	const struct nrs_hash_key key = {{0}};
	const struct nrs_packet of_one = frame_packet(one, 0, 0),
				of_other = frame_packet(other, 0, 0);
	struct nrs_datagram a[NRS_DATAGRAMS_MAX], b[NRS_DATAGRAMS_MAX];
	const int count = nrs_decode(a, &of_one, &key);

	assert_true(count > 0);
	assert_int_equal(nrs_decode(b, &of_other, &key), count);
	assert_int_equal(a[count - 1].dst_port, 9999);
	assert_int_equal(b[count - 1].dst_port, 9999);
	for (int i = 0; i < count; i++) {
		if (a[i].hash != b[i].hash)
			return false;
	}
	return true;
}

static void flows_are_told_apart_as_in_user_space(void **state)
{
	for (const struct row *r = rows;
	     r < rows + sizeof(rows) / sizeof(*rows); r++) {
		struct frame one, other;

		print_message("%s\n", r->name);
		wrap(&one, r->proto, r->one, r->one_len);
		wrap(&other, r->proto, r->other, r->other_len);
		assert_int_equal(are_the_same_flows(&one, &other),
				 !r->is_apart);
		assert_int_equal(setup(state), 0);
		for (unsigned int i = 0; i < EACH; i++) {
			send_bytes(one.bytes, one.len);
			send_bytes(other.bytes, other.len);
		}
		nrs_kernel_flows_finish(flows);
		collect();
		assert_int_equal(got.reports, r->is_apart ? 2 : 1);
		assert_int_equal(got.report.packets[0],
				 r->is_apart ? EACH : 2 * EACH);
		assert_int_equal(teardown(state), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_are_told_apart_as_in_user_space),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
