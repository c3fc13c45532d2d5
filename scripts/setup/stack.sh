# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with scripts/test
# A newer distribution in a root of its own, where the project is built and tested with its compiler and libraries.
# Sourced.

# shellcheck source=scripts/setup/steps.sh
. "$root/scripts/setup/steps.sh"
# shellcheck source=scripts/setup/packages.sh
. "$root/scripts/setup/packages.sh"

# Debian's unstable distribution: the newest of everything.
stack_suite=sid
stack_packages=(
  g++ cmake ninja-build ccache git groff-base procps
  libopenmpi-dev openmpi-bin libtorch-dev libkokkos-dev
  libyaml-cpp-dev libcli11-dev libfmt-dev libspdlog-dev nlohmann-json3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  python3 python3-jsonschema python3-matplotlib python3-numpy python3-safetensors python3-torch python3-yaml
)

# Where the clone lies in the root. Its build folder holds this path, and is of no use outside.
stack_clone=/ailoop

# make_root SUITE FOLDER PACKAGE...: Debian's base and these packages.
make_root() {
  local mirror suite=$1 folder=$2
  shift 2
  # shellcheck disable=SC2016 # apt-get expands it
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | awk '$1 == "Debian" {print $2; exit}')
  # A mirror that lags behind is as good here; signatures are checked all the same.
  mmdebstrap --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="$(
      IFS=,
      echo "$*"
    )" "$suite" "$folder" "${mirror:-http://deb.debian.org/debian}"
}

build_stack_root() {
  local library
  make_root "$stack_suite" "$stack_root" "${stack_packages[@]}"
  # The CMake package of Kokkos there names two static libraries that no package ships.
  for library in "$stack_root"/usr/lib/*/libkokkoscore.*; do
    ar rc "${library%/*}/libkokkosalgorithms.a"
    ar rc "${library%/*}/libkokkossimd.a"
    break
  done
  mkdir -p "$stack_root$stack_clone"
}

# Makes the root where it is not there yet, complete when it holds the file `complete`. Sid changes by the day: a root that
# cannot be made says nothing of the project, and ends with 77, which is no success either.
make_stack() {
  stack_folder="$cache_folder/stack-$stack_suite" stack_root="$cache_folder/stack-$stack_suite/root"
  if [[ -e $stack_folder/complete ]]; then return 0; fi
  packages=(mmdebstrap binutils)
  take_lock
  # Not in a condition, where the shell would let the steps go on after a failed command.
  set +e
  (
    set -e
    if ! is_debian_like; then fail "its root can only be made on a Debian"; fi
    install_packages
    rm -rf "$stack_folder"
    mkdir -p "$stack_folder"
    step "$stack_suite" build_stack_root
  )
  local status=$?
  set -e
  if ((status != 0)); then
    note "stack $stack_suite: NOT RUN, it could not be installed"
    exit 77
  fi
  touch "$stack_folder/complete"
}

# run_in_stack COMMAND...: with the clone as working folder.
run_in_stack() {
  if ((EUID != 0)); then fail "--stack: only root may enter the root of another distribution"; fi
  make_stack
  # Mounts end with the process. /dev has the shared memory of the ranks; UCX takes seconds to start in each of them.
  # shellcheck disable=SC2016 # the inner shell expands these
  exec unshare --mount --fork bash -euc '
    root=$1 clone=$2 place=$3
    shift 3
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t proc proc "$root/proc"
    mount --bind "$clone" "$root$place"
    exec chroot "$root" /usr/bin/env --ignore-environment --chdir="$place" HOME=/root LANG=C.UTF-8 \
      PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin \
      GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$place" \
      OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
      PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe PRTE_MCA_hwloc_default_binding_policy=none \
      OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,sm OMPI_MCA_accelerator=null OMPI_MCA_osc=^ucx "$@"
  ' bash "$stack_root" "$root" "$stack_clone" "$@"
}
