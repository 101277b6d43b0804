/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_table: loads the programs through their skeleton. All interfaces share
 * one table, one ring of events, and the sockets' owners.
 */
#include "capture/source/kernel_table.h"

#include <errno.h>
#include <fcntl.h>
#include <flows.skel.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source/bpf.h"
#include "capture/source/kernel_hook.h"
#include "capture/source/kernel_older.h"

#define WAIT_MS 5
#define PROCESSORS_MAX 1024
#define OWNERS 5 /* programs that note a socket's process */

struct place {
	struct flows_bpf *skeleton;
	struct nrs_kernel_hook hook;
};

struct nrs_kernel_table {
	struct place places[NRS_LIVE_INTERFACES_MAX];
	unsigned int count;
	struct ring_buffer *ring;
	const uint8_t *positions; /* two pages: read up to, written up to */
	void *ctx;
	int (*take)(void *ctx, void *event, size_t len);
	int64_t tell_ns; /* 0: as the program has it */
	uint32_t batch;
	bool is_walking;
	bool can_own;
	struct bpf_link *owners[OWNERS];
	bool is_count_only;
};

static int on_event(void *ctx, void *data, size_t len)
{
	struct nrs_kernel_table *table = ctx;

	return table->take(table->ctx, data, len);
}

static struct bpf_program *owner_program(const struct flows_bpf *skeleton,
					 unsigned int i)
{
	struct bpf_program *const programs[OWNERS] = {
		skeleton->progs.nrs_own_new, skeleton->progs.nrs_own_connect4,
		skeleton->progs.nrs_own_connect6,
		skeleton->progs.nrs_own_sendmsg4,
		skeleton->progs.nrs_own_sendmsg6};

	return programs[i];
}

/* @with_owners: the programs of sockets too, once for all interfaces. */
static int load(struct nrs_kernel_table *table, unsigned int at,
		bool with_owners)
{
	const struct flows_bpf *first = table->places[0].skeleton;
	struct place *place = &table->places[at];

	place->skeleton = flows_bpf__open();
	if (place->skeleton == NULL)
		return -errno;
	place->skeleton->rodata->place = at;
	if (table->tell_ns > 0)
		place->skeleton->rodata->tell_ns = (uint64_t)table->tell_ns;
	for (unsigned int i = 0; i < OWNERS; i++)
		(void)bpf_program__set_autoload(
			owner_program(place->skeleton, i), with_owners);
	if (first != NULL &&
	    (bpf_map__reuse_fd(place->skeleton->maps.table,
			       bpf_map__fd(first->maps.table)) != 0 ||
	     bpf_map__reuse_fd(place->skeleton->maps.events,
			       bpf_map__fd(first->maps.events)) != 0 ||
	     bpf_map__reuse_fd(place->skeleton->maps.owners,
			       bpf_map__fd(first->maps.owners)) != 0))
		return -errno;
	return flows_bpf__load(place->skeleton);
}

static size_t positions_bytes(void)
{
	return 2 * (size_t)sysconf(_SC_PAGESIZE);
}

static int open_ring(struct nrs_kernel_table *table)
{
	const struct flows_bpf *first = table->places[0].skeleton;

	if (first == NULL) /* no interface */
		return -EINVAL;
	table->ring = ring_buffer__new(bpf_map__fd(first->maps.events),
				       on_event, table, NULL);
	if (table->ring == NULL)
		return -errno;
	void *pages = mmap(NULL, positions_bytes(), PROT_READ, MAP_SHARED,
			   bpf_map__fd(first->maps.events), 0);
	if (pages == MAP_FAILED)
		return -errno;
	table->positions = pages;
	return 0;
}

int nrs_kernel_table_new(struct nrs_kernel_table **out,
			 const struct nrs_live_options *options,
			 struct nrs_diag *diag)
{
	const unsigned int interfaces = options->interface_count;
	struct nrs_kernel_table *table = calloc(1, sizeof(*table));
	int err = 0;

	if (table == NULL)
		return NRS_E_NOMEM;
	nrs_bpf_be_quiet();
	table->count = interfaces;
	table->tell_ns = options->tell_ns;
	for (unsigned int i = 0; i < interfaces; i++)
		nrs_kernel_hook_init(&table->places[i].hook);
	table->can_own = load(table, 0, true) == 0;
	if (!table->can_own) {
		flows_bpf__destroy(table->places[0].skeleton);
		table->places[0].skeleton = NULL;
		err = load(table, 0, false);
	}
	for (unsigned int i = 1; i < interfaces && err == 0; i++)
		err = load(table, i, false);
	if (err == 0)
		err = open_ring(table);
	if (err != 0) {
		nrs_kernel_table_free(table);
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "the kernel does not take the program that "
				    "keeps flows (it takes CAP_BPF, "
				    "CAP_PERFMON and CAP_NET_ADMIN): %s",
				    strerror(-err));
	}
	*out = table;
	return NRS_OK;
}

static void leave(struct place *place)
{
	nrs_kernel_hook_leave(&place->hook);
	flows_bpf__destroy(place->skeleton);
}

void nrs_kernel_table_free(struct nrs_kernel_table *table)
{
	if (table == NULL)
		return;
	ring_buffer__free(table->ring);
	if (table->positions != NULL)
		(void)munmap((void *)table->positions, positions_bytes());
	for (unsigned int i = 0; i < OWNERS; i++)
		(void)bpf_link__destroy(table->owners[i]);
	/* The first one last: its maps are everybody's. */
	for (unsigned int i = table->count; i > 0; i--)
		leave(&table->places[i - 1]);
	free(table);
}

void nrs_kernel_table_count_only(struct nrs_kernel_table *table)
{
	table->is_count_only = true;
}

int nrs_kernel_table_attach(struct nrs_kernel_table *table, unsigned int at,
			    const struct nrs_live_interface *interface,
			    struct nrs_diag *diag)
{
	struct place *place = &table->places[at];
	const struct flows_bpf *skeleton = place->skeleton;
	const int err = nrs_kernel_hook_attach(
		&place->hook,
		bpf_program__fd(table->is_count_only
					? skeleton->progs.nrs_count_only
					: skeleton->progs.nrs_flows),
		interface, diag);

	if (err != NRS_OK)
		nrs_kernel_table_detach(table, at);
	return err;
}

void nrs_kernel_table_detach(struct nrs_kernel_table *table, unsigned int at)
{
	nrs_kernel_hook_leave(&table->places[at].hook);
	nrs_kernel_hook_init(&table->places[at].hook);
}

/* The word is for programs that cannot be taken away (clsact without the
 * rights); who goes through tcx waits for those that are under way. */
void nrs_kernel_table_end(struct nrs_kernel_table *table)
{
	for (unsigned int i = 0; i < table->count; i++) {
		table->places[i].skeleton->bss->is_over = 1;
		nrs_kernel_table_detach(table, i);
	}
}

bool nrs_kernel_table_is_there(const struct nrs_kernel_table *table,
			       unsigned int at,
			       const struct nrs_live_interface *interface)
{
	return nrs_kernel_hook_is_there(&table->places[at].hook, interface);
}

int nrs_kernel_table_own(struct nrs_kernel_table *table, const char *cgroup,
			 struct nrs_diag *diag)
{
	const struct flows_bpf *skeleton = table->places[0].skeleton;
	const int group = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = table->can_own ? 0 : -EOPNOTSUPP;

	if (group < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "cgroup %s: %s", cgroup,
				    strerror(errno));
	for (unsigned int i = 0; i < OWNERS && err == 0; i++) {
		table->owners[i] = bpf_program__attach_cgroup(
			owner_program(skeleton, i), group);
		err = table->owners[i] == NULL ? -errno : 0;
	}
	(void)close(group);
	return err == 0 ? NRS_OK
			: nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				       "cgroup %s: the kernel does not take "
				       "the programs that note processes: %s",
				       cgroup, strerror(-err));
}

int nrs_kernel_table_own_older(struct nrs_kernel_table *table,
			       const char *cgroup, unsigned int *noted,
			       struct nrs_diag *diag)
{
	return nrs_kernel_older(
		bpf_map__fd(table->places[0].skeleton->maps.owners), cgroup,
		noted, diag);
}

int nrs_kernel_table_events(struct nrs_kernel_table *table, void *ctx,
			    int (*take)(void *ctx, void *event, size_t len))
{
	table->ctx = ctx;
	table->take = take;
	const int err = ring_buffer__consume(table->ring);

	return err >= 0 || err == -ENOBUFS ? NRS_OK : NRS_E_IO;
}

bool nrs_kernel_table_wait(struct nrs_kernel_table *table)
{
	struct pollfd fd = {.fd = ring_buffer__epoll_fd(table->ring),
			    .events = POLLIN};

	return poll(&fd, 1, WAIT_MS) > 0;
}

bool nrs_kernel_table_is_filled(const struct nrs_kernel_table *table,
				unsigned int percent)
{
	const unsigned long *read_to = (const void *)table->positions;
	const unsigned long *written_to =
		(const void *)(table->positions + positions_bytes() / 2);
	const unsigned long size =
		bpf_map__max_entries(table->places[0].skeleton->maps.events);
	/* We write the first one, the kernel the second one. */
	const unsigned long waiting =
		__atomic_load_n(written_to, __ATOMIC_RELAXED) -
		__atomic_load_n(read_to, __ATOMIC_RELAXED);

	return waiting >= size / 100 * percent;
}

int nrs_kernel_table_next(struct nrs_kernel_table *table,
			  struct nrs_flow_key *keys, struct nrs_flow_kept *kept,
			  unsigned int *count)
{
	const int fd = bpf_map__fd(table->places[0].skeleton->maps.table);
	uint32_t next = 0;
	__u32 got = *count;
	const int err = bpf_map_lookup_batch(
		fd, table->is_walking ? &table->batch : NULL, &next, keys, kept,
		&got, NULL);

	table->batch = next;
	table->is_walking = err == 0;
	*count = err == 0 || err == -ENOENT ? got : 0;
	if (err == 0)
		return NRS_OK;
	return err == -ENOENT ? NRS_E_NOTFOUND : NRS_E_IO;
}

int nrs_kernel_table_delete(struct nrs_kernel_table *table,
			    const struct nrs_flow_key *key)
{
	const int fd = bpf_map__fd(table->places[0].skeleton->maps.table);

	return bpf_map_delete_elem(fd, key) == 0 ? NRS_OK : NRS_E_NOTFOUND;
}

void nrs_kernel_table_counts(const struct nrs_kernel_table *table,
			     unsigned int at, struct nrs_flow_counts *out)
{
	struct nrs_flow_counts each[PROCESSORS_MAX];
	const int fd = bpf_map__fd(table->places[at].skeleton->maps.counts);
	const int processors = libbpf_num_possible_cpus();
	const uint32_t zero = 0;

	*out = (struct nrs_flow_counts){0};
	if (processors > PROCESSORS_MAX ||
	    bpf_map_lookup_elem(fd, &zero, each) != 0)
		return;
	for (int i = 0; i < processors; i++) {
		out->packets += each[i].packets;
		out->bytes += each[i].bytes;
		out->flows += each[i].flows;
		out->full += each[i].full;
		out->lost += each[i].lost;
		out->not_kept += each[i].not_kept;
	}
}

const char *nrs_kernel_table_hook(const struct nrs_kernel_table *table)
{
	return table->places[0].hook.is_clsact ? "clsact" : "tcx";
}
