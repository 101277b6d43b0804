#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stored: whatever matching reads of a compiled set is in its image. Each
# member of the structs that a db is made of has a row in
# tests/house/image_members: STRUCT.MEMBER WHERE [why]. WHERE is a section of
# engine/image_layout.h that is written and read, head.NAME likewise, or none
# with the reason. A member without a row, and a row without a member, are
# errors. Usage: stored.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

list=tests/house/image_members
layout=engine/image_layout.h
writer=engine/image_write.c
readers=(engine/image.c engine/image_check.c engine/image_streams.c)
structs='nrs_db nrs_lane_tables nrs_build_options nrs_atom nrs_predicate
nrs_window'

# members STRUCT: the names of its members.
members() {
	cat engine/db_layout.h engine/db.h engine/predicate.h | awk -v s="$1" '
	{ text = text $0 "\n" }
	END {
		while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\//))
			text = substr(text, 1, RSTART - 1) \
				substr(text, RSTART + RLENGTH)
		at = index(text, "struct " s " {")
		if (at == 0)
			exit
		text = substr(text, at + length("struct " s " {"))
		text = substr(text, 1, index(text, "};") - 1)
		count = split(text, decl, ";")
		for (i = 1; i <= count; i++) {
			parts = split(decl[i], part, ",")
			for (p = 1; p <= parts; p++) {
				sub(/[ \t\n]*(:.*|\[.*)?$/, "", part[p])
				if (match(part[p], /[a-z_0-9]+$/))
					print substr(part[p], RSTART)
			}
		}
	}'
}

problem() { # KEY TEXT
	printf 'stored/%s\t1\t%s: %s\n' "$1" "$1" "$2"
}

is_right() { # WHERE WHY...
	case $1 in
	NRS_IMAGE_*) grep -qw "$1" "$layout" && grep -qw "$1" "$writer" &&
		grep -qw "$1" "${readers[@]}" ;;
	head.*) grep -qE "head->${1#head.}|&head->${1#head.}" "$writer" &&
		grep -qE "h(ead)?->${1#head.}\b" "${readers[@]}" ;;
	none) [ $# -gt 3 ] ;;
	*) false ;;
	esac
}

declare -A row
check() {
	local name where member
	local -A there=()
	while read -r name where; do
		[[ -z $name || $name == '#'* ]] && continue
		row[$name]=$where
	done <"$list"
	for name in $structs; do
		while read -r member; do
			there[$name.$member]=1
			# shellcheck disable=SC2086
			if [ -z "${row[$name.$member]:-}" ]; then
				problem "$name.$member" \
					"where is it in an image? $list says nothing"
			elif ! is_right ${row[$name.$member]}; then
				problem "$name.$member" \
					"no such place: ${row[$name.$member]}"
			fi
		done < <(members "$name")
	done
	for name in "${!row[@]}"; do
		[ -n "${there[$name]:-}" ] ||
			problem "$name" "a row of $list, but no member"
	done
}
mapfile -t first < <(members nrs_db)
some "${first[@]}"
check | LC_ALL=C sort | verdict stored
