// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/execution/memory.hpp>

#include <cstdint>

namespace ailoop {

/// Samples (x, truth(x)) in the order of their global indices, in the surrogate's precision: rows [x_0 ... x_{d-1} |
/// y_0 ... y_{m-1}], so that one message carries a sample whole. They live in the memory of the host or of a device,
/// and move when somebody asks for them in the other.
class SampleSet {
 public:
  /// Bytes of so many samples.
  [[nodiscard]] static double bytes(Precision precision, std::int64_t count, std::int64_t dimension,
                                    std::int64_t outputs) {
    return static_cast<double>(count) * static_cast<double>((dimension + outputs) * number_bytes(precision));
  }

  /// Room for `count` samples of `dimension` + `outputs` numbers.
  SampleSet(Precision precision, std::int64_t count, std::int64_t dimension, std::int64_t outputs,
            Memory where = Memory::host);

  /// Makes it `count` samples, whose rows are then to be written; allocates only where there is no room.
  void resize(std::int64_t count);

  /// Takes out samples whose truth failed (it is NaN then); the others keep their order.
  /// \return how many were taken out
  std::int64_t remove_failed();

  /// Writes samples into the rows from `first` on, rounded to the precision of the set. All are in the memory of that
  /// place.
  /// \param[in] x (n, dimension)
  /// \param[in] y (n, outputs)
  void put(Execution execution, std::int64_t first, ConstArray x, ConstArray y);

  /// Adds samples behind those that are there, rounded to the precision of the set.
  /// \param[in] x (n, dimension) on the host
  /// \param[in] y (n, outputs) on the host
  void append(ConstArray x, ConstArray y);

  [[nodiscard]] Precision precision() const noexcept { return m_rows.precision(); }
  [[nodiscard]] std::int64_t count() const noexcept { return m_count; }
  [[nodiscard]] std::int64_t dimension() const noexcept { return m_dimension; }
  [[nodiscard]] std::int64_t outputs() const noexcept { return m_outputs; }

  [[nodiscard]] Memory where() const noexcept { return m_rows.where(); }
  /// Changes where they are, not what they are.
  void move_to(Memory where) const;

  /// (>= count, dimension + outputs) on the host, in the precision of the set; what stands behind `count` rows means
  /// nothing.
  /// \throws UsageError while the samples are on a device
  [[nodiscard]] const Block& rows() const {
    AILOOP_REQUIRE(where() == Memory::host, "SampleSet::rows: the samples are on the device");
    return m_rows.block();
  }
  /// The same where they are now.
  [[nodiscard]] const Block& rows_there() const noexcept { return m_rows.block(); }

 private:
  /// Room for so many rows there, with the samples in it.
  void reallocate(std::int64_t rows, Memory where) const;

  std::int64_t m_count;
  std::int64_t m_dimension;
  std::int64_t m_outputs;
  mutable OwnedBlock m_rows;
};

}  // namespace ailoop
