/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shim: one step per header, each checked against what was captured; a cap on
 * the steps ends what an attacker stacks up.
 */
#include "capture/decode/shim.h"

#include "capture/decode/wifi.h"
#include "engine/base/octets.h"

#define SHIMS_MAX 8
#define LENGTH_MAX 1500 /* an ethertype up to here is a length: LLC follows */
#define LABELS_MAX 16

static bool has(struct nrs_span frame, const struct nrs_link *link, size_t len)
{
	return link->offset <= frame.len && frame.len - link->offset >= len;
}

/* A header of @len octets whose last two are the type of what follows. */
static int skip_typed(struct nrs_span frame, struct nrs_link *link, size_t len)
{
	if (!has(frame, link, len))
		return NRS_E_TRUNCATED;
	link->offset += len;
	link->ethertype = nrs_u16(frame.ptr + link->offset - 2);
	return NRS_OK;
}

static int skip_ethernet(struct nrs_span frame, struct nrs_link *link)
{
	if (link->offset <= UINT16_MAX) {
		link->mac_off = (uint16_t)link->offset;
		link->has_mac = true;
	}
	return skip_typed(frame, link, 14);
}

/* Labels do not tell what they carry: IP by its version nibble, and after a
 * control word (nibble 0) an Ethernet frame. */
static int skip_labels(struct nrs_span frame, struct nrs_link *link)
{
	bool is_bottom = false;

	for (unsigned int i = 0; !is_bottom; i++) {
		if (i == LABELS_MAX)
			return NRS_E_OPAQUE;
		if (!has(frame, link, 4))
			return NRS_E_TRUNCATED;
		is_bottom = (frame.ptr[link->offset + 2] & 1) != 0;
		link->offset += 4;
	}
	link->ethertype = 0;
	if (!has(frame, link, 1))
		return NRS_E_TRUNCATED;
	const uint8_t version = frame.ptr[link->offset] >> 4;
	if (version == 0) {
		link->offset += 4;
		return skip_ethernet(frame, link);
	}
	return version == 4 || version == 6 ? NRS_OK : NRS_E_OPAQUE;
}

static int skip_ppp(struct nrs_span frame, struct nrs_link *link)
{
	static const struct {
		uint16_t protocol, ethertype;
	} known[] = {
		{0x0021, 0x0800},
		{0x0057, 0x86dd},
		{0x0281, 0x8847},
		{0x0283, 0x8848},
	};
	/* headers compressed, bridged, multilink, encrypted, compressed */
	static const uint16_t hiding[] = {0x002d, 0x002f, 0x0031, 0x003d,
					  0x0053, 0x00fb, 0x00fd};
	uint16_t protocol;

	/* address and control, unless left out */
	if (has(frame, link, 2) && nrs_u16(frame.ptr + link->offset) == 0xff03)
		link->offset += 2;
	if (!has(frame, link, 1))
		return NRS_E_TRUNCATED;
	if ((frame.ptr[link->offset] & 1) != 0) { /* compressed to one octet */
		protocol = frame.ptr[link->offset];
		link->offset += 1;
	} else {
		if (!has(frame, link, 2))
			return NRS_E_TRUNCATED;
		protocol = nrs_u16(frame.ptr + link->offset);
		link->offset += 2;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].protocol == protocol) {
			link->ethertype = known[i].ethertype;
			return NRS_OK;
		}
	}
	for (size_t i = 0; i < sizeof(hiding) / sizeof(*hiding); i++) {
		if (hiding[i] == protocol)
			return NRS_E_OPAQUE;
	}
	return NRS_E_NOTFOUND;
}

static int skip_pppoe(struct nrs_span frame, struct nrs_link *link)
{
	if (!has(frame, link, 6))
		return NRS_E_TRUNCATED;
	/* version 1, type 1, code 0: session data */
	if (nrs_u16(frame.ptr + link->offset) != 0x1100)
		return NRS_E_NOTFOUND;
	link->offset += 6;
	link->ethertype = NRS_SHIM_PPP;
	return NRS_OK;
}

/* RFC 1042: SNAP names an ethertype. */
static int skip_llc(struct nrs_span frame, struct nrs_link *link)
{
	if (!has(frame, link, 3))
		return NRS_E_TRUNCATED;
	const uint8_t *llc = frame.ptr + link->offset;
	if (llc[0] == 0x06 && llc[1] == 0x06 && llc[2] == 0x03) {
		link->offset += 3;
		link->ethertype = 0x0800;
		return NRS_OK;
	}
	if (llc[0] != 0xaa || llc[1] != 0xaa || llc[2] != 0x03)
		return NRS_E_NOTFOUND;
	return skip_typed(frame, link, 8);
}

/* RFC 8300: the length counts words, and the last octet names what follows. */
static int skip_nsh(struct nrs_span frame, struct nrs_link *link)
{
	static const uint16_t carried[] = {0, 0x0800, 0x86dd, NRS_SHIM_ETHERNET,
					   0, 0x8847};

	if (!has(frame, link, 4))
		return NRS_E_TRUNCATED;
	const uint8_t *nsh = frame.ptr + link->offset;
	const size_t len = (size_t)(nsh[1] & 0x3f) * 4;
	if (nsh[0] >> 6 != 0 || len < 8)
		return NRS_E_FORMAT;
	if (nsh[3] >= sizeof(carried) / sizeof(*carried) ||
	    carried[nsh[3]] == 0)
		return NRS_E_OPAQUE;
	if (!has(frame, link, len))
		return NRS_E_TRUNCATED;
	link->ethertype = carried[nsh[3]];
	link->offset += len;
	return NRS_OK;
}

/* Backbone bridges: a service tag of four octets, then the frame; FabricPath:
 * tree and time to live in two. */
static int skip_tag(struct nrs_span frame, struct nrs_link *link, size_t len)
{
	if (!has(frame, link, len))
		return NRS_E_TRUNCATED;
	link->offset += len;
	return skip_ethernet(frame, link);
}

/* What is no tag, in the order of the likely. */
static int skip_other(struct nrs_span frame, struct nrs_link *link)
{
	switch (link->ethertype) {
	case 0x8847:
	case 0x8848:
		return skip_labels(frame, link);
	case NRS_SHIM_PPPOE:
		return skip_pppoe(frame, link);
	case NRS_SHIM_ETHERNET:
		return skip_ethernet(frame, link);
	case NRS_SHIM_PPP:
		return skip_ppp(frame, link);
	case NRS_SHIM_LLC:
		return skip_llc(frame, link);
	case NRS_SHIM_WIFI:
		return nrs_wifi_skip(frame, link);
	case 0x88e7:
		return skip_tag(frame, link, 4);
	case 0x8903:
		return skip_tag(frame, link, 2);
	case 0x894f:
		return skip_nsh(frame, link);
	default:
		if (link->ethertype == 0 || link->ethertype > LENGTH_MAX)
			return NRS_E_MORE; /* nothing of ours: it stays */
		return skip_llc(frame, link);
	}
}

bool nrs_shim_is_control(uint32_t ethertype)
{
	/* IEEE 802 numbers; 0x6000 to 0x6009 are DECnet's. */
	static const uint16_t types[] = {
		0x0806, 0x0842, 0x2000, 0x22ea, 0x22f0, 0x22f4, 0x8035, 0x809b,
		0x80f3, 0x8137, 0x8808, 0x8809, 0x8863, 0x886d, 0x887b, 0x888e,
		0x8892, 0x8899, 0x88a2, 0x88a4, 0x88ab, 0x88b8, 0x88b9, 0x88ba,
		0x88c7, 0x88cc, 0x88cd, 0x88e1, 0x88e3, 0x88f5, 0x88f6, 0x88f7,
		0x8902, 0x8906, 0x8914, 0x9000};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (types[i] == ethertype)
			return true;
	}
	return ethertype >= 0x6000 && ethertype <= 0x6009;
}

int nrs_shim_skip(struct nrs_span frame, struct nrs_link *link, uint16_t *vlan)
{
	bool has_vlan = false;

	for (unsigned int i = 0; i < SHIMS_MAX; i++) {
		const size_t at = link->offset;
		int err;

		switch (link->ethertype) {
		case 0x8100:
		case 0x88a8:
		case 0x9100:
			err = skip_typed(frame, link, 4);
			if (err == NRS_OK && !has_vlan)
				*vlan = nrs_u16(frame.ptr + at) & 0x0fff;
			has_vlan = true;
			break;
		case 0x8926: /* VN-Tag */
			err = skip_typed(frame, link, 6);
			break;
		case 0x893f: /* E-Tag */
			err = skip_typed(frame, link, 8);
			break;
		default:
			err = skip_other(frame, link);
			if (err == NRS_E_MORE)
				return NRS_OK;
			break;
		}
		if (err != NRS_OK)
			return err;
	}
	return NRS_E_OPAQUE;
}
