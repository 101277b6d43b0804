/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tftp: two octets of operation, and strings that end in NUL.
 */
#include "capture/proto/tftp.h"

#include "engine/base/octets.h"

#define BLOCK_MAX 65464 /* RFC 2348 */

static bool next_text(struct nrs_span *rest, struct nrs_span *text)
{
	const size_t end = nrs_span_find(*rest, '\0', 0);

	if (end == SIZE_MAX)
		return false;
	*text = nrs_span_part(*rest, 0, end);
	*rest = nrs_span_from(*rest, end + 1);
	return true;
}

static uint32_t block_option(struct nrs_span rest)
{
	struct nrs_span name, value;
	uint64_t bytes = 0;

	while (next_text(&rest, &name) && next_text(&rest, &value)) {
		if (nrs_span_is_icase(name, "blksize") &&
		    nrs_span_u64(value, &bytes) == NRS_OK && bytes >= 8 &&
		    bytes <= BLOCK_MAX)
			return (uint32_t)bytes;
	}
	return 0;
}

static int parse_request(struct nrs_tftp *out, struct nrs_span rest)
{
	struct nrs_span mode;

	if (!next_text(&rest, &out->name) || !next_text(&rest, &mode) ||
	    out->name.len == 0)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < out->name.len; i++) {
		if (out->name.ptr[i] < ' ')
			return NRS_E_FORMAT;
	}
	out->block_bytes = block_option(rest);
	return nrs_span_is_icase(mode, "octet") ||
			       nrs_span_is_icase(mode, "netascii") ||
			       nrs_span_is_icase(mode, "mail")
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

int nrs_tftp_parse(struct nrs_tftp *out, struct nrs_span datagram)
{
	*out = (struct nrs_tftp){.op = NRS_TFTP_ERROR};
	if (datagram.len < 4 || datagram.ptr[0] != 0 || datagram.ptr[1] == 0 ||
	    datagram.ptr[1] > NRS_TFTP_OACK)
		return NRS_E_FORMAT;
	out->op = (enum nrs_tftp_op)datagram.ptr[1];
	switch (out->op) {
	case NRS_TFTP_RRQ:
	case NRS_TFTP_WRQ:
		return parse_request(out, nrs_span_from(datagram, 2));
	case NRS_TFTP_OACK:
		out->block_bytes = block_option(nrs_span_from(datagram, 2));
		return NRS_OK;
	default:
		out->block = nrs_u16(datagram.ptr + 2);
		out->data = nrs_span_from(datagram, 4);
		return NRS_OK;
	}
}
