// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/registry.hpp>
#include <ailoop/core/array.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/interface.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/problem/tolerance.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// What the gate says of the surrogate's answer to one query.
enum class Verdict : std::int8_t { accepted, rejected, inconclusive };

[[nodiscard]] std::string_view to_string(Verdict verdict);

/// Verdict with the numbers that it rests on, those of the component whose error is the largest part of what is
/// allowed.
struct Judgement {
  Verdict verdict = Verdict::rejected;
  double error = 0.0;    ///< |surrogate - approximation|; NaN if any component of it is NaN
  double allowed = 0.0;  ///< how far the answer may be off: the tolerance
};

/// What a gate judges by, beside the surrogate's answer.
struct Evidence {
  bool approximation = false;
  bool bound = false;  ///< of |approximation - truth|
};

/// n queries that are to be judged; of the evidence what the gate needs.
struct JudgedColumns {
  ConstArray surrogate;      ///< (n, outputs)
  ConstArray approximation;  ///< (n, outputs)
  ConstArray bound;          ///< (n, outputs) of |approximation - truth|
};

/// Judgements of n queries, column by column.
struct JudgementColumns {
  std::span<Verdict> verdicts;
  std::span<double> errors;
  std::span<double> allowed;

  [[nodiscard]] JudgementColumns part(IndexRange range) const {
    return {part_of(verdicts, range), part_of(errors, range), part_of(allowed, range)};
  }
};

/// Decides which of the surrogate's answers are believed. Several threads may ask at the same time.
class Gate : public Interface {
 public:
  explicit Gate(Tolerance tolerance) : m_tolerance(std::move(tolerance)) {}

  [[nodiscard]] virtual Evidence needs() const = 0;

  /// Judges each query; what is not finite is never accepted.
  /// \param[out] judgements (n) each
  virtual void judge(const JudgedColumns& queries, const JudgementColumns& judgements) const = 0;

  /// Whether it judges on a device, too, where one is built in.
  [[nodiscard]] virtual bool on_device() const { return false; }
  /// judge, where queries and judgements are in the memory of the device; only begun (execution/memory.hpp).
  virtual void judge_on_device(const JudgedColumns& /*queries*/, const JudgementColumns& /*judgements*/) const {
    throw UsageError("Gate: this one judges on the host alone");
  }

  /// Why answers that this gate accepts may be off by more than the tolerance; none where they cannot.
  [[nodiscard]] virtual std::optional<std::string> caveat(const Problem& /*problem*/) const { return std::nullopt; }

  /// The first of some accepted queries whose truth shows that what the gate proved of its answer does not hold. What a
  /// gate does not prove cannot be violated.
  /// \param[in] truth (n, outputs); NaN where it is not known
  [[nodiscard]] virtual std::optional<std::int64_t> first_violated(const JudgedColumns& /*queries*/,
                                                                   ConstArray /*truth*/) const {
    return std::nullopt;
  }

  [[nodiscard]] const Tolerance& tolerance() const noexcept { return m_tolerance; }

 private:
  Tolerance m_tolerance;
};

/// A kind of gate: its settings, and how to make it.
class GateKind : public Kind {
 public:
  /// Kokkos may not be initialized.
  /// \throws ConfigurationError if a problem of these facts lacks the evidence that the gate needs
  [[nodiscard]] virtual std::unique_ptr<Gate> make(const Facts& facts, const Tolerance& tolerance) const = 0;
};

using GateRegistry = Registry<GateKind>;

/// `difference`, the original workflow's: accepted if |surrogate - approximation| <= allowed, rejected otherwise.
[[nodiscard]] RegistryEntry<GateKind> difference_entry();

/// `certified`: with e the bound of |approximation - truth|, accepted if |surrogate - approximation| + e <= allowed,
/// rejected if |surrogate - approximation| - e > allowed, else inconclusive. An accepted answer is off by at most what
/// is allowed from the truth as it is computed and a rejected one by more, whatever rounds: sums are rounded away from
/// the verdict that they would give. A surrogate that is not finite is rejected; an approximation that is not finite,
/// or a bound that is negative or not a number, proves nothing.
[[nodiscard]] RegistryEntry<GateKind> certified_entry();

}  // namespace ailoop
