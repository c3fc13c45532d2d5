# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A Kokkos of the version that is asked for (TEST_KOKKOS_VERSION), with a single back end that no other one has.
set(Kokkos_VERSION "${TEST_KOKKOS_VERSION}")
set(Kokkos_DEVICES TEST)
add_library(Kokkos::kokkos INTERFACE IMPORTED)
