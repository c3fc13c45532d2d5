// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/precision.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <variant>

namespace ailoop {

/// Rows of numbers of one of the precisions, which somebody else owns.
using Block = std::variant<ArrayOf<float>, ArrayOf<double>>;

/// Some of the rows.
[[nodiscard]] inline Block part_of(const Block& block, IndexRange rows) {
  return std::visit([&](const auto& array) -> Block { return array.part(rows); }, block);
}

/// A block on the host that owns its memory: not initialised, and beginning where a vector of the processor may.
class OwnedBlock {
 public:
  OwnedBlock() = default;
  OwnedBlock(Precision precision, std::int64_t rows, std::int64_t cols)
      : m_memory(allocate(rows * cols * number_bytes(precision))) {
    if (precision == Precision::float32) {
      m_block = ArrayOf<float>{static_cast<float*>(m_memory.get()), rows, cols};
    } else {
      m_block = ArrayOf<double>{static_cast<double*>(m_memory.get()), rows, cols};
    }
  }

  // NOLINTNEXTLINE(google-explicit-constructor): as a Block is given where a function reads or writes one
  operator const Block&() const noexcept { return m_block; }
  [[nodiscard]] const Block& block() const noexcept { return m_block; }
  [[nodiscard]] Precision precision() const noexcept {
    return std::holds_alternative<ArrayOf<float>>(m_block) ? Precision::float32 : Precision::float64;
  }
  [[nodiscard]] std::int64_t rows() const noexcept {
    return std::visit([](const auto& array) { return array.rows; }, m_block);
  }

 private:
  static constexpr std::align_val_t alignment{64};

  struct Free {
    void operator()(void* memory) const noexcept { ::operator delete(memory, alignment); }
  };

  static std::unique_ptr<void, Free> allocate(std::int64_t bytes) {
    return std::unique_ptr<void, Free>(::operator new(as_size(bytes), alignment));
  }

  std::unique_ptr<void, Free> m_memory;
  Block m_block;
};

}  // namespace ailoop
