/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_control: any bytes as a request of the control socket. */
#include "app/control_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int add(void *ctx, const struct nrs_span *values, unsigned int count,
	       struct nrs_text *out)
{
	(void)ctx;
	for (unsigned int i = 0; i < count; i++)
		nrs_text_add(out, values[i]);
	return 0;
}

static int add_file(void *ctx, const char *path, struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, path);
	return 0;
}

static int status(void *ctx, bool is_json, struct nrs_text *out)
{
	(void)ctx, (void)out;
	return is_json;
}

static int reload(void *ctx, struct nrs_text *out)
{
	(void)ctx, (void)out;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_control_ops ops = {status, reload, add, add_file};
	struct nrs_text out = {0};
	bool is_known;

	(void)nrs_control_request(nrs_span(data, size), &ops, NULL, &out,
				  &is_known);
	nrs_text_fini(&out);
	return 0;
}
