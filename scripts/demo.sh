#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up, builds the semblance command and runs the main job on a table.
set -euo pipefail

usage() {
  cat <<'HELP'
usage: scripts/demo.sh [--help] [CSV [TARGET]]

Sets up, builds the semblance command, learns the table, draws a synthetic one of the same size and
writes a report. Without arguments the table is German credit (examples/data) with target "class".

  CSV     a table with a header line
  TARGET  the column that the report's utility part predicts

Results go to the folder demo-output: synthetic.csv, report.html, report.json and the model.
HELP
}

die() { printf 'demo: error: %s\n' "$1" >&2; shift; [ $# -eq 0 ] || printf '  %s\n' "$@" >&2; exit 1; }

# Is $2 one of the names in the header line of file $1? Quotes are dropped; any usual delimiter.
has_column() {
  head -n 1 "$1" | sed 's/^\xef\xbb\xbf//' | tr -d '\r"' | tr ',;|\t' '\n\n\n\n' | grep -qxF -- "$2"
}

case ${1:-} in
  -h | --help) usage; exit ;;
  -*) usage >&2; exit 2 ;;
esac
[ $# -le 2 ] || { usage >&2; exit 2; }

repository=$(cd "$(dirname "$0")/.." && pwd)
csv=${1:-$repository/examples/data/german_credit.csv}
target=${2:-}
[ $# -gt 0 ] || target=class

# What can be wrong with the arguments shows before a long build.
[ -f "$csv" ] || die "there is no file '$csv'" 'give the path of a CSV file, or nothing for the German credit table'
[ -r "$csv" ] || die "the file '$csv' cannot be read"
[ -s "$csv" ] || die "the file '$csv' is empty"
[ -z "$target" ] || has_column "$csv" "$target" ||
  die "'$csv' has no column '$target'" "its header line is: $(head -n 1 "$csv" | cut -c 1-300)"
csv=$(cd "$(dirname "$csv")" && pwd)/$(basename "$csv")

"$repository/scripts/build.sh" semblance_command

out=$repository/demo-output
echo "demo: build/release/bin/semblance run $csv ${target:+--target $target }-o $out"
"$repository/build/release/bin/semblance" run "$csv" ${target:+--target "$target"} -o "$out"
echo "demo: the report is in $out/report.html, the synthetic table in $out/synthetic.csv"
