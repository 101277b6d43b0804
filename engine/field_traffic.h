/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_traffic: rows of the table of fields: flows, names, requests and
 * handshakes. Only field.h includes it.
 */
#pragma once

#include "engine/lane.h"

#define NRS_L_NAME (NRS_L(NAME))
#define NRS_L_DSTNAME (NRS_L(NAME) | NRS_L(DST_NAME) | NRS_L(ADDR))

#define NRS_FIELDS_OF_TRAFFIC(X)                                               \
	X(IP_SRC, "ip.src", ADDR, NRS_L(ADDR) | NRS_L(SRC_ADDR), FLOW)         \
	X(IP_DST, "ip.dst", ADDR, NRS_L(ADDR) | NRS_L(DST_ADDR), FLOW)         \
	X(MAC_SRC, "mac.src", MAC, NRS_L(MAC) | NRS_L(SRC_MAC), FLOW)          \
	X(MAC_DST, "mac.dst", MAC, NRS_L(MAC) | NRS_L(DST_MAC), FLOW)          \
	X(SRC_PORT, "flow.src_port", INT, NRS_L(SRC_PORT), FLOW)               \
	X(DST_PORT, "flow.dst_port", INT, NRS_L(DST_PORT), FLOW)               \
	X(PROTOCOL, "flow.protocol", TOKEN, NRS_L(PROTOCOL), FLOW)             \
	X(START, "flow.start", TIME, NRS_L(START), FLOW)                       \
	X(END, "flow.end", TIME, NRS_L(END), FLOW)                             \
	X(ACTIVE, "flow.is_active", INT, NRS_L(ACTIVE), FLOW)                  \
	X(SRC_BYTES, "flow.src_byte_count", INT, NRS_L(SRC_BYTES), FLOW)       \
	X(DST_BYTES, "flow.dst_byte_count", INT, NRS_L(DST_BYTES), FLOW)       \
	X(SRC_PACKETS, "flow.src_packets", INT, NRS_L(SRC_PACKETS), FLOW)      \
	X(DST_PACKETS, "flow.dst_packets", INT, NRS_L(DST_PACKETS), FLOW)      \
	X(TCP_SRC_FLAGS, "tcp.src_flags", INT, NRS_L(SRC_FLAGS), FLOW)         \
	X(TCP_DST_FLAGS, "tcp.dst_flags", INT, NRS_L(DST_FLAGS), FLOW)         \
	X(SRC_PAYLOAD, "flow.src_payload", OFFSET, NRS_L_SRC_PAYLOADS, FLOW)   \
	X(DST_PAYLOAD, "flow.dst_payload", OFFSET, NRS_L_DST_PAYLOADS, FLOW)   \
	X(ICMP_TYPE, "icmp.type", INT, NRS_L(ICMP_TYPE), FLOW)                 \
	X(ICMP_CODE, "icmp.code", INT, NRS_L(ICMP_CODE), FLOW)                 \
	X(DNS_QUERY, "dns.query", NAME, NRS_L_NAME, EXCHANGE)                  \
	X(DNS_ANSWER_NAME, "dns.answer.rrname", NAME, NRS_L_NAME, EXCHANGE)    \
	X(DNS_NAME, "dns.rr.name", NAME, NRS_L_NAME, EXCHANGE)                 \
	X(DNS_A, "dns.rr.A", ADDR, NRS_L(ADDR) | NRS_L(RESOLVES_ADDR),         \
	  EXCHANGE)                                                            \
	X(DNS_AAAA, "dns.rr.AAAA", ADDR, NRS_L(ADDR) | NRS_L(RESOLVES_ADDR),   \
	  EXCHANGE)                                                            \
	X(DNS_CNAME, "dns.rr.CNAME", NAME, NRS_L_NAME | NRS_L(RESOLVES_NAME),  \
	  EXCHANGE)                                                            \
	X(DNS_MX, "dns.rr.MX", NAME, NRS_L_NAME, EXCHANGE)                     \
	X(DNS_NS, "dns.rr.NS", NAME, NRS_L_NAME, EXCHANGE)                     \
	X(DNS_PTR, "dns.rr.PTR", NAME, NRS_L_NAME, EXCHANGE)                   \
	X(DNS_SOA, "dns.rr.SOA", NAME, 0, EXCHANGE)                            \
	X(DNS_SRV, "dns.rr.SRV", NAME, NRS_L_NAME, EXCHANGE)                   \
	X(DNS_TXT, "dns.rr.TXT", TEXT, 0, EXCHANGE)                            \
	X(DNS_NULL, "dns.rr.NULL", TEXT, 0, EXCHANGE)                          \
	X(DNS_SSHFP, "dns.rr.SSHFP", TEXT, 0, EXCHANGE)                        \
	X(HTTP_METHOD, "http.method", TOKEN, NRS_L(METHOD), EXCHANGE)          \
	X(HTTP_HOST, "http.host", HOST, NRS_L_DSTNAME, EXCHANGE)               \
	X(HTTP_URI, "http.uri", TEXT, NRS_L(REQUEST_VALUE), EXCHANGE)          \
	X(HTTP_URL, "http.url", URL, NRS_L(URL) | NRS_L(URL_REST), EXCHANGE)   \
	X(HTTP_VERSION, "http.version", TOKEN, NRS_L(HTTP_VERSION), EXCHANGE)  \
	X(HTTP_USER_AGENT, "http.user_agent", TEXT, 0, EXCHANGE)               \
	X(HTTP_REFERER, "http.referer", TEXT, 0, EXCHANGE)                     \
	X(HTTP_HEADER, "http.request_header", HEADER, NRS_L(HEADER), EXCHANGE) \
	X(HTTP_BODY_LENGTH, "http.request_body_length", INT,                   \
	  NRS_L(BODY_LENGTH), EXCHANGE)                                        \
	X(HTTP_STATUS, "http.status", TEXT, 0, EXCHANGE)                       \
	X(HTTP_LOCATION, "http.location", TEXT, 0, EXCHANGE)                   \
	X(HTTP_CONTENT_TYPE, "http.content_type", TEXT, 0, EXCHANGE)           \
	X(TLS_SNI, "tls.sni", HOST, NRS_L_DSTNAME, EXCHANGE)                   \
	X(TLS_ALPN, "tls.alpn", TEXT, 0, EXCHANGE)                             \
	X(TLS_JA3, "tls.ja3", TOKEN, NRS_L(JA3), EXCHANGE)                     \
	X(TLS_JA4, "tls.ja4", TEXT, NRS_L(JA4), EXCHANGE)                      \
	X(TLS_VERSION, "tls.version", TEXT, 0, EXCHANGE)                       \
	X(TLS_JA3S, "tls.ja3s", TOKEN, NRS_L(JA3S), EXCHANGE)                  \
	X(CERT_MD5, "tls.cert_md5", HEX, NRS_L(CERT_MD5), EXCHANGE)            \
	X(CERT_SHA1, "tls.cert_sha1", HEX, NRS_L(CERT_SHA1), EXCHANGE)         \
	X(CERT_SHA256, "tls.cert_sha256", HEX, NRS_L(CERT_SHA256), EXCHANGE)   \
	X(CERT_SUBJECT, "tls.subject", DN, NRS_L(CERT_SUBJECT), EXCHANGE)      \
	X(CERT_ISSUER, "tls.issuer", DN, NRS_L(CERT_ISSUER), EXCHANGE)         \
	X(CERT_SERIAL, "tls.serial", SERIAL, NRS_L(CERT_SERIAL), EXCHANGE)     \
	X(CERT_NOT_BEFORE, "tls.not_before", TIME, NRS_L(CERT_NOT_BEFORE),     \
	  EXCHANGE)                                                            \
	X(CERT_NOT_AFTER, "tls.not_after", TIME, NRS_L(CERT_NOT_AFTER),        \
	  EXCHANGE)                                                            \
	X(CERT_SELF_SIGNED, "tls.self_signed", INT, NRS_L(CERT_SELF_SIGNED),   \
	  EXCHANGE)                                                            \
	X(CERT_NAME, "tls.san", NAME, NRS_L_NAME, EXCHANGE)                    \
	X(QUIC_SNI, "quic.sni", HOST, NRS_L_DSTNAME, EXCHANGE)                 \
	X(QUIC_ALPN, "quic.alpn", TEXT, 0, EXCHANGE)                           \
	X(QUIC_VERSION, "quic.version", TEXT, 0, EXCHANGE)                     \
	X(QUIC_JA3, "quic.ja3", TOKEN, NRS_L(JA3), EXCHANGE)                   \
	X(QUIC_JA4, "quic.ja4", TEXT, NRS_L(JA4), EXCHANGE)                    \
	X(QUIC_JA3S, "quic.ja3s", TOKEN, NRS_L(JA3S), EXCHANGE)
