// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/node.hpp>
#include <ailoop/config/setting.hpp>

#include <optional>
#include <string>
#include <variant>

namespace ailoop::detail {

/// A value, or why it is refused: `-0.01 is not greater than 0`.
using ReadValue = std::variant<SettingValue, std::string>;

/// Value of a setting as the node gives it, checked against its constraint. Paths are made absolute. A sequence is for
/// the caller to read, element by element.
[[nodiscard]] ReadValue read_value(const Setting& setting, const Node& node);

/// A node as a message shows it: its text, `a list`, `a section` or `no value`.
[[nodiscard]] std::string found_text(const Node& node);

}  // namespace ailoop::detail
