/* SPDX-License-Identifier: Apache-2.0 */
/*
 * silence: threads that do not answer, and for how long: what the service
 * manager's watchdog is to know. A thread that is late is not one that hangs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NRS_SILENCE_NS (20 * INT64_C(1000000000))

struct nrs_silence {
	unsigned int threads; /* that did not answer last time */
	int64_t since_ns;     /* that some did not */
};

/* They were asked at @now_ns, and @threads did not answer in time. */
void nrs_silence_look(struct nrs_silence *silence, unsigned int threads,
		      int64_t now_ns);

/* Some have been silent for NRS_SILENCE_NS: they hang. */
bool nrs_silence_is_long(const struct nrs_silence *silence, int64_t now_ns);
