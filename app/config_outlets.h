/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_outlets: the part of the configuration that says where hits go at
 * home, beside hits.jsonl. Texts are NULL where nothing was set.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct nrs_config_syslog {
	const char *server;	/* HOST:PORT; NULL: none */
	unsigned int transport; /* 0 tls, 1 tcp */
	const char *ca_file, *client_certificate, *client_key;
	uint64_t facility;
	unsigned int format;	/* 0 hits, 1 eve */
	unsigned int max_tlp;	/* enum nrs_tlp */
	unsigned int min_class; /* enum nrs_class, less one */
};

struct nrs_config_eve {
	bool is_on;
	unsigned int max_tlp; /* enum nrs_tlp */
};

struct nrs_config_metrics {
	const char *listen;   /* ADDRESS:PORT; NULL: nobody can ask */
	unsigned int max_tlp; /* enum nrs_tlp */
};

enum nrs_logs_own { NRS_LOGS_ADDRESS, NRS_LOGS_TOKEN };

struct nrs_config_logs {
	bool flows, observations, hours;
	const char *as_table, *location;
	unsigned int own_host; /* of observations: enum nrs_logs_own */
	const char *token_of;  /* an audience; NULL: no audience's token */
	uint64_t days;	       /* how long they are kept; 0: for ever */
	uint64_t rows;	       /* observations gathered at a time */
	uint64_t write_s;
	uint64_t look_back; /* days; 0: never */
};

struct nrs_config_ipfix {
	const char *collector;	/* ADDRESS:PORT; NULL: none */
	unsigned int transport; /* 0 udp, 1 tcp */
	uint64_t message_bytes;
	uint64_t templates_s; /* between two times that they are told */
	uint64_t domain;
};

struct nrs_config_out {
	const char *dir;
	uint64_t rotate_mb, keep;
	const char *heartbeat; /* path; NULL: none */
	uint64_t heartbeat_s;
	struct nrs_config_eve eve;
	struct nrs_config_syslog syslog;
	struct nrs_config_metrics metrics;
	struct nrs_config_logs logs;
	struct nrs_config_ipfix ipfix;
};
