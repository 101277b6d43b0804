/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads: the only file that makes threads.
 */
#include "app/threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/err.h"

struct nrs_thread {
	pthread_t thread;
	void (*loop)(void *arg);
	void *arg;
};

static void *run(void *arg)
{
	struct nrs_thread *thread = arg;

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
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	const int failed = pthread_create(&thread->thread, NULL, run, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed != 0) {
		free(thread);
		return NRS_E_IO;
	}
	(void)pthread_setname_np(thread->thread, name);
	*out = thread;
	return NRS_OK;
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
