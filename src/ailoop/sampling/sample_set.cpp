#include <ailoop/sampling/sample_set.hpp>

#include <ailoop/kernels/convert.hpp>

#include <type_traits>

namespace ailoop {

namespace {

template <class T>
SampleRows<T> allocate_rows_of(const std::string& label, std::int64_t count, std::int64_t width) {
  return SampleRows<T>(Kokkos::view_alloc(label, Kokkos::WithoutInitializing), static_cast<std::size_t>(count),
                       static_cast<std::size_t>(width));
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
