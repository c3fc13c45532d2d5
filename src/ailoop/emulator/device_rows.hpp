// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/execution/memory.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// \file
/// What is picked out of rows on a device, or put there.

namespace ailoop {

/// What a block of judged queries on a device holds for the host.
struct FoundRows {
  std::optional<std::int64_t> outside;  ///< the first row that lies outside of the box
  std::vector<std::int64_t> open;       ///< those that are not accepted, in ascending order
};

/// Looks for such rows, with one copy to the host where there are none. Memory is kept from call to call.
class RowFinder {
 public:
  /// \param[in] facts of the problem
  explicit RowFinder(const Facts& facts) : m_facts(facts) {}

  /// \param[in] x        (n, dimension) on the device
  /// \param[in] verdicts (n) likewise
  [[nodiscard]] FoundRows find(ConstArray x, std::span<const Verdict> verdicts);
  /// Work memory for as many numbers of rows as points were looked at, at most.
  [[nodiscard]] const ArrayOf<std::int64_t>& room() const noexcept { return m_open.rows(); }

 private:
  const Facts& m_facts;
  DeviceCopy<double> m_lower;
  DeviceCopy<double> m_upper;
  OwnedRows<std::int64_t> m_counts;  // how many are open; the first outside
  OwnedRows<std::int64_t> m_open;
};

/// Rows of an array on a device, in this order, on the host.
/// \param[out] to (rows.size(), cols)
template <class T>
void gather_rows(ArrayOf<const T> from, std::span<const std::int64_t> rows, ArrayOf<T> to);

/// Writes rows to an array on a device; only begun.
/// \param[in] from (n, cols) on the device
/// \param[in] rows (n, 1) likewise
template <class T>
void scatter_rows(ArrayOf<const T> from, ArrayOf<const std::int64_t> rows, ArrayOf<T> to);

extern template void gather_rows(ArrayOf<const double>, std::span<const std::int64_t>, ArrayOf<double>);
extern template void gather_rows(ArrayOf<const Verdict>, std::span<const std::int64_t>, ArrayOf<Verdict>);
extern template void scatter_rows(ArrayOf<const double>, ArrayOf<const std::int64_t>, ArrayOf<double>);
extern template void scatter_rows(ArrayOf<const Verdict>, ArrayOf<const std::int64_t>, ArrayOf<Verdict>);

}  // namespace ailoop
