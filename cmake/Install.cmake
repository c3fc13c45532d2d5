# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What `cmake --install` leaves: the command, the library with its package for find_package(ailoop), the shared object
# with LibTorch, the report, the configurations, their JSON Schema, the man page and the examples.
include(CMakePackageConfigHelpers)

set(AILOOP_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/ailoop")
set(AILOOP_INSTALL_SHAREDIR "${CMAKE_INSTALL_DATADIR}/ailoop")

# libailoop_torch.so is loaded by its plain name, so the RUNPATH of what calls dlopen has to name its folder. That is
# the library itself where it is shared (BUILD_SHARED_LIBS) and the executable where it is static: whoever links the
# installed library gets the folder along. In the build tree CMAKE_BUILD_RPATH does it, which `cmake --install` can take
# out again.
target_link_options(ailoop INTERFACE "$<INSTALL_INTERFACE:LINKER:-rpath,$<INSTALL_PREFIX>/${CMAKE_INSTALL_LIBDIR}>")

file(RELATIVE_PATH AILOOP_BIN_TO_LIB "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
set_target_properties(
  ailoop_program
  PROPERTIES
    OUTPUT_NAME ailoop
    BUILD_RPATH "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}"
    INSTALL_RPATH "$ORIGIN/${AILOOP_BIN_TO_LIB}"
    INSTALL_RPATH_USE_LINK_PATH ON
)
set_target_properties(
  ailoop
  ailoop_app
  PROPERTIES
    # a minor version is a promise to those who link, as in ailoopConfigVersion.cmake
    VERSION "${PROJECT_VERSION}"
    SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}"
    INSTALL_RPATH "$ORIGIN"
    INSTALL_RPATH_USE_LINK_PATH ON
)

install(TARGETS ailoop ailoop_app ailoop_kernels EXPORT ailoopTargets ARCHIVE LIBRARY)
install(
  CODE
    "set(AILOOP_SOURCE \"${PROJECT_SOURCE_DIR}\")
set(AILOOP_STAGE \"${PROJECT_BINARY_DIR}/installed_headers\")
set(AILOOP_INCLUDEDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}\")"
)
install(SCRIPT "${CMAKE_CURRENT_LIST_DIR}/InstallHeaders.cmake")
install(TARGETS ailoop_program RUNTIME)
if(AILOOP_TORCH)
  set_target_properties(ailoop_torch PROPERTIES INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ailoop_torch LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" RUNTIME)
endif()
install(EXPORT ailoopTargets NAMESPACE ailoop:: DESTINATION "${AILOOP_INSTALL_CMAKEDIR}")

get_target_property(ailoop_type ailoop TYPE)
string(COMPARE EQUAL "${ailoop_type}" SHARED_LIBRARY AILOOP_IS_SHARED)
configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/ailoopConfig.cmake.in"
  "${CMAKE_CURRENT_BINARY_DIR}/ailoopConfig.cmake"
  INSTALL_DESTINATION "${AILOOP_INSTALL_CMAKEDIR}"
)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/ailoopConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(
  FILES "${CMAKE_CURRENT_BINARY_DIR}/ailoopConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/ailoopConfigVersion.cmake"
  DESTINATION "${AILOOP_INSTALL_CMAKEDIR}"
)

# For editors: files in config/ name the one beside them, own configurations can name this one.
install(FILES "${PROJECT_BINARY_DIR}/ailoop.schema.json" DESTINATION "${AILOOP_INSTALL_SHAREDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/config" DESTINATION "${AILOOP_INSTALL_SHAREDIR}")
install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/examples"
  DESTINATION "${AILOOP_INSTALL_SHAREDIR}"
  # what somebody built and ran there
  PATTERN "build" EXCLUDE
  PATTERN "runs" EXCLUDE
)
install(FILES "${PROJECT_SOURCE_DIR}/docs/ailoop.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

# The command of the report is a link, beside whose target its modules lie.
install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/report"
  DESTINATION "${AILOOP_INSTALL_SHAREDIR}"
  USE_SOURCE_PERMISSIONS
  PATTERN "__pycache__" EXCLUDE
)
file(
  RELATIVE_PATH
  AILOOP_BIN_TO_REPORT
  "${CMAKE_INSTALL_FULL_BINDIR}"
  "${CMAKE_INSTALL_FULL_DATADIR}/ailoop/report/ailoop-report"
)
file(CREATE_LINK "${AILOOP_BIN_TO_REPORT}" "${CMAKE_CURRENT_BINARY_DIR}/ailoop-report" SYMBOLIC)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/ailoop-report" DESTINATION "${CMAKE_INSTALL_BINDIR}")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/ailoop")
