/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture_file: telling the format, and the records of classic pcap (both
 * byte orders, micro- and nanoseconds). Timestamps go through int64_t
 * nanoseconds; what a 32-bit count of seconds holds always fits.
 */
#include "capture/source/capture_file.h"

#include "capture/source/source.h"
#include "engine/base/stamp.h"

#define PCAP_HEAD 24
#define RECORD_HEAD 16

static int open_pcap(struct nrs_capture_file *file, struct nrs_span head,
		     size_t *used, struct nrs_diag *diag)
{
	if (head.len < PCAP_HEAD)
		return nrs_diag_set(diag, NRS_E_TRUNCATED, head.len,
				    "the file ends within its head");
	file->interface_count = 1;
	file->interfaces[0].snaplen = nrs_capture_u32(file, head.ptr + 16);
	/* The upper bits hold the length of a frame check sequence. */
	file->interfaces[0].linktype =
		(uint16_t)(nrs_capture_u32(file, head.ptr + 20) & 0xffff);
	*used = PCAP_HEAD;
	return NRS_OK;
}

int nrs_capture_file_open(struct nrs_capture_file *file, struct nrs_span head,
			  size_t *used, struct nrs_diag *diag)
{
	uint32_t magic;

	memset(file, 0, sizeof(*file));
	*used = 0;
	if (head.len < 4)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is no capture (%zu bytes)", head.len);
	memcpy(&magic, head.ptr, sizeof(magic));
	file->interfaces[0].units_per_second = 1000000;
	switch (magic) {
	case 0xa1b23c4d:
		file->interfaces[0].units_per_second = 1000000000;
		return open_pcap(file, head, used, diag);
	case 0xa1b2c3d4:
		return open_pcap(file, head, used, diag);
	case 0x4d3cb2a1:
		file->interfaces[0].units_per_second = 1000000000;
		file->is_swapped = true;
		return open_pcap(file, head, used, diag);
	case 0xd4c3b2a1:
		file->is_swapped = true;
		return open_pcap(file, head, used, diag);
	case 0x0a0d0d0a:
		file->is_pcapng = true;
		return NRS_OK;
	default:
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is no capture: neither pcap nor pcapng "
				    "(first bytes %02x %02x %02x %02x)",
				    head.ptr[0], head.ptr[1], head.ptr[2],
				    head.ptr[3]);
	}
}

static int next_pcap(struct nrs_capture_file *file, struct nrs_span bytes,
		     struct nrs_packet *packet, size_t *used,
		     struct nrs_diag *diag)
{
	const struct nrs_capture_interface *interface = &file->interfaces[0];

	if (bytes.len < RECORD_HEAD)
		return NRS_E_MORE;
	const uint32_t seconds = nrs_capture_u32(file, bytes.ptr);
	const uint32_t parts = nrs_capture_u32(file, bytes.ptr + 4);
	const uint32_t captured = nrs_capture_u32(file, bytes.ptr + 8);
	const uint32_t wire = nrs_capture_u32(file, bytes.ptr + 12);
	if (captured > NRS_SOURCE_PACKET_MAX)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "damaged: packet %u claims %u bytes",
				    file->frame + 1, captured);
	if (bytes.len - RECORD_HEAD < captured)
		return NRS_E_MORE;
	const bool nano = interface->units_per_second == 1000000000;
	*packet = (struct nrs_packet){
		.ts_ns = (int64_t)seconds * NRS_SECOND_NS +
			 (int64_t)parts * (nano ? 1 : 1000),
		.frame = ++file->frame,
		.wirelen = wire < captured ? captured : wire,
		.linktype = interface->linktype,
		.span = nrs_span(bytes.ptr + RECORD_HEAD, captured)};
	*used = RECORD_HEAD + captured;
	return NRS_OK;
}

int nrs_capture_file_next(struct nrs_capture_file *file, struct nrs_span bytes,
			  struct nrs_packet *packet, size_t *used,
			  struct nrs_diag *diag)
{
	return file->is_pcapng ? nrs_capture_file_next_ng(file, bytes, packet,
							  used, diag)
			       : next_pcap(file, bytes, packet, used, diag);
}
