#include <ailoop/sampling/sample_set.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/gather_rows.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace ailoop {

namespace {

template <class T>
SampleRows<T> allocate_rows_of(const std::string& label, std::int64_t count, std::int64_t width) {
  return SampleRows<T>(Kokkos::view_alloc(label, Kokkos::WithoutInitializing), as_size(count), as_size(width));
}

}  // namespace

SampleSet::Rows allocate_rows(const std::string& label, Precision precision, std::int64_t count, std::int64_t width) {
  if (precision == Precision::float32) {
    return allocate_rows_of<float>(label, count, width);
  }
  return allocate_rows_of<double>(label, count, width);
}

SampleSet::SampleSet(Precision precision, std::int64_t count, std::int64_t dimension, std::int64_t outputs)
    : m_count(count),
      m_dimension(dimension),
      m_outputs(outputs),
      m_rows(allocate_rows("ailoop::SampleSet::rows", precision, count, dimension + outputs)) {}

void SampleSet::resize(std::int64_t count) {
  std::visit(
      [&](auto& rows) {
        if (count > static_cast<std::int64_t>(rows.extent(0))) {
          Kokkos::resize(rows, as_size(count), rows.extent(1));
        }
      },
      m_rows);
  m_count = count;
}

std::int64_t SampleSet::remove_failed() {
  std::int64_t kept = 0;
  std::visit(
      [&](const auto& rows) {
        const std::size_t width = rows.extent(1);
        for (std::int64_t i = 0; i < m_count; ++i) {
          const auto* const row = rows.data() + as_size(i) * width;
          if (std::isnan(row[m_dimension])) {
            continue;
          }
          if (kept < i) {
            std::copy_n(row, width, rows.data() + as_size(kept) * width);
          }
          ++kept;
        }
      },
      m_rows);
  const std::int64_t removed = m_count - kept;
  m_count = kept;
  return removed;
}

void SampleSet::append(ConstArray x, ConstArray y) {
  AILOOP_REQUIRE(x.rows == y.rows && x.cols == m_dimension && y.cols == m_outputs,
                 "SampleSet::append: x and y must be those of samples of this set");
  const std::int64_t first = m_count;
  resize(m_count + x.rows);
  std::visit(
      [&](const auto& rows) {
        using T = typename std::decay_t<decltype(rows)>::value_type;
        const auto rounded = [](double value) { return static_cast<T>(value); };
        for (std::int64_t i = 0; i < x.rows; ++i) {
          T* const row = rows.data() + (first + i) * (m_dimension + m_outputs);
          std::transform(x.data + i * x.cols, x.data + (i + 1) * x.cols, row, rounded);
          std::transform(y.data + i * y.cols, y.data + (i + 1) * y.cols, row + m_dimension, rounded);
        }
      },
      m_rows);
}

void SampleSet::ordered_outputs(const Execution& execution, const Order& order, const Rows& targets) const {
  std::visit(
      [&](const auto& space, const auto& rows) {
        using RowsOfT = std::decay_t<decltype(rows)>;
        const auto outputs = Kokkos::subview(rows, Kokkos::ALL(), std::make_pair(m_dimension, m_dimension + m_outputs));
        kernels::gather_rows(space, order, outputs, std::get<RowsOfT>(targets));
        space.fence();
      },
      execution, m_rows);
}

}  // namespace ailoop
