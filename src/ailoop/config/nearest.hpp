// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: the optimal string alignment distance.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name that the writer of `written` most likely meant: few edits away, or abbreviated (`lr` for `learning_rate`).
/// Nothing where no name is close.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view written, const std::vector<std::string>& names);

}  // namespace ailoop
