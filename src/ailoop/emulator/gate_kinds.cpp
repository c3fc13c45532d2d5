// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gates that compare the surrogate with an approximation.
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/problem/check_bound.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace ailoop {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();

double next_up(double value) { return std::nextafter(value, infinity); }
double next_down(double value) { return std::nextafter(value, -infinity); }

/// The worst of several components.
struct Worst {
  double part = -1.0;
  double error = 0.0;
  double allowed = 0.0;

  void add(double of_error, double of_allowed) {
    const double of_part = of_error == 0.0 ? 0.0 : of_error / of_allowed;
    if (part < 0.0 || (!std::isnan(part) && !(of_part <= part))) {  // NaN stays
      *this = {of_part, of_error, of_allowed};
    }
  }
};

void require_columns(const JudgedColumns& queries, const JudgementColumns& judgements, bool with_bound) {
  const auto n = static_cast<std::int64_t>(judgements.verdicts.size());
  const auto fits = [&](ConstArray column) { return column.rows == n && column.cols == queries.surrogate.cols; };
  AILOOP_REQUIRE(fits(queries.surrogate) && fits(queries.approximation) && (!with_bound || fits(queries.bound)),
                 "gate: each column must have as many queries and outputs");
}

void require_approximation(const Facts& facts, const char* gate) {
  if (facts.shares == 0) {
    throw ConfigurationError(fmt::format("{} needs an approximation, which the problem has not", gate));
  }
}

class DifferenceGate final : public Gate {
 public:
  using Gate::Gate;

  [[nodiscard]] Evidence needs() const override { return {.approximation = true}; }

  void judge(const JudgedColumns& queries, const JudgementColumns& judgements) const override {
    require_columns(queries, judgements, false);
    const std::size_t n = judgements.verdicts.size();
    const auto outputs = as_size(queries.surrogate.cols);
    const double* const s = queries.surrogate.data;
    const double* const a = queries.approximation.data;
    if (outputs == 1) {  // in vectors
      const double absolute = tolerance().of(0);
      const double relative = tolerance().relative;
      for (std::size_t i = 0; i < n; ++i) {
        const double error = std::abs(s[i] - a[i]);
        const double allowed = relative > 0.0 ? absolute + relative * std::abs(a[i]) : absolute;
        judgements.errors[i] = error;
        judgements.allowed[i] = allowed;
        judgements.verdicts[i] = verdict(error, allowed);
      }
      return;
    }
    for (std::size_t i = 0; i < n; ++i) {
      Worst worst;
      bool is_accepted = true;
      for (std::size_t o = 0; o < outputs; ++o) {
        const double error = std::abs(s[i * outputs + o] - a[i * outputs + o]);
        const double allowed = tolerance().allowed(o, a[i * outputs + o]);
        worst.add(error, allowed);
        is_accepted = is_accepted && verdict(error, allowed) == Verdict::accepted;
      }
      judgements.errors[i] = worst.error;
      judgements.allowed[i] = worst.allowed;
      judgements.verdicts[i] = is_accepted ? Verdict::accepted : Verdict::rejected;
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
    return fmt::format(
        "difference believes the approximation, but its error bound exceeds loop.tolerance on {:.2g} % of the domain: "
        "there right answers may be rejected and wrong ones accepted; certified lets the truth decide",
        100.0 * fraction);
  }

 private:
  /// NaN and infinity are rejected.
  static Verdict verdict(double error, double allowed) {
    return error <= std::fmin(allowed, largest) ? Verdict::accepted : Verdict::rejected;
  }
};

class CertifiedGate final : public Gate {
 public:
  using Gate::Gate;

  [[nodiscard]] Evidence needs() const override { return {.approximation = true, .bound = true}; }

  void judge(const JudgedColumns& queries, const JudgementColumns& judgements) const override {
    require_columns(queries, judgements, true);
    const auto outputs = as_size(queries.surrogate.cols);
    const double* const s = queries.surrogate.data;
    const double* const a = queries.approximation.data;
    const double* const e = queries.bound.data;
    const std::size_t n = judgements.verdicts.size();
    if (outputs == 1 && tolerance().relative == 0.0) {
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
        judgements.verdicts[i] = certify(s[i], a[i], e[i], allowed, allowed);
      }
      return;
    }
    for (std::size_t i = 0; i < n; ++i) {
      Worst worst;
      Verdict verdict = Verdict::accepted;
      for (std::size_t o = 0; o < outputs; ++o) {
        const std::size_t k = i * outputs + o;
        const auto [least, most] = allowed_within(o, std::abs(a[k]), e[k]);
        worst.add(std::abs(s[k] - a[k]), least);
        const Verdict of_output = certify(s[k], a[k], e[k], least, most);
        verdict = verdict == Verdict::rejected || of_output == Verdict::accepted ? verdict : of_output;
      }
      judgements.errors[i] = worst.error;
      judgements.allowed[i] = worst.allowed;
      judgements.verdicts[i] = verdict;
    }
  }

  [[nodiscard]] std::optional<std::int64_t> first_violated(const JudgedColumns& queries,
                                                           ConstArray truth) const override {
    const double* const s = queries.surrogate.data;
    for (std::int64_t i = 0; i < truth.size(); ++i) {
      const double difference = std::abs(s[i] - queries.approximation.data[i]);
      const double bound = queries.bound.data[i];
      const double error = std::abs(s[i] - truth.data[i]);
      if (error > difference + bound && next_down(error) > next_up(next_up(difference) + bound)) {
        return i / truth.cols;
      }
    }
    return std::nullopt;
  }

 private:
  /// The least and the most that a truth allows whose size is within `bound` of `size`, rounded outwards.
  [[nodiscard]] std::pair<double, double> allowed_within(std::size_t output, double size, double bound) const {
    const double absolute = tolerance().of(output);
    const double relative = tolerance().relative;
    if (relative == 0.0) {
      return {absolute, absolute};
    }
    const double least = std::fmax(next_down(size - bound), 0.0);
    const double most = next_up(size + bound);
    return {std::fmax(next_down(absolute + std::fmax(next_down(relative * least), 0.0)), 0.0),
            next_up(absolute + next_up(relative * most))};
  }

  static Verdict certify(double surrogate, double approximation, double bound, double least, double most) {
    if (!std::isfinite(surrogate)) {
      return Verdict::rejected;
    }
    if (!std::isfinite(approximation) || !(bound >= 0.0)) {
      return Verdict::inconclusive;
    }
    // the difference and each sum are off by less than one step
    const double difference = std::abs(surrogate - approximation);
    if (next_up(next_up(difference) + bound) <= least) {
      return Verdict::accepted;
    }
    if (next_down(next_down(difference) - bound) > most) {
      return Verdict::rejected;
    }
    return Verdict::inconclusive;
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
