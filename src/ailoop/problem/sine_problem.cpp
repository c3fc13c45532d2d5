#include <ailoop/problem/sine_problem.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/taylor_sine.hpp>
#include <ailoop/problem/array_view.hpp>

#include <numbers>

namespace ailoop {

namespace {

class SineKind final : public ProblemKind {
 public:
  void describe(Visitor& v) override { ailoop::describe(v, m_settings); }
  [[nodiscard]] std::unique_ptr<Problem> make() const override { return std::make_unique<SineProblem>(m_settings); }

 private:
  SineSettings m_settings;
};

/// Calls `kernel(space, column 0 of x, column 0 of y)` on the space that `execution` holds and waits for it.
template <class Kernel>
void on_columns(const Execution& execution, ConstArray x, Array y, Kernel kernel) {
  AILOOP_REQUIRE(x.cols == 1 && y.cols == 1, "sine: x and y have one component");
  std::visit(
      [&](const auto& space) {
        kernel(space, as_column(space, x), as_column(space, y));
        kernels::wait_for(space);
      },
      execution);
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
  m_facts.free_reference = true;
}

void SineProblem::truth(const TruthContext& context, ConstArray x, Array y, Statuses /*statuses*/) const {
  on_columns(context.execution, x, y, [](const auto& space, const auto& x_column, const auto& y_column) {
    kernels::sine(space, x_column, y_column);
  });
}

void SineProblem::approximation(const Execution& execution, std::int64_t share, ConstArray x, Array y) const {
  AILOOP_REQUIRE(share >= 0 && share < m_facts.shares, "sine: there is no such share");
  on_columns(execution, x, y, [share](const auto& space, const auto& x_column, const auto& y_column) {
    kernels::taylor_sine_term(space, static_cast<int>(share), x_column, y_column);
  });
}

void SineProblem::approximation_error(const Execution& execution, ConstArray x, Array e) const {
  on_columns(execution, x, e, [this](const auto& space, const auto& x_column, const auto& e_column) {
    kernels::taylor_sine_error(space, static_cast<int>(m_facts.shares), x_column, e_column);
  });
}

RegistryEntry<ProblemKind> sine_entry() {
  return {"sine", "sin(x) on [-pi, pi), approximated by its Maclaurin series",
          [] { return std::make_unique<SineKind>(); }};
}

}  // namespace ailoop
