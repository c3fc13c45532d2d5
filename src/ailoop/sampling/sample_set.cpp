// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/sample_set.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

namespace ailoop {

namespace {

/// Rows [x | y], rounded to their precision.
/// \param[out] rows (n, dimension + outputs)
template <class Space, class T>
void pack_rows(const Space& space, ConstArray x, ConstArray y, T* rows) {
  const auto rounded = [](double value) { return static_cast<T>(value); };
  const auto pack = [=](std::int64_t first, std::int64_t count) {
    if (x.cols == 1 && y.cols == 1) {  // with a stride that the compiler knows
      for (std::int64_t i = first; i < first + count; ++i) {
        rows[2 * i] = rounded(x.data[i]);
        rows[2 * i + 1] = rounded(y.data[i]);
      }
      return;
    }
    T* row = rows + first * (x.cols + y.cols);
    for (std::int64_t i = first; i < first + count; ++i) {
      row = std::ranges::transform(x.row(i), row, rounded).out;
      row = std::ranges::transform(y.row(i), row, rounded).out;
    }
  };
  kernels::for_each_stretch("ailoop::pack_rows", space, x.rows, [=](std::int64_t i) { pack(i, 1); }, pack);
}

}  // namespace

SampleSet::SampleSet(Precision precision, std::int64_t count, std::int64_t dimension, std::int64_t outputs)
    : m_count(count), m_dimension(dimension), m_outputs(outputs), m_rows(precision, count, dimension + outputs) {}

void SampleSet::resize(std::int64_t count) {
  if (count > m_rows.rows()) {
    std::visit(
        [&]<class T>(ArrayOf<T> rows) {
          OwnedBlock more(precision_of<T>, count, rows.cols);
          std::copy_n(rows.data, m_count * rows.cols, std::get<ArrayOf<T>>(more.block()).data);
          m_rows = std::move(more);
        },
        rows());
  }
  m_count = count;
}

std::int64_t SampleSet::remove_failed() {
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
  return removed;
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the samples
void SampleSet::put(Execution execution, std::int64_t first, ConstArray x, ConstArray y) {
  std::visit(
      [&](const auto& rows) {
        on_host_space(execution, [&](const auto& space) { pack_rows(space, x, y, rows.row(first).data()); });
      },
      rows());
}

void SampleSet::append(ConstArray x, ConstArray y) {
  AILOOP_REQUIRE(x.rows == y.rows && x.cols == m_dimension && y.cols == m_outputs,
                 "SampleSet::append: x and y must be those of samples of this set");
  const std::int64_t first = m_count;
  resize(m_count + x.rows);
  put(Execution::calling_thread, first, x, y);
}

}  // namespace ailoop
