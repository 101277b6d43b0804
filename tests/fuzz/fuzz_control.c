/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_control: any bytes as a request of the control socket. */
#include "app/control_request.h"
#include "tests/app/echo_ops.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_text out = {0};
	bool is_known;

	(void)nrs_control_request(nrs_span(data, size), &echo_ops, NULL, &out,
				  &is_known);
	nrs_text_fini(&out);
	return 0;
}
