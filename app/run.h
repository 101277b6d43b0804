/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the life of a live run: build the first set, open the interfaces, start
 * the crew, rebuild when a source changed, end cleanly on a signal.
 */
#pragma once

struct nrs_config;

/* Until SIGINT or SIGTERM. An exit status; problems are said. */
int nrs_run(const struct nrs_config *config);

/* Of it: once the interfaces are open, before any thread and before any file
 * is written, give away what a sensor does not need (confine.h). An error was
 * complained of. */
int nrs_run_confine(const struct nrs_config *config);
