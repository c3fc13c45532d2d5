# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds what must not compile and looks for the sentence about each struct.
execute_process(
  COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" --target wrong_problems
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output
)
if(result EQUAL 0)
  message(FATAL_ERROR "structs that are no problems were compiled")
endif()
string(REGEX MATCHALL "error: static[^\n]*" errors "${output}")
foreach(
  sentence
  IN
  ITEMS
    "make_problem: write `ailoop::Facts facts() const`"
    "make_problem: write `KOKKOS_FUNCTION double truth(double x) const`"
    "make_problem: write `KOKKOS_FUNCTION double approximation(std::int64_t share, double x) const`"
    "make_problem: write `KOKKOS_FUNCTION double approximation_error(double x) const`"
    "problem_entry: write `void describe(ailoop::Visitor& v, P& problem)`"
    "problem_entry: a problem needs a default constructor"
)
  string(FIND "${errors}" "${sentence}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "the compiler does not say: ${sentence}\n${output}")
  endif()
endforeach()
