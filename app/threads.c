/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads: the only file that makes threads.
 */
#include "app/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/err.h"
#include "engine/base/tsan.h"

struct nrs_thread {
	pthread_t thread;
	void (*loop)(void *arg);
	void *arg;
	char name[16];
};

static void *run(void *arg)
{
	struct nrs_thread *thread = arg;

	/* Its own is all that a confined process may name. */
	(void)pthread_setname_np(pthread_self(), thread->name);
	thread->loop(thread->arg);
	return NULL;
}

int nrs_thread_start(struct nrs_thread **out, const char *name,
		     void (*loop)(void *arg), void *arg)
{
	struct nrs_thread *thread = malloc(sizeof(*thread));
	sigset_t all, before;

	if (thread == NULL)
		return NRS_E_NOMEM;
	*thread = (struct nrs_thread){.loop = loop, .arg = arg};
	(void)snprintf(thread->name, sizeof(thread->name), "%s", name);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	const int failed = pthread_create(&thread->thread, NULL, run, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed != 0) {
		free(thread);
		return NRS_E_IO;
	}
	*out = thread;
	return NRS_OK;
}

bool nrs_thread_pin(unsigned int index, unsigned int count)
{
	cpu_set_t allowed, own;

	if (pthread_getaffinity_np(pthread_self(), sizeof(allowed), &allowed) !=
	    0)
		return false;
	const unsigned int all = (unsigned int)CPU_COUNT(&allowed);
	unsigned int before = all - count + index;
	if (index >= count || count > all)
		return false;
	CPU_ZERO(&own);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &allowed) && before-- == 0)
			CPU_SET(cpu, &own);
	}
	return pthread_setaffinity_np(pthread_self(), sizeof(own), &own) == 0;
}

void nrs_thread_join(struct nrs_thread *thread)
{
	if (thread == NULL)
		return;
	(void)pthread_join(thread->thread, NULL);
	free(thread);
}

void nrs_pause(unsigned int *idle)
{
	struct timespec nap = {.tv_nsec = 50000};

	if (++*idle < 64) {
		sched_yield();
		return;
	}
	if (*idle > 1000)
		nap.tv_nsec = 1000000;
	nanosleep(&nap, NULL);
}

struct nrs_lock {
	pthread_mutex_t mutex;
};

int nrs_lock_new(struct nrs_lock **out)
{
	struct nrs_lock *lock = malloc(sizeof(*lock));

	if (lock == NULL)
		return NRS_E_NOMEM;
	(void)pthread_mutex_init(&lock->mutex, NULL);
	*out = lock;
	return NRS_OK;
}

void nrs_lock_free(struct nrs_lock *lock)
{
	if (lock == NULL)
		return;
	(void)pthread_mutex_destroy(&lock->mutex);
	free(lock);
}

void nrs_lock_take(struct nrs_lock *lock)
{
	(void)pthread_mutex_lock(&lock->mutex);
}

void nrs_lock_give(struct nrs_lock *lock)
{
	(void)pthread_mutex_unlock(&lock->mutex);
}

struct nrs_bell {
	sem_t rings;
};

int nrs_bell_new(struct nrs_bell **out)
{
	struct nrs_bell *bell = malloc(sizeof(*bell));

	if (bell == NULL)
		return NRS_E_NOMEM;
	(void)sem_init(&bell->rings, 0, 0);
	*out = bell;
	return NRS_OK;
}

void nrs_bell_free(struct nrs_bell *bell)
{
	if (bell == NULL)
		return;
	(void)sem_destroy(&bell->rings);
	free(bell);
}

void nrs_bell_ring(struct nrs_bell *bell)
{
	nrs_tsan_release(bell); /* pairs with the acquire in the wait */
	(void)sem_post(&bell->rings);
}

bool nrs_bell_wait(struct nrs_bell *bell, unsigned int wait_ms)
{
	const int64_t until_ns =
		nrs_monotonic_ns() + (int64_t)wait_ms * 1000000;
	const struct timespec until = {.tv_sec = until_ns / INT64_C(1000000000),
				       .tv_nsec =
					       until_ns % INT64_C(1000000000)};

	while (sem_clockwait(&bell->rings, CLOCK_MONOTONIC, &until) != 0) {
		if (errno != EINTR)
			return false;
	}
	while (sem_trywait(&bell->rings) == 0) {
		/* One wake answers all that rang by now. */
	}
	nrs_tsan_acquire(bell); /* it does not know sem_clockwait */
	return true;
}
