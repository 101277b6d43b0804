/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: bytes to lines, lines to values, values to indicators, each once.
 */
#include "loaders/list.h"

#include <stdlib.h>

#include "engine/pattern.h"
#include "engine/refang.h"
#include "loaders/lines.h"
#include "loaders/list_line.h"
#include "loaders/list_range.h"
#include "loaders/list_seen.h"
#include "loaders/list_shape.h"
#include "loaders/quoted.h"

struct nrs_list {
	struct nrs_reader reader;
	struct nrs_set *set;
	uint32_t source;
	struct nrs_loader_options options;
	struct nrs_loader_result result;
	struct nrs_lines lines;
	struct nrs_seen seen;
	uint8_t plain[NRS_LINE_MAX];
	uint8_t room[NRS_SHAPE_ROOM(NRS_LINE_MAX)];
};

static int take_line(void *ctx, struct nrs_span line, uint64_t number,
		     bool is_cut);

int nrs_list_new(struct nrs_list **out, struct nrs_set *set, uint32_t source,
		 const struct nrs_loader_options *options)
{
	const size_t line = _Alignof(struct nrs_list);
	struct nrs_list *list =
		aligned_alloc(line, (sizeof(*list) + line - 1) / line * line);

	if (list == NULL)
		return NRS_E_NOMEM;
	memset(list, 0, sizeof(*list));
	list->set = set;
	list->source = source;
	list->options = *options;
	list->lines = (struct nrs_lines){.fn = take_line, .ctx = list};
	const int err = nrs_seen_init(&list->seen);
	if (err != NRS_OK) {
		nrs_list_free(list);
		return err;
	}
	*out = list;
	return NRS_OK;
}

void nrs_list_free(struct nrs_list *list)
{
	if (list == NULL)
		return;
	nrs_lines_fini(&list->lines);
	nrs_seen_fini(&list->seen);
	free(list);
}

static int add(struct nrs_list *list, enum nrs_shape shape,
	       struct nrs_span text)
{
	struct nrs_indicator indicator = {
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.source = list->source,
		.place = (uint32_t)list->lines.number,
		.confidence = -1,
		.tlp = (uint8_t)list->options.default_tlp,
		.version = NRS_STIX_21};

	if (shape == NRS_SHAPE_NAME && list->options.subdomains)
		shape = NRS_SHAPE_SUBDOMAINS;
	const int seen = nrs_seen_add(&list->seen, shape, text);
	if (seen < 0)
		return seen;
	if (seen > 0) {
		nrs_set_repeat(list->set);
		return NRS_OK;
	}
	indicator.shape = (uint8_t)shape;
	indicator.pattern = nrs_arena_copy(nrs_set_arena(list->set), text);
	if (indicator.pattern.ptr == NULL)
		return NRS_E_NOMEM;
	list->result.indicators++;
	return nrs_set_add_value(list->set, &indicator);
}

static int add_range(struct nrs_list *list, struct nrs_range *range)
{
	struct nrs_prefix prefix;
	char text[NRS_ADDR_LEN];
	int err = NRS_OK;

	while (err == NRS_OK && nrs_range_next(range, &prefix)) {
		const size_t len = prefix.bits == 128
					   ? nrs_addr_format(&prefix.addr, text)
					   : nrs_prefix_format(&prefix, text);

		err = add(list,
			  nrs_addr_is_v4(&prefix.addr) && prefix.bits >= 96
				  ? NRS_SHAPE_IPV4
				  : NRS_SHAPE_IPV6,
			  nrs_span(text, len));
	}
	return err;
}

static int add_value(struct nrs_list *list, struct nrs_span value,
		     bool with_subdomains, const char **reason)
{
	struct nrs_list_value found;
	struct nrs_range range;
	bool is_reversed = false, changed;

	value = nrs_list_trim(value);
	if (nrs_list_may_be_defanged(value))
		value = nrs_list_trim(nrs_span(
			list->plain, nrs_refang(value, list->plain, &changed)));
	if (nrs_span_find(value, '-', 0) != SIZE_MAX &&
	    nrs_range_parse(value, &range, &is_reversed))
		return add_range(list, &range);
	if (is_reversed) {
		*reason = "a range that ends before it begins";
		return NRS_E_FORMAT;
	}
	if (nrs_list_shape(value, list->room, sizeof(list->room), &found) !=
	    NRS_OK) {
		*reason = found.reason;
		return NRS_E_FORMAT;
	}
	return add(list,
		   with_subdomains && found.shape == NRS_SHAPE_NAME
			   ? NRS_SHAPE_SUBDOMAINS
			   : found.shape,
		   found.text);
}

/* Hosts files name several hosts on a line, and themselves. */
static int add_hosts(struct nrs_list *list, struct nrs_span names,
		     const char **reason)
{
	int err = NRS_OK;

	while (names.len > 0 && err == NRS_OK) {
		size_t end = 0;

		while (end < names.len && names.ptr[end] != ' ' &&
		       names.ptr[end] != '\t')
			end++;
		const struct nrs_span name = nrs_span_part(names, 0, end);
		if (!nrs_list_is_own_name(name))
			err = add_value(list, name, false, reason);
		names = nrs_span_trim(nrs_span_from(names, end));
	}
	return err;
}

int nrs_list_line(struct nrs_list *list, struct nrs_span line,
		  const char **reason)
{
	const struct nrs_list_line unwrapped = nrs_list_unwrap(line);

	*reason = unwrapped.reason;
	if (unwrapped.reason != NULL)
		return NRS_E_FORMAT;
	if (unwrapped.value.len == 0)
		return NRS_OK;
	if (unwrapped.value.len > NRS_LINE_MAX) {
		*reason = "longer than 8192 octets";
		return NRS_E_FORMAT;
	}
	if (unwrapped.is_hosts)
		return add_hosts(list, unwrapped.value, reason);
	return add_value(list, unwrapped.value, unwrapped.is_adblock, reason);
}

static int refuse(struct nrs_list *list, struct nrs_span line,
		  const char *reason)
{
	list->result.refused++;
	return nrs_refuse_quoted(list->set, list->source, list->lines.number,
				 line, reason);
}

static int take_line(void *ctx, struct nrs_span line, uint64_t number,
		     bool is_cut)
{
	struct nrs_list *list = ctx;
	const char *reason = NULL;

	(void)number;
	if (is_cut && nrs_list_unwrap(line).value.len == 0)
		return NRS_OK; /* a long comment */
	if (is_cut)
		return refuse(list, line, "longer than 8192 octets");
	if (nrs_span_find(line, 0, 0) != SIZE_MAX)
		return refuse(list, nrs_span(NULL, 0), "holds a NUL octet");
	const int err = nrs_list_line(list, line, &reason);
	return reason == NULL ? err : refuse(list, line, reason);
}

int nrs_list_push(struct nrs_list *list, struct nrs_span bytes)
{
	return nrs_lines_push(&list->lines, bytes);
}

int nrs_list_end(struct nrs_list *list, struct nrs_loader_result *result)
{
	const int err = nrs_lines_end(&list->lines);

	list->result.format = "list";
	list->result.objects = list->lines.number;
	*result = list->result;
	return err;
}

bool nrs_list_detect(struct nrs_span head)
{
	return !nrs_span_starts(head, "<");
}

static int read_bytes(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_list_push((struct nrs_list *)reader, bytes);
}

static int read_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		    struct nrs_diag *diag)
{
	const int err = nrs_list_end((struct nrs_list *)reader, result);

	if (err == NRS_OK && result->indicators == 0 && result->refused > 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "holds no indicator: all of its %llu "
				    "lines with text are refused",
				    (unsigned long long)result->refused);
	return err;
}

static void read_free(struct nrs_reader *reader)
{
	nrs_list_free((struct nrs_list *)reader);
}

int nrs_list_open(struct nrs_reader **out, struct nrs_set *set, uint32_t source,
		  const struct nrs_loader_options *options,
		  struct nrs_diag *diag)
{
	struct nrs_list *list = NULL;
	const int err = nrs_list_new(&list, set, source, options);

	(void)diag;
	if (err != NRS_OK)
		return err;
	list->reader = (struct nrs_reader){
		.push = read_bytes, .end = read_end, .free = read_free};
	*out = &list->reader;
	return NRS_OK;
}
