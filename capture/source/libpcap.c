/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpcap: the only door to that library: its filter language, compiled and
 * interpreted, and live capture (on Linux: AF_PACKET with TPACKET_V3).
 *
 * Handles do not block: an idle TPACKET_V3 handle does not return on its
 * timeout, so the wait is a poll over all interfaces.
 */
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>

#include "capture/source/filter.h"
#include "capture/source/live.h"
#include "capture/source/source.h"

#define LINKS_MAX 16
#define SNAPLEN_MAX 262144

struct program {
	uint16_t linktype;
	bool is_usable;
	struct bpf_program code;
};

struct nrs_filter {
	char *expression;
	struct program programs[LINKS_MAX];
	unsigned int count;
};

static bool compile(const char *expression, uint16_t linktype,
		    struct bpf_program *code, struct nrs_diag *diag)
{
	/* libpcap's own numbers differ from the file's for raw IP only. */
	const int dlt = linktype == NRS_LINK_RAW ? DLT_RAW : linktype;
	pcap_t *dead = pcap_open_dead(dlt, SNAPLEN_MAX);

	if (dead == NULL)
		return false;
	const bool good = pcap_compile(dead, code, expression, 1,
				       PCAP_NETMASK_UNKNOWN) == 0;
	if (!good)
		(void)nrs_diag_set(diag, NRS_E_SYNTAX, 0, "%s",
				   pcap_geterr(dead));
	pcap_close(dead);
	return good;
}

int nrs_filter_new(struct nrs_filter **out, const char *expression,
		   struct nrs_diag *diag)
{
	struct nrs_filter *filter = calloc(1, sizeof(*filter));
	struct bpf_program code;

	if (filter == NULL)
		return NRS_E_NOMEM;
	filter->expression = strdup(expression);
	if (filter->expression == NULL) {
		free(filter);
		return NRS_E_NOMEM;
	}
	if (!compile(expression, NRS_LINK_ETHERNET, &code, diag)) {
		nrs_filter_free(filter);
		return NRS_E_SYNTAX;
	}
	pcap_freecode(&code);
	*out = filter;
	return NRS_OK;
}

void nrs_filter_free(struct nrs_filter *filter)
{
	if (filter == NULL)
		return;
	for (unsigned int i = 0; i < filter->count; i++) {
		if (filter->programs[i].is_usable)
			pcap_freecode(&filter->programs[i].code);
	}
	free(filter->expression);
	free(filter);
}

static const struct program *program_for(struct nrs_filter *filter,
					 uint16_t linktype)
{
	for (unsigned int i = 0; i < filter->count; i++) {
		if (filter->programs[i].linktype == linktype)
			return &filter->programs[i];
	}
	if (filter->count == LINKS_MAX)
		return NULL;
	struct program *made = &filter->programs[filter->count++];
	made->linktype = linktype;
	made->is_usable =
		compile(filter->expression, linktype, &made->code, NULL);
	return made;
}

bool nrs_filter_pass(struct nrs_filter *filter, const struct nrs_packet *packet)
{
	const struct program *program = program_for(filter, packet->linktype);

	return program != NULL && program->is_usable &&
	       bpf_filter(program->code.bf_insns, packet->span.ptr,
			  packet->wirelen, (u_int)packet->span.len) != 0;
}

/* A handle that knows how this kernel treats VLAN tags; or NULL. */
static pcap_t *open_briefly(const char *interface)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *handle = pcap_create(interface, text);

	if (handle == NULL)
		return NULL;
	/* What passes, passes whole: the program says so many octets. */
	if (pcap_set_snaplen(handle, SNAPLEN_MAX) == 0 &&
	    pcap_activate(handle) >= 0 && pcap_datalink(handle) == DLT_EN10MB)
		return handle;
	pcap_close(handle);
	return NULL;
}

int nrs_filter_compile(struct nrs_filter_code *out, const char *expression,
		       const char *interface, struct nrs_diag *diag)
{
	struct bpf_program code;
	size_t bytes;

	/* A dead handle first: it says best what is wrong. */
	if (!compile(expression, NRS_LINK_ETHERNET, &code, diag))
		return NRS_E_SYNTAX;
	pcap_t *handle = open_briefly(interface);
	if (handle != NULL) {
		struct bpf_program better;

		if (pcap_compile(handle, &better, expression, 1,
				 PCAP_NETMASK_UNKNOWN) == 0) {
			pcap_freecode(&code);
			code = better;
		}
		pcap_close(handle);
	}
	/* The kernel's instruction and libpcap's are laid out alike. */
	bytes = code.bf_len * sizeof(*code.bf_insns);
	out->program = malloc(bytes);
	if (out->program != NULL)
		memcpy(out->program, code.bf_insns, bytes);
	out->count = (unsigned short)code.bf_len;
	pcap_freecode(&code);
	return out->program != NULL ? NRS_OK : NRS_E_NOMEM;
}

#define BLOCK_RETIRE_MS 10

struct interface {
	const struct nrs_live_interface *what;
	pcap_t *handle; /* NULL: down */
	int fd;
	uint16_t linktype;
	bool is_forbidden;	     /* to this user, when it was opened last */
	struct pcap_stat seen;	     /* of the handle, when asked last */
	struct nrs_live_stats stats; /* of all its handles */
};

struct nrs_live {
	struct nrs_live_options options;
	unsigned int first; /* interface that is read first: they take turns */
	struct interface interfaces[NRS_LIVE_INTERFACES_MAX];
	/* of the read under way */
	struct nrs_packet *packets;
	unsigned int count, max;
	uint8_t *block;
	size_t used;
	unsigned int reading;
};

static uint16_t linktype_of(int dlt)
{
	/* libpcap's own numbers differ from the file's for raw IP only. */
	return dlt == DLT_RAW ? NRS_LINK_RAW : (uint16_t)dlt;
}

static int setup(struct interface *it, const struct nrs_live_options *options)
{
	pcap_t *handle = it->handle;

	if (pcap_set_snaplen(handle, NRS_LIVE_SNAPLEN) != 0 ||
	    pcap_set_promisc(handle, it->what->promiscuous ? 1 : 0) != 0 ||
	    pcap_set_timeout(handle, BLOCK_RETIRE_MS) != 0 ||
	    pcap_set_buffer_size(handle, options->buffer_bytes) != 0)
		return NRS_E_INTERNAL;
	/* Where it is refused, microseconds are what there is. */
	(void)pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
	return NRS_OK;
}

static int set_direction(struct interface *it)
{
	const enum nrs_live_direction wanted = it->what->direction;

	if (wanted == NRS_LIVE_BOTH)
		return NRS_OK;
	return pcap_setdirection(it->handle, wanted == NRS_LIVE_INCOMING
						     ? PCAP_D_IN
						     : PCAP_D_OUT) == 0
		       ? NRS_OK
		       : NRS_E_IO;
}

static int set_filter(struct interface *it, const char *expression)
{
	struct bpf_program code;

	if (expression == NULL)
		return NRS_OK;
	if (pcap_compile(it->handle, &code, expression, 1,
			 PCAP_NETMASK_UNKNOWN) != 0)
		return NRS_E_SYNTAX;
	const int err = pcap_setfilter(it->handle, &code);
	pcap_freecode(&code);
	return err == 0 ? NRS_OK : NRS_E_IO;
}

/* The library's numbers have 32 bits, come round, and are a handle's. */
static int count_packets(struct interface *it)
{
	const struct pcap_stat before = it->seen;

	if (pcap_stats(it->handle, &it->seen) != 0)
		return NRS_E_IO;
	it->stats.received += it->seen.ps_recv - before.ps_recv;
	it->stats.dropped += it->seen.ps_drop - before.ps_drop;
	/* A card that is gone counts nothing: what is less is no more. */
	if (it->seen.ps_ifdrop > before.ps_ifdrop &&
	    it->seen.ps_ifdrop - before.ps_ifdrop <= INT32_MAX)
		it->stats.dropped_by_interface +=
			it->seen.ps_ifdrop - before.ps_ifdrop;
	return NRS_OK;
}

static void close_interface(struct interface *it)
{
	if (it->handle != NULL) {
		(void)count_packets(it);
		pcap_close(it->handle);
	}
	it->seen = (struct pcap_stat){0};
	it->handle = NULL;
	it->fd = -1;
}

static int fail(struct interface *it, int err, struct nrs_diag *diag)
{
	(void)nrs_diag_set(diag, err, 0, "interface %s: %s%s", it->what->name,
			   pcap_geterr(it->handle),
			   it->is_forbidden ? "; it wants root, or CAP_NET_RAW"
					    : "");
	close_interface(it);
	return err;
}

static int open_interface(struct interface *it,
			  const struct nrs_live_options *options,
			  struct nrs_diag *diag)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int err;

	it->handle = pcap_create(it->what->name, text);
	if (it->handle == NULL)
		return nrs_diag_set(diag, NRS_E_IO, 0, "interface %s: %s",
				    it->what->name, text);
	err = setup(it, options);
	const int activated = err == NRS_OK ? pcap_activate(it->handle) : 0;
	it->is_forbidden = activated == PCAP_ERROR_PERM_DENIED;
	if (activated < 0)
		err = NRS_E_IO;
	if (err == NRS_OK)
		err = set_direction(it);
	if (err == NRS_OK)
		err = set_filter(it, it->what->filter);
	if (err != NRS_OK)
		return fail(it, err, diag);
	if (pcap_setnonblock(it->handle, 1, text) != 0)
		return fail(it, NRS_E_IO, diag);
	it->fd = pcap_get_selectable_fd(it->handle);
	it->linktype = linktype_of(pcap_datalink(it->handle));
	return it->fd >= 0 ? NRS_OK : fail(it, NRS_E_UNSUPPORTED, diag);
}

int nrs_live_open(struct nrs_live **out, const struct nrs_live_options *options,
		  struct nrs_diag *diag)
{
	struct nrs_live *live;

	if (options->interface_count == 0 ||
	    options->interface_count > NRS_LIVE_INTERFACES_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "between 1 and %d interfaces, not %u",
				    NRS_LIVE_INTERFACES_MAX,
				    options->interface_count);
	live = calloc(1, sizeof(*live));
	if (live == NULL)
		return NRS_E_NOMEM;
	live->options = *options;
	for (unsigned int i = 0; i < options->interface_count; i++) {
		struct interface *it = &live->interfaces[i];

		it->what = &options->interfaces[i];
		it->fd = -1;
		const int err = open_interface(it, options, diag);
		if (err != NRS_OK) {
			nrs_live_close(live);
			return err;
		}
	}
	*out = live;
	return NRS_OK;
}

void nrs_live_close(struct nrs_live *live)
{
	if (live == NULL)
		return;
	for (unsigned int i = 0; i < live->options.interface_count; i++)
		close_interface(&live->interfaces[i]);
	free(live);
}

unsigned int nrs_live_reopen(struct nrs_live *live)
{
	unsigned int down = 0;

	for (unsigned int i = 0; i < live->options.interface_count; i++) {
		struct interface *it = &live->interfaces[i];

		if (it->handle == NULL &&
		    open_interface(it, &live->options, NULL) != NRS_OK)
			down++;
	}
	return down;
}

static void take_packet(u_char *ctx, const struct pcap_pkthdr *head,
			const u_char *bytes)
{
	struct nrs_live *live = (void *)ctx;
	const struct interface *it = &live->interfaces[live->reading];
	const size_t len = head->caplen < NRS_LIVE_SNAPLEN ? head->caplen
							   : NRS_LIVE_SNAPLEN;
	const int64_t scale = pcap_get_tstamp_precision(it->handle) ==
					      PCAP_TSTAMP_PRECISION_NANO
				      ? 1
				      : 1000;

	memcpy(live->block + live->used, bytes, len);
	live->packets[live->count++] = (struct nrs_packet){
		.ts_ns = (int64_t)head->ts.tv_sec * INT64_C(1000000000) +
			 (int64_t)head->ts.tv_usec * scale,
		.wirelen = head->len,
		.linktype = it->linktype,
		.iface = (uint16_t)live->reading,
		.file = live->reading,
		.span = nrs_span(live->block + live->used, len)};
	live->used += (len + 15) / 16 * 16;
	if (live->count == live->max ||
	    live->used + NRS_LIVE_SNAPLEN > NRS_SOURCE_BLOCK)
		pcap_breakloop(it->handle);
}

static bool is_full(const struct nrs_live *live)
{
	return live->count == live->max ||
	       live->used + NRS_LIVE_SNAPLEN > NRS_SOURCE_BLOCK;
}

static int read_interfaces(struct nrs_live *live, struct nrs_diag *diag)
{
	const unsigned int all = live->options.interface_count;
	int err = NRS_OK;

	live->first = (live->first + 1) % all;
	for (unsigned int i = 0; i < all && !is_full(live); i++) {
		struct interface *it;

		live->reading = (live->first + i) % all;
		it = &live->interfaces[live->reading];
		if (it->handle == NULL)
			continue;
		const int got = pcap_dispatch(it->handle,
					      (int)(live->max - live->count),
					      take_packet, (u_char *)live);
		if (got < 0 && got != PCAP_ERROR_BREAK)
			err = fail(it, NRS_E_IO, diag);
	}
	return err;
}

static void wait_for_any(const struct nrs_live *live, int timeout_ms)
{
	struct pollfd fds[NRS_LIVE_INTERFACES_MAX];
	nfds_t count = 0;

	for (unsigned int i = 0; i < live->options.interface_count; i++) {
		if (live->interfaces[i].handle != NULL)
			fds[count++] = (struct pollfd){
				.fd = live->interfaces[i].fd, .events = POLLIN};
	}
	(void)poll(fds, count, timeout_ms);
}

int nrs_live_read(struct nrs_live *live, struct nrs_packet *packets,
		  unsigned int max, uint8_t *block, struct nrs_diag *diag)
{
	int err;

	live->packets = packets;
	live->max = max;
	live->block = block;
	live->count = 0;
	live->used = 0;
	err = read_interfaces(live, diag);
	if (live->count == 0 && err == NRS_OK) {
		wait_for_any(live, BLOCK_RETIRE_MS);
		err = read_interfaces(live, diag);
	}
	return live->count > 0 || err == NRS_OK ? (int)live->count : err;
}

int nrs_live_stats(struct nrs_live *live, unsigned int index,
		   struct nrs_live_stats *out)
{
	int err = NRS_E_NOTFOUND;

	*out = (struct nrs_live_stats){0};
	if (index >= live->options.interface_count)
		return NRS_E_NOTFOUND;
	struct interface *it = &live->interfaces[index];
	if (it->handle != NULL)
		err = count_packets(it);
	*out = it->stats;
	return err;
}
