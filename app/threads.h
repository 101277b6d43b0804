/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads: the only door to pthread. Loops stand in *_crew.c and the like;
 * every other room offers steps that know of no thread.
 */
#pragma once

#include <stdbool.h>

#include "engine/base/clock.h" /* which the loops share */

struct nrs_thread;

/* Run @loop(@arg) until it returns. @name: up to 15 characters, for top and
 * the debugger. NRS_E_NOMEM, NRS_E_IO. Signals are blocked in it: they are the
 * main thread's. */
int nrs_thread_start(struct nrs_thread **out, const char *name,
		     void (*loop)(void *arg), void *arg);

/* This thread from now on: only when nobody else wants a processor, or the
 * disk. Where the system refuses that, it stays as it is. */
void nrs_thread_background(void);

/* The calling thread stays on one processor from now on: of @count threads that
 * do so, each on another of the last ones that this process may use. False:
 * there are not as many, and nothing changed. */
bool nrs_thread_pin(unsigned int index, unsigned int count);

/* Wait for its end and free it; NULL is fine. */
void nrs_thread_join(struct nrs_thread *thread);

/* Nothing to do: let others run, and sleep, longer and longer up to 1 ms, if
 * that goes on. *@idle counts the calls in a row; the caller zeroes it. */
void nrs_pause(unsigned int *idle);

/* A lock for cold paths: never taken on the packet path. */
struct nrs_lock;
int nrs_lock_new(struct nrs_lock **out);
void nrs_lock_free(struct nrs_lock *lock);
void nrs_lock_take(struct nrs_lock *lock);
void nrs_lock_give(struct nrs_lock *lock);

/* A bell: a thread sleeps until somebody rings, or did since it woke last.
 * Ringing never waits, and is no system call unless the other one sleeps. */
struct nrs_bell;
int nrs_bell_new(struct nrs_bell **out); /* NRS_E_NOMEM */
void nrs_bell_free(struct nrs_bell *bell);
void nrs_bell_ring(struct nrs_bell *bell);
/* For at most @wait_ms; false: nobody rang. One thread waits. */
bool nrs_bell_wait(struct nrs_bell *bell, unsigned int wait_ms);
