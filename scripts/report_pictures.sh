#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Photographs the report with a headless Chromium, into docs/pictures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -lt 1 ] || [ "$1" = -h ] || [ "$1" = --help ]; then
  echo "usage: scripts/report_pictures.sh REPORT.html"
  echo "Writes docs/pictures/report-top.png (light) and report-dark.png, the first screen of a report that"
  echo "'semblance evaluate --html' or 'semblance run' wrote. Needs chromium (Debian: apt install chromium)."
  [ $# -ge 1 ] && exit 0 || exit 2
fi

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  { echo "report_pictures.sh: no chromium found" >&2; exit 1; }
page=$(realpath "$1")

photograph() {  # NAME WIDTH HEIGHT [OPTION...]
  local name=$1 width=$2 height=$3
  shift 3
  "$browser" --headless=old --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
    --virtual-time-budget=2000 "$@" --window-size="$width,$height" \
    --screenshot="docs/pictures/$name.png" "file://$page" 2> /dev/null
}

photograph report-top 1000 1180
photograph report-dark 1000 1180 --force-dark-mode --blink-settings=preferredColorScheme=0
ls -l docs/pictures/report-*.png
