#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# parallel: two workers do nearly twice the work of one.
# Usage: parallel.sh BUILD_DIR [--gate]
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/parallel.py" "$@"
