# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# LibTorch, kept to the one interface target ailoop_libtorch.
include(CheckCXXSourceCompiles)

# True in `result` when the compiler's own libstdc++ strings are of the ABI `abi` (0 or 1), and for other libraries.
function(ailoop_check_cxx_abi abi result)
  check_cxx_source_compiles(
    "
    #include <string>
    #if defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI != ${abi}
    #error another ABI
    #endif
    int main() {}
    "
    AILOOP_CXX11_ABI_IS_${abi}
  )
  set(${result} "${AILOOP_CXX11_ABI_IS_${abi}}" PARENT_SCOPE)
endfunction()

# A function, so that the variables that LibTorch's package sets, CMAKE_CXX_FLAGS and CMAKE_CUDA_FLAGS among them, end
# with it. Sets AILOOP_TORCH_VERSION and AILOOP_TORCH_DIR, and adds to AILOOP_MISSING.
function(ailoop_find_torch)
  set(CMAKE_MESSAGE_LOG_LEVEL WARNING)
  find_package(Torch QUIET)
  if(NOT Torch_FOUND)
    find_program(AILOOP_PYTHON python3 DOC "Python that may have a torch package")
    if(AILOOP_PYTHON)
      execute_process(
        COMMAND "${AILOOP_PYTHON}" -c "import torch; print(torch.utils.cmake_prefix_path)"
        OUTPUT_VARIABLE prefix
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET
      )
      find_package(Torch QUIET PATHS "${prefix}")
    endif()
  endif()
  if(NOT Torch_FOUND)
    string(
      APPEND AILOOP_MISSING
      "\n  Torch: LibTorch ${AILOOP_MINIMUM_TORCH} or newer (Debian: libtorch-dev; or set Torch_DIR; "
      "or a python3 that has torch)"
    )
    set(AILOOP_MISSING "${AILOOP_MISSING}" PARENT_SCOPE)
    return()
  endif()

  if(Torch_VERSION AND Torch_VERSION VERSION_LESS AILOOP_MINIMUM_TORCH)
    message(FATAL_ERROR "LibTorch ${Torch_VERSION} in ${Torch_DIR} is older than ${AILOOP_MINIMUM_TORCH}")
  endif()
  # Its package looks for them in the system's folders, too, and in what another LibTorch left in the cache.
  file(REAL_PATH "${TORCH_INSTALL_PREFIX}" torch_prefix)
  foreach(library IN LISTS TORCH_LIBRARIES TORCH_LIBRARY)
    if(NOT library MATCHES "^/.*/lib(torch|c10|caffe2)[^/]*$")
      continue()
    endif()
    file(REAL_PATH "${library}" library)
    if(NOT library MATCHES "^${torch_prefix}/")
      message(
        FATAL_ERROR
        "LibTorch of ${Torch_DIR} would be mixed with another one, whose library ${library} was found instead of its "
        "own in ${TORCH_INSTALL_PREFIX}: configure a new build folder with "
        "-DCMAKE_PREFIX_PATH=${TORCH_INSTALL_PREFIX}, or with the Torch_DIR of the other one"
      )
    endif()
  endforeach()
  if("${TORCH_CXX_FLAGS}" MATCHES "-D_GLIBCXX_USE_CXX11_ABI=([01])")
    set(torch_abi ${CMAKE_MATCH_1})
    ailoop_check_cxx_abi(${torch_abi} same_abi)
    if(NOT same_abi)
      message(
        FATAL_ERROR
        "LibTorch in ${Torch_DIR} was built with _GLIBCXX_USE_CXX11_ABI=${torch_abi} and the compiler uses the other "
        "C++ ABI, as Kokkos and the rest do: take a LibTorch of the same ABI (Debian's, or a package named cxx11-abi)"
      )
    endif()
  endif()
  file(GLOB own_openmp "${TORCH_INSTALL_PREFIX}/lib/libgomp*.so*" "${TORCH_INSTALL_PREFIX}/lib/libiomp*.so*")
  if(own_openmp)
    list(JOIN own_openmp ", " own_openmp)
    message(
      WARNING
      "LibTorch brings an OpenMP runtime of its own beside the compiler's, which Kokkos uses: ${own_openmp}"
    )
  endif()

  add_library(ailoop_libtorch INTERFACE)
  # LibTorch uses OpenMP without naming it.
  target_link_libraries(ailoop_libtorch INTERFACE "${TORCH_LIBRARIES}" OpenMP::OpenMP_CXX)
  target_include_directories(ailoop_libtorch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  set(AILOOP_TORCH_VERSION "${Torch_VERSION}" PARENT_SCOPE)
  set(AILOOP_TORCH_DIR "${Torch_DIR}" PARENT_SCOPE)
endfunction()
