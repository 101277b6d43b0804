/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: which subcommand.
 */
#include <stdio.h>
#include <string.h>

#include "app/command.h"

static const struct nrs_command commands[] = {
	{"match", "match recorded captures against shared indicators",
	 nrs_cmd_match},
	{"observe", "print what the sensor sees in captures", nrs_cmd_observe},
	{"check", "say what each indicator of a file is good for",
	 nrs_cmd_check},
	{"diff", "say what changed between two files of indicators",
	 nrs_cmd_diff},
	{"find", "say which indicators of files cover a value", nrs_cmd_find},
	{"hours", "show what was counted by the hour", nrs_cmd_hours},
	{"export", "write counter-measure files for other systems",
	 nrs_cmd_export},
	{"compile", "write indicators to a file that opens at once",
	 nrs_cmd_compile},
	{"run", "match live traffic", nrs_cmd_run},
	{"status", "say how the running sensor is", nrs_cmd_status},
	{"reload", "have it read its sources now", nrs_cmd_reload},
	{"add", "have it match more", nrs_cmd_add},
	{"withdraw", "have it match that no longer", nrs_cmd_withdraw},
	{"posture", "have it choose by another policy", nrs_cmd_posture},
	{"selftest", "see whether a hit goes its whole way", nrs_cmd_selftest},
	{"held", "show the sightings that wait for a person", nrs_cmd_held},
	{"release", "let them leave", nrs_cmd_release},
	{"refuse", "keep them here for good", nrs_cmd_refuse},
	{"report", "tell an audience what files of hits hold", nrs_cmd_report},
	{"verdict", "say that what was seen was false, or true",
	 nrs_cmd_verdict},
	{"released", "show what left or was refused, and why",
	 nrs_cmd_released},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static void usage(FILE *out)
{
	fputs("noroshi matches shared STIX indicators against network traffic\n"
	      "\nusage: noroshi COMMAND [OPTION...] FILE...\n\n",
	      out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].line);
	fputs("\n'noroshi COMMAND --help' says more, 'noroshi --version' "
	      "which release this is.\n",
	      out);
}

int main(int argc, char **argv)
{
	if (argc >= 2 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	     strcmp(argv[1], "help") == 0)) {
		usage(stdout);
		return NRS_EXIT_OK;
	}
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		puts("noroshi " NRS_VERSION);
		return NRS_EXIT_OK;
	}
	for (size_t i = 0; argc >= 2 && i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	}
	if (argc >= 2)
		nrs_say("no such command: %s", argv[1]);
	usage(stderr);
	return NRS_EXIT_USAGE;
}
