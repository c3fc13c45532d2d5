# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# example_without_main(TARGET): lets the sources of TARGET include "own_problem_without_main.inc", the problem of
# examples/own_problem without its program.
function(example_without_main target)
  set(example "${PROJECT_SOURCE_DIR}/examples/own_problem/own_problem.cpp")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${example}")
  file(READ "${example}" text)
  string(FIND "${text}" "\nint main(" start_of_main)
  string(SUBSTRING "${text}" 0 ${start_of_main} text)
  file(
    CONFIGURE
    OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/own_problem_without_main.inc"
    CONTENT
      "#pragma once\n// NOLINTBEGIN(misc-use-internal-linkage)\n${text}\n// NOLINTEND(misc-use-internal-linkage)\n"
    @ONLY
  )
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()
