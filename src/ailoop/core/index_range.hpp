// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ailoop {

/// A count or an index that is not negative, as the standard library wants it.
[[nodiscard]] constexpr std::size_t as_size(std::int64_t i) noexcept { return static_cast<std::size_t>(i); }

/// Half-open range of indices.
struct IndexRange {
  std::int64_t first = 0;
  std::int64_t last = 0;

  [[nodiscard]] constexpr std::int64_t size() const noexcept { return last - first; }
  friend bool operator==(const IndexRange&, const IndexRange&) = default;
};

/// Part `part` of `count` indices cut into `parts` consecutive blocks whose sizes differ by at most one.
[[nodiscard]] constexpr IndexRange block_of(std::int64_t count, std::int64_t parts, std::int64_t part) {
  const std::int64_t size = count / parts;
  const std::int64_t longer = count % parts;
  const std::int64_t first = part * size + std::min(part, longer);
  return {first, first + size + (part < longer ? 1 : 0)};
}

/// These of the numbers, without ownership.
template <class Numbers>
[[nodiscard]] auto part_of(Numbers& numbers, IndexRange range) {
  return std::span(numbers).subspan(as_size(range.first), as_size(range.size()));
}

}  // namespace ailoop
