// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/interface.hpp>

#include <cstdint>
#include <optional>

namespace ailoop {

/// The points at which answers are wanted. A query is a function of its index, so that every rank knows it without a
/// message.
class QuerySource : public Interface {
 public:
  /// Consecutive queries; however indices are split over calls, each query is the same.
  /// \param[in]  first >= 0, of the first row; none of the rows is from count() on, where there is one
  /// \param[out] x     (n, dimension) on the host
  virtual void queries(std::int64_t first, Array x) const = 0;

  /// Whose memory `points` gives and takes.
  [[nodiscard]] virtual Memory where() const { return Memory::host; }
  /// The same, where they are in memory: in `room`, unless the source has them already.
  /// \param[out] room (n, dimension)
  [[nodiscard]] virtual ConstArray points(std::int64_t first, Array room) const {
    queries(first, room);
    return room;
  }

  /// How many queries there are; none: without end.
  [[nodiscard]] virtual std::optional<std::int64_t> count() const { return std::nullopt; }
};

}  // namespace ailoop
