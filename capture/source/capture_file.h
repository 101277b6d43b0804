/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture_file: the formats pcap and pcapng, bytes in, packets out. Pure: no
 * file, no allocation; source.c brings the bytes.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/err.h"

/* As many bytes as opening may want to see. */
#define NRS_CAPTURE_HEAD_MAX 28
#define NRS_CAPTURE_INTERFACES_MAX 256

struct nrs_capture_interface {
	uint16_t linktype;
	uint32_t snaplen;
	uint64_t units_per_second; /* of timestamps */
	int64_t offset_s;
};

struct nrs_capture_file {
	bool is_pcapng;
	bool is_swapped;
	uint32_t frame;
	unsigned int interface_count; /* pcap has one */
	struct nrs_capture_interface interfaces[NRS_CAPTURE_INTERFACES_MAX];
};

/* Look at the file's head; *@used bytes of it are done with.
 * NRS_E_FORMAT, NRS_E_TRUNCATED. */
int nrs_capture_file_open(struct nrs_capture_file *file, struct nrs_span head,
			  size_t *used, struct nrs_diag *diag);

/*
 * The record at the start of @bytes. NRS_OK: a packet; NRS_E_NOTFOUND: a
 * block without one; both set *@used. NRS_E_MORE: it goes on behind @bytes.
 * NRS_E_FORMAT: damaged; the diag's place counts from the start of @bytes.
 */
int nrs_capture_file_next(struct nrs_capture_file *file, struct nrs_span bytes,
			  struct nrs_packet *packet, size_t *used,
			  struct nrs_diag *diag);

/* The part of it for pcapng (capture_file_ng.c). */
int nrs_capture_file_next_ng(struct nrs_capture_file *file,
			     struct nrs_span bytes, struct nrs_packet *packet,
			     size_t *used, struct nrs_diag *diag);

static inline uint32_t nrs_capture_u32(const struct nrs_capture_file *file,
				       const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return file->is_swapped ? __builtin_bswap32(value) : value;
}

static inline uint16_t nrs_capture_u16(const struct nrs_capture_file *file,
				       const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return file->is_swapped ? __builtin_bswap16(value) : value;
}
