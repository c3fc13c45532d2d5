# What `cmake --install` leaves: the command, the library with its package for find_package(ailoop), the shared object
# with LibTorch, the configurations and the examples.
include(CMakePackageConfigHelpers)

set(AILOOP_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/ailoop")
set(AILOOP_INSTALL_SHAREDIR "${CMAKE_INSTALL_DATADIR}/ailoop")

# libailoop_torch.so is loaded by its plain name, so the executable's RUNPATH has to name its folder: the library is
# static, and its dlopen therefore the executable's. Whoever links the installed library gets the folder along; in the
# build tree CMAKE_BUILD_RPATH does it, which `cmake --install` can take out again.
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
set_target_properties(ailoop_torch PROPERTIES INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH ON)

install(TARGETS ailoop EXPORT ailoopTargets ARCHIVE FILE_SET HEADERS)
install(TARGETS ailoop_program RUNTIME)
install(TARGETS ailoop_torch LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" RUNTIME)
install(EXPORT ailoopTargets NAMESPACE ailoop:: DESTINATION "${AILOOP_INSTALL_CMAKEDIR}")

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

install(DIRECTORY "${PROJECT_SOURCE_DIR}/config" DESTINATION "${AILOOP_INSTALL_SHAREDIR}")
install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/examples"
  DESTINATION "${AILOOP_INSTALL_SHAREDIR}"
  # what somebody built and ran there
  PATTERN "build" EXCLUDE
  PATTERN "runs" EXCLUDE
)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/ailoop")
