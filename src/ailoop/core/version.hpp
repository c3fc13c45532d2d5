// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace ailoop {

/// How this library was built.
struct BuildInfo {
  std::string version;     ///< of ailoop, e.g. "0.1.0"
  std::string revision;    ///< abbreviated git hash, or "unknown"
  std::string compiler;    ///< name and version
  std::string flags;       ///< of the build type
  std::string build_type;  ///< e.g. "Release"
  std::string libtorch;    ///< its version; empty: built without
};

[[nodiscard]] const BuildInfo& build_info();

}  // namespace ailoop
