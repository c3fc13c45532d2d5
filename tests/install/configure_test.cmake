# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Configures the project in ways that must be refused, with a message that says what is wrong, or must work.
cmake_policy(VERSION 3.25)

# configure(NAME expected result [words...] OPTIONS argument...)
function(configure name result)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "WORDS;OPTIONS")
  execute_process(
    COMMAND
      "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${WORK}/${name}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
      "-DKokkos_DIR=${Kokkos_DIR}" "-DMPI_CXX_COMPILER=${MPI_COMPILER}" -DAILOOP_BUILD_TESTS=OFF ${arg_OPTIONS}
    RESULT_VARIABLE found
    OUTPUT_VARIABLE output
    ERROR_VARIABLE complaint
  )
  if(NOT found EQUAL result)
    message(FATAL_ERROR "${name}: cmake ended with ${found}, not ${result}\n${output}\n${complaint}")
  endif()
  # CMake breaks lines where it likes
  string(REGEX REPLACE "[ \n]+" " " complaint "${complaint}")
  foreach(words IN LISTS arg_WORDS)
    string(FIND "${complaint}" "${words}" position)
    if(position EQUAL -1)
      message(FATAL_ERROR "${name}: '${words}' is not in: ${complaint}")
    endif()
  endforeach()
endfunction()

file(REMOVE_RECURSE "${WORK}")

# The commands of docs/install.md, where there is neither Google Benchmark nor GoogleTest.
configure(
  plain
  0
  OPTIONS -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON "-DTorch_DIR=${Torch_DIR}"
)

# Without LibTorch, which is not looked for.
configure(without_torch 0 OPTIONS -DAILOOP_TORCH=OFF "-DTorch_DIR=${PACKAGES}/mixed_torch")

# A LibTorch whose package finds the library of another one.
configure(
  mixed_torch
  1
  WORDS "would be mixed with another one" "/elsewhere/lib/libc10.so" "CMAKE_PREFIX_PATH"
  OPTIONS "-DTorch_DIR=${PACKAGES}/mixed_torch" "-DELSEWHERE=${WORK}/elsewhere"
)

# Kokkos Kernels that were built with a Kokkos of other back ends.
configure(
  other_kernels
  1
  WORDS "built with a Kokkos that has CUDA" "has only" "KokkosKernels_ROOT"
  OPTIONS "-DKokkosKernels_DIR=${PACKAGES}/other_kernels" -DAILOOP_TORCH=OFF
)
file(REMOVE_RECURSE "${WORK}")
