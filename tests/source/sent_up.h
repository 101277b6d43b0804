/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sent_up: what the program in the kernel sends up of frames that are sent over
 * the loopback interface of a network namespace of the test's own. Wants root.
 */
#pragma once

#include "capture/source/kernel_flows.h"
#include "capture/source/source.h"
#include "engine/base/clock.h"
#include "tests/nrs_test.h"
#include "tests/source/own_net.h"

#define PACKETS_MAX 4096u

static int sender = -1;
static struct nrs_kernel_flows *flows;
static struct nrs_packet packets[PACKETS_MAX];
static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
static const struct nrs_live_interface lo = {.name = "lo"};
static int64_t ahead_ns; /* the test's time, of the kernel's */

static inline int64_t test_clock(void)
{
	return nrs_monotonic_ns() + ahead_ns;
}

static const struct nrs_live_options options = {
	.interfaces = &lo, .interface_count = 1, .clock = test_clock};

/* All that was read since the sensor was opened. */
static struct {
	struct nrs_packet last_frame, last_report;
	unsigned int frames, reports;
	struct nrs_flow_report report; /* the last one */
	uint8_t bytes[16384];	       /* of the last frame */
} got;

static inline int group_setup(void **state)
{
	(void)state;
	own_net_enter();
	sender = own_net_sender("lo");
	return 0;
}

static inline int setup(void **state)
{
	struct nrs_diag diag = {0};
	const int err = nrs_kernel_flows_open(&flows, &options, &diag);

	(void)state;
	memset(&got, 0, sizeof(got));
	ahead_ns = 0;
	if (err == NRS_E_UNSUPPORTED) {
		print_message("skipped: %s\n", diag.text);
		exit(NRS_SKIP);
	}
	return err == NRS_OK ? 0 : -1;
}

static inline int teardown(void **state)
{
	(void)state;
	nrs_kernel_flows_close(flows);
	flows = NULL;
	return 0;
}

static inline void keep(const struct nrs_packet *packet)
{
	if (packet->is_report) {
		got.reports++;
		got.last_report = *packet;
		memcpy(&got.report, packet->span.ptr - NRS_FLOW_REPORT_ROOM,
		       sizeof(got.report));
		return;
	}
	got.frames++;
	got.last_frame = *packet;
	memcpy(got.bytes, packet->span.ptr, packet->span.len);
}

static inline int read_some(struct nrs_diag *diag)
{
	return nrs_kernel_flows_read(flows, packets, PACKETS_MAX, block, diag);
}

/* Until nothing comes twice in turn. */
static inline void collect(void)
{
	for (unsigned int idle = 0; idle < 3;) {
		const int count = read_some(NULL);

		assert_true(count >= 0);
		for (int i = 0; i < count; i++)
			keep(&packets[i]);
		idle = count == 0 ? idle + 1 : 0;
	}
}

static inline void send_bytes(const uint8_t *bytes, size_t len)
{
	assert_int_equal(send(sender, bytes, len, 0), len);
}
