// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>

#include <string>
#include <utility>

namespace ailoop::test {

/// Message of the InputOutputError that `action` throws, or a text that no message has if it throws none.
template <class Action>
[[nodiscard]] std::string input_output_message(Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const InputOutputError& error) {
    return error.what();
  }
  return "(no InputOutputError)";
}

}  // namespace ailoop::test
