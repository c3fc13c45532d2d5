# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2154 # root is set by the script that sources this
# The steps that scripts/run, scripts/test and scripts/lint share. Sourced.

preset=release
build_folder="$root/build/$preset"
mpi_arguments=() # what CMake is told about the MPI library
# Whether the tests are added that are run by hand before a release; scripts/lint, which configures, too, must agree.
export release_tests=${release_tests:-OFF}

# What one clone compiled, another takes from the compiler cache.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true

# use_environment LEVEL [BOOTSTRAP ARGUMENT]...: bootstraps and sets the environment to build and run in.
use_environment() {
  local environment
  environment=$("$root/scripts/bootstrap" --level="$1" "${@:2}" --print-env)
  eval "$environment"
}

# Runs a command; prints its output only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# configure CMAKE_ARGUMENT...: unless nothing changed since the last time.
configure() {
  local wanted stamp="$build_folder/configured-for"
  wanted=$(printf '%s\n' "${Kokkos_ROOT:-}" "${Torch_DIR:-}" "${CMAKE_PREFIX_PATH:-}" "${CXX:-}" "${CXXFLAGS:-}" "$@" \
    "$(sha256sum <"$root/CMakePresets.json")")
  if [[ -f $build_folder/build.ninja && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
    # CMake runs again where its files changed: lint needs the present list of sources
    quietly ninja -C "$build_folder" build.ninja
    return 0
  fi
  echo "configuring ${build_folder#"$root/"}" >&2
  # What an earlier environment found is looked up again.
  (cd "$root" && quietly cmake --preset "$preset" -B "$build_folder" -UKokkos_DIR -UKokkosKernels_DIR -UTorch_DIR \
    -UTORCH_LIBRARY -UC10_LIBRARY ${Torch_DIR:+"-DTorch_DIR=$Torch_DIR"} "$@")
  printf '%s\n' "$wanted" >"$stamp"
}

configure_for_tests() {
  configure -DAILOOP_BUILD_TESTS=ON -DAILOOP_BUILD_PERF=ON "-DAILOOP_TEST_PYTHON=$AILOOP_TEST_PYTHON" \
    "-DAILOOP_RELEASE_TESTS=$release_tests" "${mpi_arguments[@]}"
}

# Without the tests, which are left to scripts/test; where that has configured them, they stay.
configure_to_run() {
  local cache="$build_folder/CMakeCache.txt"
  if grep -qs '^AILOOP_BUILD_TESTS:BOOL=ON' "$cache"; then
    AILOOP_TEST_PYTHON=$(sed -n 's/^AILOOP_TEST_PYTHON:[A-Z]*=//p' "$cache") configure_for_tests
  else
    configure -DAILOOP_BUILD_TESTS=OFF -DAILOOP_BUILD_PERF=OFF
  fi
}

# build TARGET...: says nothing when there is nothing to do.
build() {
  if [[ $(ninja -C "$build_folder" -n "$@") == *"no work to do"* ]]; then return 0; fi
  cmake --build "$build_folder" --target "$@" >&2
}

# run_tests CTEST_ARGUMENT...: does not return. Tests under a launcher wait more than they compute: twice as many at a
# time as there are cores.
run_tests() {
  exec ctest --test-dir "$build_folder" --output-on-failure --no-tests=error --timeout 120 --parallel "$((2 * $(nproc)))" "$@"
}
