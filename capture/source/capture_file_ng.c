/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture_file_ng: blocks of pcapng: sections, interfaces with their own link
 * type and clock, enhanced, simple and obsolete packets; others are skipped.
 */
#include "capture/source/capture_file.h"

#include "capture/source/source.h"
#include "engine/base/stamp.h"

#define BLOCK_MIN 12
#define BLOCK_MAX ((uint32_t)(NRS_SOURCE_PACKET_MAX + 65536))

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
};

/* Seconds and parts without overflow, whatever the resolution. */
static int64_t to_ns(const struct nrs_capture_interface *interface,
		     uint64_t units)
{
	const uint64_t per = interface->units_per_second;
	const uint64_t seconds = units / per, rest = units % per;
	const int64_t limit = INT64_MAX / NRS_SECOND_NS - 1;
	int64_t whole;

	if (seconds > (uint64_t)limit ||
	    __builtin_add_overflow((int64_t)seconds, interface->offset_s,
				   &whole) ||
	    whole > limit || whole < -limit)
		return 0;
	return whole * NRS_SECOND_NS +
	       (int64_t)((double)rest * 1e9 / (double)per + 0.5);
}

static uint64_t resolution(uint8_t code)
{
	uint64_t units = 1;

	if ((code & 0x80) != 0)
		return (code & 0x7f) < 63 ? UINT64_C(1) << (code & 0x7f)
					  : UINT64_C(1) << 62;
	for (uint8_t i = 0; i < code && i < 18; i++)
		units *= 10;
	return units;
}

static int64_t read_i64(const struct nrs_capture_file *file, const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return (int64_t)(file->is_swapped ? __builtin_bswap64(value) : value);
}

static void read_options(struct nrs_capture_file *file, struct nrs_span options,
			 struct nrs_capture_interface *interface)
{
	while (options.len >= 4) {
		const uint16_t code = nrs_capture_u16(file, options.ptr);
		const uint16_t len = nrs_capture_u16(file, options.ptr + 2);
		const struct nrs_span value = nrs_span_part(options, 4, len);

		if (code == 0 || value.len < len)
			return;
		if (code == 9 && len == 1)
			interface->units_per_second = resolution(*value.ptr);
		if (code == 14 && len == 8)
			interface->offset_s = read_i64(file, value.ptr);
		options = nrs_span_from(options, 4 + ((size_t)len + 3) / 4 * 4);
	}
}

static int read_interface(struct nrs_capture_file *file, struct nrs_span body,
			  struct nrs_diag *diag)
{
	struct nrs_capture_interface *interface;

	if (file->interface_count == NRS_CAPTURE_INTERFACES_MAX)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "more than %d interfaces",
				    NRS_CAPTURE_INTERFACES_MAX);
	if (body.len < 8)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: interface block");
	interface = &file->interfaces[file->interface_count++];
	*interface = (struct nrs_capture_interface){
		.linktype = nrs_capture_u16(file, body.ptr),
		.snaplen = nrs_capture_u32(file, body.ptr + 4),
		.units_per_second = 1000000};
	read_options(file, nrs_span_from(body, 8), interface);
	return NRS_E_NOTFOUND;
}

static int take(struct nrs_capture_file *file, struct nrs_packet *packet,
		struct nrs_span data, uint32_t iface, struct nrs_diag *diag)
{
	const struct nrs_capture_interface *interface;

	if (iface >= file->interface_count)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: packet of unknown interface %u",
				    iface);
	if (data.len > NRS_SOURCE_PACKET_MAX)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: packet of %zu bytes", data.len);
	interface = &file->interfaces[iface];
	packet->linktype = interface->linktype;
	packet->iface = (uint16_t)iface;
	packet->frame = ++file->frame;
	packet->span = data;
	if (packet->wirelen < data.len)
		packet->wirelen = (uint32_t)data.len;
	return NRS_OK;
}

/* Enhanced and obsolete packets differ in their first eight octets. */
static int read_packet(struct nrs_capture_file *file, struct nrs_span body,
		       bool is_enhanced, struct nrs_packet *packet,
		       struct nrs_diag *diag)
{
	if (body.len < 20)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: packet block");
	const uint32_t iface = is_enhanced ? nrs_capture_u32(file, body.ptr)
					   : nrs_capture_u16(file, body.ptr);
	const uint64_t units = (uint64_t)nrs_capture_u32(file, body.ptr + 4)
				       << 32 |
			       nrs_capture_u32(file, body.ptr + 8);
	const uint32_t captured = nrs_capture_u32(file, body.ptr + 12);
	if (captured > body.len - 20)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: packet longer than its block");
	*packet = (struct nrs_packet){
		.wirelen = nrs_capture_u32(file, body.ptr + 16)};
	if (iface < file->interface_count)
		packet->ts_ns = to_ns(&file->interfaces[iface], units);
	return take(file, packet, nrs_span_part(body, 20, captured), iface,
		    diag);
}

static int read_simple(struct nrs_capture_file *file, struct nrs_span body,
		       struct nrs_packet *packet, struct nrs_diag *diag)
{
	if (body.len < 4)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: simple packet block");
	*packet =
		(struct nrs_packet){.wirelen = nrs_capture_u32(file, body.ptr)};
	size_t captured = packet->wirelen;
	if (captured > body.len - 4)
		captured = body.len - 4;
	if (file->interface_count > 0 && file->interfaces[0].snaplen > 0 &&
	    captured > file->interfaces[0].snaplen)
		captured = file->interfaces[0].snaplen;
	return take(file, packet, nrs_span_part(body, 4, captured), 0, diag);
}

/* A section may change the byte order. */
static int read_section(struct nrs_capture_file *file, struct nrs_span bytes,
			struct nrs_diag *diag)
{
	uint32_t order;

	memcpy(&order, bytes.ptr + 8, sizeof(order));
	if (order != 0x1a2b3c4d && order != 0x4d3c2b1a)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: section without a byte order");
	file->is_swapped = order == 0x4d3c2b1a;
	file->interface_count = 0;
	return NRS_E_NOTFOUND;
}

int nrs_capture_file_next_ng(struct nrs_capture_file *file,
			     struct nrs_span bytes, struct nrs_packet *packet,
			     size_t *used, struct nrs_diag *diag)
{
	uint32_t type;
	int err = NRS_E_NOTFOUND;

	if (bytes.len < BLOCK_MIN)
		return NRS_E_MORE;
	memcpy(&type, bytes.ptr, sizeof(type));
	if (type == BLOCK_SECTION) /* reads the same in both orders */
		err = read_section(file, bytes, diag);
	if (err != NRS_E_NOTFOUND)
		return err;
	type = nrs_capture_u32(file, bytes.ptr);
	const uint32_t len = nrs_capture_u32(file, bytes.ptr + 4);
	if (len < BLOCK_MIN || len % 4 != 0 || len > BLOCK_MAX)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: block of %u bytes", len);
	if (bytes.len < len)
		return NRS_E_MORE;
	const struct nrs_span body = nrs_span_part(bytes, 8, len - BLOCK_MIN);
	*used = len;
	switch (type) {
	case BLOCK_INTERFACE:
		return read_interface(file, body, diag);
	case BLOCK_ENHANCED:
		return read_packet(file, body, true, packet, diag);
	case BLOCK_PACKET:
		return read_packet(file, body, false, packet, diag);
	case BLOCK_SIMPLE:
		return read_simple(file, body, packet, diag);
	default:
		return NRS_E_NOTFOUND;
	}
}
