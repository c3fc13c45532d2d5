// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/device_rows.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace ailoop {

namespace {

constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();

/// \param[in,out] counts how many rows are open; the first outside
/// \param[out]    open   (n) these rows, in any order
void find_rows(const double* lower, const double* upper, ConstArray x, const Verdict* verdicts, std::int64_t* counts,
               std::int64_t* open) {
  kernels::for_each_point(
      "ailoop::find_rows", DeviceSpace(), x.rows, KOKKOS_LAMBDA(const std::int64_t i) {
        bool inside = true;
        for (std::int64_t j = 0; j < x.cols; ++j) {
          const double number = x.data[i * x.cols + j];
          inside = inside && number >= lower[j] && number <= upper[j];  // NaN is outside, too
        }
        if (!inside) Kokkos::atomic_fetch_min(&counts[1], i);
        if (verdicts[i] != Verdict::accepted) open[Kokkos::atomic_fetch_add(&counts[0], std::int64_t{1})] = i;
      });
}

template <class T>
void gather(const ArrayOf<const T>& from, const std::int64_t* rows, const ArrayOf<T>& to) {
  kernels::for_each_point(
      "ailoop::gather_rows", DeviceSpace(), to.rows, KOKKOS_LAMBDA(const std::int64_t i) {
        for (std::int64_t j = 0; j < to.cols; ++j) to.data[i * to.cols + j] = from.data[rows[i] * to.cols + j];
      });
}

/// These numbers, on the device.
OwnedRows<std::int64_t> rows_there(std::span<const std::int64_t> rows) {
  OwnedRows<std::int64_t> there(std::ssize(rows), 1, Memory::device);
  copy(ArrayOf<const std::int64_t>{rows.data(), std::ssize(rows), 1}, there.rows());
  return there;
}

}  // namespace

FoundRows RowFinder::find(ConstArray x, std::span<const Verdict> verdicts) {
  if (m_open.rows().rows < x.rows) {
    m_counts = {2, 1, Memory::device};
    m_open = {x.rows, 1, Memory::device};
  }
  std::array<std::int64_t, 2> counts{0, none};
  const ArrayOf<std::int64_t> here{counts.data(), 2, 1};
  copy(here, m_counts.rows());
  find_rows(m_lower.of(m_facts.lower), m_upper.of(m_facts.upper), x, verdicts.data(), m_counts.rows().data,
            m_open.rows().data);
  copy(m_counts.rows(), here);
  FoundRows found;
  if (counts[1] != none) {
    found.outside = counts[1];
  }
  found.open.resize(as_size(counts[0]));
  copy(m_open.rows().part({0, counts[0]}), ArrayOf<std::int64_t>{found.open.data(), counts[0], 1});
  std::ranges::sort(found.open);
  return found;
}

template <class T>
void gather_rows(ArrayOf<const T> from, std::span<const std::int64_t> rows, ArrayOf<T> to) {
  const OwnedRows<std::int64_t> there = rows_there(rows);
  const OwnedRows<T> gathered(to.rows, to.cols, Memory::device);
  gather(from, there.rows().data, gathered.rows());
  copy(gathered.rows(), to);
}

template <class T>
void scatter_rows(ArrayOf<const T> from, ArrayOf<const std::int64_t> rows, ArrayOf<T> to) {
  kernels::for_each_point(
      "ailoop::scatter_rows", DeviceSpace(), from.rows, KOKKOS_LAMBDA(const std::int64_t i) {
        for (std::int64_t j = 0; j < to.cols; ++j) to.data[rows.data[i] * to.cols + j] = from.data[i * to.cols + j];
      });
}

template void gather_rows(ArrayOf<const double>, std::span<const std::int64_t>, ArrayOf<double>);
template void gather_rows(ArrayOf<const Verdict>, std::span<const std::int64_t>, ArrayOf<Verdict>);
template void scatter_rows(ArrayOf<const double>, ArrayOf<const std::int64_t>, ArrayOf<double>);
template void scatter_rows(ArrayOf<const Verdict>, ArrayOf<const std::int64_t>, ArrayOf<Verdict>);

}  // namespace ailoop
