#include <ailoop/emulator/emulator.hpp>

#include <chrono>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

ConstArray row_of(std::span<const double> values) {
  return {values.data(), 1, static_cast<std::int64_t>(values.size())};
}

Array row_of(std::span<double> values) { return {values.data(), 1, static_cast<std::int64_t>(values.size())}; }

}  // namespace

Emulator::Emulator(const EmulatorParts& parts, const EmulatorSettings& settings)
    : m_parts(parts),
      m_settings(settings),
      m_execution(sequential_execution()),
      m_shares(parts.roles.shares_of(parts.comm.rank())),
      m_exchange(parts.comm, parts.roles, parts.problem.facts().shares, parts.problem.facts().outputs,
                 settings.waiting),
      m_surrogate_values(static_cast<std::size_t>(parts.problem.facts().outputs)),
      m_approximation_values(static_cast<std::size_t>(parts.problem.facts().outputs)) {
  const bool has_model = parts.surrogate != nullptr && parts.trainer != nullptr;
  AILOOP_REQUIRE(has_model == (parts.comm.rank() == RoleLayout::model_rank),
                 "Emulator: the model lives on the model rank");
}

bool Emulator::checks() const noexcept { return m_parts.surrogate != nullptr || m_shares.size() > 0; }

CheckReport Emulator::check(std::span<const double> x) {
  AILOOP_REQUIRE(checks(), "Emulator: this rank takes no part in checks");
  if (m_parts.surrogate != nullptr) {
    const auto start = Clock::now();
    try {
      m_parts.surrogate->predict(m_execution, row_of(x), row_of(std::span(m_surrogate_values)));
    } catch (...) {
      remember_failure();
    }
    m_times.predict_s += seconds_since(start);
  }
  if (m_shares.size() > 0) {
    approximate(row_of(x));
  }
  return m_parts.surrogate != nullptr ? judge() : CheckReport{};
}

void Emulator::approximate(ConstArray x) {
  const auto start = Clock::now();
  try {
    for (std::int64_t share = m_shares.first; share < m_shares.last; ++share) {
      m_parts.problem.approximation(m_execution, share, x, row_of(m_exchange.own_share(share)));
    }
  } catch (...) {
    remember_failure();
  }
  m_times.approximate_s += seconds_since(start);
  m_exchange.send(m_failed);
}

CheckReport Emulator::judge() {
  const auto start = Clock::now();
  m_failed = m_exchange.receive().has_value() || m_failed;
  m_times.wait_s += seconds_since(start);
  m_exchange.add_shares(m_approximation_values);
  return {judge_difference(m_surrogate_values, m_approximation_values, m_settings.tolerance), m_surrogate_values,
          m_approximation_values};
}

RetrainingReport Emulator::retrain() {
  RetrainingReport report;
  report.first_sample = m_next_sample;
  report.samples = m_parts.sampler.samples();
  report.sampling = m_parts.sampler.draw(m_next_sample);
  m_next_sample += report.samples;
  if (m_parts.trainer != nullptr) {
    const auto start = Clock::now();
    try {
      report.training = m_parts.trainer->fit(m_parts.sampler.drawn());
    } catch (...) {
      remember_failure();
    }
    report.train_s = seconds_since(start);
  }
  m_times.sample_s += report.sampling.sample_s;
  m_times.gather_s += report.sampling.gather_s;
  m_times.train_s += report.train_s;
  return report;
}

void Emulator::remember_failure() {
  m_failed = true;
  m_failure = current_failure();
}

void Emulator::throw_failure() const {
  agree_or_throw(m_parts.comm, m_failure ? &*m_failure : nullptr);
  throw UsageError("Emulator::throw_failure: no rank has failed");
}

}  // namespace ailoop
