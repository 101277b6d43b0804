#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make: the certificates of this folder, with OpenSSL. Keys are thrown away, so
# a second run makes others: then the expectations of test_x509.c change too.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/root.cnf" <<'CONF'
[req]
prompt = no
distinguished_name = dn
x509_extensions = ext
string_mask = utf8only
utf8 = yes
[dn]
C = ZZ
O = "Prüfstelle, Example"
CN = Example Root
[ext]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CONF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
  -keyout "$work/root.key" -config "$work/root.cnf" -set_serial 0x4c0b1d \
  -days 20000 -outform DER -out root.der 2>/dev/null
openssl x509 -inform DER -in root.der -out "$work/root.pem"

cat >"$work/leaf.cnf" <<'CONF'
[req]
prompt = no
distinguished_name = dn
string_mask = default
[dn]
DC = example
0.OU = "A+B"
1.+OU = second
CN = www.host.example
emailAddress = admin@host.example
0.1.3.6.1.4.1.55555.1 = "#odd "
[ext]
subjectAltName = DNS:www.host.example,DNS:*.host.example,IP:192.0.2.7,DNS:c2.example
CONF
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
  -keyout "$work/leaf.key" -config "$work/leaf.cnf" -out "$work/leaf.csr" \
  2>/dev/null
openssl x509 -req -in "$work/leaf.csr" -CA "$work/root.pem" \
  -CAkey "$work/root.key" -set_serial 0x00fedcba9876543210 -days 30 \
  -extfile "$work/leaf.cnf" -extensions ext -outform DER -out leaf.der \
  2>/dev/null
