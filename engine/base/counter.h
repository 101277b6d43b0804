/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counter: everything that is counted, in one table. Each worker owns one
 * struct; the emitter or `status` adds them up. Plain words: one writer, and
 * readers only after the writer's block was handed over.
 */
#pragma once

#include "engine/base/blind.h"
#include "engine/base/counter_content.h"
#include "engine/base/span.h"

/* name in the output, what it counts */
#define NRS_COUNTERS(X)                                                        \
	X(PACKETS, "packets", "packets read")                                  \
	X(BYTES, "bytes", "bytes on the wire of those packets")                \
	X(FILTERED, "packets_filtered", "left out by filter, from or to")      \
	X(TRUNCATED, "packets_truncated", "captured shorter than on the wire") \
	X(UNDECODED, "packets_undecoded", "no IP in them, or broken headers")  \
	X(NOT_IP, "packets_not_ip", "ARP, STP, LLDP and the like")             \
	X(OPAQUE, "packets_encapsulation_unknown",                             \
	  "encapsulations that are not known, or encrypted")                   \
	X(FRAGMENTS, "fragments_not_inspected",                                \
	  "IP fragments whose packet never became whole")                      \
	X(DEFRAGMENTED, "packets_defragmented", "put together from fragments") \
	X(FRAGMENT_OVERLAPS, "fragments_contradicting",                        \
	  "packets whose fragments overlap and differ")                        \
	X(TUNNELLED, "packets_tunnelled", "IP packets inside other ones")      \
	X(TUNNEL_OPAQUE, "tunnels_not_inspected",                              \
	  "tunnelled packets that are cut, broken or too deep")                \
	X(TIME_BACK, "time_backwards", "packet time before the one before")    \
	X(TIME_JUMP, "time_jumps", "of an hour or more, limited, or set back") \
	X(SHED_PATTERNS, "packets_without_patterns",                           \
	  "read under load without patterns on payloads")                      \
	X(SHED_DIGESTS, "packets_without_digests",                             \
	  "read under load without digests of files")                          \
	X(SHED_BODIES, "packets_without_bodies",                               \
	  "read under load without files")                                     \
	X(SHED_FLOWS, "packets_of_flows_refused",                              \
	  "of flows that were not begun under load")                           \
	X(HANDED_OVER, "datagrams_handed_over",                                \
	  "received by another worker than their flow's")                      \
	X(HANDED_LOST, "datagrams_handed_over_lost",                           \
	  "the same, and there was no room for them")                          \
	X(HURRIED, "records_hurried",                                          \
	  "told live though another worker was silent")                        \
	X(FLOW_REPORTS, "flow_reports", "the kernel told a flow's counts")     \
	X(UNSAMPLED, "packets_not_sampled",                                    \
	  "counted in the kernel, not looked into")                            \
	X(UNSAMPLED_BYTES, "bytes_not_sampled", "of those IP packets")         \
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
	NRS_COUNTERS_OF_CONTENT(X)                                             \
	X(VALUES, "values", "field values looked up")                          \
	X(VALUES_BAD, "values_without_canonical_form", "not a name, URL, ...") \
	X(VALUES_REFUSED, "values_refused", "matched, no room to keep them")   \
	X(HITS, "hits", "indicator matches")                                   \
	X(PARTS, "pattern_parts", "observations told for patterns of several") \
	X(HITS_EXPIRED, "hits_not_valid", "matches outside the validity time") \
	X(LOG_REFUSED, "log_values_refused", "too long for a log, or empty")   \
	X(HITS_LOST, "hits_lost", "matches with no room to report")            \
	X(REGEX_ERROR, "regex_errors",                                         \
	  "scans that the regex library refused or gave up")                   \
	X(EXPRESSION_BYTES, "expression_bytes",                                \
	  "bytes of values given to regular expressions")                      \
	X(COSTS_LOST, "costs_lost", "trials not told of before a set went")

enum nrs_counter {
#define X(id, name, text) NRS_C_##id,
	NRS_COUNTERS(X)
#undef X
		NRS_COUNTER_COUNT
};

struct nrs_counters {
	_Alignas(64) uint64_t value[NRS_COUNTER_COUNT];
	struct nrs_blind_sum blind[NRS_BLIND_SUMS];
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

/* Packets of no flow that could not be inspected. */
static inline void nrs_blind_packets(struct nrs_counters *c, enum nrs_blind why,
				     uint64_t packets, uint64_t bytes)
{
	c->blind[why].packets += packets;
	c->blind[why].bytes += bytes;
}

/* The reason that a counter stands for; 0: none. For marks of flows. */
nrs_blind_set nrs_counter_blind(enum nrs_counter which);

/* Add @from to @to, word by word. */
void nrs_counters_sum(struct nrs_counters *to, const struct nrs_counters *from);
const char *nrs_counter_name(enum nrs_counter which);
const char *nrs_counter_text(enum nrs_counter which);
