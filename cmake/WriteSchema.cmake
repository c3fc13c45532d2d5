# Writes the JSON Schema that PROGRAM prints to OUTPUT. Where the program cannot be started, on a machine that lacks what
# its MPI library wants or builds for another one, the REPOSITORY's copy is taken, which a test keeps the same.
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
