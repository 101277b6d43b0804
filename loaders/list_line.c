/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_line: what hosts files, adblock lists and people write around values.
 */
#include "loaders/list_line.h"

#include "engine/base/addr.h"
#include "engine/base/err.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* "value # remark" and "value ; remark"; a # inside a URL has no blank. */
static struct nrs_span without_remark(struct nrs_span line)
{
	for (size_t i = 1; i < line.len; i++) {
		if ((line.ptr[i] == '#' || line.ptr[i] == ';') &&
		    is_blank(line.ptr[i - 1]))
			return nrs_span_trim(nrs_span_part(line, 0, i));
	}
	return line;
}

static struct nrs_span first_word(struct nrs_span line)
{
	size_t end = 0;

	while (end < line.len && !is_blank(line.ptr[end]))
		end++;
	return nrs_span_part(line, 0, end);
}

/* The addresses at which hosts files let listed names end. */
static bool is_sink(struct nrs_span word)
{
	return nrs_span_is(word, "0.0.0.0") || nrs_span_is(word, "127.0.0.1") ||
	       nrs_span_is(word, "::") || nrs_span_is(word, "::1");
}

bool nrs_list_is_own_name(struct nrs_span name)
{
	static const char *const names[] = {
		"localhost",	  "localhost.localdomain", "local",
		"broadcasthost",  "ip6-localhost",	   "ip6-loopback",
		"ip6-localnet",	  "ip6-mcastprefix",	   "ip6-allnodes",
		"ip6-allrouters", "ip6-allhosts",	   "0.0.0.0"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (nrs_span_is_icase(name, names[i]))
			return true;
	}
	return false;
}

static struct nrs_list_line adblock(struct nrs_span line)
{
	struct nrs_list_line out = {.is_adblock = true};

	out.value = nrs_span_from(line, 2);
	out.value.len = nrs_span_find(out.value, '^', 0) == SIZE_MAX
				? out.value.len
				: nrs_span_find(out.value, '^', 0);
	return out;
}

static struct nrs_list_line hosts(struct nrs_span line)
{
	const struct nrs_span head = first_word(line);
	const struct nrs_span rest =
		nrs_span_trim(nrs_span_from(line, head.len));
	struct nrs_list_line out = {.value = line};
	struct nrs_addr addr;

	if (rest.len == 0 || nrs_addr_parse(head, &addr) != NRS_OK)
		return out;
	if (is_sink(head)) {
		out.value = rest;
		out.is_hosts = true;
	} else if (nrs_list_is_own_name(first_word(rest))) {
		out.value.len = 0; /* "255.255.255.255 broadcasthost" */
	}
	return out;
}

struct nrs_list_line nrs_list_unwrap(struct nrs_span line)
{
	const struct nrs_list_line nothing = {.value = {NULL, 0}};

	line = nrs_span_trim(line);
	if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';' ||
	    line.ptr[0] == '!' || nrs_span_starts(line, "[Adblock"))
		return nothing;
	line = without_remark(line);
	if (nrs_span_starts(line, "@@"))
		return (struct nrs_list_line){
			.reason = "an exception of an adblock list"};
	if (nrs_span_starts(line, "||"))
		return adblock(line);
	return hosts(line);
}

struct nrs_span nrs_list_trim(struct nrs_span value)
{
	while (value.len > 1 &&
	       memchr(",;\"'`", value.ptr[value.len - 1], 5) != NULL)
		value.len--;
	while (value.len > 1 && memchr("\"'`", value.ptr[0], 3) != NULL)
		value = nrs_span_from(value, 1);
	return nrs_span_trim(value);
}

bool nrs_list_may_be_defanged(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++) {
		const uint8_t c = value.ptr[i];

		if (c == '[' || c == '(' || c == '{' || c == ']' || c == '\\' ||
		    c == ' ')
			return true;
		if (c == ':' && i > 0 && memchr("hHfFmM", *value.ptr, 6))
			return true;
	}
	return false;
}
