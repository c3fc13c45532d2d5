#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What `scripts/test --stack` runs in the root of the other distribution, where everything is installed.
set -euo pipefail
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/setup/build.sh
. "$root/scripts/setup/build.sh"

build_folder="$root/build/release-$1"
shift
export AILOOP_TEST_PYTHON=/usr/bin/python3
configure_for_tests
build all
echo "scripts/test: label slurm_smoke: NOT RUN, the root of the other distribution has no Slurm" >&2
run_tests --label-exclude '^slurm_smoke$' "$@"
