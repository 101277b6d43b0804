/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smb_part: what the smb*.c files share. Numbers of SMB are little-endian.
 */
#pragma once

#include "capture/proto/smb.h"

/* Callers have checked the length. */
static inline uint16_t nrs_smb_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t nrs_smb_u32(const uint8_t *p)
{
	return nrs_smb_u16(p) | (uint32_t)nrs_smb_u16(p + 2) << 16;
}

static inline uint64_t nrs_smb_u64(const uint8_t *p)
{
	return nrs_smb_u32(p) | (uint64_t)nrs_smb_u32(p + 4) << 32;
}

/* @len octets of data at @at of what has @whole octets and a header of
 * @header; cut to it. False: they are not within. */
static inline bool nrs_smb_put_data(struct nrs_smb_unit *unit, uint32_t at,
				    uint32_t len, uint32_t header,
				    uint32_t whole)
{
	if (at < header || at > whole)
		return false;
	unit->data_at = at;
	unit->data_len = len < whole - at ? len : whole - at;
	return true;
}

/* Answers whose data are good. */
#define NRS_SMB_STATUS_OVERFLOW UINT32_C(0x80000005)
#define NRS_SMB_STATUS_PENDING UINT32_C(0x00000103)

/* As nrs_smb_read, by the version that the first octet tells. */
int nrs_smb1_read(struct nrs_smb_units *out, struct nrs_span octets,
		  uint32_t left);
int nrs_smb2_read(struct nrs_smb_units *out, struct nrs_span octets,
		  uint32_t left);
