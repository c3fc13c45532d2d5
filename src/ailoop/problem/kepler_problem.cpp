#include <ailoop/problem/kepler_problem.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/kernels/kepler.hpp>
#include <ailoop/kernels/kepler_series.hpp>
#include <ailoop/problem/array_view.hpp>
#include <ailoop/problem/make_problem.hpp>

#include <numbers>

namespace ailoop {

namespace {

/// Calls `kernel(space, x, column 0 of y)` with Views on the space that `execution` holds and waits for it.
template <class Kernel>
void on_points(const Execution& execution, ConstArray x, Array y, Kernel kernel) {
  AILOOP_REQUIRE(x.cols == 2 && y.cols == 1, "kepler: x has two components and y has one");
  on_views(execution, x, y, [&](const auto& space, const auto& points, const auto& values) {
    kernel(space, points, Kokkos::subview(values, Kokkos::ALL(), 0));
  });
}

}  // namespace

void describe(Visitor& v, KeplerSettings& settings) {
  v.field("eccentricity_max", settings.eccentricity_max, strictly_between(0.0, 1.0), Affects::result,
          "eccentricities are below this [1]");
  v.field("terms", settings.terms, between(1, 64), Affects::result,
          "terms of the Fourier series, each one share of the approximation [1]");
}

KeplerProblem::KeplerProblem(const KeplerSettings& settings) {
  m_facts.dimension = 2;
  m_facts.lower = {-std::numbers::pi, 0.0};
  m_facts.upper = {std::numbers::pi, settings.eccentricity_max};
  m_facts.shares = settings.terms;
  m_facts.has_bound = true;
  m_facts.free_reference = true;
}

void KeplerProblem::truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const {
  on_points(context.execution, x, y, [statuses](const auto& space, const auto& points, const auto& y_column) {
    kernels::kepler(space, points, y_column, as_view(space, statuses), PointStatus::failed);
  });
}

void KeplerProblem::approximation(const Execution& execution, std::int64_t share, ConstArray x, Array y) const {
  AILOOP_REQUIRE(share >= 0 && share < m_facts.shares, "kepler: there is no such share");
  on_points(execution, x, y, [share](const auto& space, const auto& points, const auto& y_column) {
    kernels::kepler_series_term(space, static_cast<int>(share), points, y_column);
  });
}

void KeplerProblem::approximation_sum(const Execution& execution, ConstArray x, Array y) const {
  on_points(execution, x, y, [this](const auto& space, const auto& points, const auto& y_column) {
    kernels::kepler_series(space, static_cast<int>(m_facts.shares), points, y_column);
  });
}

void KeplerProblem::approximation_error(const Execution& execution, ConstArray x, Array e) const {
  on_points(execution, x, e, [this](const auto& space, const auto& points, const auto& e_column) {
    kernels::kepler_series_error(space, static_cast<int>(m_facts.shares), points, e_column);
  });
}

RegistryEntry<ProblemKind> kepler_entry() {
  return {"kepler", "eccentric anomaly of mean anomaly and eccentricity, approximated by its Fourier series",
          [] { return std::make_unique<detail::SettingsKind<KeplerProblem, KeplerSettings>>(); }};
}

}  // namespace ailoop
