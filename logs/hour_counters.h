/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_counters: THE table of what is counted of an hour. All of it adds up: of
 * several rows of one hour and owner the sum is what there was.
 *
 * "out" and "in" are as seen from the owner: of flows who opened them, of
 * packets and their octets (of IP packets) which way they went. "internal" is
 * with both ends own; between two owners it counts with each of them.
 * "transit" is with neither. "asked" and what follows is of clients, "served"
 * of servers.
 */
#pragma once

/* id, group, name. */
#define NRS_HOUR_COUNTERS(X)                                                   \
	X(FLOWS_OUT, "flows", "out")                                           \
	X(FLOWS_IN, "flows", "in")                                             \
	X(FLOWS_INTERNAL, "flows", "internal")                                 \
	X(FLOWS_TRANSIT, "flows", "transit")                                   \
	X(PACKETS_OUT, "packets", "out")                                       \
	X(PACKETS_IN, "packets", "in")                                         \
	X(PACKETS_INTERNAL, "packets", "internal")                             \
	X(PACKETS_TRANSIT, "packets", "transit")                               \
	X(BYTES_OUT, "bytes", "out")                                           \
	X(BYTES_IN, "bytes", "in")                                             \
	X(BYTES_INTERNAL, "bytes", "internal")                                 \
	X(BYTES_TRANSIT, "bytes", "transit")                                   \
	X(UNKNOWN, "outcomes", "unknown")                                      \
	X(ATTEMPTED, "outcomes", "attempted")                                  \
	X(BLOCKED, "outcomes", "blocked")                                      \
	X(ANSWERED, "outcomes", "answered")                                    \
	X(ESTABLISHED, "outcomes", "established")                              \
	X(TCP, "transports", "tcp")                                            \
	X(UDP, "transports", "udp")                                            \
	X(ICMP, "transports", "icmp")                                          \
	X(OTHER, "transports", "other")                                        \
	X(SPOKE_DNS, "spoken", "dns")                                          \
	X(SPOKE_HTTP, "spoken", "http")                                        \
	X(SPOKE_TLS, "spoken", "tls")                                          \
	X(SPOKE_QUIC, "spoken", "quic")                                        \
	X(SPOKE_SSH, "spoken", "ssh")                                          \
	X(SPOKE_FTP, "spoken", "ftp")                                          \
	X(SPOKE_FTP_DATA, "spoken", "ftp-data")                                \
	X(SPOKE_TFTP, "spoken", "tftp")                                        \
	X(SPOKE_SMB, "spoken", "smb")                                          \
	X(SPOKE_SMTP, "spoken", "smtp")                                        \
	X(SPOKE_IMAP, "spoken", "imap")                                        \
	X(SPOKE_POP3, "spoken", "pop3")                                        \
	X(SPOKE_DTLS, "spoken", "dtls")                                        \
	X(ASKED_DNS, "asked", "dns")                                           \
	X(ASKED_HTTP, "asked", "http")                                         \
	X(ASKED_TLS, "asked", "tls")                                           \
	X(SERVED_DNS, "served", "dns")                                         \
	X(SERVED_HTTP, "served", "http")                                       \
	X(SERVED_TLS, "served", "tls")                                         \
	X(DNS_A, "dns", "A")                                                   \
	X(DNS_AAAA, "dns", "AAAA")                                             \
	X(DNS_PTR, "dns", "PTR")                                               \
	X(DNS_MX, "dns", "MX")                                                 \
	X(DNS_TXT, "dns", "TXT")                                               \
	X(DNS_HTTPS, "dns", "HTTPS")                                           \
	X(DNS_SVCB, "dns", "SVCB")                                             \
	X(DNS_SRV, "dns", "SRV")                                               \
	X(DNS_NS, "dns", "NS")                                                 \
	X(DNS_SOA, "dns", "SOA")                                               \
	X(DNS_CNAME, "dns", "CNAME")                                           \
	X(DNS_NULL, "dns", "NULL")                                             \
	X(DNS_DS, "dns", "DS")                                                 \
	X(DNS_DNSKEY, "dns", "DNSKEY")                                         \
	X(DNS_AXFR, "dns", "AXFR")                                             \
	X(DNS_ANY, "dns", "ANY")                                               \
	X(DNS_OTHER, "dns", "other")                                           \
	X(RCODE_NOERROR, "rcodes", "NOERROR")                                  \
	X(RCODE_FORMERR, "rcodes", "FORMERR")                                  \
	X(RCODE_SERVFAIL, "rcodes", "SERVFAIL")                                \
	X(RCODE_NXDOMAIN, "rcodes", "NXDOMAIN")                                \
	X(RCODE_NOTIMP, "rcodes", "NOTIMP")                                    \
	X(RCODE_REFUSED, "rcodes", "REFUSED")                                  \
	X(RCODE_OTHER, "rcodes", "other")                                      \
	X(HIT_FLOWS, "hits", "flows")

enum nrs_hour_counter {
#define X(id, group, name) NRS_HOUR_##id,
	NRS_HOUR_COUNTERS(X)
#undef X
		NRS_HOUR_COUNTERS_END
};
