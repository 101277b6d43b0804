/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_flows: reads the programs' events, and sweeps their table.
 *
 * An event is a frame, or a flow's totals with the flow's first frame: both
 * become packets, so that the decoder finds the flow by the same rules. Every
 * second the table is gone through, a piece in each read, and flows that are
 * over are reported for the last time and deleted.
 */
#include "capture/source/kernel_flows.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "capture/bpf/flow_event.h"
#include "capture/source/kernel_table.h"
#include "capture/source/source.h"
#include "engine/base/clock.h"
#include "engine/base/stamp.h"

#define TAG_ROOM 4
#define SWEEP_NS NRS_SECOND_NS
#define SWEEP_COUNT 256u
#define LOOK_NS NRS_SECOND_NS
/* The largest event, in a block. */
#define EVENT_ROOM                                                             \
	(NRS_FLOW_REPORT_ROOM + NRS_FLOW_FRAME + TAG_ROOM + (size_t)16)

struct nrs_kernel_flows {
	struct nrs_live_options options;
	struct nrs_kernel_table *table;
	bool is_down[NRS_LIVE_INTERFACES_MAX];
	int64_t looked_ns; /* at the interfaces */
	bool is_ending;
	struct nrs_diag lost;	    /* why there are no processes */
	struct nrs_diag lost_older; /* nor of older sockets */
	/* of the sweep under way */
	int64_t swept_ns;
	bool is_sweeping;
	struct nrs_flow_key *keys; /* SWEEP_COUNT */
	struct nrs_flow_kept *kept;
	/* of the read under way */
	struct nrs_packet *packets;
	unsigned int count, max;
	uint8_t *block;
	size_t used;
	int64_t behind_ns; /* what wall time is ahead of CLOCK_MONOTONIC */
};

/* The frame with the VLAN tag that the kernel took out. How many octets. */
static size_t put_frame(uint8_t *to, const uint8_t *frame, size_t len,
			uint16_t tag_type, uint16_t tag)
{
	const uint8_t bytes[TAG_ROOM] = {(uint8_t)(tag_type >> 8),
					 (uint8_t)tag_type, (uint8_t)(tag >> 8),
					 (uint8_t)tag};
	const size_t macs = tag_type != 0 && len >= 12 ? 12 : 0;
	const size_t more = macs > 0 ? TAG_ROOM : 0;

	memcpy(to, frame, macs);
	memcpy(to + macs, bytes, more);
	memcpy(to + macs + more, frame + macs, len - macs);
	return len + more;
}

static void put_report(uint8_t *to, const struct nrs_flow_event *event)
{
	const struct nrs_flow_totals *totals = &event->totals;
	struct nrs_flow_report report = {
		.packets = {totals->packets[0], totals->packets[1]},
		.bytes = {totals->bytes[0], totals->bytes[1]},
		.tcp_flags = {totals->tcp_flags[0], totals->tcp_flags[1]},
		.is_closed = totals->is_closed != 0,
		.process = {.cgroup = event->owner.cgroup,
			    .pid = event->owner.pid}};

	static_assert(sizeof(report) <= NRS_FLOW_REPORT_ROOM, "before a frame");
	memcpy(report.process.command, event->owner.command,
	       sizeof(report.process.command) - 1);
	memcpy(to, &report, sizeof(report));
}

/* @event with its frame, as a packet of the read. */
static void take(struct nrs_kernel_flows *flows,
		 const struct nrs_flow_event *event, const uint8_t *frame)
{
	const bool is_report = event->kind == NRS_FLOW_EVENT_TOTALS;
	uint8_t *at = flows->block + flows->used;

	if (is_report)
		put_report(at, event);
	const size_t len = put_frame(at + NRS_FLOW_REPORT_ROOM, frame,
				     event->len, event->tag_type, event->tag);
	flows->packets[flows->count++] = (struct nrs_packet){
		.ts_ns = (int64_t)event->totals.last_ns + flows->behind_ns,
		.wirelen = event->wirelen + (uint32_t)(len - event->len),
		.linktype = NRS_LINK_ETHERNET,
		.iface = (uint16_t)event->iface,
		.file = event->iface,
		.span = nrs_span(at + NRS_FLOW_REPORT_ROOM, len),
		.is_report = is_report};
	flows->used += (NRS_FLOW_REPORT_ROOM + len + 15) / 16 * 16;
}

static bool is_full(const struct nrs_kernel_flows *flows)
{
	return flows->count == flows->max ||
	       flows->used + EVENT_ROOM > NRS_SOURCE_BLOCK;
}

/* Of the ring. Nonzero: no more fits. */
static int on_event(void *ctx, void *data, size_t len)
{
	struct nrs_kernel_flows *flows = ctx;
	struct nrs_flow_event event;

	if (len < sizeof(event))
		return 0;
	memcpy(&event, data, sizeof(event));
	if (event.len > NRS_FLOW_FRAME || event.len > len - sizeof(event) ||
	    event.iface >= flows->options.interface_count)
		return 0;
	take(flows, &event, (const uint8_t *)data + sizeof(event));
	return is_full(flows) ? -ENOBUFS : 0;
}

/* As nrs_flow_timeout_ns, for what the kernel knows of it. */
static int64_t timeout_ns(const struct nrs_flow_key *key,
			  const struct nrs_flow_totals *totals)
{
	const bool is_tcp = key->proto == 6;

	if (totals->is_closed)
		return 30 * NRS_SECOND_NS;
	if (!is_tcp)
		return 120 * NRS_SECOND_NS;
	return totals->packets[0] > 0 && totals->packets[1] > 0
		       ? 600 * NRS_SECOND_NS
		       : 60 * NRS_SECOND_NS;
}

static void forget(struct nrs_kernel_flows *flows,
		   const struct nrs_flow_key *key,
		   const struct nrs_flow_kept *kept)
{
	const struct nrs_flow_event event = {.totals = kept->totals,
					     .owner = kept->owner,
					     .kind = NRS_FLOW_EVENT_TOTALS,
					     .iface = key->iface,
					     .len = kept->head_len,
					     .wirelen = kept->head_len,
					     .tag_type = kept->tag_type,
					     .tag = kept->tag};

	if (nrs_kernel_table_delete(flows->table, key) == NRS_OK &&
	    kept->head_len <= NRS_FLOW_HEAD)
		take(flows, &event, kept->head);
}

/* A piece of the table. False: that was all of it. */
static bool sweep(struct nrs_kernel_flows *flows, int64_t now_ns)
{
	unsigned int count = SWEEP_COUNT;
	const int err = nrs_kernel_table_next(flows->table, flows->keys,
					      flows->kept, &count);

	for (unsigned int i = 0; i < count; i++) {
		const struct nrs_flow_totals *totals = &flows->kept[i].totals;
		const int64_t over_ns = (int64_t)totals->last_ns +
					timeout_ns(&flows->keys[i], totals);

		if (flows->is_ending || over_ns <= now_ns)
			forget(flows, &flows->keys[i], &flows->kept[i]);
	}
	return err == NRS_OK;
}

/* Room for all that a piece may report. */
static bool has_room_to_sweep(const struct nrs_kernel_flows *flows)
{
	const size_t each =
		NRS_FLOW_REPORT_ROOM + NRS_FLOW_HEAD + TAG_ROOM + 16;

	return flows->max - flows->count >= SWEEP_COUNT &&
	       flows->used + SWEEP_COUNT * each <= NRS_SOURCE_BLOCK;
}

static void sweep_some(struct nrs_kernel_flows *flows, int64_t now_ns)
{
	if (!flows->is_sweeping && !flows->is_ending &&
	    now_ns - flows->swept_ns < SWEEP_NS)
		return;
	if (!flows->is_sweeping)
		flows->swept_ns = now_ns;
	do
		flows->is_sweeping = sweep(flows, now_ns);
	while (flows->is_sweeping && flows->is_ending &&
	       has_room_to_sweep(flows));
}

/* The first one that is not there any more. */
static int look_at_interfaces(struct nrs_kernel_flows *flows,
			      struct nrs_diag *diag)
{
	for (unsigned int i = 0; i < flows->options.interface_count; i++) {
		const struct nrs_live_interface *it =
			&flows->options.interfaces[i];

		if (flows->is_down[i] ||
		    nrs_kernel_table_is_there(flows->table, i, it))
			continue;
		nrs_kernel_table_detach(flows->table, i);
		flows->is_down[i] = true;
		return nrs_diag_set(diag, NRS_E_IO, 0,
				    "interface %s: it went away", it->name);
	}
	return NRS_OK;
}

int nrs_kernel_flows_read(struct nrs_kernel_flows *flows,
			  struct nrs_packet *packets, unsigned int max,
			  uint8_t *block, struct nrs_diag *diag)
{
	const int64_t now_ns = flows->options.clock();
	int err = NRS_OK;

	if (!flows->is_ending && now_ns - flows->looked_ns >= LOOK_NS) {
		err = look_at_interfaces(flows, diag);
		if (err != NRS_OK)
			return err;
		flows->looked_ns = now_ns;
	}
	flows->packets = packets;
	flows->max = max;
	flows->block = block;
	flows->count = 0;
	flows->used = 0;
	flows->behind_ns = nrs_wall_ns() - nrs_monotonic_ns();
	/* Events first: they are older than what a sweep reports. */
	err = nrs_kernel_table_events(flows->table, flows, on_event);
	if (has_room_to_sweep(flows))
		sweep_some(flows, now_ns);
	if (flows->count == 0 && err == NRS_OK) {
		(void)nrs_kernel_table_wait(flows->table);
		err = nrs_kernel_table_events(flows->table, flows, on_event);
	}
	return flows->count > 0 || err == NRS_OK
		       ? (int)flows->count
		       : nrs_diag_set(diag, err, 0, "events of the kernel");
}

bool nrs_kernel_flows_is_filled(const struct nrs_kernel_flows *flows,
				unsigned int percent)
{
	return nrs_kernel_table_is_filled(flows->table, percent);
}

unsigned int nrs_kernel_flows_reopen(struct nrs_kernel_flows *flows)
{
	unsigned int down = 0;

	for (unsigned int i = 0; i < flows->options.interface_count; i++) {
		if (flows->is_down[i])
			flows->is_down[i] =
				nrs_kernel_table_attach(
					flows->table, i,
					&flows->options.interfaces[i],
					NULL) != NRS_OK;
		down += flows->is_down[i];
	}
	return down;
}

void nrs_kernel_flows_finish(struct nrs_kernel_flows *flows)
{
	nrs_kernel_table_end(flows->table);
	flows->is_ending = true;
}

int nrs_kernel_flows_stats(const struct nrs_kernel_flows *flows,
			   unsigned int index, struct nrs_live_stats *out)
{
	struct nrs_flow_counts counts;

	*out = (struct nrs_live_stats){0};
	if (index >= flows->options.interface_count)
		return NRS_E_NOTFOUND;
	nrs_kernel_table_counts(flows->table, index, &counts);
	out->received = counts.packets;
	out->dropped = counts.full + counts.lost;
	return flows->is_down[index] ? NRS_E_NOTFOUND : NRS_OK;
}

const char *nrs_kernel_flows_lost(const struct nrs_kernel_flows *flows)
{
	return flows->lost.code == NRS_OK ? NULL : flows->lost.text;
}

const char *nrs_kernel_flows_lost_older(const struct nrs_kernel_flows *flows)
{
	return flows->lost_older.code == NRS_OK ? NULL : flows->lost_older.text;
}

const char *nrs_kernel_flows_hook(const struct nrs_kernel_flows *flows)
{
	return nrs_kernel_table_hook(flows->table);
}

static int check_interfaces(const struct nrs_live_options *options,
			    struct nrs_diag *diag)
{
	if (options->interface_count == 0 ||
	    options->interface_count > NRS_LIVE_INTERFACES_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "between 1 and %d interfaces, not %u",
				    NRS_LIVE_INTERFACES_MAX,
				    options->interface_count);
	for (unsigned int i = 0; i < options->interface_count; i++) {
		if (options->interfaces[i].filter != NULL)
			return nrs_diag_set(
				diag, NRS_E_UNSUPPORTED, 0,
				"interface %s: flows of the kernel take no "
				"filter",
				options->interfaces[i].name);
	}
	return NRS_OK;
}

/* Those that are made from now on first: none falls between. */
static void own(struct nrs_kernel_flows *flows, const char *cgroup)
{
	unsigned int noted;

	if (nrs_kernel_table_own(flows->table, cgroup, &flows->lost) == NRS_OK)
		(void)nrs_kernel_table_own_older(flows->table, cgroup, &noted,
						 &flows->lost_older);
}

static int open_all(struct nrs_kernel_flows *flows, struct nrs_diag *diag)
{
	const char *cgroup = flows->options.cgroup;
	int err = nrs_kernel_table_new(&flows->table, &flows->options, diag);

	if (err == NRS_OK && cgroup != NULL)
		own(flows, cgroup);
	for (unsigned int i = 0;
	     i < flows->options.interface_count && err == NRS_OK; i++)
		err = nrs_kernel_table_attach(
			flows->table, i, &flows->options.interfaces[i], diag);
	return err;
}

int nrs_kernel_flows_open(struct nrs_kernel_flows **out,
			  const struct nrs_live_options *options,
			  struct nrs_diag *diag)
{
	struct nrs_kernel_flows *flows;
	int err = check_interfaces(options, diag);

	if (err != NRS_OK)
		return err;
	flows = calloc(1, sizeof(*flows));
	if (flows == NULL)
		return NRS_E_NOMEM;
	flows->options = *options;
	if (options->clock == NULL)
		flows->options.clock = nrs_monotonic_ns;
	flows->keys = calloc(SWEEP_COUNT, sizeof(*flows->keys));
	flows->kept = calloc(SWEEP_COUNT, sizeof(*flows->kept));
	err = flows->keys == NULL || flows->kept == NULL
		      ? NRS_E_NOMEM
		      : open_all(flows, diag);
	if (err != NRS_OK) {
		nrs_kernel_flows_close(flows);
		return err;
	}
	*out = flows;
	return NRS_OK;
}

void nrs_kernel_flows_close(struct nrs_kernel_flows *flows)
{
	if (flows == NULL)
		return;
	nrs_kernel_table_free(flows->table);
	free(flows->keys);
	free(flows->kept);
	free(flows);
}
