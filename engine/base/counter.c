/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counter: names and sums of what is counted.
 */
#include "engine/base/counter.h"

static const struct {
	const char *name, *text;
} rows[NRS_COUNTER_COUNT] = {
#define X(id, row_name, row_text)                                              \
	[NRS_C_##id] = {.name = (row_name), .text = (row_text)},
	NRS_COUNTERS(X)
#undef X
};

void nrs_counters_sum(struct nrs_counters *to, const struct nrs_counters *from)
{
	for (unsigned int i = 0; i < NRS_COUNTER_COUNT; i++)
		to->value[i] += from->value[i];
	for (unsigned int i = 0; i < NRS_BLIND_SUMS; i++) {
		to->blind[i].flows += from->blind[i].flows;
		to->blind[i].packets += from->blind[i].packets;
		to->blind[i].bytes += from->blind[i].bytes;
	}
}

nrs_blind_set nrs_counter_blind(enum nrs_counter which)
{
	static const nrs_blind_set reasons[NRS_COUNTER_COUNT] = {
#define WHY(counter, blind) [NRS_C_##counter] = NRS_BLIND_BIT(NRS_B_##blind)
		WHY(FLOWS_EVICTED, EVICTED),
		WHY(STREAM_OVERLAPS, AMBIGUOUS),
		WHY(STREAM_GAPS, GAPS),
		WHY(STREAM_NO_BUFFER, POOL),
		WHY(DNS_BAD, REFUSED),
		WHY(HTTP_BAD, REFUSED),
		WHY(HTTP2_BLIND, GAPS),
		WHY(HTTP2_CUT, LONG),
		WHY(TLS_BAD, REFUSED),
		WHY(TLS_NO_NAME, NO_NAME),
		WHY(TLS_ECH, ECH),
		WHY(TLS_NO_PRINT, LONG),
		WHY(CERT_BAD, REFUSED),
		WHY(CERT_HIDDEN, CERTIFICATE),
		WHY(QUIC_BAD, REFUSED),
		WHY(SSH_BAD, REFUSED),
		WHY(LINES_REFUSED, LONG),
		WHY(MAIL_PARTIAL, PARTIAL),
		WHY(MAIL_AMBIGUOUS, AMBIGUOUS),
		WHY(MAIL_CUT, LONG),
		WHY(MAIL_REFUSED, POOL),
		WHY(FILES_PARTIAL, PARTIAL),
		WHY(FILES_REFUSED, POOL),
		WHY(FILES_PACKED, REFUSED),
		WHY(FTP_BAD, REFUSED),
		WHY(SMB_BAD, REFUSED),
		WHY(SMB_HIDDEN, ENCRYPTED),
		WHY(SMB_FORGOTTEN, POOL),
		WHY(PAYLOAD_NO_ROOM, POOL),
		WHY(PAYLOAD_BUDGET, LONG),
		WHY(PAYLOAD_GAPS, GAPS),
		WHY(VALUES_REFUSED, POOL),
		WHY(HITS_LOST, POOL),
#undef WHY
	};

	return reasons[which];
}

const char *nrs_counter_name(enum nrs_counter which)
{
	return rows[which].name;
}

const char *nrs_counter_text(enum nrs_counter which)
{
	return rows[which].text;
}
