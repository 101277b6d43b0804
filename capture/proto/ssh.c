/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh: lines up to LF, then packets of a length, a padding and a payload; the
 * lists of a KEXINIT stand in the order in which HASSH wants them.
 */
#include "capture/proto/ssh.h"

#include "capture/proto/wire.h"

#define MARK "SSH-"
#define LENGTH_OCTETS 4
#define COOKIE_OCTETS 16

/* RFC 4253 section 12. */
enum message {
	MESSAGE_DISCONNECT = 1,
	MESSAGE_DEBUG = 4,
	MESSAGE_KEXINIT = 20,
};

int nrs_ssh_sniff(struct nrs_span bytes)
{
	const size_t len = strlen(MARK);
	const size_t common = bytes.len < len ? bytes.len : len;

	if (common > 0 && memcmp(bytes.ptr, MARK, common) != 0)
		return NRS_E_FORMAT;
	return common < len ? NRS_E_MORE : NRS_OK;
}

/* Where the first of @stops, or the text, ends behind @from. */
static size_t word_end(struct nrs_span text, size_t from, const char *stops)
{
	while (from < text.len && text.ptr[from] != '\0' &&
	       strchr(stops, text.ptr[from]) == NULL)
		from++;
	return from;
}

/* "SSH-version-software comment" */
static void take_apart(struct nrs_ssh_line *line)
{
	const size_t version_at = strlen(MARK);
	const size_t dash = word_end(line->text, version_at, "- ");
	const struct nrs_span version =
		nrs_span_part(line->text, version_at, dash - version_at);

	line->has_packets =
		nrs_span_is(version, "1.99") || nrs_span_starts(version, "2.");
	if (dash < line->text.len && line->text.ptr[dash] == '-')
		line->software = nrs_span_part(
			line->text, dash + 1,
			word_end(line->text, dash + 1, " \r") - dash - 1);
}

int nrs_ssh_line(struct nrs_ssh_line *line, struct nrs_span *bytes)
{
	const size_t end = nrs_span_find(
		nrs_span_part(*bytes, 0, NRS_SSH_LINE_MAX), '\n', 0);

	*line = (struct nrs_ssh_line){0};
	if (end == SIZE_MAX)
		return bytes->len < NRS_SSH_LINE_MAX ? NRS_E_MORE : NRS_E_LIMIT;
	line->text = nrs_span_part(*bytes, 0, end);
	if (end > 0 && line->text.ptr[end - 1] == '\r')
		line->text.len--;
	*bytes = nrs_span_from(*bytes, end + 1);
	if (nrs_ssh_sniff(line->text) != NRS_OK)
		return NRS_E_NOTFOUND;
	take_apart(line);
	return NRS_OK;
}

/* The next name-list (RFC 4251 section 5). */
static struct nrs_span list(struct nrs_wire *r)
{
	return nrs_wire_counted(r, nrs_wire_number(r, LENGTH_OCTETS));
}

static int kexinit(struct nrs_ssh_offer *offer, struct nrs_wire *r)
{
	(void)nrs_wire_take(r, COOKIE_OCTETS);
	offer->exchange = list(r);
	(void)list(r); /* host keys */
	for (unsigned int i = 0; i < 2; i++)
		offer->encryption[i] = list(r);
	for (unsigned int i = 0; i < 2; i++)
		offer->integrity[i] = list(r);
	for (unsigned int i = 0; i < 2; i++)
		offer->compression[i] = list(r);
	return r->failed ? NRS_E_FORMAT : NRS_OK;
}

int nrs_ssh_offer(struct nrs_ssh_offer *offer, struct nrs_span *bytes)
{
	struct nrs_wire packet = {.rest = *bytes};
	const uint32_t len = nrs_wire_number(&packet, LENGTH_OCTETS);

	*offer = (struct nrs_ssh_offer){0};
	if (packet.failed)
		return NRS_E_MORE;
	if (len > NRS_SSH_PACKET_MAX - LENGTH_OCTETS)
		return NRS_E_LIMIT;
	if (packet.rest.len < len)
		return NRS_E_MORE;
	*bytes = nrs_span_from(packet.rest, len);
	packet.rest.len = len;
	const uint32_t padding = nrs_wire_number(&packet, 1);
	if (packet.failed || padding >= packet.rest.len)
		return NRS_E_FORMAT;
	packet.rest.len -= padding;
	const uint32_t message = nrs_wire_number(&packet, 1);
	if (message == MESSAGE_KEXINIT)
		return kexinit(offer, &packet);
	return message >= MESSAGE_DISCONNECT && message <= MESSAGE_DEBUG
		       ? NRS_E_NOTFOUND
		       : NRS_E_FORMAT;
}

int nrs_ssh_hassh(const struct nrs_ssh_offer *offer, unsigned int direction,
		  uint8_t *room, size_t cap, struct nrs_span *text)
{
	const struct nrs_span lists[] = {
		offer->exchange, offer->encryption[direction],
		offer->integrity[direction], offer->compression[direction]};
	size_t len = 0;

	for (unsigned int i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const size_t dots = i > 0;

		if (cap - len < dots || lists[i].len > cap - len - dots)
			return NRS_E_LIMIT;
		if (i > 0)
			room[len++] = ';';
		if (lists[i].len > 0)
			memcpy(room + len, lists[i].ptr, lists[i].len);
		len += lists[i].len;
	}
	*text = nrs_span(room, len);
	return NRS_OK;
}
