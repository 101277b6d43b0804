#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# record: make demo.pcap anew. Needs root; everything happens in network
# namespaces of its own, which are gone when it ends, and within 4 minutes.
#
#   desk  10.20.30.11  \
#   lab   10.20.30.12   br0 --- gw --- world: 192.0.2.0/24, 198.51.100.0/24,
#   srv   10.20.30.80  /  ^             203.0.113.0/24, 2001:db8::/32
#                         recorded here
set -euo pipefail
# The end of the play, should a client or server hang.
[ -n "${IN_TIME:-}" ] || IN_TIME=1 exec timeout -k 30 210 "$0" "$@"
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/demo.pcap}
tag=nrs$$
tmp=$(mktemp -d)
pids=()
namespaces=()

cleanup() {
	trap - EXIT INT TERM
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	for ns in "${namespaces[@]}"; do ip netns del "$ns" || true; done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

for tool in dnsmasq nginx tcpdump curl openssl python3 ip; do
	command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }
done
[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 1; }
in_ns() { ip netns exec "$tag$1" "${@:2}"; }

make_host() { # NAME
	ip netns add "$tag$1"
	namespaces+=("$tag$1")
	in_ns "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.router_solicitations=0
	ip -n "$tag$1" link set lo up
}

# A cable between two hosts, with an address of its own at each end.
cable() { # HOST INTERFACE MAC HOST INTERFACE MAC
	ip -n "$tag$1" link add "$2" address "$3" type veth \
		peer name "$5" address "$6" netns "$tag$4"
	in_ns "$1" python3 "$here/record/offload.py" "$2"
	in_ns "$4" python3 "$here/record/offload.py" "$5"
	ip -n "$tag$1" link set "$2" up
	ip -n "$tag$4" link set "$5" up
}

own_host() { # NAME NUMBER
	make_host "$1"
	cable "$1" eth0 "02:00:00:00:30:$2" lan "$1" "02:00:00:00:31:$2"
	ip -n "${tag}lan" link set "$1" master br0
	ip -n "$tag$1" address add "10.20.30.$2/24" dev eth0
	ip -n "$tag$1" address add "fd00:20:30::$2/64" dev eth0 nodad
}

make_networks() {
	make_host lan
	ip -n "${tag}lan" link add br0 address 02:00:00:00:31:00 type bridge
	in_ns lan sysctl -qw net.ipv6.conf.br0.disable_ipv6=1
	ip -n "${tag}lan" link set br0 up
	own_host gw 1
	for host in "desk 11" "lab 12" "srv 80"; do
		# shellcheck disable=SC2086
		own_host $host
		ip -n "$tag${host% *}" route add default via 10.20.30.1
		ip -n "$tag${host% *}" -6 route add default via fd00:20:30::1
	done
	make_host world
	cable gw out 02:00:00:00:40:01 world in 02:00:00:00:40:02
	in_ns gw sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	ip -n "${tag}gw" address add 192.0.2.1/30 dev out
	ip -n "${tag}world" address add 192.0.2.2/30 dev in
	ip -n "${tag}gw" address add 2001:db8:0:1::1/64 dev out nodad
	ip -n "${tag}world" address add 2001:db8:0:1::2/64 dev in nodad
	for net in 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24; do
		ip -n "${tag}gw" route add "$net" via 192.0.2.2
	done
	ip -n "${tag}gw" -6 route add 2001:db8::/32 via 2001:db8:0:1::2
	ip -n "${tag}world" route add 10.20.30.0/24 via 192.0.2.1
	ip -n "${tag}world" -6 route add fd00:20:30::/64 via 2001:db8:0:1::1
	# 198.51.100.99 is nobody's: what goes there is never answered.
	for a in 192.0.2.10 192.0.2.53 198.51.100.{23,25,26,40,41,61,62} \
		198.51.100.{70,71,72,77} 203.0.113.{9,63,64,79,80,95,128}; do
		ip -n "${tag}world" address add "$a/32" dev lo
	done
	for a in 23::23 53::53 64:ffff::7 65::7 80::80; do
		ip -n "${tag}world" address add "2001:db8:$a/128" dev lo nodad
	done
}

serve() { # HOST COMMAND...
	# No function here: the process that is remembered must be the server.
	ip netns exec "$tag$1" "${@:2}" >>"$tmp/log" 2>&1 &
	pids+=($!)
}

start_servers() {
	mkdir -p "$tmp/html/stage" "$tmp/own"
	for i in $(seq 12); do echo "<p>Paragraph $i of the page.</p>"; done \
		>"$tmp/html/page.html"
	head -c 3000 /dev/zero | tr '\0' 'A' >"$tmp/html/stage/one.bin"
	head -c 5000 /dev/zero | tr '\0' 'B' >"$tmp/html/stage/two.bin"
	mkdir -p "$tmp/own/wiki"
	echo "<p>Wiki of home.example</p>" >"$tmp/own/wiki/index.html"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/key.pem" -out "$tmp/cert.pem" -days 30 \
		-subj /CN=web.example 2>/dev/null
	cp "$here/record/nginx.conf" "$tmp/"
	serve world dnsmasq --conf-file="$here/record/dnsmasq.conf" \
		--pid-file=
	serve world nginx -p "$tmp" -c nginx.conf
	serve world python3 "$here/record/mailserver.py" 198.51.100.25 25 \
		mx.okuribi.example
	serve srv python3 -m http.server -d "$tmp/own" 80
	serve desk python3 -m http.server -d "$tmp/own" 8000
	echo "nameserver 192.0.2.53" >"$tmp/resolv.desk"
	echo "nameserver 2001:db8:53::53" >"$tmp/resolv.lab"
	{ cat "$tmp/resolv.lab"; echo "options use-vc"; } \
		>"$tmp/resolv.lab_tcp"
	for f in desk lab lab_tcp; do
		echo "search ." >>"$tmp/resolv.$f"
	done
}

# A client with a resolver of its own (ip netns exec gives it its mounts).
client() { # HOST RESOLVER COMMAND...
	# shellcheck disable=SC2016
	in_ns "$1" bash -c 'mount --bind "$0" /etc/resolv.conf
		exec timeout 20 "$@"' "$tmp/resolv.$2" "${@:3}" || true
	sleep 0.3
}
desk() { client desk desk "$@"; }
lab() { client lab lab "$@"; }
lab_tcp() { client lab lab_tcp "$@"; }
world() { client world desk "$@"; }

make_networks
start_servers
sleep 2
serve lan tcpdump -i br0 -s 0 -U -Z root -w "$tmp/demo.pcap"
sleep 2
# shellcheck source=record/traffic.sh
. "$here/record/traffic.sh"
sleep 2
kill "${pids[-1]}"
wait "${pids[-1]}" || true
tail -n 3 "$tmp/log"
cp "$tmp/demo.pcap" "$out"
ls -l "$out"
