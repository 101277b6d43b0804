/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap: pieces lie one behind the other, each with a head that knows its own
 * size and that of the one before it; free ones are in a list, first fit. A
 * piece is cut from the front of a free one, so that what was never needed is
 * never touched.
 */
#include "engine/base/heap.h"

#include <assert.h>
#include <string.h>

#define NONE UINT32_MAX

/* In front of each piece; sizes are with it. The list's links stand in the
 * head too, so that a free piece touches no more than that. */
struct head {
	uint32_t size;		 /* lowest bit: taken */
	uint32_t before;	 /* size of the piece before; 0: the first */
	uint32_t next, previous; /* free: offsets, or NONE */
};
#define TAKEN 1u
#define UNIT sizeof(struct head)

static_assert(sizeof(struct head) == 16, "pieces stay aligned to 16");

static struct head *at(const struct nrs_heap *heap, size_t offset)
{
	return (void *)(heap->room + offset);
}

static uint32_t offset_of(const struct nrs_heap *heap, const struct head *head)
{
	return (uint32_t)((const uint8_t *)head - heap->room);
}

static uint32_t size_of(const struct head *head)
{
	return head->size & ~TAKEN;
}

/* The piece behind @head; NULL at the end of the room. */
static struct head *behind(const struct nrs_heap *heap, const struct head *head)
{
	const size_t offset = (size_t)offset_of(heap, head) + size_of(head);

	return offset < heap->bytes ? at(heap, offset) : NULL;
}

static void link_free(struct nrs_heap *heap, struct head *head)
{
	const uint32_t offset = offset_of(heap, head);

	head->previous = NONE;
	head->next = heap->first == SIZE_MAX ? NONE : (uint32_t)heap->first;
	if (head->next != NONE)
		at(heap, head->next)->previous = offset;
	heap->first = offset;
}

static void unlink_free(struct nrs_heap *heap, const struct head *head)
{
	if (head->next != NONE)
		at(heap, head->next)->previous = head->previous;
	if (head->previous != NONE)
		at(heap, head->previous)->next = head->next;
	else
		heap->first = head->next == NONE ? SIZE_MAX : head->next;
}

void nrs_heap_init(struct nrs_heap *heap, void *room, size_t bytes)
{
	assert((uintptr_t)room % UNIT == 0 && bytes >= UNIT &&
	       bytes % UNIT == 0 && bytes < UINT32_MAX);
	*heap = (struct nrs_heap){
		.room = room, .bytes = bytes, .first = SIZE_MAX};
	*at(heap, 0) = (struct head){.size = (uint32_t)bytes};
	link_free(heap, at(heap, 0));
}

/* With its head, rounded up; 0: no piece is so large. */
static uint32_t rounded(const struct nrs_heap *heap, size_t bytes)
{
	if (bytes > heap->bytes - UNIT)
		return 0;
	return (uint32_t)((bytes + UNIT - 1) / UNIT * UNIT + UNIT);
}

/* Leave @size octets to @head; what is behind them becomes free. */
static void split(struct nrs_heap *heap, struct head *head, uint32_t size)
{
	const uint32_t rest = size_of(head) - size;

	if (rest == 0)
		return;
	struct head *tail = at(heap, (size_t)offset_of(heap, head) + size);
	*tail = (struct head){.size = rest, .before = size};
	head->size = size | (head->size & TAKEN);
	struct head *next = behind(heap, tail);
	if (next != NULL)
		next->before = rest;
	link_free(heap, tail);
}

void *nrs_heap_take(struct nrs_heap *heap, size_t bytes)
{
	const uint32_t size = rounded(heap, bytes);

	if (size == 0)
		return NULL;
	for (size_t i = heap->first; i != SIZE_MAX;) {
		struct head *head = at(heap, i);

		if (size_of(head) >= size) {
			unlink_free(heap, head);
			split(heap, head, size);
			head->size |= TAKEN;
			return head + 1;
		}
		i = head->next == NONE ? SIZE_MAX : head->next;
	}
	return NULL;
}

/* @head takes in the piece behind it, which is free. */
static void swallow(struct nrs_heap *heap, struct head *head,
		    const struct head *next)
{
	unlink_free(heap, next);
	head->size += size_of(next);
	struct head *after = behind(heap, head);
	if (after != NULL)
		after->before = size_of(head);
}

void nrs_heap_give(struct nrs_heap *heap, void *piece)
{
	if (piece == NULL)
		return;
	struct head *head = (struct head *)piece - 1;
	assert((head->size & TAKEN) != 0);
	head->size &= ~TAKEN;
	const struct head *next = behind(heap, head);
	if (next != NULL && (next->size & TAKEN) == 0)
		swallow(heap, head, next);
	if (head->before > 0) {
		struct head *before =
			at(heap, (size_t)offset_of(heap, head) - head->before);

		if ((before->size & TAKEN) == 0) {
			head->next = head->previous = NONE;
			link_free(heap, head);
			swallow(heap, before, head);
			return;
		}
	}
	link_free(heap, head);
}

void *nrs_heap_resize(struct nrs_heap *heap, void *piece, size_t bytes)
{
	if (piece == NULL)
		return nrs_heap_take(heap, bytes);
	const struct head *head = (struct head *)piece - 1;
	const size_t have = size_of(head) - UNIT;
	if (bytes <= have)
		return piece;
	void *larger = nrs_heap_take(heap, bytes);
	if (larger == NULL)
		return NULL;
	memcpy(larger, piece, have);
	nrs_heap_give(heap, piece);
	return larger;
}
