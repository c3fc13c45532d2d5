// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/index_range.hpp>

#include <variant>

namespace ailoop {

/// Rows of numbers of one of the precisions, which somebody else owns.
using Block = std::variant<ArrayOf<float>, ArrayOf<double>>;

/// Some of the rows.
[[nodiscard]] inline Block part_of(const Block& block, IndexRange rows) {
  return std::visit([&](const auto& array) -> Block { return array.part(rows); }, block);
}

}  // namespace ailoop
