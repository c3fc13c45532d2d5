# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with scripts/bootstrap
# nvcc 13 and a Kokkos with CUDA, to compile kernels for GPUs on machines that have none. Sourced.

cuda_version=13.0
cuda_requirements=(
  nvidia-cuda-nvcc==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-nvvm==13.0.88
  nvidia-cuda-runtime==13.0.96 nvidia-cuda-cccl==13.0.85
)
cuda_kokkos_options=(
  "${kokkos_options[@]}" -DCMAKE_CXX_STANDARD=20 -DKokkos_ENABLE_CUDA=ON -DKokkos_ENABLE_CUDA_LAMBDA=ON
  -DKokkos_ENABLE_CUDA_CONSTEXPR=ON -DKokkos_ARCH_AMPERE80=ON "-DCMAKE_CXX_FLAGS=-include cstdint"
)

# Prints the folder of an nvcc of that version.
installed_cuda() {
  local nvcc
  for nvcc in "$(command -v nvcc)" /usr/local/cuda/bin/nvcc "/usr/local/cuda-$cuda_version/bin/nvcc"; do
    if [[ -x $nvcc && $("$nvcc" --version) == *"release $cuda_version,"* ]]; then
      dirname "$(dirname "$(readlink -f "$nvcc")")"
      return
    fi
  done
}

# Sets cuda_folder and cuda_kokkos; where they are ours, each is complete when it holds the file `complete`.
choose_cuda() {
  local key
  cuda_folder=$(installed_cuda)
  cuda_is_ours=no
  if [[ -z $cuda_folder ]]; then
    cuda_is_ours=yes
    key=$(printf '%s\n' "${cuda_requirements[@]}" | sha256sum | cut -c 1-12)
    cuda_folder="$cache_folder/cuda-$key"
  fi
  key=$(
    {
      c++ --version 2>/dev/null | head -n 1 || true
      cat "$root/scripts/setup/cuda.sh"
      echo "$cuda_folder"
    } | sha256sum | cut -c 1-12
  )
  cuda_kokkos="$cache_folder/kokkos-cuda-$key"
}

plan_cuda() {
  choose_cuda
  if [[ $cuda_is_ours == yes && ! -e $cuda_folder/complete ]]; then
    printf '  nvcc: the Python packages %s into %s\n' "${cuda_requirements[*]}" "$cache_folder"
  fi
  if [[ ! -e $cuda_kokkos/complete ]]; then
    printf '  Kokkos with CUDA, from the source package trilinos (165 MB), into %s\n' "$cache_folder"
  fi
}

# The folders of a toolkit, as links into the packages; they come without the driver's library, of which programs need
# three functions to be linked.
build_cuda() {
  local packages="$cuda_folder/packages"
  /usr/bin/python3 -m venv "$cuda_folder/environment"
  "$cuda_folder/environment/bin/python" -m pip install --disable-pip-version-check --no-deps --target "$packages" \
    "${cuda_requirements[@]}"
  chmod +x "$packages"/nvidia/cu13/bin/* "$packages"/nvidia/cu13/nvvm/bin/*
  ln -s "$packages"/nvidia/cu13/* "$cuda_folder"
  ln -s lib "$packages/nvidia/cu13/lib64"
  ln -s "$packages/nvidia/cu13/lib" "$cuda_folder/lib64"
  ln -s libcudart.so.13 "$packages/nvidia/cu13/lib/libcudart.so"
  mkdir -p "$packages/nvidia/cu13/lib/stubs"
  printf 'int cuCtxGetDevice(void) { return 3; }\nint cuCtxPushCurrent_v2(void) { return 3; }\n%s\n' \
    'int cuStreamGetCtx(void) { return 3; }' |
    c++ -x c -shared -fPIC -o "$packages/nvidia/cu13/lib/stubs/libcuda.so" -
}

# Kokkos 3.4 is older than C++20 in nvcc, Hopper and CUDA 13.
prepare_kokkos_for_cuda() {
  cd "$work/kokkos" || return
  # C++20, for CMake and for the wrapper; the architecture that is built, whatever it is called
  sed -i 's/\(SUPPORTED_NVCC_FLAGS ".*-std=c++17\)"/\1;-std=c++20"/' cmake/kokkos_test_cxx_std.cmake
  sed -i -e 's/^\(default_arch=\)"sm_[0-9]*"/\1"sm_90"/' -e 's/^\( *--std=c++17|-std=c++17\))/\1|--std=c++20|-std=c++20)/' \
    bin/nvcc_wrapper
  sed -i 's/\(CHECK_CUDA_ARCH(AMPERE80 *\)sm_80/\1sm_90/' cmake/kokkos_arch.cmake
  # numbers of 16 bits, which are not used here, convert in other ways
  sed -i '0,/^#ifdef KOKKOS_ENABLE_CUDA$/s//#if 0/' core/src/Cuda/Kokkos_Cuda_Half.hpp
  # where memory is to go became a struct
  sed -i -z 's/\(cudaMemPrefetchAsync(ptr, bytes, \)space.cuda_device(),/\1cudaMemLocation{cudaMemLocationTypeDevice, space.cuda_device()}, 0,/' \
    core/src/Cuda/Kokkos_CudaSpace.cpp
}

build_cuda_kokkos() {
  export PATH="$cuda_folder/bin:$PATH"
  KOKKOS_PREFIX=$cuda_kokkos build_kokkos_project kokkos "${cuda_kokkos_options[@]}" \
    -DCMAKE_CXX_COMPILER="$work/kokkos/bin/nvcc_wrapper" -DCUDAToolkit_ROOT="$cuda_folder"
  KOKKOS_PREFIX=$cuda_kokkos build_kokkos_project kokkos-kernels "${kokkos_kernels_options[@]}" \
    -DCMAKE_CXX_COMPILER="$cuda_kokkos/bin/nvcc_wrapper" -DKokkos_ROOT="$cuda_kokkos" -DCMAKE_CXX_STANDARD=20 \
    -DKokkosKernels_ENABLE_TPL_CUBLAS=OFF -DKokkosKernels_ENABLE_TPL_CUSPARSE=OFF
}

install_cuda() {
  choose_cuda
  if [[ $cuda_is_ours == yes && ! -e $cuda_folder/complete ]]; then
    rm -rf "$cuda_folder"
    step "nvcc" build_cuda
    touch "$cuda_folder/complete"
  fi
  if [[ -e $cuda_kokkos/complete ]]; then return 0; fi
  if ! is_debian_like; then fail "no source package of Kokkos here"; fi
  rm -rf "$cuda_kokkos"
  work=$(mktemp --directory "$cache_folder/kokkos-build-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  step "Kokkos with CUDA: source package" fetch_distribution_source
  step "Kokkos with CUDA: five edits" prepare_kokkos_for_cuda
  step "Kokkos with CUDA: build" build_cuda_kokkos
  touch "$cuda_kokkos/complete"
}
