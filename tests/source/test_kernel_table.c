/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernel_table: when whoever reads is woken, what becomes of flows that
 * there is no room for, and where the programs stand, also on a kernel that has
 * no tcx. In a network namespace of the test's own. Wants root.
 */
#include "capture/source/kernel_table.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tests/capture/frames.h"
#include "tests/source/own_net.h"

#define TABLE_MAX 131072u /* capture/bpf/flows.c */
#define WAKE_BYTES (256u << 10)

static int device = -1;
static struct nrs_kernel_table *table;
static const struct nrs_live_options one = {.interface_count = 1};
static const struct nrs_live_interface nrs0 = {.name = "nrs0"};

static int group_setup(void **state)
{
	(void)state;
	own_net_enter();
	device = own_net_device("nrs0");
	return 0;
}

static int setup(void **state)
{
	struct nrs_diag diag = {0};

	(void)state;
	if (nrs_kernel_table_new(&table, &one, &diag) != NRS_OK) {
		print_message("skipped: %s\n", diag.text);
		exit(NRS_SKIP);
	}
	return nrs_kernel_table_attach(table, 0, &nrs0, NULL);
}

static int teardown(void **state)
{
	(void)state;
	nrs_kernel_table_free(table);
	table = NULL;
	return 0;
}

/* Another flow for each @number. */
static void say(unsigned int number, size_t len)
{
	static uint8_t payload[1400];
	struct frame f;

	frame_datagram(&f,
		       &(struct frame_tcp){.from = 1,
					   .to = (uint8_t)(2 + (number >> 16)),
					   .from_port = (uint16_t)number,
					   .to_port = 9999,
					   .data = nrs_span(payload, len)});
	assert_int_equal(write(device, f.bytes, f.len), f.len);
}

static int count_event(void *ctx, void *event, size_t len)
{
	(void)event;
	(void)len;
	(*(unsigned int *)ctx)++;
	return 0;
}

static struct nrs_flow_counts counted(void)
{
	struct nrs_flow_counts counts;

	nrs_kernel_table_counts(table, 0, &counts);
	return counts;
}

static void who_reads_is_woken_when_there_is_much(void **state)
{
	unsigned int events = 0;

	(void)state;
	for (unsigned int i = 0; i < 10; i++)
		say(i, 100);
	assert_false(nrs_kernel_table_wait(table)); /* and finds them itself */
	assert_int_equal(nrs_kernel_table_events(table, &events, count_event),
			 NRS_OK);
	assert_int_equal(events, 10);
	for (unsigned int i = 0; i < WAKE_BYTES / 1400 + 2; i++)
		say(100 + i, 1400);
	assert_true(nrs_kernel_table_wait(table));
	assert_int_equal(nrs_kernel_table_events(table, &events, count_event),
			 NRS_OK);
	assert_int_equal(events, 10 + WAKE_BYTES / 1400 + 2);
	assert_false(nrs_kernel_table_wait(table));
}

static void how_much_waits_can_be_asked(void **state)
{
	const unsigned int ring = 16u << 20; /* capture/bpf/flows.c */
	const size_t event = sizeof(struct nrs_flow_event) + 42 + 1400;
	unsigned int events = 0, i = 0;

	(void)state;
	assert_false(nrs_kernel_table_is_filled(table, 1));
	for (; i < ring / 2 / event; i++)
		say(i, 1400);
	assert_true(nrs_kernel_table_is_filled(table, 49));
	assert_false(nrs_kernel_table_is_filled(table, 55));
	for (; i < ring / event * 9 / 10; i++)
		say(i, 1400);
	assert_true(nrs_kernel_table_is_filled(table, 85));
	assert_int_equal(counted().lost, 0);
	assert_int_equal(nrs_kernel_table_events(table, &events, count_event),
			 NRS_OK);
	assert_int_equal(events, i);
	assert_false(nrs_kernel_table_is_filled(table, 1));
}

static void flows_without_room_are_counted_and_none_is_driven_out(void **state)
{
	unsigned int count = 256; /* more than a bucket of the table holds */
	struct nrs_flow_key *keys = calloc(count, sizeof(*keys));
	struct nrs_flow_kept *kept = calloc(count, sizeof(*kept));

	(void)state;
	assert_true(keys != NULL && kept != NULL);
	for (unsigned int i = 0; i < TABLE_MAX + 50; i++)
		say(i, 0);
	assert_int_equal(counted().flows, TABLE_MAX);
	assert_int_equal(counted().full, 50);
	say(0, 0); /* the oldest one is still there */
	assert_int_equal(counted().full, 50);
	assert_int_equal(counted().flows, TABLE_MAX);
	say(TABLE_MAX, 0); /* each packet of theirs counts */
	assert_int_equal(counted().full, 51);
	assert_int_equal(nrs_kernel_table_next(table, keys, kept, &count),
			 NRS_OK);
	assert_true(count > 0);
	assert_int_equal(nrs_kernel_table_delete(table, keys), NRS_OK);
	assert_int_equal(nrs_kernel_table_delete(table, keys), NRS_E_NOTFOUND);
	say(TABLE_MAX, 0);
	assert_int_equal(counted().full, 51);
	assert_int_equal(counted().flows, TABLE_MAX + 1);
	free(keys);
	free(kept);
}

static void both_directions_are_seen(const char *hook)
{
	const int sender = own_net_sender("nrs0");
	struct frame f;

	assert_string_equal(nrs_kernel_table_hook(table), hook);
	say(1, 4);
	assert_int_equal(counted().packets, 1);
	frame_udp(&f, 2, 1, 9999, 1);
	assert_int_equal(send(sender, f.bytes, f.len, 0), f.len);
	assert_int_equal(counted().packets, 2);
	assert_int_equal(counted().flows, 1); /* both of one flow */
	(void)close(sender);
	nrs_kernel_table_detach(table, 0);
	say(1, 4);
	assert_int_equal(counted().packets, 2);
}

static void at_tcx_both_directions_are_seen(void **state)
{
	(void)state;
	if (strcmp(nrs_kernel_table_hook(table), "tcx") != 0)
		skip(); /* this kernel is older than 6.6 */
	both_directions_are_seen("tcx");
}

static void a_side_that_is_not_asked_for_is_not_seen(void **state)
{
	static const struct {
		enum nrs_live_direction direction;
		unsigned int incoming, outgoing;
	} rows[] = {
		{NRS_LIVE_BOTH, 1, 1},
		{NRS_LIVE_INCOMING, 1, 0},
		{NRS_LIVE_OUTGOING, 0, 1},
	};
	const int sender = own_net_sender("nrs0");
	struct frame f;

	frame_udp(&f, 2, 1, 9999, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_live_interface side = {
			.name = "nrs0", .direction = rows[i].direction};
		const uint64_t before = counted().packets;

		nrs_kernel_table_detach(table, 0);
		assert_int_equal(nrs_kernel_table_attach(table, 0, &side, NULL),
				 NRS_OK);
		say(1, 4);
		assert_int_equal(counted().packets, before + rows[i].incoming);
		assert_int_equal(send(sender, f.bytes, f.len, 0), f.len);
		assert_int_equal(counted().packets,
				 before + rows[i].incoming + rows[i].outgoing);
	}
	(void)close(sender);
	(void)state;
}

/* As on a kernel that has none; from here to the end of this process. */
static void refuse_links(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_LINK_CREATE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const struct sock_fprog program = {.len = sizeof(code) / sizeof(*code),
					   .filter = code};

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program),
			 0);
}

static void after_the_end_nothing_is_counted(void **state)
{
	(void)state;
	say(1, 4);
	assert_int_equal(counted().packets, 1);
	nrs_kernel_table_end(table);
	say(1, 4);
	assert_int_equal(counted().packets, 1);
}

/* As a sensor that was confined; from here to the end of this process. */
static void give_rights_away(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[2] = {0};

	assert_int_equal(syscall(SYS_capset, &head, none), 0);
}

static void without_tcx_it_is_clsact(void **state)
{
	refuse_links();
	assert_int_equal(teardown(state), 0);
	assert_int_equal(setup(state), NRS_OK);
	both_directions_are_seen("clsact");
	a_side_that_is_not_asked_for_is_not_seen(state);
	/* What was left behind is in nobody's way. */
	nrs_kernel_table_detach(table, 0);
	assert_int_equal(nrs_kernel_table_attach(table, 0, &nrs0, NULL),
			 NRS_OK);
	const uint64_t before = counted().packets;
	say(1, 4);
	assert_int_equal(counted().packets, before + 1);
	give_rights_away();
	nrs_kernel_table_end(table); /* which takes no program away now */
	say(1, 4);
	assert_int_equal(counted().packets, before + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_reads_is_woken_when_there_is_much),
		TEST(how_much_waits_can_be_asked),
		TEST(flows_without_room_are_counted_and_none_is_driven_out),
		TEST(at_tcx_both_directions_are_seen),
		TEST(a_side_that_is_not_asked_for_is_not_seen),
		TEST(after_the_end_nothing_is_counted),
		TEST(without_tcx_it_is_clsact), /* the last: it stays so */
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
