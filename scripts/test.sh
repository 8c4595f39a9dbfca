#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up, builds everything and runs the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'HELP'
usage: scripts/test.sh [--help] [CTEST OPTION...]

Sets up (scripts/bootstrap.sh), builds everything (scripts/build.sh) and runs the tests with ctest.
Options go to ctest:  scripts/test.sh -R smote     only tests whose name has "smote"
                      scripts/test.sh -L packaging only tests with that label
HELP
}

case ${1:-} in
  -h | --help) usage; exit ;;
esac

scripts/build.sh
# shellcheck source=/dev/null
. build/bootstrap.env
exec ctest --preset release "$@"
