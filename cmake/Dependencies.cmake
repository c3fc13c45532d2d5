# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Every dependency, each through find_package; whatever is missing is told in one message.
#
# Provides, whichever version is found: MPI::MPI_CXX, OpenMP::OpenMP_CXX, Kokkos::kokkos, yaml-cpp::yaml-cpp, CLI11::CLI11,
# fmt::fmt, spdlog::spdlog, nlohmann_json::nlohmann_json, ailoop_libtorch, and for tests GTest::gmock, for perf/
# benchmark::benchmark. Kokkos::kokkoskernels exists where Kokkos Kernels was found (AILOOP_HAVE_KOKKOS_KERNELS).
set(AILOOP_MINIMUM_KOKKOS 3.4)
set(AILOOP_MINIMUM_TORCH 1.13)
set(AILOOP_MISSING "")

macro(ailoop_find package what_to_install)
  find_package(${package} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    string(APPEND AILOOP_MISSING "\n  ${package}: ${what_to_install}")
  endif()
endmacro()

if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(AILOOP_CCACHE ccache DOC "Compiler cache")
  if(AILOOP_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${AILOOP_CCACHE}")
  endif()
endif()

# Open MPI and MPICH headers otherwise pull in the C++ bindings that MPI 3.0 removed.
set(MPI_CXX_SKIP_MPICXX ON)

ailoop_find(OpenMP "a C++ compiler with OpenMP (Debian: g++)" COMPONENTS CXX)
ailoop_find(MPI "an MPI library with its compiler wrapper (Debian: libopenmpi-dev openmpi-bin)" COMPONENTS CXX)
# No version here: a newer major version would be refused by some of the version files.
ailoop_find(
  Kokkos
  "Kokkos ${AILOOP_MINIMUM_KOKKOS} or newer with OpenMP (scripts/bootstrap builds one; or set Kokkos_ROOT)"
  # KernelCompiler.cmake says what is compiled by its compiler
  COMPONENTS
  separable_compilation
)
# Before LibTorch is looked for, which enables it in a scope of its own.
if(Kokkos_DEVICES MATCHES "CUDA")
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND DEFINED Kokkos_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES "${Kokkos_CUDA_ARCHITECTURES}")
  endif()
  enable_language(CUDA)
endif()
ailoop_find(yaml-cpp "yaml-cpp (Debian: libyaml-cpp-dev)")
ailoop_find(CLI11 "CLI11 (Debian: libcli11-dev)")
ailoop_find(fmt "fmt (Debian: libfmt-dev)")
ailoop_find(spdlog "spdlog (Debian: libspdlog-dev)")
ailoop_find(nlohmann_json "nlohmann-json (Debian: nlohmann-json3-dev)")
if(AILOOP_BUILD_TESTS)
  ailoop_find(GTest "GoogleTest with GoogleMock (Debian: libgtest-dev libgmock-dev)")
endif()
if(AILOOP_BUILD_PERF)
  ailoop_find(benchmark "Google Benchmark (Debian: libbenchmark-dev)")
endif()
include(DependencyKokkosKernels)
ailoop_find_kokkos_kernels()
if(AILOOP_TORCH)
  include(DependencyTorch)
  ailoop_find_torch()
endif()

if(AILOOP_MISSING)
  message(
    FATAL_ERROR
    "ailoop needs what is missing here:${AILOOP_MISSING}\n"
    "scripts/bootstrap installs all of it, or prints how. "
    "A library in a place of its own is found through CMAKE_PREFIX_PATH or NAME_ROOT."
  )
endif()

if(Kokkos_VERSION VERSION_LESS AILOOP_MINIMUM_KOKKOS)
  message(
    FATAL_ERROR
    "Kokkos ${Kokkos_VERSION} in ${Kokkos_DIR} is older than ${AILOOP_MINIMUM_KOKKOS}; set Kokkos_ROOT to a newer one"
  )
endif()
if(NOT Kokkos_DEVICES MATCHES "OPENMP|THREADS|HPX|CUDA|HIP|SYCL")
  message(
    WARNING
    "Kokkos in ${Kokkos_DIR} has only the Serial back end: every rank runs its kernels on one thread. "
    "scripts/bootstrap builds one with OpenMP; or set Kokkos_ROOT."
  )
endif()

# yaml-cpp before 0.8 exports its target without a namespace.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  target_link_libraries(yaml-cpp::yaml-cpp INTERFACE yaml-cpp)
endif()

message(STATUS "MPI: standard ${MPI_CXX_VERSION} by ${MPI_CXX_COMPILER}")
message(STATUS "Kokkos: ${Kokkos_VERSION} with ${Kokkos_DEVICES} in ${Kokkos_DIR}")
if(AILOOP_HAVE_KOKKOS_KERNELS)
  message(STATUS "Kokkos Kernels: ${KokkosKernels_VERSION} in ${KokkosKernels_DIR}")
else()
  message(STATUS "Kokkos Kernels: not found")
endif()
if(AILOOP_TORCH)
  message(STATUS "LibTorch: ${AILOOP_TORCH_VERSION} in ${AILOOP_TORCH_DIR}")
else()
  message(STATUS "LibTorch: none (AILOOP_TORCH=OFF), gradient trainers need `engine: fused`")
endif()
