/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64: four digits to three octets; bits that the padding leaves over must
 * be zero, so that each text has one reading and each octet string one text.
 */
#include "loaders/base64.h"

static int digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool nrs_base64_read(struct nrs_span text, uint8_t *out, size_t *len)
{
	uint32_t bits = 0;
	unsigned int count = 0; /* of bits that are not written yet */
	size_t pad = 0;

	*len = 0;
	if (text.len == 0 || text.len % 4 != 0)
		return false;
	while (pad < 2 && text.ptr[text.len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < text.len - pad; i++) {
		const int value = digit(text.ptr[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			out[(*len)++] = (uint8_t)(bits >> count);
			bits &= (1u << count) - 1;
		}
	}
	return bits == 0;
}
