#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up, configures the release preset and builds it.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'HELP'
usage: scripts/build.sh [--help] [TARGET...]

Sets up (scripts/bootstrap.sh), configures the preset `release` and builds into build/release: the named
targets, or everything.

Environment:
  SEMBLANCE_WERROR=ON   warnings are errors, as in continuous integration (default: OFF)
  SEMBLANCE_JOBS=N      compilers at once (default: one a core, 2.2 GB of memory each)
  and those of scripts/bootstrap.sh
HELP
}

case ${1:-} in
  -h | --help) usage; exit ;;
  -*) usage >&2; exit 2 ;;
esac

wanted_jobs=${SEMBLANCE_JOBS:-}
scripts/bootstrap.sh
# shellcheck source=/dev/null
. build/bootstrap.env
jobs=${wanted_jobs:-$SEMBLANCE_JOBS}

arguments=(--preset release -D "Torch_DIR=$SEMBLANCE_TORCH_DIR" -D "SEMBLANCE_WERROR=${SEMBLANCE_WERROR:-OFF}")
if command -v ccache >/dev/null; then
  arguments+=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi

# Configured already, in the same way: ninja itself sees when a CMake file has changed.
stamp=build/release/configured.txt
if [ -f build/release/build.ninja ] && [ "$(cat "$stamp" 2>/dev/null)" = "${CXX:-} ${arguments[*]}" ]; then
  echo "build: build/release is configured"
else
  echo "build: configuring build/release"
  rm -f "$stamp"
  cmake "${arguments[@]}"
  printf '%s' "${CXX:-} ${arguments[*]}" > "$stamp"
fi

echo "build: compiling ${*:-everything}, $jobs at once"
cmake --build build/release --parallel "$jobs" ${1:+--target "$@"}
