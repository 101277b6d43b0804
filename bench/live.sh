#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# live: what reading a busy interface costs, against only counting.
# Usage: live.sh BUILD_DIR [--gate] [--rates] [--rings]
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/live.py" "$@"
