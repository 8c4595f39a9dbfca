#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Draws the pictures of the documentation again, into docs/pictures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
  echo "usage: scripts/pictures.sh"
  echo "Builds examples/resampling_pictures.cpp and runs it; writes docs/pictures/*.svg."
  [ "$1" = -h ] || [ "$1" = --help ] || exit 2
  exit
fi

scripts/build.sh resampling_pictures
build/release/bin/resampling_pictures docs/pictures
