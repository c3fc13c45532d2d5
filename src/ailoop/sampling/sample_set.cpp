#include <ailoop/sampling/sample_set.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/launch.hpp>

#include <algorithm>
#include <cmath>

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

SampleSet::Rows allocate_rows(const std::string& label, Precision precision, std::int64_t count, std::int64_t width) {
  const auto allocation = Kokkos::view_alloc(label, Kokkos::WithoutInitializing);
  if (precision == Precision::float32) {
    return SampleRows<float>(allocation, as_size(count), as_size(width));
  }
  return SampleRows<double>(allocation, as_size(count), as_size(width));
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

void SampleSet::put(const Execution& execution, std::int64_t first, ConstArray x, ConstArray y) {
  std::visit(
      [&]<class Space>(const Space& space, const auto& rows) {
        if constexpr (is_host_space_v<Space>) {
          pack_rows(space, x, y, rows.data() + first * (m_dimension + m_outputs));
        } else {
          throw UsageError("SampleSet: samples lie on the host");
        }
      },
      execution, m_rows);
}

void SampleSet::append(ConstArray x, ConstArray y) {
  AILOOP_REQUIRE(x.rows == y.rows && x.cols == m_dimension && y.cols == m_outputs,
                 "SampleSet::append: x and y must be those of samples of this set");
  const std::int64_t first = m_count;
  resize(m_count + x.rows);
  put(sequential_execution(), first, x, y);
}

void SampleSet::ordered_outputs(const Execution& execution, const Order& order, const Rows& targets) const {
  std::visit(
      [&]<class OfT>(const auto& space, const OfT& rows) {
        const OfT& out = std::get<OfT>(targets);
        AILOOP_REQUIRE(order.extent(0) == out.extent(0) && out.extent(1) == as_size(m_outputs),
                       "SampleSet::ordered_outputs: order and targets must have as many rows, and targets all outputs");
        kernels::for_each_point("ailoop::SampleSet::ordered_outputs", space, kernels::length(out),
                                [=, first = m_dimension, outputs = m_outputs](std::int64_t i) {
                                  for (std::int64_t o = 0; o < outputs; ++o) {
                                    out(i, o) = rows(order(i), first + o);
                                  }
                                });
        space.fence();
      },
      execution, m_rows);
}

}  // namespace ailoop
