# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with scripts/bootstrap
# The Python packages of lint and tests, in a virtual environment that also sees the distribution's packages. Sourced.

python_requirements="$root/scripts/requirements-test.txt"

# Sets python_folder; it is complete when it holds the file `complete`.
choose_python() {
  local key
  key=$(
    {
      cat "$python_requirements"
      /usr/bin/python3 --version 2>&1 || true
    } | sha256sum | cut -c 1-12
  )
  python_folder="$cache_folder/python-$key"
}

plan_python() {
  if [[ -e $python_folder/complete ]]; then return 0; fi
  printf '  Python packages: %s into %s\n' "$(grep -v '^#' "$python_requirements" | tr '\n' ' ')" "$cache_folder"
}

build_python() {
  /usr/bin/python3 -m venv --system-site-packages "$python_folder"
  "$python_folder/bin/python" -m pip install --disable-pip-version-check --requirement "$python_requirements"
}

install_python() {
  choose_python
  if [[ -e $python_folder/complete ]]; then return 0; fi
  # What is there was left unfinished.
  rm -rf "$python_folder"
  step "Python packages" build_python
  touch "$python_folder/complete"
}
