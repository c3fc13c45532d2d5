#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs and tests ailoop with a Spack that is here, on top of what the machine has.
set -euo pipefail
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'TEXT'
usage: spack/try.sh [--keep] [--spec-only] SPACK_CHECKOUT [PACKAGES_CHECKOUT]

Runs `spack install --test=root ailoop` and `spack test run ailoop` with the Spack in SPACK_CHECKOUT, in a scratch folder
and with settings of its own: the Spack is not changed, and nothing is downloaded. All that ailoop depends on is an
external package, from where CMake finds it after scripts/bootstrap; ailoop is built from this clone's branch main.
A Spack 1.x has its packages in a repository of their own, a checkout of which is PACKAGES_CHECKOUT.

SPACK_PYTHON names a Python that has clingo, Spack's solver; without it one is made with pip in the scratch folder.
SPACK_JOBS is the number of compilers at a time, as many as cores otherwise. ccache is used where it is installed.

  --keep       leave the scratch folder, and say where it is
  --spec-only  solve the dependencies, build nothing
TEXT
}

keep=no
spec_only=no
checkouts=()
while (($# > 0)); do
  case $1 in
    --keep) keep=yes ;;
    --spec-only) spec_only=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) checkouts+=("$(realpath -- "$1")") ;;
  esac
  shift
done
if ((${#checkouts[@]} < 1 || ${#checkouts[@]} > 2)); then
  usage >&2
  exit 2
fi
spack_checkout=${checkouts[0]}
packages_checkout=${checkouts[1]:-}
note() { echo "spack/try.sh: $*" >&2; }
fail() {
  note "$@"
  exit 1
}

[[ -x $spack_checkout/bin/spack ]] || fail "$spack_checkout has no bin/spack"
if [[ -d $spack_checkout/var/spack/repos/builtin ]]; then
  generation=0
else
  generation=1
  [[ -d $packages_checkout/repos/spack_repo/builtin ]] ||
    fail "this Spack brings no packages: name a checkout of its packages, which has repos/spack_repo/builtin, too"
fi
main=$(git -C "$root" rev-parse --verify --quiet main) || fail "this clone has no branch main, which Spack builds"
if [[ $main != "$(git -C "$root" rev-parse HEAD)" || -n $(git -C "$root" status --porcelain) ]]; then
  note "builds what is committed on main, which is not what lies in $root"
fi

environment=$("$root/scripts/bootstrap" --level=test --print-env)
eval "$environment"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/ailoop-spack.XXXXXX")
clean_up() {
  if [[ $keep == yes ]]; then note "left $scratch"; else rm -rf "$scratch"; fi
}
trap clean_up EXIT

if [[ -z ${SPACK_PYTHON:-} ]]; then
  python3 -m venv "$scratch/python"
  "$scratch/python/bin/pip" install --quiet clingo
  SPACK_PYTHON=$scratch/python/bin/python
fi
"$SPACK_PYTHON" -c 'import clingo' || fail "SPACK_PYTHON: $SPACK_PYTHON has no clingo"
export SPACK_PYTHON SPACK_USER_CONFIG_PATH=$scratch/config SPACK_USER_CACHE_PATH=$scratch/cache
export SPACK_SYSTEM_CONFIG_PATH=$scratch/no-system-config
mkdir -p "$SPACK_USER_CONFIG_PATH"
# What one try compiled, the next takes from the compiler cache.
export CCACHE_BASEDIR=$scratch CCACHE_NOHASHDIR=true

# Where CMake finds the libraries, and which versions: a line `CMAKE_NAME VERSION PREFIX REMARKS` each.
found() {
  mkdir -p "$scratch/find"
  cat >"$scratch/find/CMakeLists.txt" <<'TEXT'
cmake_minimum_required(VERSION 3.25)
project(find LANGUAGES C CXX)
foreach(package IN ITEMS Kokkos KokkosKernels yaml-cpp CLI11 fmt spdlog nlohmann_json GTest Torch)
  find_package(${package} REQUIRED HINTS "${Kokkos_DIR}/../../..")
  string(REGEX REPLACE "/(lib|lib64|share)(/[^/]+)?/cmake(/.*)?$" "" prefix "${${package}_DIR}")
  list(JOIN Kokkos_DEVICES "," devices)
  file(APPEND "${CMAKE_BINARY_DIR}/found" "${package} ${${package}_VERSION} ${prefix} ${devices}\n")
endforeach()
TEXT
  cmake -G Ninja -S "$scratch/find" -B "$scratch/find/build" >"$scratch/find/log" 2>&1 || {
    cat "$scratch/find/log" >&2
    return 1
  }
  cat "$scratch/find/build/found"
}

# external NAME SPEC PREFIX
external() {
  printf '  %s:\n    buildable: false\n    externals:\n    - {spec: "%s", prefix: "%s"}\n' "$@"
}

# tool NAME: one that prints its version and lies in PREFIX/bin.
tool() {
  local program
  program=$(command -v "$2") || fail "$2 is missing"
  external "$1" "$1@$("$program" --version | grep -Eom1 '[0-9]+(\.[0-9]+)+')" "$(dirname "$(dirname "$program")")"
}

write_externals() {
  local name version prefix devices backend
  while read -r name version prefix devices; do
    case $name in
      yaml-cpp | fmt | spdlog) external "$name" "$name@$version" "$prefix" ;;
      CLI11) external cli11 "cli11@$version" "$prefix" ;;
      nlohmann_json) external nlohmann-json "nlohmann-json@$version" "$prefix" ;;
      GTest) external googletest "googletest@$version+gmock" "$prefix" ;;
      Torch) external py-torch "py-torch@$version~cuda~rocm" "$prefix" ;;
      Kokkos)
        backend='~openmp'
        if [[ $devices == *OPENMP* ]]; then backend=+openmp; fi
        external kokkos "kokkos@$version$backend~shared+pic" "$prefix"
        ;;
      KokkosKernels) external kokkos-kernels "kokkos-kernels@$version$backend~shared" "$prefix" ;;
    esac
  done <<<"$1"
  tool cmake cmake
  tool gmake gmake
  tool ninja ninja
  if mpiexec --version 2>&1 | grep -qiE 'open ?(mpi|rte)'; then tool openmpi mpiexec; else tool mpich mpiexec; fi
  # The packages of the tests, and the Python that they belong to with all its variants, without which Spack says "Spec
  # version is not concrete".
  "${AILOOP_TEST_PYTHON:-python3}" - <<'TEXT'
import importlib.metadata
import platform
import sys


def external(name, spec, prefix):
    print(f'  {name}:\n    buildable: false\n    externals:\n    - {{spec: "{spec}", prefix: "{prefix}"}}')


variants = "+bz2+ctypes+dbm~debug+libxml2+lzma~optimizations+pic+pyexpat+pythoncmd+readline+shared+sqlite3+ssl~tkinter+uuid+zlib"
external("python", f"python@{platform.python_version()}{variants}", sys.base_prefix)
for package in ["jsonschema", "matplotlib", "numpy", "PyYAML", "safetensors"]:
    name = f"py-{package.lower()}"
    external(name, f"{name}@{importlib.metadata.version(package)}", sys.prefix)
TEXT
}

libraries=$(found)
{
  echo 'packages:'
  if ((generation == 0)); then
    printf '  all:\n    compiler: [gcc]\n    target: [%s]\n' "$(uname -m)"
  else
    printf '  all:\n    target: [%s]\n' "$(uname -m)"
  fi
  write_externals "$libraries"
} >"$SPACK_USER_CONFIG_PATH/packages.yaml"
use_ccache=false
if command -v ccache >/dev/null; then use_ccache=true; fi
cat >"$SPACK_USER_CONFIG_PATH/config.yaml" <<TEXT
config:
  install_tree: {root: "$scratch/install"}
  build_stage: ["$scratch/stage"]
  test_stage: "$scratch/test"
  source_cache: "$scratch/sources"
  misc_cache: "$scratch/cache/misc"
  build_jobs: ${SPACK_JOBS:-$(nproc)}
  ccache: $use_ccache
TEXT
printf 'mirrors:: {}\n' >"$SPACK_USER_CONFIG_PATH/mirrors.yaml"
printf 'bootstrap:\n  enable: false\n' >"$SPACK_USER_CONFIG_PATH/bootstrap.yaml"
if ((generation == 0)); then
  printf 'repos:\n- "%s"\n' "$root/spack"
else
  printf 'repos:\n  ailoop: "%s"\n  builtin: "%s"\n' "$root/spack/spack_repo/ailoop" \
    "$packages_checkout/repos/spack_repo/builtin"
fi >"$SPACK_USER_CONFIG_PATH/repos.yaml"

spack() { "$spack_checkout/bin/spack" "$@"; }

note "Spack $(spack --version) with $("$SPACK_PYTHON" --version)"
spack compiler find
if [[ $spec_only == yes ]]; then
  spack spec -l ailoop
  exit
fi
spack install --verbose --test=root ailoop
# Tests that ran, and passed, are in the log that was installed.
prefix=$(spack location --install-dir ailoop)
spack test run --alias ailoop ailoop
spack test results --logs ailoop
"$prefix/bin/ailoop" --version
note "ailoop was installed by Spack, its $(gzip -dc "$prefix/.spack/install-time-test-log.txt"* | grep -Eo 'tests passed, .* out of [0-9]+' | tail -n 1) at build time, and its stand-alone tests passed"
