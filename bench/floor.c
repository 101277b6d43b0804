/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor: the plain pcap_next_ex loop that bench/replay compares with: what
 * reading the capture costs anybody who uses libpcap. It touches each packet's
 * first bytes, as any reader must.
 */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const u_char *bytes;
	unsigned long long packets = 0, sum = 0;

	if (argc != 2) {
		fputs("usage: floor CAPTURE\n", stderr);
		return 2;
	}
	pcap_t *pcap = pcap_open_offline(argv[1], error);
	if (pcap == NULL) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	while (pcap_next_ex(pcap, &head, &bytes) == 1) {
		packets++;
		if (head->caplen > 13)
			sum += bytes[12] + bytes[13];
	}
	pcap_close(pcap);
	printf("%llu packets, sum %llu\n", packets, sum);
	return 0;
}
