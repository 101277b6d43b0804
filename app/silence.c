/* SPDX-License-Identifier: Apache-2.0 */
/*
 * silence: the first look at which somebody was silent, and none after it at
 * which all answered.
 */
#include "app/silence.h"

void nrs_silence_look(struct nrs_silence *silence, unsigned int threads,
		      int64_t now_ns)
{
	if (silence->threads == 0 || now_ns < silence->since_ns)
		silence->since_ns = now_ns;
	silence->threads = threads;
}

bool nrs_silence_is_long(const struct nrs_silence *silence, int64_t now_ns)
{
	return silence->threads > 0 &&
	       now_ns - silence->since_ns >= NRS_SILENCE_NS;
}
