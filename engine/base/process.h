/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process: who on this machine owns a flow's socket, where the kernel tells.
 */
#pragma once

#include <stdint.h>

#define NRS_PROCESS_COMMAND 16

struct nrs_process {
	uint64_t cgroup; /* its number: the inode of its folder */
	uint32_t pid;	 /* of the thread group; 0: nobody is known */
	char command[NRS_PROCESS_COMMAND]; /* as the kernel cuts it; ends in 0
					    */
};
