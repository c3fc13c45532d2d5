#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Follows the sections "Debian" and "Plain CMake" of docs/install.md, command by command, in a root that holds nothing but
# Debian 12's base. Takes some minutes and, as root is changed, root.
set -euo pipefail
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/setup/stack.sh
. "$root/scripts/setup/stack.sh"
# shellcheck source=scripts/setup/kokkos.sh
. "$root/scripts/setup/kokkos.sh"

if ((EUID != 0)); then fail "only root may enter another root"; fi
for command in mmdebstrap unshare; do
  if ! command -v "$command" >/dev/null; then fail "$command is missing; apt-get install mmdebstrap util-linux"; fi
done

# commands_of SECTION: what stands between the fences there, with places for what a user chooses.
commands_of() {
  awk -v heading="## $1" '/^## / {inside = $0 == heading} /^```/ {fenced = !fenced; next} inside && fenced' \
    "$root/docs/install.md" | sed 's:PREFIX_OF_KOKKOS:/opt/kokkos:g; s:PREFIX:/opt/ailoop:g'
}

work=$(mktemp --directory)
trap 'rm -rf --one-file-system "$work"' EXIT
make_root bookworm "$work/root" ca-certificates
clone=$work/root/ailoop
mkdir "$clone"
git -C "$root" ls-files -z | tar --create --directory "$root" --null --files-from=- | tar --extract --directory "$clone"
fetch_distribution_source
mv "$work/kokkos" "$clone"
{
  printf 'set -euxo pipefail\n'
  commands_of Debian
  commands_of 'Plain CMake'
} >"$clone/commands"
cat "$clone/commands"
echo 'APT::Get::Assume-Yes "true";' >"$work/root/etc/apt/apt.conf.d/answers"
cp /etc/resolv.conf "$work/root/etc/resolv.conf"

# Mounts end with the process.
# shellcheck disable=SC2016 # the inner shell expands it
unshare --mount --fork bash -euc '
  mount --rbind /dev "$1/dev"
  mount -t proc proc "$1/proc"
  exec chroot "$1" /usr/bin/env --ignore-environment --chdir=/ailoop HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin bash commands
' bash "$work/root"
test -s "$clone/runs/hotlum-1/answers.csv"
