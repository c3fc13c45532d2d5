// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/sample_set.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

namespace ailoop {

namespace {

/// Rows [x | y], rounded to their precision.
template <class T>
struct PackedRows {
  ConstArray x;
  ConstArray y;
  T* rows = nullptr;  // (n, dimension + outputs)

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const {
    T* const row = rows + i * (x.cols + y.cols);
    for (std::int64_t j = 0; j < x.cols; ++j) row[j] = static_cast<T>(x.data[i * x.cols + j]);
    for (std::int64_t o = 0; o < y.cols; ++o) row[x.cols + o] = static_cast<T>(y.data[i * y.cols + o]);
  }

  void operator()(std::int64_t first, std::int64_t count) const {
    if (x.cols == 1 && y.cols == 1) {  // with a stride that the compiler knows
      for (std::int64_t i = first; i < first + count; ++i) {
        rows[2 * i] = static_cast<T>(x.data[i]);
        rows[2 * i + 1] = static_cast<T>(y.data[i]);
      }
    } else {
      for (std::int64_t i = first; i < first + count; ++i) (*this)(i);
    }
  }
};

}  // namespace

SampleSet::SampleSet(Precision precision, std::int64_t count, std::int64_t dimension, std::int64_t outputs,
                     Memory where)
    : m_count(count),
      m_dimension(dimension),
      m_outputs(outputs),
      m_rows(precision, count, dimension + outputs, where) {}

void SampleSet::reallocate(std::int64_t rows, Memory where) const {
  OwnedBlock there(precision(), rows, m_dimension + m_outputs, where);
  copy(part_of(m_rows.block(), {0, m_count}), part_of(there.block(), {0, m_count}));
  m_rows = std::move(there);
}

void SampleSet::move_to(Memory where) const {
  if (where != this->where()) {
    reallocate(m_rows.rows(), where);
  }
}

void SampleSet::resize(std::int64_t count) {
  if (count > m_rows.rows()) {
    reallocate(count, where());
  }
  m_count = count;
}

std::int64_t SampleSet::remove_failed() {
  const Memory home = where();
  move_to(Memory::host);
  std::int64_t kept = 0;
  std::visit(
      [&](const auto& rows) {
        for (std::int64_t i = 0; i < m_count; ++i) {
          if (std::isnan(rows(i, m_dimension))) {
            continue;
          }
          if (kept < i) {
            std::ranges::copy(rows.row(i), rows.row(kept).begin());
          }
          ++kept;
        }
      },
      rows());
  const std::int64_t removed = m_count - kept;
  m_count = kept;
  move_to(home);
  return removed;
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the samples
void SampleSet::put(Execution execution, std::int64_t first, ConstArray x, ConstArray y) {
  const Memory memory = memory_of(execution);
  AILOOP_REQUIRE(where() == memory && x.where == memory && y.where == memory,
                 "SampleSet::put: samples, x and y must be in the memory of the execution");
  std::visit(
      [&]<class T>(const ArrayOf<T>& rows) {
        const PackedRows<T> packed{x, y, rows.data + first * rows.cols};
        on_space(execution, [&](const auto& space) {
          kernels::for_each_stretch("ailoop::pack_rows", space, x.rows, packed, packed);
        });
      },
      m_rows.block());
}

void SampleSet::append(ConstArray x, ConstArray y) {
  AILOOP_REQUIRE(x.rows == y.rows && x.cols == m_dimension && y.cols == m_outputs,
                 "SampleSet::append: x and y must be those of samples of this set");
  const std::int64_t first = m_count;
  resize(m_count + x.rows);
  if (where() == Memory::host) {
    put(Execution::calling_thread, first, x, y);
    return;
  }
  SampleSet more(precision(), x.rows, m_dimension, m_outputs);
  more.put(Execution::calling_thread, 0, x, y);
  copy(more.rows(), part_of(m_rows.block(), {first, m_count}));
}

}  // namespace ailoop
