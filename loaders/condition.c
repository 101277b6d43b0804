/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition: the run of bytes. Each item is an octet of its kind; a comparison
 * has flags, path and text behind it, a refusal and a reference their text,
 * each text behind its length.
 */
#include "loaders/condition.h"

#include "loaders/condition_items.h"

void nrs_condition_fini(struct nrs_condition *c)
{
	nrs_text_fini(&c->bytes);
	*c = (struct nrs_condition){0};
}

void nrs_condition_clear(struct nrs_condition *c)
{
	nrs_text_clear(&c->bytes);
	c->depth = 0;
	c->is_too_large = false;
}

static void add_text(struct nrs_condition *c, struct nrs_span text)
{
	const uint32_t len = (uint32_t)text.len;

	nrs_text_add(&c->bytes, nrs_span(&len, sizeof(len)));
	nrs_text_add(&c->bytes, text);
}

/* Nothing of it can be said any more: only that. */
static void give_up(struct nrs_condition *c)
{
	const bool failed = c->bytes.failed;

	if (c->is_too_large)
		return;
	c->is_too_large = true;
	nrs_text_clear(&c->bytes);
	nrs_text_putc(&c->bytes, NRS_CONDITION_REFUSED);
	add_text(c, nrs_span_of("larger than a pattern may be"));
	c->bytes.failed |= failed;
}

/* True if an item with these texts may be added. */
static bool has_room(struct nrs_condition *c, size_t one, size_t other)
{
	const size_t room = NRS_CONDITION_LEN_MAX - c->bytes.len;

	if (room < 16 || one > room - 16 || other > room - 16 - one)
		give_up(c);
	return !c->is_too_large;
}

void nrs_condition_open(struct nrs_condition *c, bool is_all)
{
	if (c->depth == NRS_CONDITION_DEPTH_MAX)
		give_up(c);
	if (!has_room(c, 0, 0))
		return;
	c->depth++;
	nrs_text_putc(&c->bytes,
		      is_all ? NRS_CONDITION_ALL : NRS_CONDITION_ANY);
}

void nrs_condition_close(struct nrs_condition *c)
{
	if (!has_room(c, 0, 0) || c->depth == 0)
		return;
	c->depth--;
	nrs_text_putc(&c->bytes, NRS_CONDITION_CLOSE);
}

void nrs_condition_test(struct nrs_condition *c,
			const struct nrs_condition_test *test)
{
	if (!has_room(c, test->path.len, test->text.len))
		return;
	nrs_text_putc(&c->bytes, NRS_CONDITION_TEST);
	nrs_text_putc(&c->bytes,
		      (char)((test->is_equal ? NRS_CONDITION_EQUAL : 0) |
			     (test->is_negative ? NRS_CONDITION_NEGATIVE : 0)));
	add_text(c, test->path);
	add_text(c, test->text);
}

static void add_item(struct nrs_condition *c, char kind, struct nrs_span text)
{
	if (!has_room(c, text.len, 0))
		return;
	nrs_text_putc(&c->bytes, kind);
	add_text(c, text);
}

void nrs_condition_refuse(struct nrs_condition *c, const char *reason)
{
	add_item(c, NRS_CONDITION_REFUSED, nrs_span_of(reason));
}

void nrs_condition_refer(struct nrs_condition *c, struct nrs_span id)
{
	add_item(c, NRS_CONDITION_REFERENCE, id);
}

static struct nrs_span next_text(struct nrs_span *rest)
{
	uint32_t len = 0;

	if (rest->len >= sizeof(len))
		memcpy(&len, rest->ptr, sizeof(len));
	const struct nrs_span text = nrs_span_part(*rest, sizeof(len), len);

	*rest = nrs_span_from(*rest, sizeof(len) + (size_t)len);
	return text;
}

bool nrs_condition_next(struct nrs_span *rest, struct nrs_condition_item *item)
{
	*item = (struct nrs_condition_item){0};
	if (rest->len == 0)
		return false;
	item->kind = (char)rest->ptr[0];
	*rest = nrs_span_from(*rest, 1);
	if (item->kind == NRS_CONDITION_TEST) {
		item->flags = rest->len > 0 ? rest->ptr[0] : 0;
		*rest = nrs_span_from(*rest, 1);
		item->path = next_text(rest);
	}
	if (item->kind == NRS_CONDITION_TEST ||
	    item->kind == NRS_CONDITION_REFUSED ||
	    item->kind == NRS_CONDITION_REFERENCE)
		item->text = next_text(rest);
	return true;
}

bool nrs_condition_refers(const struct nrs_condition *c)
{
	struct nrs_span rest = nrs_text_span(&c->bytes);
	struct nrs_condition_item item;

	while (nrs_condition_next(&rest, &item)) {
		if (item.kind == NRS_CONDITION_REFERENCE)
			return true;
	}
	return false;
}
