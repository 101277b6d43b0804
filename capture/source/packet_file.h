/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet_file: packets out, as pcapng (draft-ietf-opsawg-pcapng): one section,
 * an interface block for each origin, enhanced packet blocks with nanosecond
 * stamps and comments. One thread.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/err.h"

struct nrs_packet_file;

/* More origins than this are refused. */
#define NRS_PACKET_FILE_INTERFACES_MAX 4096

/* Replaces @path. NRS_E_IO with @diag, NRS_E_NOMEM. */
int nrs_packet_file_open(struct nrs_packet_file **out, const char *path,
			 struct nrs_diag *diag);

/* The interface block of (@origin, @iface, @linktype), written when it is new;
 * @name: what people know it by. NRS_E_LIMIT, NRS_E_NOMEM. */
int nrs_packet_file_interface(struct nrs_packet_file *file,
			      const struct nrs_packet *packet,
			      struct nrs_span name, uint32_t *id);

/* One packet, as captured; @comment may be empty (cut at 65,535 octets). */
void nrs_packet_file_add(struct nrs_packet_file *file, uint32_t id,
			 const struct nrs_packet *packet,
			 struct nrs_span comment);

/* NRS_E_IO: something could not be written. NULL is fine. */
int nrs_packet_file_close(struct nrs_packet_file *file);
