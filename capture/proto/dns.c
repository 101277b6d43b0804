/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns: one pass over a message. Compression pointers must point backwards,
 * each further back than the one before, so that no name loops.
 */
#include "capture/proto/dns.h"

#include "engine/base/octets.h"

#define HEADER_LEN 12
#define LABEL_POINTER 0xc0
#define NAME_OCTETS_MAX 255
#define CLASS_MASK 0x7fff /* mDNS: cache-flush and unicast bits */

int nrs_dns_open(struct nrs_dns *dns, struct nrs_span message)
{
	const uint8_t *p = message.ptr;
	uint32_t records = 0;

	*dns = (struct nrs_dns){.message = message, .offset = HEADER_LEN};
	if (message.len < HEADER_LEN)
		return NRS_E_TRUNCATED;
	dns->id = nrs_u16(p);
	dns->is_response = (p[2] & 0x80) != 0;
	dns->opcode = p[2] >> 3 & 15;
	dns->is_truncated = (p[2] & 0x02) != 0;
	dns->rcode = p[3] & 15;
	for (unsigned int s = 0; s < 4; s++) {
		dns->count[s] = nrs_u16(p + 4 + 2 * s);
		records += dns->count[s];
	}
	/* A question takes 5 octets at least, a record 11. */
	if (dns->opcode > 6 ||
	    (size_t)dns->count[0] * 5 > message.len - HEADER_LEN ||
	    (!dns->is_truncated && records > dns->count[0] &&
	     (records - dns->count[0]) * 11 > message.len - HEADER_LEN))
		return NRS_E_FORMAT;
	return NRS_OK;
}

/* One label into @out; a dot or backslash inside it gets a backslash. */
static size_t put_label(const uint8_t *label, size_t len, uint8_t *out)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (label[i] == '.' || label[i] == '\\')
			out[used++] = '\\';
		out[used++] = label[i];
	}
	return used;
}

/* The name at *@at into @out; *@at moves behind it. */
static int read_name(struct nrs_span message, size_t *at, uint8_t *out,
		     struct nrs_span *name)
{
	size_t here = *at, lowest = *at, used = 0, octets = 1;
	bool jumped = false;

	for (;;) {
		if (here >= message.len)
			return NRS_E_TRUNCATED;
		const uint8_t len = message.ptr[here];
		if (len == 0)
			break;
		if ((len & LABEL_POINTER) == LABEL_POINTER) {
			if (message.len - here < 2)
				return NRS_E_TRUNCATED;
			const size_t target = (size_t)(len & 0x3f) << 8 |
					      message.ptr[here + 1];
			if (!jumped)
				*at = here + 2;
			jumped = true;
			if (target >= lowest || target < HEADER_LEN)
				return NRS_E_FORMAT;
			here = lowest = target;
			continue;
		}
		if ((len & LABEL_POINTER) != 0)
			return NRS_E_FORMAT;
		octets += (size_t)len + 1;
		if (octets > NAME_OCTETS_MAX)
			return NRS_E_FORMAT;
		if (message.len - here - 1 < len)
			return NRS_E_TRUNCATED;
		if (used > 0)
			out[used++] = '.';
		used += put_label(message.ptr + here + 1, len, out + used);
		here += (size_t)len + 1;
	}
	if (!jumped)
		*at = here + 1;
	*name = nrs_span(out, used);
	return NRS_OK;
}

/* Where within the data of @type a name begins; SIZE_MAX: nowhere. */
static size_t target_offset(uint16_t type)
{
	switch (type) {
	case NRS_DNS_NS:
	case NRS_DNS_CNAME:
	case NRS_DNS_SOA:
	case NRS_DNS_PTR:
		return 0;
	case NRS_DNS_MX:
	case NRS_DNS_SVCB:
	case NRS_DNS_HTTPS:
		return 2;
	case NRS_DNS_SRV:
		return 6;
	default:
		return SIZE_MAX;
	}
}

static int read_data(struct nrs_dns *dns, struct nrs_dns_record *record,
		     struct nrs_dns_room *room)
{
	const struct nrs_span m = dns->message;

	if (m.len - dns->offset < 6)
		return NRS_E_TRUNCATED;
	record->ttl_s = (uint32_t)nrs_u16(m.ptr + dns->offset) << 16 |
			nrs_u16(m.ptr + dns->offset + 2);
	const size_t len = nrs_u16(m.ptr + dns->offset + 4);
	dns->offset += 6;
	if (m.len - dns->offset < len)
		return NRS_E_TRUNCATED;
	record->rdata = nrs_span(m.ptr + dns->offset, len);
	const size_t offset = target_offset(record->type);
	if (offset != SIZE_MAX && offset < len) {
		size_t at = dns->offset + offset;
		/* The name must not leave its data. */
		const struct nrs_span within =
			nrs_span(m.ptr, dns->offset + len);

		if (read_name(within, &at, room->target, &record->target) !=
		    NRS_OK)
			return NRS_E_FORMAT;
	}
	dns->offset += len;
	return NRS_OK;
}

int nrs_dns_next(struct nrs_dns *dns, struct nrs_dns_record *record,
		 struct nrs_dns_room *room)
{
	const struct nrs_span m = dns->message;

	while (dns->section < 4 && dns->taken == dns->count[dns->section]) {
		dns->section++;
		dns->taken = 0;
	}
	if (dns->section == 4)
		return NRS_E_NOTFOUND;
	*record = (struct nrs_dns_record){
		.section = (enum nrs_dns_section)dns->section};
	const int err = read_name(m, &dns->offset, room->name, &record->name);
	if (err != NRS_OK)
		return err;
	if (m.len - dns->offset < 4)
		return NRS_E_TRUNCATED;
	record->type = nrs_u16(m.ptr + dns->offset);
	record->class_ = nrs_u16(m.ptr + dns->offset + 2) & CLASS_MASK;
	dns->offset += 4;
	dns->taken++;
	return record->section == NRS_DNS_QUESTION
		       ? NRS_OK
		       : read_data(dns, record, room);
}

bool nrs_dns_txt(struct nrs_span *rest, struct nrs_span *string)
{
	if (rest->len == 0 || rest->len - 1 < rest->ptr[0])
		return false;
	*string = nrs_span_part(*rest, 1, rest->ptr[0]);
	*rest = nrs_span_from(*rest, (size_t)rest->ptr[0] + 1);
	return true;
}
