// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/index_range.hpp>

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace ailoop {

/// Where the numbers of an array live.
enum class Memory { host, device };

/// Row-major matrix of numbers that somebody else owns: rows are points, columns are components.
template <class Number>
struct ArrayOf {
  using value_type = Number;

  Number* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  Memory where = Memory::host;

  [[nodiscard]] std::int64_t size() const noexcept { return rows * cols; }
  /// Where the memory can be accessed, in a kernel, too.
  [[nodiscard]] constexpr Number& operator()(std::int64_t i, std::int64_t j) const { return data[i * cols + j]; }
  /// (cols) on the host
  [[nodiscard]] std::span<Number> row(std::int64_t i) const { return {data + i * cols, as_size(cols)}; }
  /// Some of the rows.
  [[nodiscard]] ArrayOf part(IndexRange range) const { return {data + range.first * cols, range.size(), cols, where}; }

  template <class Constant>
    requires std::is_same_v<Constant, const Number>
  // NOLINTNEXTLINE(google-explicit-constructor): a mutable array may be read anywhere a constant one is expected
  operator ArrayOf<Constant>() const {
    return {data, rows, cols, where};
  }
};

using Array = ArrayOf<double>;
using ConstArray = ArrayOf<const double>;

/// Array on the host that owns its memory: zeros at first.
class OwnedArray {
 public:
  OwnedArray(std::int64_t rows, std::int64_t cols)
      : m_numbers(as_size(rows * cols)), m_array{m_numbers.data(), rows, cols} {}
  OwnedArray(const OwnedArray&) = delete;
  OwnedArray& operator=(const OwnedArray&) = delete;
  ~OwnedArray() = default;

  [[nodiscard]] std::span<double> row(std::int64_t i) const { return m_array.row(i); }
  // NOLINTBEGIN(google-explicit-constructor): as an Array is given where a function reads or writes one
  operator Array() const { return m_array; }
  operator ConstArray() const { return m_array; }
  // NOLINTEND(google-explicit-constructor)

 private:
  std::vector<double> m_numbers;
  Array m_array;
};

}  // namespace ailoop
