/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_capture: pcap files of frames made by hand (pcap: magic of
 * microseconds, version 2.4, Ethernet; draft-ietf-opsawg-pcap).
 */
#pragma once

#include "tests/capture/frames.h"

#define MADE_CAPTURE_S 1772366400u /* 2026-03-01T12:00:00Z */

static inline FILE *made_capture_open(const char *path)
{
	const uint32_t head[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(head, sizeof(head), 1, file), 1);
	return file;
}

static inline void made_capture_add(FILE *file, const struct frame *f,
				    uint32_t second)
{
	const uint32_t record[] = {second, 0, (uint32_t)f->len,
				   (uint32_t)f->len};

	assert_int_equal(fwrite(record, sizeof(record), 1, file), 1);
	assert_int_equal(fwrite(f->bytes, f->len, 1, file), 1);
}

/* 192.0.2.@from asks 192.0.2.@to for the addresses of @name (RFC 1035). */
static inline void frame_asks(struct frame *f, uint8_t from, uint8_t to,
			      const char *name)
{
	const size_t len = 12 + strlen(name) + 2 + 4;

	frame_ipv4(f, 17, from, to, 8 + len);
	frame_put_u16(f, 40000u + from);
	frame_put_u16(f, 53);
	frame_put_u16(f, (unsigned int)(8 + len));
	frame_put_u16(f, 0);
	frame_put(f, "\x12\x34\x01\0\0\1\0\0\0\0\0\0", 12);
	while (*name != '\0') {
		const size_t label = strcspn(name, ".");
		const uint8_t octets = (uint8_t)label;

		frame_put(f, &octets, 1);
		frame_put(f, name, label);
		name += label + (name[label] == '.');
	}
	frame_put(f, "\0\0\1\0\1", 5);
}

/* A capture of one question for each of @names, a second apart, from
 * 192.0.2.1, .2, .3 and so on; NULL ends. */
static inline void made_questions(const char *path, const char *const *names)
{
	FILE *file = made_capture_open(path);

	for (unsigned int i = 0; names[i] != NULL; i++) {
		struct frame f;

		frame_asks(&f, (uint8_t)(i + 1), 53, names[i]);
		made_capture_add(file, &f, MADE_CAPTURE_S + i);
	}
	assert_int_equal(fclose(file), 0);
}
