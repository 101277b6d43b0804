/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor: what reading packets costs anybody who uses libpcap; each packet's
 * first bytes are touched, as any reader must. Of a capture the plain
 * pcap_next_ex loop that bench/replay compares with; of an interface, for
 * bench/live, until SIGTERM, with the same buffer as ours and the block timeout
 * of our rings.
 */
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_BYTES (64 << 20)
#define SNAPLEN 65535
#define WAIT_MS 10

struct count {
	unsigned long long packets, sum;
};

static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
	(void)number;
	is_over = 1;
}

static void on_packet(u_char *ctx, const struct pcap_pkthdr *head,
		      const u_char *bytes)
{
	struct count *count = (void *)ctx;

	count->packets++;
	if (head->caplen > 13)
		count->sum += bytes[12] + bytes[13];
}

static int read_file(const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const u_char *bytes;
	struct count count = {0};
	pcap_t *pcap = pcap_open_offline(path, error);

	if (pcap == NULL) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	while (pcap_next_ex(pcap, &head, &bytes) == 1)
		on_packet((u_char *)&count, head, bytes);
	pcap_close(pcap);
	printf("%llu packets, sum %llu\n", count.packets, count.sum);
	return 0;
}

static pcap_t *open_interface(const char *name)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(name, error);

	if (pcap == NULL || pcap_set_snaplen(pcap, SNAPLEN) != 0 ||
	    pcap_set_promisc(pcap, 1) != 0 ||
	    pcap_set_buffer_size(pcap, BUFFER_BYTES) != 0 ||
	    pcap_set_timeout(pcap, WAIT_MS) != 0 || pcap_activate(pcap) < 0 ||
	    pcap_setnonblock(pcap, 1, error) != 0) {
		fprintf(stderr, "%s: %s\n", name,
			pcap == NULL ? error : pcap_geterr(pcap));
		return NULL;
	}
	return pcap;
}

static int read_interface(const char *name)
{
	pcap_t *pcap = open_interface(name);
	struct pcap_stat stats = {0};
	struct count count = {0};

	if (pcap == NULL)
		return 1;
	struct pollfd ready = {.fd = pcap_get_selectable_fd(pcap),
			       .events = POLLIN};
	puts("ready");
	(void)fflush(stdout);
	while (!is_over) {
		if (pcap_dispatch(pcap, -1, on_packet, (u_char *)&count) == 0)
			(void)poll(&ready, 1, WAIT_MS);
	}
	(void)pcap_stats(pcap, &stats);
	printf("{\"packets\": %llu, \"dropped\": %u, \"sum\": %llu}\n",
	       count.packets, stats.ps_drop, count.sum);
	pcap_close(pcap);
	return 0;
}

int main(int argc, char **argv)
{
	(void)signal(SIGTERM, on_signal);
	if (argc == 3 && strcmp(argv[1], "--live") == 0)
		return read_interface(argv[2]);
	if (argc == 2)
		return read_file(argv[1]);
	fputs("usage: floor CAPTURE\n       floor --live INTERFACE\n", stderr);
	return 2;
}
