/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_witness: any bytes as a witness from a damaged file. */
#include "engine/value_text.h"
#include "sightings/witness.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	struct nrs_text text = {0};
	struct nrs_witness *w = NULL;

	if (nrs_witness_read(&w, nrs_span(data, size)) != NRS_OK)
		return 0;
	(void)nrs_witness_hash(w);
	const unsigned int count = nrs_hit_values(nrs_witness_hit(w), values);
	for (unsigned int i = 0; i < count; i++)
		nrs_value_text(&text, values[i].field, values[i].value);
	for (unsigned int i = 0; i < NRS_WITNESS_TEXTS; i++)
		(void)nrs_witness_text(w, (enum nrs_witness_text)i);
	nrs_text_fini(&text);
	nrs_witness_free(w);
	return 0;
}
