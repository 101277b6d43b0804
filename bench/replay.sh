#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# replay: matching a million indicators offline costs at most twice what
# reading the same capture with libpcap costs. Usage: replay.sh BUILD_DIR
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/replay.py" "$@"
