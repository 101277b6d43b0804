/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flows: the receiver of bench/flows.py. `flows` lets the kernel keep flows and
 * reads what it sends up; `count` lets a program at the same place count, and
 * reads nothing. What was seen is told at SIGTERM.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capture/source/kernel_flows.h"
#include "capture/source/kernel_table.h"
#include "capture/source/source.h"

#define PACKETS 4096u

static volatile sig_atomic_t is_over;
static struct nrs_packet packets[PACKETS];
static uint8_t block[NRS_SOURCE_BLOCK_ROOM];

static void on_signal(int number)
{
	(void)number;
	is_over = 1;
}

static double cpu_s(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void be_ready(void)
{
	puts("ready");
	(void)fflush(stdout);
}

static int complain(const struct nrs_diag *diag)
{
	fprintf(stderr, "%s\n", diag->text);
	return 1;
}

static int count_only(const struct nrs_live_interface *interface)
{
	const struct nrs_live_options options = {.interface_count = 1};
	struct nrs_kernel_table *table = NULL;
	struct nrs_flow_counts counts;
	struct nrs_diag diag = {0};
	int err = nrs_kernel_table_new(&table, &options, &diag);

	if (err != NRS_OK)
		return complain(&diag);
	nrs_kernel_table_count_only(table);
	err = nrs_kernel_table_attach(table, 0, interface, &diag);
	if (err == NRS_OK)
		be_ready();
	while (err == NRS_OK && !is_over)
		(void)usleep(10000);
	nrs_kernel_table_counts(table, 0, &counts);
	printf("{\"packets\": %llu}\n", counts.packets);
	nrs_kernel_table_free(table);
	return err == NRS_OK ? 0 : complain(&diag);
}

static int keep_flows(const struct nrs_live_interface *interface)
{
	const struct nrs_live_options options = {.interfaces = interface,
						 .interface_count = 1};
	struct nrs_kernel_flows *flows = NULL;
	struct nrs_live_stats stats = {0};
	struct nrs_diag diag = {0};
	unsigned long long frames = 0, reports = 0;
	int count = 0;

	if (nrs_kernel_flows_open(&flows, &options, &diag) != NRS_OK)
		return complain(&diag);
	be_ready();
	const double before = cpu_s();
	while (!is_over && count >= 0) {
		count = nrs_kernel_flows_read(flows, packets, PACKETS, block,
					      &diag);
		for (int i = 0; i < count; i++)
			*(packets[i].is_report ? &reports : &frames) += 1;
	}
	(void)nrs_kernel_flows_stats(flows, 0, &stats);
	printf("{\"packets\": %llu, \"dropped\": %llu, \"frames\": %llu, "
	       "\"reports\": %llu, \"cpu\": %.3f}\n",
	       (unsigned long long)stats.received,
	       (unsigned long long)stats.dropped, frames, reports,
	       cpu_s() - before);
	nrs_kernel_flows_close(flows);
	return count >= 0 ? 0 : complain(&diag);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: flows count|flows IF\n", stderr);
		return 2;
	}
	const struct nrs_live_interface interface = {.name = argv[2],
						     .promiscuous = true};
	(void)signal(SIGTERM, on_signal);
	return strcmp(argv[1], "count") == 0 ? count_only(&interface)
					     : keep_flows(&interface);
}
