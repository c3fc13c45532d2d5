// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/sine_problem.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/taylor_sine.hpp>
#include <ailoop/problem/array_view.hpp>
#include <ailoop/problem/make_problem.hpp>
#include <ailoop/problem/problem_entries.hpp>

#include <numbers>

namespace ailoop {

namespace {

/// Calls `kernel(space, x, y...)`, x and y as vectors, on the space that `execution` holds. (Views take longer to make
/// than a share at a single point.)
template <class Kernel, class... Arrays>
void on_vectors(Execution execution, const Kernel& kernel, const ConstArray& x, const Arrays&... y) {
  AILOOP_REQUIRE(x.cols == 1 && ((y.cols == 1 && y.rows == x.rows) && ...),
                 "sine: x and y have one component, of as many points");
  on_space(execution, [&](const auto& space) {
    (require_accessible(space, x, y), ...);
    kernel(space, kernels::StridedVector(x.data, x.rows), kernels::StridedVector(y.data, y.rows)...);
  });
}

}  // namespace

void describe(Visitor& v, SineSettings& settings) {
  v.field("terms", settings.terms, between(1, 64), Affects::result,
          "non-zero terms of the Maclaurin series, each one share of the approximation [1]");
}

SineProblem::SineProblem(const SineSettings& settings) {
  m_facts.lower = {-std::numbers::pi};
  m_facts.upper = {std::numbers::pi};
  m_facts.shares = settings.terms;
  m_facts.has_bound = true;
  m_facts.thread_safe = true;
  m_facts.on_device = true;
  m_facts.free_reference = true;
}

void SineProblem::truth(const TruthContext& context, ConstArray x, Array y, Statuses /*statuses*/) const {
  const auto sine = [](const auto&... on) { kernels::sine(on...); };
  on_vectors(context.execution, sine, x, y);
}

void SineProblem::approximation(Execution execution, std::int64_t share, ConstArray x, Array y) const {
  AILOOP_REQUIRE(share >= 0 && share < m_facts.shares, "sine: there is no such share");
  const auto term = [k = static_cast<int>(share)](const auto& space, const auto&... on) {
    kernels::taylor_sine_term(space, k, on...);
  };
  on_vectors(execution, term, x, y);
}

void SineProblem::approximation_sum(Execution execution, ConstArray x, Array y) const {
  const auto sum = [n = n_terms()](const auto& space, const auto&... on) { kernels::taylor_sine(space, n, on...); };
  on_vectors(execution, sum, x, y);
}

void SineProblem::approximation_error(Execution execution, ConstArray x, Array e) const {
  const auto bound = [n = n_terms()](const auto& space, const auto&... on) {
    kernels::taylor_sine_error(space, n, on...);
  };
  on_vectors(execution, bound, x, e);
}

void SineProblem::bounded_approximation(Execution execution, ConstArray x, Array y, Array e) const {
  const auto both = [n = n_terms()](const auto& space, const auto&... on) {
    kernels::taylor_sine_with_error(space, n, on...);
  };
  on_vectors(execution, both, x, y, e);
}

RegistryEntry<ProblemKind> sine_entry() {
  return {"sine", "sin(x) on [-pi, pi), approximated by its Maclaurin series",
          [] { return std::make_unique<detail::SettingsKind<SineProblem, SineSettings>>(); }};
}

}  // namespace ailoop
