/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet_file: blocks in the byte order of the machine, which the section
 * header's magic tells the reader.
 */
#include "capture/source/packet_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SECTION 0x0a0d0d0au
#define INTERFACE 1u
#define PACKET 6u
#define MAGIC 0x1a2b3c4du

#define OPT_END 0
#define OPT_COMMENT 1
#define OPT_IF_NAME 2
#define OPT_IF_TSRESOL 9
#define OPT_USERAPPL 4
#define OPTION_MAX 65535u

struct origin {
	uint32_t file;
	uint16_t iface, linktype;
};

struct nrs_packet_file {
	FILE *out;
	struct origin *origins;
	uint32_t count;
	uint32_t last; /* the one asked for last: mostly the next too */
};

static void put(struct nrs_packet_file *f, const void *bytes, size_t len)
{
	/* A failure sticks to the stream; close tells it. */
	if (len > 0)
		(void)fwrite(bytes, 1, len, f->out);
}

static void put_u16(struct nrs_packet_file *f, uint16_t value)
{
	put(f, &value, sizeof(value));
}

static void put_u32(struct nrs_packet_file *f, uint32_t value)
{
	put(f, &value, sizeof(value));
}

static uint32_t padded(size_t len)
{
	return (uint32_t)((len + 3) / 4 * 4);
}

static void put_padded(struct nrs_packet_file *f, struct nrs_span bytes)
{
	static const uint8_t zeros[4];

	put(f, bytes.ptr, bytes.len);
	put(f, zeros, padded(bytes.len) - bytes.len);
}

static uint32_t option_bytes(struct nrs_span value)
{
	return value.len == 0 ? 0 : 4 + padded(value.len);
}

static void put_option(struct nrs_packet_file *f, uint16_t code,
		       struct nrs_span value)
{
	if (value.len == 0)
		return;
	put_u16(f, code);
	put_u16(f, (uint16_t)value.len);
	put_padded(f, value);
}

static void put_option_end(struct nrs_packet_file *f)
{
	put_u16(f, OPT_END);
	put_u16(f, 0);
}

static void put_section(struct nrs_packet_file *f)
{
	const struct nrs_span program = nrs_span_of("noroshi");
	const uint32_t bytes = 28 + option_bytes(program) + 4;

	put_u32(f, SECTION);
	put_u32(f, bytes);
	put_u32(f, MAGIC);
	put_u16(f, 1); /* version 1.0 */
	put_u16(f, 0);
	put_u32(f, UINT32_MAX); /* length of the section: not told */
	put_u32(f, UINT32_MAX);
	put_option(f, OPT_USERAPPL, program);
	put_option_end(f);
	put_u32(f, bytes);
}

int nrs_packet_file_open(struct nrs_packet_file **out, const char *path,
			 struct nrs_diag *diag)
{
	struct nrs_packet_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NRS_E_NOMEM;
	f->origins =
		calloc(NRS_PACKET_FILE_INTERFACES_MAX, sizeof(*f->origins));
	if (f->origins == NULL) {
		free(f);
		return NRS_E_NOMEM;
	}
	f->out = fopen(path, "wb");
	if (f->out == NULL) {
		(void)nrs_diag_set(diag, NRS_E_IO, 0, "cannot write %s: %s",
				   path, strerror(errno));
		(void)nrs_packet_file_close(f);
		return NRS_E_IO;
	}
	put_section(f);
	*out = f;
	return NRS_OK;
}

static bool is_origin(const struct origin *origin,
		      const struct nrs_packet *packet)
{
	return origin->file == packet->file && origin->iface == packet->iface &&
	       origin->linktype == packet->linktype;
}

static void put_interface(struct nrs_packet_file *f, uint16_t linktype,
			  struct nrs_span name)
{
	static const uint8_t nanoseconds = 9; /* ten to the minus nine */
	const struct nrs_span resolution = nrs_span(&nanoseconds, 1);

	if (name.len > OPTION_MAX)
		name.len = OPTION_MAX;
	const uint32_t bytes =
		20 + option_bytes(name) + option_bytes(resolution) + 4;
	put_u32(f, INTERFACE);
	put_u32(f, bytes);
	put_u16(f, linktype);
	put_u16(f, 0);
	put_u32(f, 0); /* no limit to the length of packets */
	put_option(f, OPT_IF_NAME, name);
	put_option(f, OPT_IF_TSRESOL, resolution);
	put_option_end(f);
	put_u32(f, bytes);
}

int nrs_packet_file_interface(struct nrs_packet_file *f,
			      const struct nrs_packet *packet,
			      struct nrs_span name, uint32_t *id)
{
	if (f->count == 0 || !is_origin(&f->origins[f->last], packet)) {
		for (f->last = 0; f->last < f->count; f->last++) {
			if (is_origin(&f->origins[f->last], packet))
				break;
		}
	}
	if (f->last == f->count) {
		if (f->count == NRS_PACKET_FILE_INTERFACES_MAX) {
			f->last = 0;
			return NRS_E_LIMIT;
		}
		f->origins[f->count++] =
			(struct origin){.file = packet->file,
					.iface = packet->iface,
					.linktype = packet->linktype};
		put_interface(f, packet->linktype, name);
	}
	*id = f->last;
	return NRS_OK;
}

void nrs_packet_file_add(struct nrs_packet_file *f, uint32_t id,
			 const struct nrs_packet *packet,
			 struct nrs_span comment)
{
	const uint64_t stamp = (uint64_t)packet->ts_ns;

	if (comment.len > OPTION_MAX)
		comment.len = OPTION_MAX;
	const uint32_t options =
		comment.len == 0 ? 0 : option_bytes(comment) + 4;
	const uint32_t bytes = 32 + padded(packet->span.len) + options;
	put_u32(f, PACKET);
	put_u32(f, bytes);
	put_u32(f, id);
	put_u32(f, (uint32_t)(stamp >> 32));
	put_u32(f, (uint32_t)stamp);
	put_u32(f, (uint32_t)packet->span.len);
	put_u32(f, packet->wirelen);
	put_padded(f, packet->span);
	put_option(f, OPT_COMMENT, comment);
	if (options > 0)
		put_option_end(f);
	put_u32(f, bytes);
}

int nrs_packet_file_close(struct nrs_packet_file *f)
{
	int err = NRS_OK;

	if (f == NULL)
		return NRS_OK;
	if (f->out != NULL) {
		if (ferror(f->out) != 0)
			err = NRS_E_IO;
		if (fclose(f->out) != 0)
			err = NRS_E_IO;
	}
	free(f->origins);
	free(f);
	return err;
}
