# Installs the build into a new prefix, uses it from a project outside and runs the command from it.
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

# A project that knows only the prefix.
run(
  "${WORK}"
  "${CMAKE_COMMAND}"
  -S
  "${OUTSIDE}"
  -B
  "${WORK}/outside"
  -G
  "${GENERATOR}"
  "-DCMAKE_BUILD_TYPE=${CONFIG}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_CXX_COMPILER_LAUNCHER=${COMPILER_LAUNCHER}"
  "-DCMAKE_CXX_FLAGS=${FLAGS}"
  "-DCMAKE_PREFIX_PATH=${prefix}"
  "-DKokkos_DIR=${Kokkos_DIR}"
)
run("${WORK}" "${CMAKE_COMMAND}" --build "${WORK}/outside")
run("${WORK}/empty" "${WORK}/outside/outside")
expect("the outside program" "${OUTPUT}" "sine(1) = 0.841470984807897")

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
file(REMOVE_RECURSE "${WORK}")
