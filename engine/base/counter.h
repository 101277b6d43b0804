/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counter: everything that is counted, in one table. Each worker owns one
 * struct; the emitter or `status` adds them up. Plain words: one writer, and
 * readers only after the writer's block was handed over.
 */
#pragma once

#include "engine/base/span.h"

/* name in the output, what it counts */
#define NRS_COUNTERS(X)                                                        \
	X(PACKETS, "packets", "packets read")                                  \
	X(BYTES, "bytes", "bytes on the wire of those packets")                \
	X(FILTERED, "packets_filtered", "left out by filter, from or to")      \
	X(TRUNCATED, "packets_truncated", "captured shorter than on the wire") \
	X(UNDECODED, "packets_undecoded", "no IP in them, or broken headers")  \
	X(NOT_IP, "packets_not_ip", "ARP, STP, LLDP and the like")             \
	X(FRAGMENTS, "fragments_not_inspected",                                \
	  "IP fragments whose packet never became whole")                      \
	X(DEFRAGMENTED, "packets_defragmented", "put together from fragments") \
	X(FRAGMENT_OVERLAPS, "fragments_contradicting",                        \
	  "packets whose fragments overlap and differ")                        \
	X(TUNNELLED, "packets_tunnelled", "IP packets inside other ones")      \
	X(TUNNEL_OPAQUE, "tunnels_not_inspected",                              \
	  "tunnelled packets that are cut, broken or too deep")                \
	X(TIME_BACK, "time_backwards", "packet time before the one before")    \
	X(TIME_JUMP, "time_jumps", "jumps of more than an hour, limited")      \
	X(HANDED_OVER, "datagrams_handed_over",                                \
	  "received by another worker than their flow's")                      \
	X(HANDED_LOST, "datagrams_handed_over_lost",                           \
	  "the same, and there was no room for them")                          \
	X(FLOWS, "flows", "flows begun")                                       \
	X(FLOWS_EVICTED, "flows_evicted", "ended early: the table was full")   \
	X(FLOWS_ONE_SIDED, "flows_one_sided",                                  \
	  "TCP flows with data, one side seen")                                \
	X(STREAM_EARLY, "segments_early",                                      \
	  "TCP segments that waited for those before them")                    \
	X(STREAM_OVERLAPS, "segments_contradicting",                           \
	  "TCP segments that overlap and differ")                              \
	X(STREAM_UNCHECKED, "segments_repeated_otherwise",                     \
	  "sent again in other pieces: not compared")                          \
	X(STREAM_GAPS, "stream_gaps", "places where TCP bytes are missing")    \
	X(STREAM_GAP_BYTES, "stream_gap_bytes", "bytes missing there")         \
	X(STREAM_NO_BUFFER, "stream_buffer_refused",                           \
	  "no room to join segments")                                          \
	X(DNS, "dns_messages", "DNS messages read")                            \
	X(DNS_BAD, "dns_refused", "broken DNS messages")                       \
	X(HTTP, "http_messages", "HTTP requests and responses read")           \
	X(HTTP_BAD, "http_refused", "broken HTTP heads")                       \
	X(HTTP2, "http2_messages", "HTTP/2 requests and responses read")       \
	X(HTTP2_BLIND, "http2_sides_not_read", "lost by gaps or floods")       \
	X(HTTP2_CUT, "http2_streams_cut", "ended early: too many at once")     \
	X(TLS, "tls_client_hellos", "TLS ClientHellos read")                   \
	X(TLS_BAD, "tls_refused", "broken TLS hellos")                         \
	X(TLS_NO_NAME, "tls_without_name",                                     \
	  "ClientHellos without a server name")                                \
	X(TLS_ECH, "tls_encrypted_hello",                                      \
	  "names hidden by encrypted ClientHello")                             \
	X(TLS_NO_PRINT, "tls_without_fingerprint",                             \
	  "hellos too long for JA3 or JA4")                                    \
	X(CERT, "tls_certificates", "certificates read")                       \
	X(CERT_BAD, "tls_certificates_refused",                                \
	  "broken or too long, in part or whole")                              \
	X(CERT_HIDDEN, "tls_certificates_encrypted",                           \
	  "TLS 1.3 handshakes, whose certificates are encrypted")              \
	X(QUIC, "quic_flows", "QUIC flows of versions that are read")          \
	X(QUIC_BAD, "quic_refused", "QUIC hellos that could not be read")      \
	X(SSH, "ssh_flows", "SSH connections read")                            \
	X(SSH_BAD, "ssh_refused", "SSH lines and offers broken or too long")   \
	X(LINES_REFUSED, "lines_refused",                                      \
	  "lines of mail protocols too long, or broken")                       \
	X(MAIL, "mail_messages", "mail messages read")                         \
	X(MAIL_PARTIAL, "mail_partial", "of which a part was not seen")        \
	X(MAIL_AMBIGUOUS, "mail_ambiguous",                                    \
	  "that their readers may take otherwise than we did")                 \
	X(MAIL_CUT, "mail_cut",                                                \
	  "with fields or URLs too long, or parts too deep in one another")    \
	X(MAIL_REFUSED, "mail_refused", "messages with no room to read them")  \
	X(FILES, "files", "files seen in exchanges")                           \
	X(FILES_PARTIAL, "files_partial",                                      \
	  "files with gaps, or of which only a part was sent")                 \
	X(FILES_REFUSED, "files_refused", "files beyond the shard's quota")    \
	X(SMB, "smb_messages", "SMB messages read")                            \
	X(SMB_BAD, "smb_refused", "broken SMB messages")                       \
	X(SMB_HIDDEN, "smb_messages_encrypted", "or compressed: not read")     \
	X(SMB_FORGOTTEN, "smb_forgotten", "more open files than are followed") \
	X(PAYLOAD, "payload_bytes", "bytes that payload patterns looked at")   \
	X(PAYLOAD_NO_ROOM, "payload_streams_refused", "no room for a state")   \
	X(PAYLOAD_BUDGET, "payload_budget_reached", "not looked at to an end") \
	X(PAYLOAD_GAPS, "payload_streams_interrupted", "by missing bytes")     \
	X(PAYLOAD_RENEWED, "payload_streams_dropped", "by new indicators")     \
	X(VALUES, "values", "field values looked up")                          \
	X(VALUES_BAD, "values_without_canonical_form", "not a name, URL, ...") \
	X(VALUES_REFUSED, "values_refused",                                    \
	  "matched values with no room to keep")                               \
	X(HITS, "hits", "indicator matches")                                   \
	X(PARTS, "pattern_parts", "observations told for patterns of several") \
	X(HITS_EXPIRED, "hits_not_valid", "matches outside the validity time") \
	X(HITS_LOST, "hits_lost", "matches with no room to report")            \
	X(REGEX_ERROR, "regex_errors",                                         \
	  "scans that the regex library refused or gave up")

enum nrs_counter {
#define X(id, name, text) NRS_C_##id,
	NRS_COUNTERS(X)
#undef X
		NRS_COUNTER_COUNT
};

struct nrs_counters {
	_Alignas(64) uint64_t value[NRS_COUNTER_COUNT];
};

static inline void nrs_count(struct nrs_counters *c, enum nrs_counter which)
{
	c->value[which]++;
}

static inline void nrs_count_add(struct nrs_counters *c, enum nrs_counter which,
				 uint64_t n)
{
	c->value[which] += n;
}

/* Add @from to @to, word by word. */
void nrs_counters_sum(struct nrs_counters *to, const struct nrs_counters *from);
const char *nrs_counter_name(enum nrs_counter which);
const char *nrs_counter_text(enum nrs_counter which);
