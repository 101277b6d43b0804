/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_image: an image with other octets here and there, under a right sum. */
#include "tests/engine/made_image.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *good;
	static size_t len;
	struct nrs_image image;
	struct nrs_diag diag = {0};
	const struct nrs_image_options options = made_options();

	if (good == NULL)
		good = made_good_octets(&len);
	uint8_t *copy = made_copy(good, len);
	made_spoil(copy, len, nrs_span(data, size));
	if (nrs_image_read(&image, nrs_span(copy, len), &options, &diag) == 0) {
		must(made_look(image.set) + made_match(image.db) > 0);
		made_image_free(&image);
	}
	free(copy);
	return 0;
}
