#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/kernels/execution.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace ailoop {

/// Samples as rows [x_0 ... x_{d-1} | y_0 ... y_{m-1}], row-major, so that one message carries a sample whole.
template <class T>
using SampleRows = Kokkos::View<T**, Kokkos::LayoutRight, Kokkos::HostSpace>;

/// Samples (x, truth(x)) in the order of their global indices, in the surrogate's precision.
class SampleSet {
 public:
  using Rows = std::variant<SampleRows<float>, SampleRows<double>>;
  using Order = Kokkos::View<std::int64_t*, Kokkos::HostSpace>;

  /// Bytes of so many samples.
  [[nodiscard]] static double bytes(Precision precision, std::int64_t count, std::int64_t dimension,
                                    std::int64_t outputs) {
    return static_cast<double>(count) * static_cast<double>((dimension + outputs) * number_bytes(precision));
  }

  /// Room for `count` samples of `dimension` + `outputs` numbers.
  SampleSet(Precision precision, std::int64_t count, std::int64_t dimension, std::int64_t outputs);

  /// Makes it `count` samples, whose rows are then to be written; allocates only where there is no room.
  void resize(std::int64_t count);

  /// Takes out samples whose truth failed (it is NaN then); the others keep their order.
  /// \return how many were taken out
  std::int64_t remove_failed();

  /// Writes samples into the rows from `first` on, rounded to the precision of the set.
  /// \param[in] x (n, dimension)
  /// \param[in] y (n, outputs)
  void put(const Execution& execution, std::int64_t first, ConstArray x, ConstArray y);

  /// Adds samples behind those that are there, rounded to the precision of the set.
  /// \param[in] x (n, dimension)
  /// \param[in] y (n, outputs)
  void append(ConstArray x, ConstArray y);

  [[nodiscard]] std::int64_t count() const noexcept { return m_count; }
  [[nodiscard]] std::int64_t dimension() const noexcept { return m_dimension; }
  [[nodiscard]] std::int64_t outputs() const noexcept { return m_outputs; }

  /// (>= count, dimension + outputs), in the precision of the set; what stands behind `count` rows means nothing.
  [[nodiscard]] const Rows& rows() const noexcept { return m_rows; }

  /// targets(i, :) = y of the sample in row order(i), in the precision of the set; waits for the result.
  /// \param[in]  order   (count) a permutation of 0 ... count-1
  /// \param[out] targets (count, outputs)
  void ordered_outputs(const Execution& execution, const Order& order, const Rows& targets) const;

 private:
  std::int64_t m_count;
  std::int64_t m_dimension;
  std::int64_t m_outputs;
  Rows m_rows;
};

/// Memory for `count` rows of `width` numbers, not initialised.
[[nodiscard]] SampleSet::Rows allocate_rows(const std::string& label, Precision precision, std::int64_t count,
                                            std::int64_t width);

}  // namespace ailoop
