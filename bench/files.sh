#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# files: three digests of what downloads carry cost little more than OpenSSL
# alone. Usage: files.sh BUILD_DIR [--gate]
set -euo pipefail
exec "$1/bench/files" "${@:2}"
