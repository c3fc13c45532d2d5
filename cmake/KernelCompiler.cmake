# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Files with kernels are compiled by the compiler that Kokkos wants, all others by the C++ compiler of this project: the
# compiler of a device understands less of C++.

# nvcc behind Kokkos' launcher, where Kokkos has CUDA and is no language of CMake's.
set(AILOOP_KERNEL_COMPILER "")
if(Kokkos_DEVICES MATCHES "CUDA" AND NOT Kokkos_COMPILE_LANGUAGE AND Kokkos_CXX_COMPILER_ID STREQUAL "NVIDIA")
  get_filename_component(kokkos_programs "${Kokkos_DIR}/../../../bin" ABSOLUTE)
  find_program(AILOOP_KOKKOS_LAUNCHER kokkos_launch_compiler HINTS "${kokkos_programs}" REQUIRED)
  find_program(AILOOP_NVCC_WRAPPER nvcc_wrapper HINTS "${kokkos_programs}" REQUIRED)
  set(AILOOP_KERNEL_COMPILER "${AILOOP_KOKKOS_LAUNCHER};${AILOOP_NVCC_WRAPPER};${CMAKE_CXX_COMPILER}")
  # it hands on what links Kokkos
  set(CMAKE_CXX_LINKER_LAUNCHER "${AILOOP_KERNEL_COMPILER}")
endif()

# ailoop_has_kernels(TARGET SOURCE...): these sources hold kernels, and the target, whose only C++ sources they are,
# links ailoop::kernels.
function(ailoop_has_kernels target)
  if(AILOOP_KERNEL_COMPILER)
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "${AILOOP_KERNEL_COMPILER}")
  elseif(Kokkos_COMPILE_LANGUAGE)
    set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES LANGUAGE "${Kokkos_COMPILE_LANGUAGE}")
  endif()
endfunction()
