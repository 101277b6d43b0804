/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_sensor: what the sensor is, and what it may do.
 */
#include "app/config_schema_sharing.h"

#include "app/config.h"

#define COUNT(rows) ((unsigned int)(sizeof(rows) / sizeof(*(rows))))

static const struct nrs_config_row sensor_rows[] = {
	{.key = "name",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_sensor, name),
	 .min = 1,
	 .max = 64,
	 .text = "What this sensor is called in status, logs and, where an "
		 "audience allows it, in what is shared. Default: the name of "
		 "the machine.",
	 .sample = "edge-07"},
	{.key = "user",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_sensor, user),
	 .min = 1,
	 .max = 32,
	 .text = "Started as root, it becomes this user once its interfaces "
		 "are open. Its folders are given to that user. The service "
		 "is started as noroshi by its unit and needs no user here.",
	 .sample = "noroshi"},
	{.key = "confine",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_sensor, confine),
	 .fallback = "yes",
	 .text = "Then it gives up every right but CAP_NET_RAW, writes in its "
		 "own folders only (Landlock), and makes no system call that a "
		 "sensor has no use for (seccomp)."},
	{.key = "pin",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_sensor, pin),
	 .fallback = "yes",
	 .text = "Two workers or more stay on a processor each, the last of "
		 "those that the sensor may use (taskset; CPUAffinity= of its "
		 "unit), if there are as many."},
	{.key = "source",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_sensor, source),
	 .fallback = "packets",
	 .choices = "packets|bpf",
	 .text = "packets: all of them are read. bpf: a program in the kernel "
		 "keeps the flows; DNS and what begins each flow is looked "
		 "into, and the rest is counted there: no files, no long "
		 "bodies, no filter."},
	{.key = "cgroup",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_sensor, cgroup),
	 .min = 1,
	 .max = 4096,
	 .text = "With source bpf, on a host that is guarded itself: hits name "
		 "the process (number, command, cgroup) whose socket it is, if "
		 "it is of this cgroup of version 2 or below. Connections that "
		 "are older than the sensor name theirs if it may trace "
		 "processes (root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH).",
	 .sample = "/sys/fs/cgroup"},
	{.key = "exercise",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_sensor, exercise),
	 .min = 1,
	 .max = 64,
	 .text = "The exercise that is under way. Files given on the command "
		 "line (--indicators) belong to it; what comes from elsewhere "
		 "stays real, unless it says itself that it is of an exercise.",
	 .sample = "spring-26"},
};

const struct nrs_config_section nrs_config_sensor_schema = {
	sensor_rows, COUNT(sensor_rows), sizeof(struct nrs_config_sensor)};
