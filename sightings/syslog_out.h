/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog_out: a line of JSON as a message of RFC 5424, in the frame that TCP
 * and TLS want: its length in octets before it (RFC 6587 section 3.4.1, RFC
 * 5425 section 4.3).
 */
#pragma once

#include "engine/base/stamp.h"
#include "engine/base/text.h"
#include "sightings/classify.h"

struct nrs_syslog_message {
	unsigned int facility; /* 0 to 23 */
	enum nrs_class grade;  /* of what is told: its severity */
	int64_t time_ns;
	struct nrs_span host; /* of the sensor */
	struct nrs_span what; /* MSGID: "hit" */
	struct nrs_span text; /* UTF-8, no line feed at its end */
};

/* Append the frame. Of a text beyond NRS_SYSLOG_TEXT_MAX only the beginning
 * goes, which the last characters say. */
#define NRS_SYSLOG_TEXT_MAX ((size_t)60 << 10)
void nrs_syslog_frame(struct nrs_text *out,
		      const struct nrs_syslog_message *message);
