# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Kokkos Kernels of a Kokkos with a back end that no other one of this machine has.
add_library(Kokkos::kokkoskernels INTERFACE IMPORTED)
set_target_properties(Kokkos::kokkoskernels PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}")
