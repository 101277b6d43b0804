/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counter_content: rows of the table of counters: what exchanges carry. Only
 * counter.h includes it.
 */
#pragma once

#include <stddef.h> /* macros alone would be an empty translation unit */

#define NRS_COUNTERS_OF_CONTENT(X)                                             \
	X(DNS, "dns_messages", "DNS messages read")                            \
	X(DNS_BAD, "dns_refused", "broken DNS messages")                       \
	X(HTTP, "http_messages", "HTTP requests and responses read")           \
	X(HTTP_BAD, "http_refused", "broken HTTP heads")                       \
	X(HTTP2, "http2_messages", "HTTP/2 requests and responses read")       \
	X(HTTP2_BLIND, "http2_sides_not_read", "lost by gaps or floods")       \
	X(HTTP2_CUT, "http2_streams_cut", "ended early: too many at once")     \
	X(TLS, "tls_client_hellos", "TLS ClientHellos read")                   \
	X(TLS_BAD, "tls_refused", "broken TLS hellos")                         \
	X(TLS_NO_NAME, "tls_without_name",                                     \
	  "ClientHellos without a server name")                                \
	X(TLS_ECH, "tls_encrypted_hello",                                      \
	  "names hidden by encrypted ClientHello")                             \
	X(TLS_NO_PRINT, "tls_without_fingerprint",                             \
	  "hellos too long for JA3 or JA4")                                    \
	X(CERT, "tls_certificates", "certificates read")                       \
	X(CERT_BAD, "tls_certificates_refused",                                \
	  "broken or too long, in part or whole")                              \
	X(CERT_HIDDEN, "tls_certificates_encrypted",                           \
	  "TLS 1.3 handshakes, whose certificates are encrypted")              \
	X(QUIC, "quic_flows", "QUIC flows of versions that are read")          \
	X(QUIC_BAD, "quic_refused", "QUIC hellos that could not be read")      \
	X(SSH, "ssh_flows", "SSH connections read")                            \
	X(SSH_BAD, "ssh_refused", "SSH lines and offers broken or too long")   \
	X(LINES_REFUSED, "lines_refused",                                      \
	  "lines of mail protocols too long, or broken")                       \
	X(MAIL, "mail_messages", "mail messages read")                         \
	X(MAIL_PARTIAL, "mail_partial", "of which a part was not seen")        \
	X(MAIL_AMBIGUOUS, "mail_ambiguous",                                    \
	  "that their readers may take otherwise than we did")                 \
	X(MAIL_CUT, "mail_cut",                                                \
	  "with fields or URLs too long, or parts too deep in one another")    \
	X(MAIL_REFUSED, "mail_refused", "messages with no room to read them")  \
	X(FILES, "files", "files seen in exchanges")                           \
	X(FILES_PARTIAL, "files_partial",                                      \
	  "files with gaps, or of which only a part was sent")                 \
	X(FILES_REFUSED, "files_refused", "files beyond the shard's quota")    \
	X(FILES_PACKED, "files_not_unpacked", "damaged, too wide or a bomb")   \
	X(FTP_BAD, "ftp_refused", "lines of FTP that are none")                \
	X(SMB, "smb_messages", "SMB messages read")                            \
	X(SMB_BAD, "smb_refused", "broken SMB messages")                       \
	X(SMB_HIDDEN, "smb_messages_encrypted", "or compressed: not read")     \
	X(SMB_READ_AGAIN, "smb_read_again",                                    \
	  "bytes of files that were read before; not compared")                \
	X(SMB_FORGOTTEN, "smb_forgotten", "more open files than are followed") \
	X(PAYLOAD, "payload_bytes", "bytes that payload patterns looked at")   \
	X(PAYLOAD_NO_ROOM, "payload_streams_refused", "no room for a state")   \
	X(PAYLOAD_BUDGET, "payload_budget_reached", "not looked at to an end") \
	X(PAYLOAD_GAPS, "payload_streams_interrupted", "by missing bytes")     \
	X(PAYLOAD_RENEWED, "payload_streams_dropped", "by new indicators")
