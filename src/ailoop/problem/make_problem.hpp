// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/visitor.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/problem/array_view.hpp>
#include <ailoop/problem/check_facts.hpp>
#include <ailoop/problem/point_functions.hpp>
#include <ailoop/problem/problem.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

/// \file
/// A problem written down for one point. See docs/adding_a_problem.md.

namespace ailoop {

/// A struct that make_problem turns into a Problem. Its members are its settings; it has
///
///     Facts facts() const;
///     KOKKOS_FUNCTION double truth(double x) const;
///     KOKKOS_FUNCTION double approximation(std::int64_t share, double x) const;    // optional
///     KOKKOS_FUNCTION double approximation_error(double x) const;                  // optional: the bound
///
/// With several inputs x is a `const double*`, with several outputs the results go to a last parameter `double* y` and
/// nothing is returned. Such a truth may also return a PointStatus; others say by NaN that they failed.
/// The functions run on all threads at the same time, so they change nothing but y; they throw nothing. The struct is
/// copied for each batch of points: keep large tables in a Kokkos::View, whose copies share the memory.
template <class P>
concept ProblemLike = std::copy_constructible<P> &&
                      requires(const P& problem) {
                        { problem.facts() } -> std::convertible_to<Facts>;
                      } && (detail::HasForm<detail::CallTruth, P> || detail::ToPointOrFailure<detail::CallTruth, P>) &&
                      (detail::HasForm<detail::CallApproximation, P> || !requires { &P::approximation; });

/// Whether `P` has an approximation; the gates that need one refuse a problem without.
template <class P>
concept HasApproximation = detail::HasForm<detail::CallApproximation, P>;

/// Whether `P` bounds the error of its approximation.
template <class P>
concept HasErrorBound = detail::HasForm<detail::CallApproximationError, P>;

/// Whether the settings of `P` are described by a function `void describe(Visitor&, P&)` beside it.
template <class P>
concept HasDescription = requires(Visitor& visitor, P& problem) { describe(visitor, problem); };

namespace detail {

/// One sentence for each thing that `P` lacks.
template <class P>
consteval bool explain_problem() {
  static_assert(std::copy_constructible<P>, "make_problem: a problem must be copyable; kernels work on copies of it");
  static_assert(
      requires(const P& problem) {
        { problem.facts() } -> std::convertible_to<Facts>;
      }, "make_problem: write `ailoop::Facts facts() const`");
  static_assert(HasForm<CallTruth, P> || ToPointOrFailure<CallTruth, P>,
                "make_problem: write `KOKKOS_FUNCTION double truth(double x) const`; with several inputs "
                "`double truth(const double* x) const`; with several outputs `void truth(const double* x, double* y) "
                "const`, which may return a PointStatus");
  static_assert(
      HasApproximation<P> || !requires { &P::approximation; },
      "make_problem: write `KOKKOS_FUNCTION double approximation(std::int64_t share, double x) const`; with "
      "several inputs `double approximation(std::int64_t share, const double* x) const`; with several outputs "
      "`void approximation(std::int64_t share, const double* x, double* y) const`; or leave it out");
  static_assert(
      HasErrorBound<P> || !requires { &P::approximation_error; },
      "make_problem: write `KOKKOS_FUNCTION double approximation_error(double x) const`; with several inputs "
      "`double approximation_error(const double* x) const`; with several outputs `void "
      "approximation_error(const double* x, double* e) const`; or leave it out");
  return ProblemLike<P>;
}

/// \throws UsageError unless the form of a function fits the facts
template <class Call, class P>
void require_form(const Facts& facts, const std::string& function) {
  if (FromNumber<Call, P> && facts.dimension != 1) {
    throw UsageError("make_problem: " + function + " takes one number, but facts().dimension is " +
                     std::to_string(facts.dimension));
  }
  if ((FromNumber<Call, P> || ToNumber<Call, P>) && facts.outputs != 1) {
    throw UsageError("make_problem: " + function + " returns one number, but facts().outputs is " +
                     std::to_string(facts.outputs));
  }
}

/// Runs the functions of `P` on whichever space a batch is for.
template <class P>
class PointwiseProblem final : public Problem {
 public:
  explicit PointwiseProblem(P problem) : m_problem(std::move(problem)), m_facts(m_problem.facts()) {
    m_facts.thread_safe = true;
    m_facts.on_device = true;
    check_facts(m_facts);
    require_form<CallTruth, P>(m_facts, "truth");
    if constexpr (HasApproximation<P>) {
      require_form<CallApproximation, P>(m_facts, "approximation");
      if (m_facts.shares < 1) {
        throw UsageError("make_problem: facts().shares is 0, but there is an approximation");
      }
    } else {
      m_facts.shares = 0;
    }
    if (m_facts.has_bound && !HasErrorBound<P>) {
      throw UsageError("make_problem: facts().has_bound is true, but there is no approximation_error");
    }
    if constexpr (HasErrorBound<P>) {
      require_form<CallApproximationError, P>(m_facts, "approximation_error");
      m_facts.has_bound = true;
    }
  }

  [[nodiscard]] const Facts& facts() const override { return m_facts; }

  void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const override {
    require_shapes(x, y);
    constexpr bool can_fail = ToPointOrFailure<CallTruth, P>;
    AILOOP_REQUIRE(!can_fail || statuses.size == x.rows, "make_problem: a status for each point is needed");
    on_views(context.execution, x, y, [&]<class Space>(const Space& space, const auto& points, const auto& values) {
      const auto failures = can_fail ? as_view(space, statuses) : StatusView<Space>();
      const auto run = [&](const auto& policy) { truth_of_points<Space>(policy, m_problem, points, values, failures); };
      m_facts.free_reference ? run(kernels::range(space, x.rows)) : run(uneven_points(space, x.rows));
    });
  }

  void approximation(Execution execution, std::int64_t share, ConstArray x, Array y) const override {
    require_shapes(x, y);
    AILOOP_REQUIRE(share >= 0 && share < m_facts.shares, "make_problem: there is no such share");
    if constexpr (HasApproximation<P>) {
      on_views(execution, x, y, [&](const auto& space, const auto& points, const auto& values) {
        approximation_of_points(space, share, m_problem, points, values);
      });
    }
  }

  void approximation_sum(Execution execution, ConstArray x, Array y) const override {
    require_shapes(x, y);
    if constexpr (FromNumber<CallApproximation, P> || ToNumber<CallApproximation, P>) {
      on_views(execution, x, y, [&](const auto& space, const auto& points, const auto& values) {
        approximation_sum_of_points(space, m_facts.shares, m_problem, points, values);
      });
    } else if constexpr (HasApproximation<P>) {
      const OwnedRows<double> of_share(m_facts.shares > 1 ? x.rows : 0, y.cols, y.where);
      on_views(execution, x, y, [&](const auto& space, const auto& points, const auto& values) {
        approximation_of_points(space, 0, m_problem, points, values);
        const auto more = as_view(space, of_share.rows());
        for (std::int64_t share = 1; share < m_facts.shares; ++share) {
          approximation_of_points(space, share, m_problem, points, more);
          add_points(space, more, values);
        }
      });
    }
  }

  void approximation_error(Execution execution, ConstArray x, Array e) const override {
    require_shapes(x, e);
    if constexpr (HasErrorBound<P>) {
      on_views(execution, x, e, [&](const auto& space, const auto& points, const auto& bounds) {
        approximation_error_of_points(space, m_problem, points, bounds);
      });
    } else {
      throw UsageError("make_problem: this problem has no approximation_error, so no bound is known");
    }
  }

 private:
  void require_shapes(ConstArray x, ConstArray y) const {
    AILOOP_REQUIRE(x.cols == m_facts.dimension && y.cols == m_facts.outputs && x.rows == y.rows,
                   "make_problem: x must be (n, dimension) and y (n, outputs)");
  }

  P m_problem;
  Facts m_facts;
};

/// The kind of problem that a `P` is, made of these settings.
template <class P, class Settings>
class SettingsKind final : public ProblemKind {
 public:
  void describe([[maybe_unused]] Visitor& visitor) override {
    if constexpr (HasDescription<Settings>) {
      visitor.fields_of(m_settings);
    }
  }
  [[nodiscard]] std::unique_ptr<Problem> make() const override { return std::make_unique<P>(m_settings); }

 private:
  Settings m_settings;
};

}  // namespace detail

/// A Problem of functions of one point, which run as kernels on every enabled execution space. Points of a truth that
/// costs something are handed out one by one, so that threads stay busy where the cost differs from point to point.
/// \throws UsageError if the facts cannot be used (check_facts) or do not fit the functions
template <class P>
[[nodiscard]] std::unique_ptr<Problem> make_problem(P problem) {
  if constexpr (detail::explain_problem<P>()) {
    return std::make_unique<detail::PointwiseProblem<P>>(std::move(problem));
  } else {
    return nullptr;  // not compiled: the sentences above have stopped the compiler
  }
}

/// Entry for the registry of problems: a configuration with `problem: {name: NAME}` makes a `P`. Its settings stand
/// beside the name; they are what `void describe(Visitor&, P&)` describes, their defaults what `P{}` holds. Without
/// members there need be no describe.
/// \param name    `[A-Za-z][A-Za-z0-9_-]*`
/// \param summary one line, shown by --list
template <class P>
[[nodiscard]] RegistryEntry<ProblemKind> problem_entry(std::string name, std::string summary) {
  static_assert(std::default_initializable<P>,
                "problem_entry: a problem needs a default constructor, which sets the defaults of its settings");
  static_assert(HasDescription<P> || std::is_empty_v<P>,
                "problem_entry: write `void describe(ailoop::Visitor& v, P& problem)` beside your problem P, in the "
                "same namespace, with a v.field(...) for each setting");
  if constexpr (detail::explain_problem<P>()) {
    using KindOfP = detail::SettingsKind<detail::PointwiseProblem<P>, P>;
    return {std::move(name), std::move(summary), [] { return std::make_unique<KindOfP>(); }};
  } else {
    return {};
  }
}

}  // namespace ailoop
