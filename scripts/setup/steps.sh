# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# How a step that installs something reports, fails, and keeps out of the way of another bootstrap. Sourced.

# shellcheck disable=SC2154 # root is set by scripts/bootstrap
cache_folder="${XDG_CACHE_HOME:-${HOME:-$root/build}/.cache}/ailoop"

note() { printf 'scripts/%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  note "$*"
  exit 1
}

# Holds the user's bootstrap lock until this process ends; what is done afterwards has to look again whether it is needed.
take_lock() {
  mkdir -p "$cache_folder"
  exec 9>"$cache_folder/lock"
  if ! flock --nonblock 9; then
    note "waiting for another bootstrap"
    flock 9
  fi
}

# Prints stdin's last line over and over on a terminal, nothing elsewhere.
show_last_line() {
  local line
  if [[ ! -t 2 ]]; then
    cat >/dev/null
    return
  fi
  while IFS= read -r line; do
    printf '\r\033[K    %.*s' "$((${COLUMNS:-80} - 5))" "$line" >&2
  done
  printf '\r\033[K' >&2
}

# step TITLE COMMAND...: runs it, its output in a log file; shows that log's end when it fails.
step() {
  local title=$1 start=$SECONDS status
  shift
  local log="$cache_folder/logs/${title//[^A-Za-z0-9]/_}.log"
  mkdir -p "${log%/*}"
  note "$title ..."
  # Not in a condition, where the shell would let a function go on after a failed command.
  set +e
  (
    set -e
    "$@"
  ) </dev/null 2>&1 | tee "$log" | show_last_line
  status=${PIPESTATUS[0]}
  set -e
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    fail "$title: failed (all of its output: $log)"
  fi
  note "$title: done in $((SECONDS - start)) s"
}
