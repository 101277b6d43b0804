/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_config: any bytes as noroshi.yaml, alone and below options. */
#include "app/config_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct nrs_config_given given[] = {
		{"interface", "eth0"}, {"filter", "tcp"}, {"report-to", "c"}};

	for (unsigned int count = 0; count <= 3; count += 3) {
		const struct nrs_config_input input = {
			"f", nrs_span(data, size), given, count, NULL, NULL};
		struct nrs_text problems = {0};
		struct nrs_config *config = NULL;

		(void)nrs_config_read(&config, &input, &problems);
		nrs_config_free(config);
		nrs_text_fini(&problems);
	}
	return 0;
}
