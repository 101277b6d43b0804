#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fill: noroshi(1) to stdout: the template with what the program says of
# itself. A line `.\" SYNOPSIS` becomes the usage of every command, `.\"
# OPTIONS` the rest of its help. Usage: fill.sh NOROSHI TEMPLATE
set -euo pipefail
noroshi=$1 template=$2

# Text in which roff sees nothing.
plain() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\&&/" -e 's/^$/.sp/'; }

commands() { "$noroshi" --help | sed -n 's/^  \([a-z]\{1,\}\)  *[^ ].*/\1/p'; }

# The first block is its usage, one or more lines.
usage() { "$noroshi" "$1" --help | sed -e '/^$/q' | sed -e '/^$/d' -e 's/^usage: //' -e 's/^       //'; }

rest() { "$noroshi" "$1" --help | sed -e '1,/^$/d'; }

synopsis() {
	local name
	echo .nf
	for name in $(commands); do usage "$name" | plain; done
	echo .fi
}

options() {
	local name
	for name in $(commands); do
		# Its lines are up to 78 columns wide, a page has 80.
		printf '.SS noroshi %s\n.nf\n.in 2n\n' "$name"
		rest "$name" | plain
		printf '.in\n.fi\n'
	done
}

[ -n "$(commands)" ]
while IFS= read -r line; do
	case $line in
	'.\" SYNOPSIS') synopsis ;;
	'.\" OPTIONS') options ;;
	*) printf '%s\n' "$line" ;;
	esac
done <"$template"
