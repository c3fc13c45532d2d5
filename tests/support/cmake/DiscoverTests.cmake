# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes a CTest file with one entry for each test case (and rank count) of a GoogleTest program. The program is asked
# once, without a launcher. Variables: NAME PROGRAM OUTPUT RANKS LAUNCHER TIMEOUT LABELS ENVIRONMENT.
cmake_policy(VERSION 3.25)

execute_process(
  COMMAND "${PROGRAM}" --gtest_list_tests
  OUTPUT_VARIABLE listing
  ERROR_VARIABLE complaint
  RESULT_VARIABLE result
  TIMEOUT 60
)
if(NOT result EQUAL 0)
  file(REMOVE "${OUTPUT}" "${PROGRAM}")
  message(FATAL_ERROR "${NAME}: listing the test cases failed (${result})\n${listing}${complaint}")
endif()

# What follows a # is a type or parameter, which may hold anything; names hold nothing special to CMake.
string(REGEX REPLACE "[ ]*#[^\n]*" "" listing "${listing}")
string(REGEX REPLACE "[\r\n]+" ";" lines "${listing}")

set(content "")
function(add_entry suite case ranks)
  set(entry "${NAME}.${suite}.${case}")
  set(command "")
  set(processors 1)
  if(ranks)
    string(APPEND entry ".r${ranks}")
    foreach(word IN LISTS LAUNCHER ranks)
      string(APPEND command " [==[${word}]==]")
    endforeach()
    set(processors ${ranks})
  endif()
  string(APPEND command " [==[${PROGRAM}]==] [==[--gtest_filter=${suite}.${case}]==]")
  string(APPEND content "add_test([==[${entry}]==]${command})\n")
  string(APPEND content "set_tests_properties([==[${entry}]==] PROPERTIES TIMEOUT ${TIMEOUT} LABELS [==[${LABELS}]==]")
  # A case that does not exist, or skips itself, has tested nothing.
  string(
    APPEND content
    " FAIL_REGULAR_EXPRESSION [==[0 tests from 0 test suites ran;\\[  SKIPPED \\]]==] PROCESSORS ${processors}"
  )
  string(APPEND content " ENVIRONMENT [==[${ENVIRONMENT}]==])\n")
  set(content "${content}" PARENT_SCOPE)
endfunction()

set(suite "")
set(n_cases 0)
foreach(line IN LISTS lines)
  if(line MATCHES "^([^ ]+)\\.$")
    set(suite "${CMAKE_MATCH_1}")
  elseif(line MATCHES "^  ([^ ]+)$")
    set(case "${CMAKE_MATCH_1}")
    if(suite MATCHES "DISABLED_" OR case MATCHES "DISABLED_")
      message(FATAL_ERROR "${NAME}: ${suite}.${case} is disabled; mend it or remove it")
    endif()
    math(EXPR n_cases "${n_cases} + 1")
    if(RANKS)
      foreach(ranks IN LISTS RANKS)
        add_entry("${suite}" "${case}" "${ranks}")
      endforeach()
    else()
      add_entry("${suite}" "${case}" "")
    endif()
  elseif(NOT line STREQUAL "" AND NOT line MATCHES "^Running main")
    message(FATAL_ERROR "${NAME}: cannot read this line of --gtest_list_tests: '${line}'")
  endif()
endforeach()
if(n_cases EQUAL 0)
  message(FATAL_ERROR "${NAME}: holds no test case")
endif()
file(WRITE "${OUTPUT}" "${content}")
