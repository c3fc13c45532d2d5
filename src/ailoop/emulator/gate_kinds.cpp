// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gates that compare the surrogate with an approximation.
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/gate_rows.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/problem/check_bound.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>

namespace ailoop {

namespace {

void require_columns(const JudgedColumns& queries, const JudgementColumns& judgements, bool with_bound) {
  const auto n = static_cast<std::int64_t>(judgements.verdicts.size());
  const auto fits = [&](ConstArray column) { return column.rows == n && column.cols == queries.surrogate.cols; };
  AILOOP_REQUIRE(fits(queries.surrogate) && fits(queries.approximation) && (!with_bound || fits(queries.bound)),
                 "gate: each column must have as many queries and outputs");
}

void require_approximation(const Facts& facts, const char* gate) {
  if (facts.shares == 0) {
    throw ConfigurationError(std::string(gate) + " needs an approximation, which the problem has not");
  }
}

/// A gate whose verdict on a query is a kernel's: Row(Judging) called with the index of the query.
template <class Row>
class PointwiseGate : public Gate {
 public:
  using Gate::Gate;

  [[nodiscard]] bool on_device() const final { return true; }
  void judge_on_device(const JudgedColumns& queries, const JudgementColumns& judgements) const final {
    require_columns(queries, judgements, needs().bound);
    kernels::for_each_point("ailoop::Gate::judge", DeviceSpace(), std::ssize(judgements.verdicts),
                            Row{judging(queries, judgements, m_absolute.of(tolerance().absolute))});
  }

 protected:
  void judge_each(const JudgedColumns& queries, const JudgementColumns& judgements) const {
    const Row row{judging(queries, judgements, tolerance().absolute.data())};
    for (std::int64_t i = 0; i < std::ssize(judgements.verdicts); ++i) {
      row(i);
    }
  }

 private:
  [[nodiscard]] detail::Judging judging(const JudgedColumns& queries, const JudgementColumns& judgements,
                                        const double* absolute) const {
    return {queries.surrogate.data,
            queries.approximation.data,
            queries.bound.data,
            queries.surrogate.cols,
            {absolute, tolerance().absolute.size() == 1, tolerance().relative},
            judgements.verdicts.data(),
            judgements.errors.data(),
            judgements.allowed.data()};
  }

  DeviceCopy<double> m_absolute;
};

class DifferenceGate final : public PointwiseGate<detail::Difference> {
 public:
  using PointwiseGate::PointwiseGate;

  [[nodiscard]] Evidence needs() const override { return {.approximation = true}; }

  void judge(const JudgedColumns& queries, const JudgementColumns& judgements) const override {
    require_columns(queries, judgements, false);
    if (queries.surrogate.cols > 1) {
      judge_each(queries, judgements);
      return;
    }
    const double* const s = queries.surrogate.data;
    const double* const a = queries.approximation.data;
    const double absolute = tolerance().of(0);
    const double relative = tolerance().relative;
    for (std::size_t i = 0; i < judgements.verdicts.size(); ++i) {  // in vectors
      const double error = std::abs(s[i] - a[i]);
      const double allowed = relative > 0.0 ? absolute + relative * std::abs(a[i]) : absolute;
      judgements.errors[i] = error;
      judgements.allowed[i] = allowed;
      judgements.verdicts[i] = detail::compare(error, allowed);
    }
  }

  [[nodiscard]] std::optional<std::string> caveat(const Problem& problem) const override {
    if (!problem.facts().has_bound) {
      return "difference believes an approximation without an error bound";
    }
    const double fraction = fraction_beyond_bound(problem, tolerance());
    if (fraction == 0.0) {
      return std::nullopt;
    }
    std::array<char, 32> percent{};
    static_cast<void>(std::snprintf(percent.data(), percent.size(), "%.2g", 100.0 * fraction));
    return std::string("difference believes the approximation, but its error bound exceeds loop.tolerance on ") +
           percent.data() +
           " % of the domain: there right answers may be rejected and wrong ones accepted; certified lets the truth "
           "decide";
  }
};

class CertifiedGate final : public PointwiseGate<detail::Certified> {
 public:
  using PointwiseGate::PointwiseGate;

  [[nodiscard]] Evidence needs() const override { return {.approximation = true, .bound = true}; }

  void judge(const JudgedColumns& queries, const JudgementColumns& judgements) const override {
    require_columns(queries, judgements, true);
    if (queries.surrogate.cols > 1 || tolerance().relative != 0.0) {
      judge_each(queries, judgements);
      return;
    }
    const double* const s = queries.surrogate.data;
    const double* const a = queries.approximation.data;
    const double* const e = queries.bound.data;
    const std::size_t n = judgements.verdicts.size();
    const double allowed = tolerance().of(0);
    // first, in vectors, what is accepted beyond doubt: three roundings up are less than four steps
    constexpr double up = 1.0 + 4.0 * std::numeric_limits<double>::epsilon();
    constexpr double tiny = std::numeric_limits<double>::min();
    double* const __restrict errors = judgements.errors.data();
    double in_doubt = 0.0;  // as wide as the numbers, and chosen rather than combined by `or`: in vectors
    for (std::size_t i = 0; i < n; ++i) {
      errors[i] = std::abs(s[i] - a[i]);
      in_doubt = e[i] >= 0.0 ? in_doubt : 1.0;
      in_doubt = (errors[i] + e[i]) * up + tiny <= allowed ? in_doubt : 1.0;
    }
    std::ranges::fill(judgements.allowed, allowed);
    std::ranges::fill(judgements.verdicts, Verdict::accepted);
    for (std::size_t i = 0; i < n && in_doubt != 0.0; ++i) {
      judgements.verdicts[i] = detail::certify(s[i], a[i], e[i], allowed, allowed);
    }
  }

  [[nodiscard]] std::optional<std::int64_t> first_violated(const JudgedColumns& queries,
                                                           ConstArray truth) const override {
    const double* const s = queries.surrogate.data;
    for (std::int64_t i = 0; i < truth.size(); ++i) {
      const double difference = std::abs(s[i] - queries.approximation.data[i]);
      const double bound = queries.bound.data[i];
      const double error = std::abs(s[i] - truth.data[i]);
      if (error > difference + bound &&
          detail::next_down(error) > detail::next_up(detail::next_up(difference) + bound)) {
        return i / truth.cols;
      }
    }
    return std::nullopt;
  }
};

class DifferenceKind final : public GateKind {
 public:
  [[nodiscard]] std::unique_ptr<Gate> make(const Facts& facts, const Tolerance& tolerance) const override {
    require_approximation(facts, "difference");
    return std::make_unique<DifferenceGate>(tolerance);
  }
};

class CertifiedKind final : public GateKind {
 public:
  [[nodiscard]] std::unique_ptr<Gate> make(const Facts& facts, const Tolerance& tolerance) const override {
    require_approximation(facts, "certified");
    if (!facts.has_bound) {
      throw ConfigurationError(
          "certified needs an approximation with an error bound, which the problem has not; allowed is difference");
    }
    return std::make_unique<CertifiedGate>(tolerance);
  }
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  static constexpr std::array<std::string_view, 3> names = {"accepted", "rejected", "inconclusive"};
  return names.at(static_cast<std::size_t>(verdict));
}

RegistryEntry<GateKind> difference_entry() {
  return {"difference", "accepted if surrogate and approximation differ by at most the tolerance",
          [] { return std::make_unique<DifferenceKind>(); }};
}

RegistryEntry<GateKind> certified_entry() {
  return {"certified",
          "accepted, or rejected, if the bound of the approximation proves it; where it does not, the truth decides",
          [] { return std::make_unique<CertifiedKind>(); }};
}

}  // namespace ailoop
