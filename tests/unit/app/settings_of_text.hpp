// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/core/error.hpp>

#include <string>
#include <vector>

namespace ailoop::test {

inline const Registries& registries() {
  static const Registries all = builtin_registries();
  return all;
}

/// Settings of a configuration that is called sine.yaml.
inline RunSettings read(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return read_run_settings({"sine.yaml", text, overrides}, registries());
}

/// Why it is refused; empty if it is not.
inline std::string refusal(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    static_cast<void>(read(text, overrides));
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

}  // namespace ailoop::test
