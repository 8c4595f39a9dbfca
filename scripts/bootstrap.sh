#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes this machine ready to build Semblance; `scripts/bootstrap.sh --help` says how.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly torch_version=2.13.0          # what is installed where no LibTorch is found
readonly torch_range='2.11 to 2.13'    # what is accepted where one is found
readonly venv=.venv
readonly answers=build/bootstrap.env   # what the other scripts read

usage() {
  cat <<'HELP'
usage: scripts/bootstrap.sh [--help]

Makes this machine ready to build Semblance, and changes nothing where it already is:
  1. installs missing compilers, tools and libraries through the system's package manager
     (apt, dnf or brew; with sudo where you are not root);
  2. finds LibTorch: yours (Torch_DIR or CMAKE_PREFIX_PATH), else that of a Python that has torch
     (SEMBLANCE_PYTHON, an active environment, python3), else installs it into .venv;
  3. writes what it found to build/bootstrap.env, which scripts/build.sh reads.

Environment:
  Torch_DIR, CMAKE_PREFIX_PATH   a LibTorch of your own
  SEMBLANCE_PYTHON               a Python whose torch is to be used
  CXX                            the C++ compiler (g++ 12 or newer, clang 17 or newer)
  PIP_...                        pip's settings, used where torch must be installed (for example an
                                 index with CPU-only builds, whose download is ten times smaller)
HELP
}

say() { printf 'bootstrap: %s\n' "$*"; }
die() { printf 'bootstrap: error: %s\n' "$1" >&2; shift; printf '  %s\n' "$@" >&2; exit 1; }

# A command that needs the administrator's rights.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this step needs root and there is no sudo: $*" "run as root: $*" "then run this script again"
  fi
}

# 1. Packages ---------------------------------------------------------------------------------------

readonly apt_packages='g++ cmake ninja-build ccache libfmt-dev libspdlog-dev nlohmann-json3-dev
  libpng-dev zlib1g-dev libeigen3-dev libnanoflann-dev libgtest-dev libgmock-dev libbenchmark-dev
  libcli11-dev libxgboost-dev python3 ca-certificates'
readonly dnf_packages='gcc-c++ cmake ninja-build ccache fmt-devel spdlog-devel json-devel libpng-devel
  zlib-devel eigen3-devel nanoflann-devel gtest-devel gmock-devel google-benchmark-devel cli11-devel
  python3'
readonly brew_packages='cmake ninja ccache fmt spdlog nlohmann-json libpng eigen nanoflann googletest
  google-benchmark cli11 xgboost python'

apt_missing() {
  local installed package
  # shellcheck disable=SC2086  # a list of words
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $1 2>/dev/null || true)
  for package in $1; do
    grep -qx "$package installed" <<<"$installed" || printf '%s ' "$package"
  done
}

apt_install() {
  say "apt: installing $*"
  as_root apt-get -qq update ||
    die "apt-get update failed" "check the network and /etc/apt/sources.list, then run this script again"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install "$@" ||
    die "apt could not install: $*" "Semblance needs Debian 12, Ubuntu 24.04 or newer for these names;" \
        "elsewhere install them by hand (docs/dependencies.md lists versions) and build with cmake --preset release"
}

dnf_missing() {
  local package
  for package in $1; do
    rpm -q --quiet --whatprovides "$package" || printf '%s ' "$package"
  done
}

brew_missing() {
  local installed package
  installed=$(brew list --formula -1)
  for package in $1; do
    grep -qx "$package" <<<"$installed" || printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  if command -v apt-get >/dev/null; then
    missing=$(apt_missing "$apt_packages")
    # shellcheck disable=SC2086
    [ -z "$missing" ] || apt_install $missing
  elif command -v dnf >/dev/null; then
    missing=$(dnf_missing "$dnf_packages")
    # shellcheck disable=SC2086
    [ -z "$missing" ] || { say "dnf: installing $missing"; as_root dnf -q -y install $missing; } ||
      die "dnf could not install: $missing" "install them by hand, then run this script again"
  elif command -v brew >/dev/null; then
    missing=$(brew_missing "$brew_packages")
    # shellcheck disable=SC2086
    [ -z "$missing" ] || { say "brew: installing $missing"; brew install -q $missing; } ||
      die "brew could not install: $missing" "install them by hand, then run this script again"
  else
    say "packages: no apt, dnf or brew here; taking it that what docs/dependencies.md lists is installed"
    return
  fi
  say "packages: all there"
}

check_compiler() {
  local cxx=${CXX:-c++} version
  command -v "$cxx" >/dev/null || die "no C++ compiler: '$cxx' is not found" "install g++ 12 or newer, or set CXX"
  version=$("$cxx" -dumpversion)
  if "$cxx" --version | grep -qi clang; then
    [ "${version%%.*}" -ge 14 ] || die "$cxx is clang $version; Semblance needs 14 or newer" "set CXX to a newer one"
  else
    [ "${version%%.*}" -ge 12 ] || die "$cxx is g++ $version; Semblance needs 12 or newer" "set CXX to a newer one, as in CXX=g++-12"
  fi
  say "compiler: $cxx $version"
}

# 2. The project's own Python environment, made only when something must come from pip ----------------

make_venv() {
  [ ! -x "$venv/bin/pip" ] || return 0
  say "making $venv, the project's own Python environment"
  if command -v apt-get >/dev/null; then
    local missing
    missing=$(apt_missing 'python3-venv')
    # shellcheck disable=SC2086
    [ -z "$missing" ] || apt_install $missing
  fi
  python3 -m venv "$venv" || { rm -rf "$venv"; die "python3 -m venv $venv failed" "install Python's venv module, then run this script again"; }
}

pip_install() {
  make_venv
  say "pip: installing $1 into $venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$1" ||
    die "pip could not install $1" "check the network and pip's settings (pip config list), then run this script again;" \
        "${2:-or install it by hand}"
}

# cmake >= 3.25: the one in PATH, else one from pip (Ubuntu 22.04 has 3.22).
find_cmake() {
  if ! at_least "$(cmake_version cmake)" 3.25; then
    at_least "$(cmake_version "$venv/bin/cmake")" 3.25 || pip_install 'cmake>=3.25,<5' 'or put cmake 3.25 or newer into PATH'
    PATH="$PWD/$venv/bin:$PATH"
  fi
  command -v ninja >/dev/null || die "there is no ninja" "install it (package ninja-build), then run this script again"
  say "cmake: $(cmake_version cmake), ninja: $(ninja --version)"
}

cmake_version() {
  local line
  line=$("$1" --version 2>/dev/null | head -n 1) || true
  echo "${line:-0}" | sed 's/[^0-9.]*//g'
}

# at_least 3.31.2 3.25: compares major and minor version.
at_least() {
  local have=${1%%[!0-9.]*} want=$2
  local have_minor=${have#*.}
  [ "$have_minor" != "$have" ] || have_minor=0
  [ "${have%%.*}" -gt "${want%%.*}" ] ||
    { [ "${have%%.*}" -eq "${want%%.*}" ] && [ "${have_minor%%.*}" -ge "${want#*.}" ]; }
}

# 3. LibTorch ---------------------------------------------------------------------------------------

# The version in a LibTorch's CMake folder (.../share/cmake/Torch), or nothing.
torch_version_of() {
  sed -n 's/^set(PACKAGE_VERSION "\([^"]*\)".*/\1/p' "$1/TorchConfigVersion.cmake" 2>/dev/null | head -n 1
}

supported() { at_least "${1:-0}" 2.11 && ! at_least "$1" 2.14; }

# Takes the LibTorch in CMake folder $1, described by $2, if there is one that we can use.
take_torch() {
  local version
  [ -f "$1/TorchConfig.cmake" ] || return 1
  version=$(torch_version_of "$1")
  if ! supported "$version"; then
    say "LibTorch ${version:-of unknown version} in $1 is not $torch_range: looking on"
    return 1
  fi
  torch_dir=$1
  say "LibTorch: $version, $2 ($1)"
}

# The Torch CMake folder of a Python's torch, without importing it (that takes seconds).
torch_of_python() {
  "$1" -c 'import importlib.util as u
s = u.find_spec("torch")
print(s.submodule_search_locations[0] + "/share/cmake/Torch" if s else "")' 2>/dev/null
}

find_torch() {
  local prefix python
  if [ -n "${Torch_DIR:-}" ]; then
    take_torch "$Torch_DIR" 'from Torch_DIR' && return
    die "Torch_DIR is '$Torch_DIR', which has no LibTorch $torch_range" "point it to <libtorch>/share/cmake/Torch, or unset it"
  fi
  local IFS=';:'
  for prefix in ${CMAKE_PREFIX_PATH:-}; do
    take_torch "$prefix/share/cmake/Torch" 'from CMAKE_PREFIX_PATH' && return
    take_torch "$prefix/Torch" 'from CMAKE_PREFIX_PATH' && return
  done
  unset IFS
  for python in "${SEMBLANCE_PYTHON:-}" "${VIRTUAL_ENV:+$VIRTUAL_ENV/bin/python3}" "$venv/bin/python3" python3; do
    [ -n "$python" ] && command -v "$python" >/dev/null || continue
    take_torch "$(torch_of_python "$python")" "of $python" && return
  done
  pip_install "torch==$torch_version" 'or point CMAKE_PREFIX_PATH to a LibTorch that you have unpacked'
  take_torch "$(torch_of_python "$venv/bin/python3")" "of $venv" ||
    die "pip installed torch $torch_version into $venv, and it has no CMake files" "remove $venv and run this script again"
}

# 4. How many compilers at once: one a core, and 2.2 GB of memory for each ------------------------------

count_jobs() {
  local cores memory_kb limit
  cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
  ! command -v nproc >/dev/null || cores=$(nproc)
  memory_kb=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null || true)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [ "$limit" != max ] && [ $((limit / 1024)) -lt "${memory_kb:-0}" ]; then memory_kb=$((limit / 1024)); fi
  jobs=$((${memory_kb:-4400000} / 2200000))
  [ "$jobs" -le "$cores" ] || jobs=$cores
  [ "$jobs" -ge 1 ] || jobs=1
  say "parallel compilers: $jobs"
}

write_answers() {
  local text
  text=$(printf 'export PATH=%q\nexport SEMBLANCE_TORCH_DIR=%q\nexport SEMBLANCE_JOBS=%q\n' "$PATH" "$torch_dir" "$jobs")
  mkdir -p build
  [ "$(cat "$answers" 2>/dev/null)" = "$text" ] || printf '%s\n' "$text" > "$answers"
}

main() {
  case ${1:-} in
    '') ;;
    -h | --help) usage; return ;;
    *) usage >&2; exit 2 ;;
  esac
  install_packages
  check_compiler
  find_cmake
  find_torch
  count_jobs
  write_answers
}

main "$@"
