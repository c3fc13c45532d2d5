# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A LibTorch that finds the library of another one, as those of Python packages do beside the distribution's.
set(Torch_FOUND TRUE)
set(TORCH_INSTALL_PREFIX "${CMAKE_CURRENT_LIST_DIR}")
set(TORCH_INCLUDE_DIRS "${TORCH_INSTALL_PREFIX}/include")
set(TORCH_LIBRARIES torch "${ELSEWHERE}/lib/libc10.so")
set(TORCH_LIBRARY "${TORCH_INSTALL_PREFIX}/lib/libtorch.so")
