# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables shared with scripts/bootstrap
# Kokkos with OpenMP. Sourced.

kokkos_source=distribution
kokkos_choice="$cache_folder/kokkos-choice"

# The checksum is the one that Spack's recipe for Kokkos records for this archive.
choose_default_release() {
  kokkos_url=https://github.com/kokkos/kokkos/releases/download/4.7.04/kokkos-4.7.04.tar.gz
  kokkos_sha256=4213b248c39e112299fa94ee08817e51126fc02996ed6e2ab56aec4cdb80ee1f
}

kokkos_options=(
  -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  -DKokkos_ENABLE_OPENMP=ON -DKokkos_ENABLE_SERIAL=ON -DKokkos_ENABLE_TESTS=OFF
)
kokkos_release_options=(-DCMAKE_CXX_STANDARD=20) # Kokkos 5 requires it
kokkos_kernels_options=(
  -G Ninja -DCMAKE_BUILD_TYPE=Release -DKokkosKernels_ADD_DEFAULT_ETI=OFF
  -DKokkosKernels_ENABLE_TPL_BLAS=OFF -DKokkosKernels_ENABLE_TPL_LAPACK=OFF -DKokkosKernels_ENABLE_TESTS=OFF
)

# What --kokkos chose the last time holds until it chooses again: scripts/run and scripts/test pass no such option.
recall_kokkos_choice() {
  choose_default_release
  if [[ -f $kokkos_choice ]]; then
    { read -r kokkos_source && read -r kokkos_url && read -r kokkos_sha256; } <"$kokkos_choice"
  fi
}

remember_kokkos_choice() {
  mkdir -p "$cache_folder"
  printf '%s\n' "$kokkos_source" "$kokkos_url" "$kokkos_sha256" >"$kokkos_choice.$$"
  mv "$kokkos_choice.$$" "$kokkos_choice"
}

# Prints the prefix of an installed Kokkos that has OpenMP, where CMake finds it by itself.
installed_kokkos() {
  local prefix file
  local -a prefixes
  IFS=: read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}"
  for prefix in "${prefixes[@]}" /usr/local /usr; do
    for file in "$prefix"/lib*/cmake/Kokkos/KokkosConfigCommon.cmake "$prefix"/lib/*/cmake/Kokkos/KokkosConfigCommon.cmake; do
      if [[ -n $prefix && -f $file ]] && grep -qi '^ *set(Kokkos_DEVICES .*OPENMP' "$file"; then
        echo "$prefix"
        return
      fi
    done
  done
}

# Sets KOKKOS_PREFIX, empty where CMake finds the installed one, and kokkos_is_ours where it is ours to build; that one is
# complete when it holds the file `complete`.
choose_kokkos() {
  local key
  kokkos_is_ours=no
  if [[ -n ${Kokkos_ROOT:-} ]]; then
    if ! compgen -G "$Kokkos_ROOT/lib*/cmake/Kokkos/KokkosConfig.cmake" >/dev/null &&
      ! compgen -G "$Kokkos_ROOT/lib/*/cmake/Kokkos/KokkosConfig.cmake" >/dev/null; then
      fail "Kokkos_ROOT=$Kokkos_ROOT holds no Kokkos (no lib/cmake/Kokkos/KokkosConfig.cmake)"
    fi
    KOKKOS_PREFIX=$Kokkos_ROOT
    return
  fi
  KOKKOS_PREFIX=
  if [[ -n $(installed_kokkos) ]]; then return; fi
  kokkos_is_ours=yes
  key=$(
    {
      # The compiler may have to be installed first; the key is made again then.
      "${CXX:-c++}" --version 2>/dev/null | head -n 1 || true
      printf '%s\n' "${kokkos_options[@]}" "${kokkos_kernels_options[@]}"
      if [[ $kokkos_source == release ]]; then
        printf '%s\n' "$kokkos_sha256" "${kokkos_release_options[@]}"
      else
        grep -s VERSION_CODENAME /etc/os-release || true
      fi
    } | sha256sum | cut -c 1-12
  )
  KOKKOS_PREFIX="$cache_folder/kokkos-$kokkos_source-$key"
}

kokkos_is_missing() { [[ $kokkos_is_ours == yes && ! -e $KOKKOS_PREFIX/complete ]]; }

plan_kokkos() {
  if ! kokkos_is_missing; then return 0; fi
  if [[ $kokkos_source == release ]]; then
    printf '  Kokkos with OpenMP from %s into %s\n' "$kokkos_url" "$cache_folder"
  else
    printf '  Kokkos and Kokkos Kernels with OpenMP, from the source package trilinos (165 MB), into %s\n' "$cache_folder"
  fi
}

# A sources list of our own that names the distribution's source packages: mirror and suite as apt itself sees them.
write_source_list() {
  local distribution keyring signed_by='' targets
  distribution=$(. /etc/os-release && echo "${ID^}")
  for keyring in /usr/share/keyrings/"${distribution,,}"-archive-keyring.{pgp,gpg}; do
    if [[ -f $keyring ]]; then signed_by="[signed-by=$keyring] "; fi
  done
  targets=$(
    # shellcheck disable=SC2016 # apt-get expands these
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u
  )
  # Updates and security come as SUITE-updates and SUITE-security; they hold no other trilinos.
  awk -v origin="$distribution" -v signed_by="$signed_by" \
    '$1 == origin && $3 !~ /[-\/]/ {print "deb-src " signed_by $2, $3, $4}' <<<"$targets"
}

apt_source() {
  apt-get --quiet --option Dir::Etc::SourceList="$work/sources.list" --option Dir::Etc::SourceParts=/dev/null \
    --option Dir::State::Lists="$work/lists" --option Dir::Cache="$work/cache" --option APT::Sandbox::User="$(id -un)" "$@"
}

fetch_distribution_source() {
  local archive
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  write_source_list >"$work/sources.list"
  if [[ ! -s $work/sources.list ]] && find_root; then
    apt update
    write_source_list >"$work/sources.list"
  fi
  if [[ ! -s $work/sources.list ]]; then
    echo "apt knows no mirror of this distribution; set Kokkos_ROOT, or use --kokkos=release"
    return 1
  fi
  apt_source update
  (cd "$work" && apt_source source --download-only trilinos)
  archive=$(compgen -G "$work/trilinos_*.orig.tar.*")
  tar --extract --file "$archive" --directory "$work" --wildcards '*/packages/kokkos/*' '*/packages/kokkos-kernels/*'
  mv "$work"/*/packages/kokkos "$work"/*/packages/kokkos-kernels "$work"
}

fetch_release() {
  local downloader=(curl --fail --location --silent --show-error --output)
  if ! command -v curl >/dev/null; then downloader=(wget --no-verbose --output-document); fi
  "${downloader[@]}" "$work/kokkos.tar.gz" "$kokkos_url"
  echo "$kokkos_sha256  $work/kokkos.tar.gz" | sha256sum --check
  mkdir "$work/kokkos"
  tar --extract --file "$work/kokkos.tar.gz" --directory "$work/kokkos" --strip-components=1
}

build_kokkos_project() {
  local name=$1
  shift
  cmake -S "$work/$name" -B "$work/build-$name" -DCMAKE_INSTALL_PREFIX="$KOKKOS_PREFIX" "$@"
  cmake --build "$work/build-$name"
  cmake --install "$work/build-$name"
}

build_kokkos() {
  local common=()
  if command -v ccache >/dev/null; then common+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  # Kokkos 3.4 relies on <cstdint> coming with other headers, which it no longer does.
  common+=(-DCMAKE_CXX_FLAGS="-include cstdint")
  if [[ $kokkos_source == release ]]; then common+=("${kokkos_release_options[@]}"); fi
  build_kokkos_project kokkos "${common[@]}" "${kokkos_options[@]}"
  if [[ -d $work/kokkos-kernels ]]; then
    build_kokkos_project kokkos-kernels "${common[@]}" "${kokkos_kernels_options[@]}" \
      -DKokkos_ROOT="$KOKKOS_PREFIX"
  fi
}

install_kokkos() {
  if ! kokkos_is_missing; then return 0; fi
  if [[ $kokkos_source == distribution ]] && ! is_debian_like; then
    fail "no source package of Kokkos here: use --kokkos=release, or set Kokkos_ROOT"
  fi
  # What is there was left unfinished.
  rm -rf "$KOKKOS_PREFIX"
  work=$(mktemp --directory "$cache_folder/kokkos-build-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  if [[ $kokkos_source == release ]]; then
    step "Kokkos: download" fetch_release
  else
    step "Kokkos: source package" fetch_distribution_source
  fi
  step "Kokkos: build" build_kokkos
  touch "$KOKKOS_PREFIX/complete"
}
