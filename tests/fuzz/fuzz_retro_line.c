/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_retro_line: a line of somebody's flow log or `observe --json`. */
#include "tests/fuzz/logged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_retro *retro = logged_asker();
	struct nrs_text records = {0};

	(void)nrs_retro_line(retro, nrs_span(data, size), &records);
	nrs_retro_free(retro);
	nrs_text_fini(&records);
	return 0;
}
