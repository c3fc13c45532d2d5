# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Kokkos Kernels, which is optional.

# A function, so that the Kokkos_ENABLE_* that its package sets end with it. Sets AILOOP_HAVE_KOKKOS_KERNELS,
# KokkosKernels_VERSION and KokkosKernels_DIR.
function(ailoop_find_kokkos_kernels)
  set(Kokkos_LAUNCH_COMPILER OFF) # which Kokkos, found once more, would give all files to
  # Installed beside Kokkos as a rule.
  find_package(KokkosKernels QUIET HINTS "${Kokkos_DIR}/../../..")
  set(AILOOP_HAVE_KOKKOS_KERNELS ${KokkosKernels_FOUND} PARENT_SCOPE)
  set(KokkosKernels_VERSION "${KokkosKernels_VERSION}" PARENT_SCOPE)
  if(NOT KokkosKernels_FOUND)
    return()
  endif()

  # Its headers use the back ends of the Kokkos that it was built with, which may be another one of the same version.
  get_target_property(folders Kokkos::kokkoskernels INTERFACE_INCLUDE_DIRECTORIES)
  find_file(header KokkosKernels_config.h PATHS ${folders} NO_DEFAULT_PATH NO_CACHE)
  if(NOT header)
    return()
  endif()
  file(STRINGS "${header}" lines REGEX "^#define KOKKOSKERNELS_INST_EXECSPACE_[A-Z]+")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^.*_EXECSPACE_([A-Z]+).*" "\\1" device "${line}")
    if(NOT device IN_LIST Kokkos_DEVICES)
      message(
        FATAL_ERROR
        "Kokkos Kernels in ${KokkosKernels_DIR} was built with a Kokkos that has ${device}, and the Kokkos in "
        "${Kokkos_DIR} has only ${Kokkos_DEVICES}: set KokkosKernels_ROOT to one that was built with this Kokkos, or "
        "leave it out (-DCMAKE_DISABLE_FIND_PACKAGE_KokkosKernels=ON)"
      )
    endif()
  endforeach()
endfunction()
