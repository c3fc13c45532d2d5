// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/registry.hpp>
#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/interface.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// What does not change about a problem y = f(x).
struct Facts {
  std::int64_t dimension = 1;   ///< components of x
  std::int64_t outputs = 1;     ///< components of y
  std::vector<double> lower;    ///< (dimension) lower corner of the box domain, inclusive
  std::vector<double> upper;    ///< (dimension) upper corner of the box domain, exclusive
  std::int64_t shares = 1;      ///< parts that the approximation is the sum of; 0: there is none
  bool has_bound = false;       ///< approximation_error is a bound of |approximation - truth|
  bool thread_safe = false;     ///< several threads may call its functions at the same time
  bool on_device = false;       ///< its functions run on a device, too, where one is built in
  bool free_reference = false;  ///< the truth costs next to nothing: it may be computed only to be shown
};

/// Where and for which points the truth is computed.
struct TruthContext {
  Execution execution = Execution::calling_thread;
  std::optional<std::int64_t> first_sample;  ///< global index of the sample in row 0; none where the points are queries
};

/// What became of the truth at one point.
enum class PointStatus : std::int8_t {
  valid,
  failed,  ///< the simulation gave no usable value; a value that is not finite counts as failed, too
};

/// Status of each point of a batch, owned by somebody else.
struct Statuses {
  PointStatus* data = nullptr;
  std::int64_t size = 0;
  Memory where = Memory::host;
};

/// A function whose values are expensive (the truth), with a cheap approximation of known error. Each call evaluates a
/// whole batch in one place; on the host it returns when the results are there, on a device when its kernels are
/// started (execution/memory.hpp).
/// Batches: x is (n, dimension), y is (n, outputs), in the memory of that place.
class Problem : public Interface {
 public:
  [[nodiscard]] virtual const Facts& facts() const = 0;

  /// y = f(x), and where that is impossible a failed status.
  /// \param[in,out] statuses (n) all valid when called; only failed points need be written
  virtual void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const = 0;

  /// One share of the approximation; the shares 0 ... facts().shares - 1, added in that order, approximate f.
  virtual void approximation(Execution execution, std::int64_t share, ConstArray x, Array y) const = 0;

  /// All shares, added in ascending order: the same bits as those of the single ones. A problem that has a faster way
  /// overrides it.
  virtual void approximation_sum(Execution execution, ConstArray x, Array y) const;

  /// e >= |approximation - truth| for each component, rounding included; only where facts().has_bound.
  virtual void approximation_error(Execution execution, ConstArray x, Array e) const = 0;

  /// approximation_sum and approximation_error, with the same bits. A problem that has a faster way overrides it.
  virtual void bounded_approximation(Execution execution, ConstArray x, Array y, Array e) const;
};

/// A kind of problem: its settings, and how to make it of them.
class ProblemKind : public Kind {
 public:
  /// Kokkos may not be initialized: `--validate` asks the problem for its facts. Views are for later calls.
  [[nodiscard]] virtual std::unique_ptr<Problem> make() const = 0;
};

using ProblemRegistry = Registry<ProblemKind>;

}  // namespace ailoop
