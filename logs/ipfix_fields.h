/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipfix_fields: what a record of ipfix.c can hold, and which of it a flow has.
 * Its *shape* says that: so many bits.
 */
#pragma once

#include "logs/ipfix.h"

enum nrs_ipfix_shape {
	NRS_IPFIX_V4 = 1,
	NRS_IPFIX_V6 = 2,
	NRS_IPFIX_PORTS = 4,
	NRS_IPFIX_TCP = 8,
	NRS_IPFIX_ICMP = 16,
	NRS_IPFIX_BACK = 32, /* the server sent something */
	NRS_IPFIX_LENGTHS = 64,
	NRS_IPFIX_LENGTHS_BACK = 128,
	NRS_IPFIX_VLAN = 256,
	NRS_IPFIX_AS = 512,
	NRS_IPFIX_POINT = 1024,
};

#define NRS_IPFIX_SHAPES 2048

#define NRS_IPFIX_FIELDS 27
struct nrs_ipfix_field {
	uint16_t element; /* of IANA's registry */
	uint8_t len;	  /* below the registry's: reduced (section 6.2) */
	bool is_reverse;
	uint16_t needs; /* all of these bits of the shape */
};
extern const struct nrs_ipfix_field nrs_ipfix_fields[NRS_IPFIX_FIELDS];

static inline bool nrs_ipfix_has(unsigned int shape,
				 const struct nrs_ipfix_field *field)
{
	return (shape & field->needs) == field->needs;
}

unsigned int nrs_ipfix_shape(const struct nrs_ipfix_options *options,
			     const struct nrs_record_ended *ended);

/* By field; those too that the shape leaves out, but for addresses. */
void nrs_ipfix_numbers(const struct nrs_ipfix_options *options,
		       const struct nrs_record_ended *ended,
		       uint64_t numbers[NRS_IPFIX_FIELDS]);

/* The octets of field @field; NULL: it is a number. */
const uint8_t *nrs_ipfix_address(const struct nrs_record_ended *ended,
				 unsigned int field);

/* Of an interface, by its index. */
static inline uint64_t nrs_ipfix_point(uint32_t file)
{
	return (uint64_t)file + 1;
}
