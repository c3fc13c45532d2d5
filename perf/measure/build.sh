# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with the scripts of scripts/setup
# What perf/run and perf/curves share: how a build to measure is made. Sourced after scripts/setup/build.sh.

# build_to_measure NAME: in build/NAME, by the preset of that name, with perf/; tests stay where scripts/test has
# configured them.
build_to_measure() {
  preset=$1
  build_folder="$root/build/$1"
  if grep -qs '^AILOOP_BUILD_TESTS:BOOL=ON' "$build_folder/CMakeCache.txt"; then
    configure_for_tests
  else
    configure -DAILOOP_BUILD_TESTS=OFF -DAILOOP_BUILD_PERF=ON
  fi
  build ailoop_program ailoop_torch perf/all
}
