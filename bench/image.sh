#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# image: what compiling a million indicators and opening them costs.
# Usage: image.sh BUILD_DIR [--gate]
set -euo pipefail
exec /usr/bin/python3 "$(dirname "$0")/image.py" "$@"
