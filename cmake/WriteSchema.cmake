# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes the JSON Schema that PROGRAM prints to OUTPUT. Where it cannot be started (a login node that lacks what the MPI
# library wants, a build for another machine), the REPOSITORY's copy is taken, which a test keeps the same.
execute_process(
  COMMAND "${PROGRAM}" --print-schema
  OUTPUT_VARIABLE schema
  ERROR_VARIABLE complaint
  RESULT_VARIABLE result
  TIMEOUT 60
)
if(result EQUAL 0)
  file(WRITE "${OUTPUT}" "${schema}")
else()
  message("ailoop cannot be started here (${result}), its schema is taken from ${REPOSITORY}\n${complaint}")
  file(COPY_FILE "${REPOSITORY}" "${OUTPUT}")
endif()
