#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lookup: a look-up that finds nothing costs a fraction of a miss of the
# memory. Usage: lookup.sh BUILD_DIR [--gate]
set -euo pipefail
feeds=${NOROSHI_SHARED:-$(dirname "$0")/../../shared}/feeds
files=()
[ ! -d "$feeds" ] || files=("$feeds"/{ipv4,url,domain}.txt)
exec "$1/bench/lookup" "${@:2}" "${files[@]}"
