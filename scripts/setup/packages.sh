# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with scripts/bootstrap
# Distribution packages. Sourced.

# Alternatives are separated by |, the first is what gets installed.
run_packages=(
  'g++' cmake 'ninja-build' ccache
  'libopenmpi-dev|libmpich-dev' 'openmpi-bin|mpich'
  libtorch-dev libyaml-cpp-dev libcli11-dev libfmt-dev libspdlog-dev nlohmann-json3-dev
)
test_packages=(
  libgtest-dev libgmock-dev libbenchmark-dev
  doxygen git groff-base shellcheck valgrind python3 python3-venv python3-torch
)
# What scripts/test needs for a second compiler and a second MPI. The OpenMP runtime replaces that of another Clang.
clang_packages=(clang-16 libclang-rt-16-dev libomp-16-dev)
mpich_packages=(libmpich-dev mpich)
# What a virtual cluster of tests/slurm is made of. The system's own Slurm stays unconfigured, so that none starts.
slurm_packages=(slurm-wlm munge)
# The Python baseline of perf/run, beside python3-torch: of the same LibTorch and MPI library as ailoop.
baseline_packages=(python3-mpi4py python3-numpy)

choose_level_packages() {
  packages=("${run_packages[@]}")
  if [[ $level == test ]]; then packages+=("${test_packages[@]}"); fi
  if [[ $with_clang == yes ]]; then packages+=("${clang_packages[@]}"); fi
  if [[ $with_mpich == yes ]]; then packages+=("${mpich_packages[@]}"); fi
  if [[ $with_slurm == yes ]]; then packages+=("${slurm_packages[@]}"); fi
  if [[ $with_baselines == yes ]]; then packages+=("${baseline_packages[@]}"); fi
  if [[ $kokkos_source == release ]] && ! command -v wget >/dev/null; then packages+=(curl ca-certificates); fi
  if [[ -n ${Torch_DIR:-} ]]; then
    local kept=() package
    for package in "${packages[@]}"; do
      if [[ $package != libtorch-dev ]]; then kept+=("$package"); fi
    done
    packages=("${kept[@]}")
  fi
}

is_debian_like() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

# Commands that stand for packages where packages cannot be asked for; CMake tells about libraries.
missing_commands() {
  local command commands=("${CXX:-c++}" cmake ninja mpiexec)
  if [[ $with_clang == yes ]]; then commands+=(clang++-16); fi
  if [[ $with_mpich == yes ]]; then commands+=(mpicxx.mpich mpiexec.mpich); fi
  # The daemons are often in folders that are not in everybody's PATH.
  if [[ $with_slurm == yes ]]; then commands+=(sbatch munged slurmctld slurmd); fi
  for command in "${commands[@]}"; do
    if ! PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null; then echo "$command"; fi
  done
}

missing_packages() {
  local -A installed=()
  local name status group alternative found
  while read -r status name; do
    if [[ $status == ii ]]; then installed[$name]=yes; fi
  done < <(dpkg-query --show --showformat='${db:Status-Abbrev} ${Package}\n' 2>/dev/null)
  for group in "${packages[@]}"; do
    found=no
    # shellcheck disable=SC2086 # the alternatives are words
    for alternative in ${group//|/ }; do
      if [[ ${installed[$alternative]:-no} == yes ]]; then found=yes; fi
    done
    if [[ $found == no ]]; then echo "${group%%|*}"; fi
  done
}

plan_packages() {
  local missing
  if is_debian_like; then missing=$(missing_packages); else missing=$(missing_commands); fi
  if [[ -n $missing ]]; then printf '  packages: %s\n' "${missing//$'\n'/ }"; fi
}

# How apt-get may be called here: sets as_root, or fails.
find_root() {
  as_root=()
  if ((EUID == 0)); then return 0; fi
  if ! command -v sudo >/dev/null; then return 1; fi
  if [[ ! -t 0 ]] && ! sudo --non-interactive true 2>/dev/null; then return 1; fi
  as_root=(sudo)
}

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --option DPkg::Lock::Timeout=600 "$@"; }

install_packages() {
  local missing
  if ! is_debian_like; then
    missing=$(missing_commands)
    if [[ -n $missing ]]; then
      fail "this is no Debian, so please provide: ${missing//$'\n'/ }, and the libraries that Debian names: ${packages[*]}"
    fi
    return
  fi
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then return; fi
  if ! find_root; then
    fail "not allowed to install packages (not root, no sudo); please have these commands run, then start again:
  apt-get update
  apt-get install --no-install-recommends ${missing[*]}"
  fi
  step "package lists" apt update
  step "packages" apt install --yes --no-install-recommends "${missing[@]}"
}
