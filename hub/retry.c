/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry: one table of statuses; waits that never exceed their cap.
 */
#include "hub/retry.h"

#include "hub/when.h"

enum nrs_hub_verdict nrs_hub_verdict(int status)
{
	switch (status) {
	case 401:
	case 403:
	case 407:
		return NRS_HUB_DENIED;
	case 404:
	case 410:
		return NRS_HUB_GONE;
	case 406:
	case 415:
		return NRS_HUB_MEDIA;
	case 408:
	case 425:
	case 429:
		return NRS_HUB_LATER;
	case 413:
		return NRS_HUB_TOO_LARGE;
	case 422:
		return NRS_HUB_BAD_CONTENT;
	default:
		break;
	}
	if (status >= 200 && status < 300)
		return NRS_HUB_OK;
	if (status >= 300 && status < 400)
		return NRS_HUB_MOVED;
	return status >= 400 && status < 500 ? NRS_HUB_REFUSED : NRS_HUB_LATER;
}

const char *nrs_hub_verdict_name(enum nrs_hub_verdict verdict)
{
	static const char *const names[] = {
		[NRS_HUB_OK] = "well",
		[NRS_HUB_LATER] = "unavailable",
		[NRS_HUB_DENIED] = "denied",
		[NRS_HUB_GONE] = "gone",
		[NRS_HUB_MEDIA] = "does not speak TAXII 2.1",
		[NRS_HUB_TOO_LARGE] = "too large",
		[NRS_HUB_BAD_CONTENT] = "bad content",
		[NRS_HUB_REFUSED] = "refused",
		[NRS_HUB_MOVED] = "moved",
	};

	return names[verdict];
}

int64_t nrs_hub_retry_after(struct nrs_span header, int64_t now_ns)
{
	int64_t at_ns, wait_ns;
	uint64_t seconds;

	header = nrs_span_trim(header);
	const int err = nrs_span_u64(header, &seconds);
	if (err == NRS_E_RANGE)
		return NRS_HUB_RETRY_MAX_NS;
	if (err == NRS_OK) {
		if (seconds >= 3600)
			return NRS_HUB_RETRY_MAX_NS;
		return (int64_t)seconds * NRS_SECOND_NS;
	}
	if (nrs_hub_when(header, &at_ns) != NRS_OK)
		return -1;
	if (at_ns <= now_ns)
		return 0;
	if (__builtin_sub_overflow(at_ns, now_ns, &wait_ns) ||
	    wait_ns > NRS_HUB_RETRY_MAX_NS)
		return NRS_HUB_RETRY_MAX_NS;
	return wait_ns;
}

int64_t nrs_hub_backoff(unsigned int failures, uint32_t random)
{
	int64_t wait_ns = NRS_HUB_BACKOFF_MIN_NS;

	while (failures > 1 && wait_ns < NRS_HUB_BACKOFF_MAX_NS) {
		wait_ns *= 2;
		failures--;
	}
	if (wait_ns > NRS_HUB_BACKOFF_MAX_NS)
		wait_ns = NRS_HUB_BACKOFF_MAX_NS;
	return wait_ns / 2 + wait_ns / 131072 * (int64_t)(random >> 16);
}

int64_t nrs_hub_wait(enum nrs_hub_verdict verdict, unsigned int failures,
		     uint32_t random, int64_t retry_ns)
{
	int64_t wait_ns;

	switch (verdict) {
	case NRS_HUB_DENIED:
	case NRS_HUB_MEDIA:
	case NRS_HUB_MOVED:
	case NRS_HUB_TOO_LARGE:
		wait_ns = NRS_HUB_RETRY_MAX_NS;
		break;
	case NRS_HUB_GONE:
	case NRS_HUB_REFUSED:
	case NRS_HUB_BAD_CONTENT:
		wait_ns = NRS_HUB_BACKOFF_MAX_NS;
		break;
	default:
		wait_ns = nrs_hub_backoff(failures, random);
		break;
	}
	return retry_ns > wait_ns ? retry_ns : wait_ns;
}

int64_t nrs_hub_interval(int64_t interval_s, uint32_t random)
{
	const int64_t tenth = interval_s * NRS_SECOND_NS / 10;

	return 9 * tenth + 2 * (tenth / 65536) * (int64_t)(random >> 16);
}
