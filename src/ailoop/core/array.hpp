#pragma once

#include <cstdint>

namespace ailoop {

/// Where the numbers of an array live.
enum class Memory { host, device };

/// Read-only row-major matrix of doubles that somebody else owns: rows are points, columns are components.
struct ConstArray {
  const double* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  Memory where = Memory::host;
};

/// Mutable row-major matrix of doubles that somebody else owns: rows are points, columns are components.
struct Array {
  double* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  Memory where = Memory::host;

  // NOLINTNEXTLINE(google-explicit-constructor): a mutable array may be read anywhere a constant one is expected
  operator ConstArray() const { return {data, rows, cols, where}; }
};

}  // namespace ailoop
