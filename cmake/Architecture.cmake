# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# AILOOP_ARCH: the instruction set that this build may use. It is for this build alone; whoever links the installed
# library chooses one for the own sources. Results do not depend on it.
include(CheckCXXCompilerFlag)

set(
  AILOOP_ARCH
  ""
  CACHE STRING
  "Instruction set to build for, as the compiler's -march names it: native, x86-64-v3 (AVX2), x86-64-v4 (AVX-512), ...; empty: the compiler's default"
)
set_property(
  CACHE AILOOP_ARCH
  PROPERTY STRINGS "" native x86-64-v3 x86-64-v4
)

set(AILOOP_ARCH_FLAGS "")
if(AILOOP_ARCH)
  string(MAKE_C_IDENTIFIER "AILOOP_HAS_MARCH_${AILOOP_ARCH}" march_works)
  check_cxx_compiler_flag("-march=${AILOOP_ARCH}" ${march_works})
  if(NOT ${march_works})
    message(FATAL_ERROR "AILOOP_ARCH: the compiler does not know -march=${AILOOP_ARCH}")
  endif()
  set(AILOOP_ARCH_FLAGS "-march=${AILOOP_ARCH}")
  # otherwise GCC and Clang use half of AVX-512's width on most processors that have it
  check_cxx_compiler_flag("-mprefer-vector-width=512" AILOOP_HAS_PREFER_VECTOR_WIDTH)
  if(AILOOP_HAS_PREFER_VECTOR_WIDTH)
    string(APPEND AILOOP_ARCH_FLAGS " -mprefer-vector-width=512")
  endif()
  separate_arguments(arch_options UNIX_COMMAND "${AILOOP_ARCH_FLAGS}")
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:${arch_options}>")
endif()
