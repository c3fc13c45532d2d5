# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The files that see Kokkos, as paths below src/ailoop: where it runs on a device its compiler compiles these and no
# others. tests/layers compares the list with what includes what.
set(
  AILOOP_KERNEL_SOURCES
  emulator/device_rows.cpp
  emulator/gate_kinds.cpp
  execution/executions.cpp
  execution/kokkos_session.cpp
  problem/kepler_problem.cpp
  problem/sine_problem.cpp
  problem/truth_check.cpp
  problem/uniform_points.cpp
  sampling/sample_set.cpp
  surrogate/model_scaling.cpp
  surrogate/polynomial_surrogate.cpp
  surrogate/surrogate.cpp
  training/normal_equations_solver.cpp
  training/sample_order.cpp
)

# ailoop_add_kernel_files(TARGET): an object library of these files.
function(ailoop_add_kernel_files target)
  set(sources ${AILOOP_KERNEL_SOURCES})
  if(NOT AILOOP_HAVE_KOKKOS_KERNELS)
    list(REMOVE_ITEM sources training/normal_equations_solver.cpp)
  endif()
  list(TRANSFORM sources PREPEND "${PROJECT_SOURCE_DIR}/src/ailoop/")
  add_library(${target} OBJECT ${sources})
  ailoop_has_kernels(${target} ${sources})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE "${BUILD_SHARED_LIBS}")
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/kernels")
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE ailoop_kernels MPI::MPI_CXX)
  if(AILOOP_HAVE_KOKKOS_KERNELS)
    # Its batched routines are header-only: nothing is linked, and who links ailoop does not need it.
    target_include_directories(
      ${target}
      SYSTEM
      PRIVATE "$<TARGET_PROPERTY:Kokkos::kokkoskernels,INTERFACE_INCLUDE_DIRECTORIES>"
    )
  endif()
endfunction()
