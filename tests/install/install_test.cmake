# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the build into a new prefix, uses it from a project outside, builds and runs the installed example of an own
# problem, and runs the command.
cmake_policy(VERSION 3.25)

function(run folder)
  execute_process(
    COMMAND ${ARGN}
    WORKING_DIRECTORY "${folder}"
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE complaint
  )
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed (${result}): ${command}\n${output}\n${complaint}")
  endif()
  set(OUTPUT "${output}${complaint}" PARENT_SCOPE)
endfunction()

function(expect what text expected)
  string(FIND "${text}" "${expected}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "${what}: '${expected}' is not in:\n${text}")
  endif()
endfunction()

# Who links the shared library needs none of the packages that it uses inside.
set(without "")
if(SHARED)
  foreach(
    package
    IN
    ITEMS yaml-cpp CLI11 fmt spdlog nlohmann_json
  )
    list(APPEND without "-DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON")
  endforeach()
endif()

# Builds a project that knows only the prefix, in WORK/name.
function(build name source)
  run(
    "${WORK}"
    "${CMAKE_COMMAND}"
    -S
    "${source}"
    -B
    "${WORK}/${name}"
    -G
    "${GENERATOR}"
    "-DCMAKE_BUILD_TYPE=${CONFIG}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${COMPILER_LAUNCHER}"
    "-DCMAKE_CXX_FLAGS=${FLAGS}"
    "-DCMAKE_EXE_LINKER_FLAGS=${LINKER_FLAGS}"
    "-DCMAKE_PREFIX_PATH=${prefix}"
    "-DKokkos_DIR=${Kokkos_DIR}"
    ${without}
  )
  run("${WORK}" "${CMAKE_COMMAND}" --build "${WORK}/${name}")
endfunction()

# A run of the example that must converge, on some ranks.
function(run_example ranks)
  run(
    "${WORK}/empty"
    ${LAUNCHER}
    ${ranks}
    "${example}"
    "${configuration}"
    --output
    "pendulum-of-${ranks}"
  )
  expect("the example on ${ranks} ranks" "${OUTPUT}" "converged: 20 answers")
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}/empty")
set(prefix "${WORK}/prefix")
run(
  "${WORK}"
  "${CMAKE_COMMAND}"
  --install
  "${BUILD}"
  --config
  "${CONFIG}"
  --prefix
  "${prefix}"
)

# What editors and man read, each in its place: a configuration names the schema beside it.
set(share "${prefix}/${DATADIR}/ailoop")
file(GLOB configurations "${share}/config/*.yaml")
list(LENGTH configurations n_configurations)
if(n_configurations LESS 3)
  message(FATAL_ERROR "${share}/config holds ${n_configurations} configurations")
endif()
foreach(file IN LISTS configurations)
  file(STRINGS "${file}" first LIMIT_COUNT 1)
  string(REGEX REPLACE "^# yaml-language-server: .schema=" "" schema "${first}")
  if(schema STREQUAL first OR NOT EXISTS "${share}/config/${schema}")
    message(FATAL_ERROR "${file} names no schema that is there: ${first}")
  endif()
  run(
    "${WORK}"
    "${CMAKE_COMMAND}"
    -E
    compare_files
    "${share}/config/${schema}"
    "${share}/ailoop.schema.json"
  )
endforeach()
if(NOT EXISTS "${prefix}/${MANDIR}/man1/ailoop.1")
  message(FATAL_ERROR "no manual page in ${prefix}/${MANDIR}/man1")
endif()

# A Kokkos of the same version with other back ends is told before anything is built.
execute_process(
  COMMAND
    "${CMAKE_COMMAND}" -S "${OUTSIDE}" -B "${WORK}/other_kokkos" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_PREFIX_PATH=${prefix}" "-DKokkos_DIR=${OTHER_KOKKOS}" "-DTEST_KOKKOS_VERSION=${Kokkos_VERSION}" ${without}
  RESULT_VARIABLE result
  OUTPUT_QUIET
  ERROR_VARIABLE complaint
)
string(REGEX REPLACE "[ \n]+" " " complaint "${complaint}")
expect("a Kokkos of other back ends" "${complaint}" "in ${OTHER_KOKKOS} has TEST")
if(result EQUAL 0)
  message(FATAL_ERROR "a Kokkos of other back ends was taken")
endif()

build(outside "${OUTSIDE}")
run("${WORK}/empty" "${WORK}/outside/outside")
expect("the outside program" "${OUTPUT}" "sine(1) = 0.841470984807897")

# An own problem: its settings are those of the program, and its run converges to the same answers on any number of
# ranks.
set(example_folder "${prefix}/${DATADIR}/ailoop/examples/own_problem")
build(own_problem "${example_folder}")
set(example "${WORK}/own_problem/own_problem")
set(configuration "${example_folder}/pendulum.yaml")
run("${WORK}/empty" "${example}" --list)
expect("own_problem --list" "${OUTPUT}" "period of a pendulum [s] by its amplitude")
expect("own_problem --list" "${OUTPUT}" "length of the pendulum [m]; a number between 0.01 and 100")
run(
  "${WORK}/empty"
  "${example}"
  "${configuration}"
  --set
  problem.length_m=0.5
  --print-config
)
expect("own_problem --print-config" "${OUTPUT}" "length_m: 0.5")
expect("own_problem --print-config" "${OUTPUT}" "amplitude_rad: 2")
run("${WORK}/empty" "${example}" --print-schema)
expect("own_problem --print-schema" "${OUTPUT}" "length of the pendulum [m]")
run("${WORK}/empty" "${example}" "${configuration}" --validate)
expect("own_problem --validate" "${OUTPUT}" "pendulum.yaml: valid")
execute_process(
  COMMAND "${example}" "${configuration}" --set problem.length_m=0
  WORKING_DIRECTORY "${WORK}/empty"
  RESULT_VARIABLE result
  ERROR_VARIABLE complaint
)
if(NOT result EQUAL 2)
  message(FATAL_ERROR "own_problem took a length of 0 m: exit code ${result}\n${complaint}")
endif()
expect("own_problem of 0 m" "${complaint}" "problem.length_m: 0 is not between 0.01 and 100")
run_example(1)
run_example(4)
run(
  "${WORK}/empty"
  "${CMAKE_COMMAND}"
  -E
  compare_files
  pendulum-of-1/answers.csv
  pendulum-of-4/answers.csv
)

# A simulation that calls the emulator: it ends with 0 only if every answer was within the tolerance.
set(in_situ_folder "${prefix}/${DATADIR}/ailoop/examples/in_situ")
build(in_situ "${in_situ_folder}")
foreach(ranks IN ITEMS 1 3)
  run(
    "${WORK}/empty"
    ${LAUNCHER}
    ${ranks}
    "${WORK}/in_situ/in_situ"
    "${in_situ_folder}/in_situ.yaml"
    2
  )
  expect("in_situ on ${ranks} ranks" "${OUTPUT}" "2 time steps of 400 pendulums on ${ranks} ranks")
  expect("in_situ on ${ranks} ranks" "${OUTPUT}" "800 by the surrogate, 0 by the truth, 0 missing")
endforeach()

# The installed command, with nothing in the working directory.
set(program "${prefix}/${BINDIR}/ailoop")
run("${WORK}/empty" "${program}" --version)
expect("ailoop --version" "${OUTPUT}" "${VERSION}")
run("${WORK}/empty" ${LAUNCHER} 2 "${program}" config/hotlum.yaml)
expect("ailoop config/hotlum.yaml" "${OUTPUT}" "${prefix}/${DATADIR}/ailoop/config/hotlum.yaml")
expect("ailoop config/hotlum.yaml" "${OUTPUT}" "approx = ")
foreach(
  file
  IN
  ITEMS answers.csv summary.json model.safetensors run.jsonl config.yaml
)
  if(NOT EXISTS "${WORK}/empty/runs/hotlum-1/${file}")
    message(FATAL_ERROR "ailoop config/hotlum.yaml left no runs/hotlum-1/${file} in the working directory")
  endif()
endforeach()

# The installed report finds its modules through the link in bin.
run("${WORK}/empty" "${PYTHON}" -B "${prefix}/${BINDIR}/ailoop-report" runs/hotlum-1)
expect("ailoop-report runs/hotlum-1" "${OUTPUT}" "runs/hotlum-1/report.html")
file(SIZE "${WORK}/empty/runs/hotlum-1/report.html" size)
if(size LESS 100000)
  message(FATAL_ERROR "ailoop-report runs/hotlum-1 wrote a page of ${size} bytes only")
endif()
file(REMOVE_RECURSE "${WORK}")
