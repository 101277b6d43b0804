/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typed_pair: each half through the rules of lists, then the shape for an
 * address and a port where there is one, else a pattern.
 */
#include "loaders/typed_pair.h"

#include "engine/refang.h"

struct half {
	enum nrs_shape shape;
	struct nrs_span text;
	uint8_t room[NRS_SHAPE_ROOM(256)];
};

static int refuse(struct nrs_typed_value *out, const char *reason)
{
	out->reason = reason;
	return NRS_E_FORMAT;
}

static bool is_address(const struct half *half)
{
	return half->shape == NRS_SHAPE_IPV4 || half->shape == NRS_SHAPE_IPV6;
}

/* An address, a prefix or a name. */
static bool read_half(struct half *half, struct nrs_span value)
{
	struct nrs_list_value found;

	value = nrs_span_trim(value);
	if (value.len > 256 ||
	    nrs_list_shape(value, half->room, sizeof(half->room), &found) !=
		    NRS_OK)
		return false;
	half->shape = found.shape;
	half->text = found.text;
	return is_address(half) || half->shape == NRS_SHAPE_NAME;
}

static bool read_port(struct nrs_span value, unsigned int *port)
{
	uint64_t number = 0;

	if (nrs_span_u64(nrs_span_trim(value), &number) != NRS_OK ||
	    number == 0 || number > 65535)
		return false;
	*port = (unsigned int)number;
	return true;
}

/* Offset of what stands between the halves, or SIZE_MAX. */
static size_t find_cut(struct nrs_span value)
{
	const size_t bar = nrs_span_find(value, '|', 0);
	size_t colon = SIZE_MAX;

	for (size_t i = 0; bar == SIZE_MAX && i < value.len; i++) {
		if (value.ptr[i] == ':')
			colon = i;
	}
	return bar != SIZE_MAX ? bar : colon;
}

static void put_ref(struct nrs_text *out, const char *side,
		    const struct half *host, unsigned int port)
{
	const bool is_prefix = nrs_span_find(host->text, '/', 0) != SIZE_MAX;

	nrs_text_printf(out, "network-traffic:%s_ref.value %s ", side,
			is_prefix ? "ISSUBSET" : "=");
	nrs_typed_quote(out, host->text);
	if (port != 0)
		nrs_text_printf(out, " AND network-traffic:%s_port = %u", side,
				port);
}

/* address:port is a shape of its own, unless it is a prefix. */
static bool put_address_port(struct nrs_typed_room *room,
			     const struct half *host, unsigned int port,
			     struct nrs_typed_value *out)
{
	const bool is_v6 = host->shape == NRS_SHAPE_IPV6;

	if (!is_address(host) || nrs_span_find(host->text, '/', 0) != SIZE_MAX)
		return false;
	nrs_text_printf(&room->pattern, "%s%.*s%s:%u", is_v6 ? "[" : "",
			(int)host->text.len, (const char *)host->text.ptr,
			is_v6 ? "]" : "", port);
	out->shape = NRS_SHAPE_ADDR_PORT;
	return true;
}

/* A host and a port, on the side that @type says. */
static int with_port(struct nrs_typed_room *room, enum nrs_typed type,
		     const struct half *host, unsigned int port,
		     struct nrs_typed_value *out)
{
	struct nrs_text *const text = &room->pattern;

	out->is_retyped = is_address(host) && type == NRS_TYPED_SERVICE;
	if (type != NRS_TYPED_ENDPOINT && type != NRS_TYPED_SOURCE &&
	    put_address_port(room, host, port, out))
		return NRS_OK;
	if (type == NRS_TYPED_ENDPOINT) {
		nrs_text_puts(text, "[(");
		put_ref(text, "src", host, port);
		nrs_text_puts(text, ") OR (");
		put_ref(text, "dst", host, port);
		nrs_text_puts(text, ")]");
		return NRS_OK;
	}
	nrs_text_putc(text, '[');
	put_ref(text, type == NRS_TYPED_SOURCE ? "src" : "dst", host, port);
	nrs_text_putc(text, ']');
	return NRS_OK;
}

/* An address of one side. */
static int alone(struct nrs_typed_room *room, enum nrs_typed type,
		 struct nrs_span value, struct nrs_typed_value *out)
{
	struct half host;

	if (!read_half(&host, value) || !is_address(&host))
		return refuse(out, "no address or prefix");
	nrs_text_clear(&room->pattern);
	nrs_text_putc(&room->pattern, '[');
	put_ref(&room->pattern,
		type == NRS_TYPED_SOURCE_ADDRESS ? "src" : "dst", &host, 0);
	nrs_text_putc(&room->pattern, ']');
	out->text = nrs_text_span(&room->pattern);
	return room->pattern.failed ? NRS_E_NOMEM : NRS_OK;
}

static int with_address(struct nrs_text *out, const struct half *name,
			const struct half *address)
{
	nrs_text_puts(out, "[domain-name:value = ");
	nrs_typed_quote(out, name->text);
	nrs_text_puts(out, " AND domain-name:resolves_to_refs[*].value = ");
	nrs_typed_quote(out, address->text);
	nrs_text_putc(out, ']');
	return NRS_OK;
}

int nrs_typed_pair(struct nrs_typed_room *room, enum nrs_typed type,
		   struct nrs_span value, struct nrs_typed_value *out)
{
	struct half first, second;
	unsigned int port = 0;
	bool changed;

	value = nrs_span(room->plain, nrs_refang(value, room->plain, &changed));
	if (type == NRS_TYPED_SOURCE_ADDRESS ||
	    type == NRS_TYPED_DESTINATION_ADDRESS)
		return alone(room, type, value, out);
	const size_t cut = find_cut(value);
	if (cut == SIZE_MAX)
		return refuse(out, "one value where two belong together");
	const struct nrs_span rest = nrs_span_from(value, cut + 1);
	if (!read_half(&first, nrs_span_part(value, 0, cut)))
		return refuse(out, type == NRS_TYPED_SERVICE
					   ? "no address or name before the "
					     "port"
				   : type == NRS_TYPED_NAME_ADDRESS
					   ? "no name before the address"
					   : "no address or prefix before the "
					     "port");
	nrs_text_clear(&room->pattern);
	if (type == NRS_TYPED_NAME_ADDRESS) {
		if (first.shape != NRS_SHAPE_NAME)
			return refuse(out, "no name before the address");
		if (!read_half(&second, rest) || !is_address(&second))
			return refuse(out, "no address behind the name");
		with_address(&room->pattern, &first, &second);
	} else if (type != NRS_TYPED_SERVICE && !is_address(&first)) {
		return refuse(out, "no address or prefix before the port");
	} else if (!read_port(rest, &port)) {
		return refuse(out, "no port from 1 to 65535");
	} else {
		with_port(room, type, &first, port, out);
	}
	out->text = nrs_text_span(&room->pattern);
	return room->pattern.failed ? NRS_E_NOMEM : NRS_OK;
}
