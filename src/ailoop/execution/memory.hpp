// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/block.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/execution/executions.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

/// \file
/// Memory of the host and of a device. Kernels on a device run one after the other, in the order in which they are
/// started, and may still run when the call that started them has returned; a copy from or to the device's memory waits
/// for all of them, and so does releasing it.

namespace ailoop {

/// The memory that kernels there work on.
[[nodiscard]] constexpr Memory memory_of(Execution execution) {
  return execution == Execution::device ? Memory::device : Memory::host;
}

namespace detail {

struct Release {
  Memory where = Memory::host;
  void operator()(void* memory) const noexcept { release(where, memory); }
};

}  // namespace detail

/// Rows of numbers, or of other plain things, that own their memory: not initialised.
template <class T>
class OwnedRows {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  OwnedRows() = default;
  OwnedRows(std::int64_t rows, std::int64_t cols, Memory where)
      : m_memory(detail::allocate(where, rows * cols * std::int64_t{sizeof(T)}), {where}),
        m_rows{static_cast<T*>(m_memory.get()), rows, cols, where} {}

  [[nodiscard]] const ArrayOf<T>& rows() const noexcept { return m_rows; }

 private:
  std::unique_ptr<void, detail::Release> m_memory;
  ArrayOf<T> m_rows;
};

/// A block that owns its memory: not initialised.
class OwnedBlock {
 public:
  OwnedBlock() = default;
  OwnedBlock(Precision precision, std::int64_t rows, std::int64_t cols, Memory where = Memory::host)
      : m_memory(detail::allocate(where, rows * cols * number_bytes(precision)), {where}) {
    if (precision == Precision::float32) {
      m_block = ArrayOf<float>{static_cast<float*>(m_memory.get()), rows, cols, where};
    } else {
      m_block = ArrayOf<double>{static_cast<double*>(m_memory.get()), rows, cols, where};
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
  [[nodiscard]] Memory where() const noexcept {
    return std::visit([](const auto& array) { return array.where; }, m_block);
  }

 private:
  std::unique_ptr<void, detail::Release> m_memory;
  Block m_block;
};

/// Copies between memories, or within one.
/// \throws UsageError if one has more numbers than the other
template <class From, class To>
  requires std::is_same_v<std::remove_const_t<From>, To>
void copy(const ArrayOf<From>& from, const ArrayOf<To>& to) {
  AILOOP_REQUIRE(from.size() == to.size(), "copy: both must have as many numbers");
  detail::copy(to.where, to.data, from.where, from.data, from.size() * std::int64_t{sizeof(To)});
}

/// The same of two blocks.
/// \throws UsageError if they have other extents or precisions
inline void copy(const Block& from, const Block& to) {
  std::visit(
      [&]<class T>(const ArrayOf<T>& numbers) {
        const auto* const there = std::get_if<ArrayOf<T>>(&to);
        AILOOP_REQUIRE(there != nullptr, "copy: both must be of one precision");
        copy(numbers, *there);
      },
      from);
}

/// A copy on the device of numbers that have their master on the host, made anew when they are others: comparing them
/// costs little beside what is computed with them.
template <class T>
class DeviceCopy {
 public:
  /// Several threads may ask at the same time; the numbers must not change meanwhile.
  [[nodiscard]] const T* of(std::span<const T> numbers) const {
    const std::scoped_lock lock(m_mutex);
    if (!std::ranges::equal(std::as_bytes(numbers), std::as_bytes(std::span(m_copied)))) {
      m_copied.assign(numbers.begin(), numbers.end());
      if (m_there.rows().rows != std::ssize(m_copied)) {
        m_there = {std::ssize(m_copied), 1, Memory::device};
      }
      copy(ArrayOf<const T>{m_copied.data(), std::ssize(m_copied), 1}, m_there.rows());
    }
    return m_there.rows().data;
  }

 private:
  mutable std::mutex m_mutex;
  mutable std::vector<T> m_copied;
  mutable OwnedRows<T> m_there;
};

}  // namespace ailoop
