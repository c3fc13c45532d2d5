# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# ailoop_add_python_tests(LABEL label PROGRAMS files... [SLOW topics...] [ENVIRONMENT VARIABLE=value...]
#                         [TIMEOUT seconds])
#
# Makes each test method of each *_test.py of this folder a CTest entry label.topic.method of its own. They drive the
# built program through tests/integration/program.py. SLOW topics count as two processes.
function(ailoop_add_python_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "LABEL;TIMEOUT" "PROGRAMS;SLOW;ENVIRONMENT")
  if(NOT arg_LABEL OR NOT arg_PROGRAMS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ailoop_add_python_tests: LABEL and PROGRAMS are required; not: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  set(launcher "${MPIEXEC_EXECUTABLE}" ${MPIEXEC_PREFLAGS} ${MPIEXEC_NUMPROC_FLAG})
  list(JOIN launcher "|" launcher)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  ailoop_test_timeout(timeout ${arg_TIMEOUT})

  foreach(program IN LISTS arg_PROGRAMS)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${program})
    file(STRINGS ${program} lines REGEX "^(class [A-Z]|    def test_)")
    string(REGEX REPLACE "_test\\.py$" "" topic "${program}")
    set(processors 1)
    if(topic IN_LIST arg_SLOW)
      set(processors 2)
    endif()
    set(class "")
    set(n_methods 0)
    foreach(line IN LISTS lines)
      if(line MATCHES "^class ([A-Za-z]+)")
        set(class "${CMAKE_MATCH_1}")
      elseif(line MATCHES "def (test_[a-z0-9_]+)\\(self\\)")
        set(method "${CMAKE_MATCH_1}")
        string(REGEX REPLACE "^test_" "" name "${method}")
        set(entry "${arg_LABEL}.${topic}.${name}")
        add_test(
          NAME ${entry}
          COMMAND "${AILOOP_TEST_PYTHON}" -B -m unittest ${topic}_test.${class}.${method}
          WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
        )
        set_tests_properties(
          ${entry}
          PROPERTIES
            TIMEOUT ${timeout}
            PROCESSORS ${processors}
            LABELS ${arg_LABEL}
            ENVIRONMENT
              "AILOOP_PROGRAM=$<TARGET_FILE:ailoop_program>;AILOOP_LAUNCHER=${launcher};AILOOP_SOURCE_DIR=${PROJECT_SOURCE_DIR};AILOOP_TIMEOUT_FACTOR=${AILOOP_TEST_TIMEOUT_FACTOR};${AILOOP_TEST_ENVIRONMENT};${arg_ENVIRONMENT}"
            ENVIRONMENT_MODIFICATION "PYTHONPATH=path_list_prepend:${PROJECT_SOURCE_DIR}/tests/integration"
        )
        math(EXPR n_methods "${n_methods} + 1")
      else()
        message(FATAL_ERROR "${program}: no test case can be read from '${line}'")
      endif()
    endforeach()
    if(n_methods EQUAL 0)
      message(FATAL_ERROR "${program}: holds no test case")
    endif()
  endforeach()
endfunction()
