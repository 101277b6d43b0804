/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_envelope: any bytes as a page of a collection, in two pieces. */
#include "hub/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int ignore(void *ctx, int err, struct nrs_span text, uint64_t number)
{
	return (void)ctx, (void)err, (void)text, (void)number, NRS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span all = nrs_span(data, size);
	struct nrs_envelope *e = NULL;
	struct nrs_envelope_end end;

	if (nrs_envelope_new(&e, ignore, NULL) == NRS_OK)
		(void)(nrs_envelope_push(e, nrs_span_part(all, 0, size / 2)) ||
		       nrs_envelope_push(e, nrs_span_from(all, size / 2)) ||
		       nrs_envelope_end(e, &end, NULL));
	nrs_envelope_free(e);
	return 0;
}
