# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# ailoop_add_test(NAME name SOURCES files... [RANKS 1 2 4] [LIBRARIES targets...] [TIMEOUT seconds]
#                 [ENVIRONMENT VARIABLE=value...])
#
# Builds a GoogleTest program and makes every test case a CTest entry of its own. Without RANKS the program starts
# Kokkos and no MPI, and an entry is called name.Suite.Case. With RANKS it starts MPI, too, and there is one entry
# name.Suite.Case.rN for each rank count N; such an entry fails if any rank fails.

set(AILOOP_TEST_DISCOVERY "${CMAKE_CURRENT_LIST_DIR}/DiscoverTests.cmake")

# What Open MPI needs to start more ranks than cores, and as root in a container; other MPI libraries ignore it. Tests
# share few cores, so that threads are not bound to them.
set(
  AILOOP_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1
  PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
  OMP_PROC_BIND=false
  GTEST_COLOR=no
)

set(AILOOP_TEST_TIMEOUT_FACTOR 1 CACHE STRING "By how much tests may take longer, with sanitizers for instance")

# Leaks are looked for in programs that start no MPI; MPI libraries leave much behind on purpose.
set(AILOOP_TEST_LEAK_ENVIRONMENT "")
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,-]*address")
  list(APPEND AILOOP_TEST_ENVIRONMENT ASAN_OPTIONS=abort_on_error=1:detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1)
  set(
    AILOOP_TEST_LEAK_ENVIRONMENT
    ASAN_OPTIONS=abort_on_error=1:detect_leaks=1
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/leaks.txt:print_suppressions=0"
  )
endif()

# ailoop_test_timeout(variable seconds): seconds that a test may take in this build.
function(ailoop_test_timeout variable seconds)
  math(EXPR seconds "${seconds} * ${AILOOP_TEST_TIMEOUT_FACTOR}")
  set(${variable} ${seconds} PARENT_SCOPE)
endfunction()

function(ailoop_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT" "SOURCES;RANKS;LIBRARIES;ENVIRONMENT")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ailoop_add_test: NAME and SOURCES are required; unexpected: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(arg_RANKS)
    set(kind mpi)
    set(timeout 120)
    set(threads 1)
  else()
    set(kind unit)
    set(timeout 60)
    set(threads 2)
  endif()
  if(arg_TIMEOUT)
    set(timeout ${arg_TIMEOUT})
  endif()
  ailoop_test_timeout(timeout ${timeout})

  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(
    ${arg_NAME}
    PRIVATE ailoop_test_main_${kind} ailoop_test_support ailoop::ailoop ${arg_LIBRARIES}
  )
  set_target_properties(
    ${arg_NAME}
    PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/${CMAKE_INSTALL_BINDIR}"
  )

  # CTest reads the entries from a file that is written after each link; until then one failing entry stands for all.
  set(entries "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_entries.cmake")
  set(environment OMP_NUM_THREADS=${threads} ${AILOOP_TEST_ENVIRONMENT} ${arg_ENVIRONMENT})
  set(launcher "")
  if(arg_RANKS)
    set(launcher "${MPIEXEC_EXECUTABLE}" ${MPIEXEC_PREFLAGS} ${MPIEXEC_NUMPROC_FLAG})
  else()
    list(APPEND environment ${AILOOP_TEST_LEAK_ENVIRONMENT})
  endif()
  add_custom_command(
    TARGET ${arg_NAME}
    POST_BUILD
    COMMAND
      "${CMAKE_COMMAND}" -D "NAME=${arg_NAME}" -D "PROGRAM=$<TARGET_FILE:${arg_NAME}>" -D "OUTPUT=${entries}" -D
      "RANKS=${arg_RANKS}" -D "LAUNCHER=${launcher}" -D "TIMEOUT=${timeout}" -D "LABELS=${kind}" -D
      "ENVIRONMENT=${environment}" -P "${AILOOP_TEST_DISCOVERY}"
    BYPRODUCTS "${entries}"
    VERBATIM
  )
  set(include_file "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_include.cmake")
  file(
    CONFIGURE
    OUTPUT "${include_file}"
    CONTENT
      [[
if(EXISTS "@entries@")
  include("@entries@")
else()
  add_test("@arg_NAME@.is_built" "@arg_NAME@ is not built")
endif()
]]
    @ONLY
  )
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${include_file}")
endfunction()
