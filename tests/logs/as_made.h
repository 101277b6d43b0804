/* SPDX-License-Identifier: Apache-2.0 */
/*
 * as_made: a table made here by the MaxMind DB specification, version 2.0:
 * 203.0.113.0/24 is of AS 64500.
 */
#pragma once

#include "engine/base/text.h"
#include "tests/nrs_test.h"

#define AS_NODES 24 /* a bit of the prefix each */

static inline void as_put(struct nrs_text *out, const char *bytes, size_t len)
{
	nrs_text_add(out, nrs_span(bytes, len));
}

static inline void as_put_key(struct nrs_text *out, const char *key)
{
	const size_t len = strlen(key);

	if (len >= 29) {
		nrs_text_putc(out, 0x40 | 29);
		nrs_text_putc(out, (char)(len - 29));
	} else {
		nrs_text_putc(out, (char)(0x40 | len));
	}
	nrs_text_puts(out, key);
}

static inline void as_put_node(struct nrs_text *out, uint32_t left,
			       uint32_t right)
{
	const uint32_t both[2] = {left, right};

	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int shift = 24; shift > 0; shift -= 8)
			nrs_text_putc(out, (char)(both[i] >> (shift - 8)));
	}
}

static inline void as_put_meta(struct nrs_text *out)
{
	as_put(out, "\xab\xcd\xefMaxMind.com\xe9", 15);
	as_put_key(out, "binary_format_major_version");
	as_put(out, "\xa1\x02", 2);
	as_put_key(out, "binary_format_minor_version");
	as_put(out, "\xa0", 1);
	as_put_key(out, "build_epoch");
	as_put(out, "\x01\x02\x07", 3);
	as_put_key(out, "database_type");
	as_put_key(out, "Example-ASN");
	as_put_key(out, "description");
	as_put(out, "\xe0", 1);
	as_put_key(out, "ip_version");
	as_put(out, "\xa1\x04", 2);
	as_put_key(out, "languages");
	as_put(out, "\x00\x04", 2);
	as_put_key(out, "node_count");
	as_put(out, "\xc1\x18", 2);
	as_put_key(out, "record_size");
	as_put(out, "\xa1\x18", 2);
}

static inline void as_made(struct nrs_text *out)
{
	const uint32_t prefix = 0xcb0071; /* 203.0.113 */

	for (uint32_t bit = 0; bit < AS_NODES; bit++) {
		const uint32_t next =
			bit + 1 < AS_NODES ? bit + 1 : AS_NODES + 16 /* data */;
		const bool is_right = (prefix >> (23 - bit) & 1) != 0;

		as_put_node(out, is_right ? AS_NODES : next,
			    is_right ? next : AS_NODES);
	}
	as_put(out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	as_put(out, "\xe2", 1);
	as_put_key(out, "autonomous_system_number");
	as_put(out, "\xc2\xfb\xf4", 3);
	as_put_key(out, "autonomous_system_organization");
	as_put_key(out, "Example Net");
	as_put_meta(out);
	assert_false(out->failed);
}

/* Makes @path by mkstemp. */
static inline void as_made_file(char *path)
{
	const int fd = mkstemp(path);
	struct nrs_text bytes = {0};

	as_made(&bytes);
	assert_true(write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len);
	nrs_text_fini(&bytes);
	assert_int_equal(close(fd), 0);
}
