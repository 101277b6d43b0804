/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value_kind: what values of fields and lanes are, and so how they compare.
 */
#pragma once

enum nrs_value_kind {
	NRS_VALUE_ADDR, /* 16 octets, struct nrs_addr */
	NRS_VALUE_NAME, /* domain name as on the wire */
	NRS_VALUE_HOST, /* Host, SNI: name or address, perhaps with :port */
	NRS_VALUE_URL,
	NRS_VALUE_TEXT,	  /* exact octets */
	NRS_VALUE_PATH,	  /* the same of what follows the last \ or / */
	NRS_VALUE_TOKEN,  /* ASCII, without case */
	NRS_VALUE_HEADER, /* "Name: value", name without case */
	NRS_VALUE_INT,	  /* int64_t, host order, 8 octets */
	NRS_VALUE_TIME,	  /* int64_t nanoseconds */
	NRS_VALUE_OFFSET, /* int64_t: octets of a payload, to a match */
	NRS_VALUE_MAC,	  /* 6 octets */
	NRS_VALUE_HEX,	  /* hex digits, perhaps with : - or blanks between */
	NRS_VALUE_SERIAL, /* the same as a number: without leading zeros */
	NRS_VALUE_DN,	  /* distinguished name: "C=US, CN=host" */
};
