/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ipfix: messages octet by octet, worked out by hand from RFC 7011
 * sections 3.1 to 3.4, RFC 5103 section 6.1 and IANA's registry of elements.
 */
#include "tests/nrs_test.h"

#include "logs/ipfix.h"
#include "tests/logs/as_made.h"

#define START INT64_C(1772366400104233000) /* 2026-03-01T12:00:00.104233Z */
#define EXPORT 0x69a429ffu

/* 1772366400104 = 0x19ca9450a68, and 1500 ms later. */
#define TIMES "0000019ca9450a68 0000019ca9451044 "

static struct nrs_ipfix *made(const struct nrs_ipfix_options *from)
{
	struct nrs_ipfix_options options = *from;
	struct nrs_ipfix *ipfix = NULL;

	if (options.message_max == 0)
		options.message_max = 1400;
	assert_int_equal(nrs_ipfix_new(&ipfix, &options), NRS_OK);
	return ipfix;
}

static struct nrs_record_ended ended(uint8_t proto, const char *src,
				     const char *dst)
{
	struct nrs_record_ended e = {
		.flow = {.start_ns = START, .proto = proto},
		.last_ns = START + 1500000000,
		.packets = {1, 0},
		.bytes = {60, 0},
		.log = {.shortest = {60, 0}, .longest = {60, 0}},
		.end_reason = NRS_FLOW_END_IDLE};

	assert_int_equal(nrs_addr_parse(nrs_span_of(src), &e.flow.src), NRS_OK);
	assert_int_equal(nrs_addr_parse(nrs_span_of(dst), &e.flow.dst), NRS_OK);
	return e;
}

static struct nrs_record_ended answered(void)
{
	struct nrs_record_ended e = ended(6, "192.0.2.1", "198.51.100.2");

	e.flow.src_port = 51234;
	e.flow.dst_port = 443;
	e.packets[0] = 7;
	e.packets[1] = 5;
	e.bytes[0] = 812;
	e.bytes[1] = 4100;
	e.log = (struct nrs_flow_log){.shortest = {52, 60},
				      .longest = {312, 1500}};
	e.tcp_flags[0] = 0x1b;
	e.tcp_flags[1] = 0x12;
	e.end_reason = NRS_FLOW_END_CLOSED;
	return e;
}

/* @want: hex, and blanks that mean nothing. */
static void is(struct nrs_span got, const char *wanted)
{
	char text[3000], want[3000];
	size_t len = 0;

	assert_true(got.len * 2 < sizeof(text));
	text[0] = '\0';
	for (size_t i = 0; i < got.len; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%02x",
					got.ptr[i]);
	len = 0;
	for (; *wanted != '\0' && len + 1 < sizeof(want); wanted++) {
		if (*wanted != ' ')
			want[len++] = *wanted;
	}
	want[len] = '\0';
	assert_string_equal(text, want);
}

static struct nrs_span take(struct nrs_ipfix *ipfix, uint32_t flows)
{
	uint32_t got = 0;
	const struct nrs_span message = nrs_ipfix_take(ipfix, EXPORT, &got);

	assert_int_equal(got, flows);
	return message;
}

/* One flow more, in a message of its own. */
static void tells(struct nrs_ipfix *ipfix, const struct nrs_record_ended *flow,
		  const char *wanted)
{
	assert_true(nrs_ipfix_add(ipfix, flow));
	is(take(ipfix, 1), wanted);
}

/* Of TCP over IPv4 with an answer: 512 + 1 + 4 + 8 + 32 + 64 + 128 = 749. */
#define TEMPLATE_TCP                                                           \
	"0002 0068 "	     /* a set of templates, 104 octets */              \
	"02ed 0013 "	     /* 749: 19 fields */                              \
	"00980008 00990008 " /* start, end: milliseconds */                    \
	"00080004 000c0004 " /* addresses */                                   \
	"00070002 000b0002 " /* ports */                                       \
	"00040001"	     /* protocol */                                    \
	"00020008 00010008 " /* packets, octets */                             \
	"00190004 001a0004 " /* shortest, longest */                           \
	"00060001"	     /* TCP flags */                                   \
	"80020008 00007279 " /* the same the other way: RFC 5103 */            \
	"80010008 00007279 80190004 00007279 801a0004 "                        \
	"00007279 80060001 00007279 "                                          \
	"00880001 00ef0001 " /* why it ended, biflowDirection */

/* 8 + 8 + 4 + 4 + 2 + 2 + 1 + 8 + 8 + 4 + 4 + 1, + 25, + 2: 81 octets. */
#define RECORD_TCP                                                             \
	TIMES "c0000201 c6336402 c822 01bb 06 0000000000000007 "               \
	      "000000000000032c 00000034 00000138 1b "                         \
	      "0000000000000005 0000000000001004 0000003c 000005dc "           \
	      "12 03 01 "

static void
a_tcp_flow_is_a_template_and_a_record_of_two_directions(void **state)
{
	const struct nrs_ipfix_options options = {.domain = 7};
	struct nrs_ipfix *ipfix = made(&options);
	const struct nrs_record_ended e = answered();

	(void)state;
	assert_true(nrs_ipfix_add(ipfix, &e));
	assert_true(nrs_ipfix_add(ipfix, &e));
	/* 16 + 104 + 4 + 2 * 81 = 286 */
	is(take(ipfix, 2), "000a 011e 69a429ff 00000000 00000007 " TEMPLATE_TCP
			   "02ed 00a6 " RECORD_TCP RECORD_TCP);
	/* The template is known; two records went before. 16 + 4 + 81 */
	tells(ipfix, &e,
	      "000a 0065 69a429ff 00000002 00000007 02ed 0055 " RECORD_TCP);
	assert_int_equal(take(ipfix, 0).len, 0);
	nrs_ipfix_free(ipfix);
}

static void templates_are_told_again_when_asked_for(void **state)
{
	const struct nrs_ipfix_options options = {.domain = 7};
	struct nrs_ipfix *ipfix = made(&options);
	const struct nrs_record_ended e = answered();

	(void)state;
	assert_true(nrs_ipfix_add(ipfix, &e));
	(void)take(ipfix, 1);
	nrs_ipfix_retell(ipfix);
	tells(ipfix, &e,
	      "000a 00cd 69a429ff 00000001 00000007 " TEMPLATE_TCP
	      "02ed 0055 " RECORD_TCP);
	nrs_ipfix_restart(ipfix); /* another session counts from 0 */
	tells(ipfix, &e,
	      "000a 00cd 69a429ff 00000000 00000007 " TEMPLATE_TCP
	      "02ed 0055 " RECORD_TCP);
	nrs_ipfix_free(ipfix);
}

/* 512 + 2 + 16 + 64: no ports, no flags, nothing of the other way. */
static void an_unanswered_icmpv6_flow_has_type_and_code_alone(void **state)
{
	const struct nrs_ipfix_options options = {.domain = 7};
	struct nrs_ipfix *ipfix = made(&options);
	struct nrs_record_ended e = ended(58, "2001:db8::1", "2001:db8::2");

	(void)state;
	e.flow.src_port = 128; /* echo request */
	tells(ipfix, &e,
	      "000a 0099 69a429ff 00000000 00000007 0002 0038 0252 "
	      "000c 00980008 00990008 001b0010 001c0010 00040001 "
	      "008b0002 00020008 00010008 00190004 001a0004 "
	      "00880001 00ef0001 0252 0051 " TIMES
	      "20010db8000000000000000000000001 "
	      "20010db8000000000000000000000002 3a 8000 "
	      "0000000000000001 000000000000003c 0000003c 0000003c "
	      "01 01 ");
	nrs_ipfix_free(ipfix);
}

static void icmp_over_ipv4_has_the_element_of_ipv4(void **state)
{
	const struct nrs_ipfix_options options = {.domain = 7};
	struct nrs_ipfix *ipfix = made(&options);
	struct nrs_record_ended e = ended(1, "192.0.2.1", "192.0.2.2");

	(void)state;
	e.flow.src_port = 8;
	e.flow.dst_port = 3;
	e.log.shortest[0] = 0; /* fragments that were never whole */
	tells(ipfix, &e,
	      "000a 0071 69a429ff 00000000 00000007 0002 0030 0211 "
	      "000a 00980008 00990008 00080004 000c0004 00040001 "
	      "00200002 00020008 00010008 00880001 00ef0001 0211 "
	      "0031 " TIMES "c0000201 c0000202 01 0803 0000000000000001 "
	      "000000000000003c 01 01 ");
	nrs_ipfix_free(ipfix);
}

static void a_live_sensor_tells_its_name_and_interface_once(void **state)
{
	static const char *const interfaces[] = {"eth0", "eth1"};
	const struct nrs_ipfix_options options = {.domain = 7,
						  .name = "edge-07, hall 2",
						  .interfaces = interfaces,
						  .interface_count = 2,
						  .has_no_lengths = true};
	struct nrs_ipfix *ipfix = made(&options);
	struct nrs_record_ended e = ended(47, "192.0.2.1", "192.0.2.2");

	(void)state;
	e.log.file = 1;
	e.flow.vlan = 12;
	e.end_reason = NRS_FLOW_END_FORCED;
	tells(ipfix, &e,
	      "000a 00c2 69a429ff 00000000 00000007 "
	      /* observationDomainId: observationDomainName */
	      "0003 0012 0100 0002 0001 00950004 012cffff 0100 0018 "
	      "00000007 0f 656467652d30372c2068616c6c2032 "
	      /* observationPointId: interfaceName */
	      "0003 0012 0101 0002 0001 008a0004 0052ffff 0101 000d "
	      "00000002 04 65746831 "
	      /* 512 + 1 + 256 + 1024 = 1793, with VLAN and point */
	      "0002 0034 0701 000b 00980008 00990008 00080004 "
	      "000c0004 00040001 00020008 00010008 00880001 "
	      "00ef0001 00f30002 008a0004 0701 0035 " TIMES
	      "c0000201 c0000202 2f 0000000000000001 "
	      "000000000000003c 04 01 000c 00000002 ");
	e.flow.vlan = 0;
	/* Three records went before, two of them of options. */
	tells(ipfix, &e,
	      "000a 0073 69a429ff 00000003 00000007 0002 0030 0601 "
	      "000a 00980008 00990008 00080004 000c0004 00040001 "
	      "00020008 00010008 00880001 00ef0001 008a0004 0601 "
	      "0033 " TIMES "c0000201 c0000202 2f 0000000000000001 "
	      "000000000000003c 04 01 00000002 ");
	nrs_ipfix_free(ipfix);
}

/* All that can go before a record, and the longest one, in one message. */
static void the_shortest_message_has_room_for_the_longest_record(void **state)
{
	static char name[300], interface[100];
	static const char *const interfaces[] = {interface};
	struct nrs_as_table *table = NULL;
	struct nrs_diag diag = {0};
	struct nrs_record_ended e = answered();
	char path[] = "/tmp/nrs-ipfix-XXXXXX";

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	memset(interface, 'i', sizeof(interface) - 1);
	as_made_file(path);
	assert_int_equal(nrs_as_table_open(&table, path, &diag), NRS_OK);
	const struct nrs_ipfix_options options = {.message_max =
							  NRS_IPFIX_MESSAGE_MIN,
						  .name = name,
						  .interfaces = interfaces,
						  .interface_count = 1,
						  .as_table = table};
	struct nrs_ipfix *ipfix = made(&options);

	memset(e.flow.src.bytes, 0x20, 16);
	memset(e.flow.dst.bytes, 0x20, 16);
	e.flow.vlan = 1;
	assert_true(nrs_ipfix_add(ipfix, &e));
	assert_true(take(ipfix, 1).len <= NRS_IPFIX_MESSAGE_MIN);
	nrs_ipfix_free(ipfix);
	nrs_as_table_close(table);
	(void)unlink(path);
}

static void with_a_table_both_ends_have_their_systems(void **state)
{
	struct nrs_as_table *table = NULL;
	struct nrs_diag diag = {0};
	struct nrs_record_ended e = ended(47, "203.0.113.9", "192.0.2.2");
	char path[] = "/tmp/nrs-ipfix-XXXXXX";

	(void)state;
	as_made_file(path);
	assert_int_equal(nrs_as_table_open(&table, path, &diag), NRS_OK);
	const struct nrs_ipfix_options options = {.as_table = table,
						  .has_no_lengths = true};
	struct nrs_ipfix *ipfix = made(&options);

	/* 512 + 1 + 512; AS 64500 is 0xfbf4, one that is not known 0 */
	tells(ipfix, &e,
	      "000a 007b 69a429ff 00000000 00000000 0002 0034 0401 "
	      "000b 00980008 00990008 00080004 000c0004 00040001 "
	      "00020008 00010008 00880001 00ef0001 00100004 "
	      "00110004 0401 0037 " TIMES
	      "cb007109 c0000202 2f 0000000000000001 "
	      "000000000000003c 01 01 0000fbf4 00000000 ");
	nrs_ipfix_free(ipfix);
	nrs_as_table_close(table);
	(void)unlink(path);
}

static void what_finds_no_room_leaves_the_message_as_it_was(void **state)
{
	const struct nrs_ipfix_options options = {.message_max = 512};
	struct nrs_ipfix *ipfix = made(&options);
	const struct nrs_record_ended tcp = answered();
	const struct nrs_record_ended other =
		ended(58, "2001:db8::1", "2001:db8::2");
	unsigned int fit = 0;

	(void)state;
	/* 16 + 104 + 4 + 4 * 81 = 448 */
	while (nrs_ipfix_add(ipfix, &tcp))
		fit++;
	assert_int_equal(fit, 4);
	assert_false(nrs_ipfix_add(ipfix, &other)); /* nor its template */
	assert_int_equal(take(ipfix, 4).len, 448);
	assert_true(nrs_ipfix_add(ipfix, &other));
	/* Its template was not told: 16 + 56 + 81. */
	assert_int_equal(take(ipfix, 1).len, 153);
	nrs_ipfix_free(ipfix);
}

static void a_message_cannot_be_longer_than_its_length_says(void **state)
{
	struct nrs_ipfix *ipfix = NULL;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		const struct nrs_ipfix_options options = {
			.message_max = i == 0 ? NRS_IPFIX_MESSAGE_MIN - 1
					      : NRS_IPFIX_MESSAGE_MAX + 1};

		assert_int_equal(nrs_ipfix_new(&ipfix, &options), NRS_E_RANGE);
	}
}

static void a_name_is_cut_between_two_characters(void **state)
{
	/* 95 octets, then one of two: 96 would cut it apart. */
	static char name[98];
	const struct nrs_ipfix_options options = {.name = name};
	struct nrs_ipfix *ipfix = made(&options);
	const struct nrs_record_ended e = answered();

	(void)state;
	memset(name, 'a', 95);
	memcpy(name + 95, "\xc3\xa9", 2);
	assert_true(nrs_ipfix_add(ipfix, &e));
	const struct nrs_span message = take(ipfix, 1);
	/* header, options template, set header, domain: then the length */
	assert_int_equal(message.ptr[16 + 18 + 4 + 4], 95);
	nrs_ipfix_free(ipfix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_tcp_flow_is_a_template_and_a_record_of_two_directions),
		cmocka_unit_test(templates_are_told_again_when_asked_for),
		cmocka_unit_test(
			an_unanswered_icmpv6_flow_has_type_and_code_alone),
		cmocka_unit_test(icmp_over_ipv4_has_the_element_of_ipv4),
		cmocka_unit_test(
			a_live_sensor_tells_its_name_and_interface_once),
		cmocka_unit_test(
			the_shortest_message_has_room_for_the_longest_record),
		cmocka_unit_test(with_a_table_both_ends_have_their_systems),
		cmocka_unit_test(
			what_finds_no_room_leaves_the_message_as_it_was),
		cmocka_unit_test(
			a_message_cannot_be_longer_than_its_length_says),
		cmocka_unit_test(a_name_is_cut_between_two_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
