#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sizes: a .c file has at most 600 lines, a .h file 120, a fuzz target 25; a
# function 80 lines and 5 arguments; a struct 25 members; a file 12 includes.
# Usage: sizes.sh [ROOT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
. "$here/verdict.sh"

mapfile -t files < <(sources '*.c' '*.h')
some "${files[@]}"
awk -f "$here/sizes.awk" "${files[@]}" | verdict sizes
