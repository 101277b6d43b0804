/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_value: one value, by its row: what is written into what is stored.
 *
 * Lists of plain values may also be written as one text with commas, as on a
 * command line.
 */
#include "app/config_inside.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 60 /* octets of a value in a message */

static int shown(struct nrs_span text)
{
	return text.len > SHOWN ? SHOWN : (int)text.len;
}

bool nrs_yaml_is_empty(const struct nrs_yaml *node)
{
	return node->kind == NRS_YAML_SCALAR && node->is_plain &&
	       (node->text.len == 0 || nrs_span_is(node->text, "~") ||
		nrs_span_is(node->text, "null"));
}

int nrs_choice_index(const char *choices, struct nrs_span word)
{
	struct nrs_span rest = nrs_span_of(choices), choice;
	int index = 0;

	while (nrs_span_split(&rest, '|', &choice)) {
		if (nrs_span_equal(choice, word))
			return index;
		index++;
	}
	return -1;
}

static bool read_bool(struct nrs_span text, bool *out)
{
	*out = nrs_span_is_icase(text, "yes") ||
	       nrs_span_is_icase(text, "true") || nrs_span_is_icase(text, "on");
	return *out || nrs_span_is_icase(text, "no") ||
	       nrs_span_is_icase(text, "false") ||
	       nrs_span_is_icase(text, "off");
}

static bool read_seconds(struct nrs_span text, uint64_t *out)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	uint64_t unit = 1, number;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (text.len == 0 ||
		    text.ptr[text.len - 1] != (uint8_t)units[i].letter)
			continue;
		unit = units[i].seconds;
		text.len--;
		break;
	}
	if (nrs_span_u64(text, &number) != NRS_OK || number > UINT64_MAX / unit)
		return false;
	*out = number * unit;
	return true;
}

static bool read_number(struct nrs_reader *r, const struct nrs_config_row *row,
			const struct nrs_yaml *node, const char *path,
			uint64_t *out)
{
	const bool is_time = row->type == NRS_CONFIG_SECONDS;
	const char *where = nrs_reader_where(r, node);

	if (is_time ? !read_seconds(node->text, out)
		    : nrs_span_u64(node->text, out) != NRS_OK) {
		nrs_reader_problem(
			r, where, path, "'%.*s' is no %s", shown(node->text),
			(const char *)node->text.ptr,
			is_time		    ? "time (90, 90s, 5m, 1h, 7d)"
			: row->unit == NULL ? "number"
					    : nrs_reader_text(r, "number of %s",
							      row->unit));
		return false;
	}
	if (*out < row->min || *out > row->max) {
		nrs_reader_problem(
			r, where, path, "%llu is not from %llu to %llu%s%s",
			(unsigned long long)*out, (unsigned long long)row->min,
			(unsigned long long)row->max,
			is_time || row->unit != NULL ? " " : "",
			is_time		    ? "seconds"
			: row->unit == NULL ? ""
					    : row->unit);
		return false;
	}
	return true;
}

static bool is_printable(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return false;
	return nrs_span_is_utf8(text);
}

static const char *read_text(struct nrs_reader *r,
			     const struct nrs_config_row *row,
			     const struct nrs_yaml *node, const char *path)
{
	const char *where = nrs_reader_where(r, node);

	if (node->text.len < row->min || node->text.len > row->max)
		nrs_reader_problem(
			r, where, path,
			"%zu octets long, where it may have %llu to %llu",
			node->text.len, (unsigned long long)row->min,
			(unsigned long long)row->max);
	else if (!is_printable(node->text))
		nrs_reader_problem(r, where, path,
				   "control characters, or not UTF-8");
	else
		return (const char *)node->text.ptr;
	return NULL;
}

/* Words one by one, of a list or of a text with commas. */
struct words {
	const struct nrs_yaml *node; /* of the word at hand */
	struct nrs_span rest, word;
	bool is_list, is_begun;
};

static bool next_word(struct words *w, const struct nrs_yaml *from)
{
	if (from->kind == NRS_YAML_LIST) {
		w->node = w->is_begun ? w->node->next : from->child;
		w->is_begun = true;
		if (w->node != NULL)
			w->word = w->node->text;
		return w->node != NULL;
	}
	if (!w->is_begun)
		w->rest = from->text;
	w->is_begun = true;
	w->node = from;
	if (!nrs_span_split(&w->rest, ',', &w->word))
		return false;
	w->word = nrs_span_trim(w->word);
	return true;
}

static bool is_word(struct nrs_reader *r, const struct words *w,
		    const char *path)
{
	if (w->node->kind == NRS_YAML_SCALAR && w->word.len > 0)
		return true;
	nrs_reader_problem(r, nrs_reader_where(r, w->node), path,
			   "wants a list of single values");
	return false;
}

static void no_choice(struct nrs_reader *r, const struct nrs_config_row *row,
		      const struct nrs_yaml *node, struct nrs_span word,
		      const char *path)
{
	struct nrs_span rest = nrs_span_of(row->choices), choice;
	char names[200] = "";
	size_t len = 0;

	for (uint64_t i = 0; nrs_span_split(&rest, '|', &choice); i++) {
		const bool fits = len + choice.len + 3 < sizeof(names);

		if (i < row->min || !fits)
			continue;
		if (len > 0) {
			memcpy(names + len, ", ", 2);
			len += 2;
		}
		memcpy(names + len, choice.ptr, choice.len);
		len += choice.len;
	}
	nrs_reader_problem(r, nrs_reader_where(r, node), path,
			   "'%.*s' is none of %.*s", shown(word),
			   (const char *)word.ptr, (int)len, names);
}

static void read_choices(struct nrs_reader *r, const struct nrs_config_row *row,
			 const struct nrs_yaml *node, const char *path,
			 unsigned int *out)
{
	struct words w = {0};

	*out = 0;
	while (next_word(&w, node)) {
		if (!is_word(r, &w, path))
			return;
		const int index = nrs_choice_index(row->choices, w.word);
		if (index < 0)
			no_choice(r, row, w.node, w.word, path);
		else if ((*out & 1u << index) != 0)
			nrs_reader_problem(r, nrs_reader_where(r, w.node), path,
					   "'%.*s' stands there twice",
					   shown(w.word),
					   (const char *)w.word.ptr);
		else
			*out |= 1u << index;
	}
}

static bool has_net(const struct nrs_home_nets *nets,
		    const struct nrs_prefix *prefix)
{
	for (unsigned int i = 0; i < nets->count; i++)
		if (nets->nets[i].bits == prefix->bits &&
		    nrs_addr_compare(&nets->nets[i].addr, &prefix->addr) == 0)
			return true;
	return false;
}

static void read_nets(struct nrs_reader *r, const struct nrs_yaml *node,
		      const char *path, struct nrs_home_nets *out)
{
	struct words w = {0};

	while (next_word(&w, node)) {
		struct nrs_prefix prefix;

		if (!is_word(r, &w, path))
			return;
		const char *where = nrs_reader_where(r, w.node);
		if (nrs_prefix_parse(w.word, &prefix) != NRS_OK) {
			nrs_reader_problem(
				r, where, path,
				"'%.*s' is no network (192.0.2.0/24)",
				shown(w.word), (const char *)w.word.ptr);
		} else if (has_net(out, &prefix)) {
			nrs_reader_problem(
				r, where, path, "'%.*s' stands there twice",
				shown(w.word), (const char *)w.word.ptr);
		} else if (out->count == NRS_HOME_NETS_MAX) {
			nrs_reader_problem(r, where, path, "more than %u",
					   NRS_HOME_NETS_MAX);
			return;
		} else {
			out->nets[out->count++] = prefix;
		}
	}
}

static void read_texts(struct nrs_reader *r, const struct nrs_config_row *row,
		       const struct nrs_yaml *node, const char *path,
		       struct nrs_config_texts *out)
{
	struct words w = {0};
	const char **items =
		nrs_arena_alloc(r->arena, row->max * sizeof(*items));

	r->is_out_of_memory |= items == NULL;
	while (items != NULL && next_word(&w, node)) {
		if (!is_word(r, &w, path))
			return;
		if (!is_printable(w.word) || out->count == row->max) {
			nrs_reader_problem(r, nrs_reader_where(r, w.node), path,
					   "control characters, or more than "
					   "%llu texts",
					   (unsigned long long)row->max);
			return;
		}
		items[out->count++] = nrs_reader_text(
			r, "%.*s", (int)w.word.len, (const char *)w.word.ptr);
	}
	out->items = items;
}

static const char *read_names(struct nrs_reader *r,
			      const struct nrs_config_row *row,
			      const struct nrs_yaml *node, const char *path)
{
	struct words w = {0};
	const char *all = "";

	while (next_word(&w, node)) {
		if (!is_word(r, &w, path))
			return NULL;
		if (!is_printable(w.word) ||
		    strlen(all) + w.word.len + 1 > row->max ||
		    nrs_span_find(w.word, ',', 0) != SIZE_MAX) {
			nrs_reader_problem(r, nrs_reader_where(r, w.node), path,
					   "a name has no comma, and all "
					   "together %llu octets at most",
					   (unsigned long long)row->max);
			return NULL;
		}
		all = nrs_reader_text(
			r, "%s%s%.*s", all, all[0] == '\0' ? "" : ",",
			(int)w.word.len, (const char *)w.word.ptr);
	}
	return all[0] == '\0' ? NULL : all;
}

static void read_choice(struct nrs_reader *r, const struct nrs_config_row *row,
			const struct nrs_yaml *node, const char *path,
			unsigned int *out)
{
	const int index = nrs_choice_index(row->choices, node->text);

	if (index < 0 || (uint64_t)index < row->min)
		no_choice(r, row, node, node->text, path);
	else
		*out = (unsigned int)index;
}

static bool has_shape(struct nrs_reader *r, const struct nrs_config_row *row,
		      const struct nrs_yaml *node, const char *path)
{
	const bool may_list = row->type == NRS_CONFIG_NETS ||
			      row->type == NRS_CONFIG_TEXTS ||
			      row->type == NRS_CONFIG_NAMES ||
			      row->type == NRS_CONFIG_CHOICES;

	if (nrs_yaml_is_empty(node))
		nrs_reader_problem(r, nrs_reader_where(r, node), path,
				   "has no value");
	else if (node->kind == NRS_YAML_MAP ||
		 (node->kind == NRS_YAML_LIST && !may_list))
		nrs_reader_problem(r, nrs_reader_where(r, node), path,
				   may_list ? "wants a list of single values"
					    : "wants a single value");
	else
		return true;
	return false;
}

/* @at is where a struct has this member; memcpy minds no type. */
void nrs_reader_value(struct nrs_reader *r, const struct nrs_config_row *row,
		      const struct nrs_yaml *node, const char *path,
		      uint8_t *at)
{
	union {
		bool is_true;
		uint64_t number;
		unsigned int choice;
		const char *text;
		struct nrs_config_texts texts;
		struct nrs_home_nets nets;
	} value;
	size_t len = 0;

	memset(&value, 0, sizeof(value));
	if (!has_shape(r, row, node, path))
		return;
	switch (row->type) {
	case NRS_CONFIG_BOOL:
		if (!read_bool(node->text, &value.is_true))
			nrs_reader_problem(r, nrs_reader_where(r, node), path,
					   "'%.*s' is neither yes nor no",
					   shown(node->text),
					   (const char *)node->text.ptr);
		len = sizeof(value.is_true);
		break;
	case NRS_CONFIG_NUMBER:
	case NRS_CONFIG_SECONDS:
		(void)read_number(r, row, node, path, &value.number);
		len = sizeof(value.number);
		break;
	case NRS_CONFIG_TEXT:
		value.text = read_text(r, row, node, path);
		len = sizeof(value.text);
		break;
	case NRS_CONFIG_NAMES:
		value.text = read_names(r, row, node, path);
		len = sizeof(value.text);
		break;
	case NRS_CONFIG_CHOICE:
		read_choice(r, row, node, path, &value.choice);
		len = sizeof(value.choice);
		break;
	case NRS_CONFIG_CHOICES:
		read_choices(r, row, node, path, &value.choice);
		len = sizeof(value.choice);
		break;
	case NRS_CONFIG_NETS:
		read_nets(r, node, path, &value.nets);
		len = sizeof(value.nets);
		break;
	case NRS_CONFIG_TEXTS:
		read_texts(r, row, node, path, &value.texts);
		len = sizeof(value.texts);
		break;
	default:
		break;
	}
	memcpy(at, &value, len);
}

void nrs_reader_fallback(struct nrs_reader *r, const struct nrs_config_row *row,
			 uint8_t *at)
{
	const struct nrs_yaml node = {.kind = NRS_YAML_SCALAR,
				      .text = nrs_span_of(row->fallback)};

	if (row->fallback != NULL)
		nrs_reader_value(r, row, &node, row->key, at);
}
