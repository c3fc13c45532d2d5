# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Warnings for everything that is built in this project when it is not part of another one.
# what a designated initializer leaves out has its default
add_compile_options(
  -Wall
  -Wextra
  -Wconversion
  -Wshadow
  -Wno-missing-field-initializers
)
if(AILOOP_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # false alarms on "text" + std::string at -O3 (GCC bug 105651)
  add_compile_options(-Wno-restrict)
endif()
