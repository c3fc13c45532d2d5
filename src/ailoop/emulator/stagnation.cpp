#include <ailoop/emulator/stagnation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ailoop {

namespace {

/// Looks no further than the first that may be helped.
bool all_beyond_reach(const Trainer& trainer, ConstArray x, std::span<const double> excesses, double tolerance) {
  constexpr std::int64_t block = 1024;
  std::vector<double> off(excesses.begin(), excesses.end());
  std::ranges::for_each(off, [&](double& of_query) { of_query += tolerance; });
  std::vector<double> reach;
  for (std::int64_t first = 0; first < x.rows; first += block) {
    const std::int64_t n = std::min(block, x.rows - first);
    reach.resize(static_cast<std::size_t>(n));
    trainer.reach({x.data + first * x.cols, n, x.cols},
                  std::span(off).subspan(static_cast<std::size_t>(first), reach.size()), reach);
    for (std::int64_t i = 0; i < n; ++i) {
      if (excesses[static_cast<std::size_t>(first + i)] <= reach[static_cast<std::size_t>(i)]) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

double excess(std::span<const double> surrogate, std::span<const double> target, std::span<const double> bound,
              double tolerance) {
  double worst = 0.0;
  for (std::size_t i = 0; i < surrogate.size(); ++i) {
    if (!std::isfinite(target[i])) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    const double beyond = std::abs(surrogate[i] - target[i]) - (bound.empty() ? 0.0 : bound[i]) - tolerance;
    worst = std::isfinite(beyond) ? std::max(worst, beyond) : worst;
  }
  return worst;
}

double least_error(std::span<const double> excesses, double tolerance) {
  double least = std::numeric_limits<double>::infinity();
  for (const double excess : excesses) {
    least = excess > 0.0 && excess + tolerance < least ? excess + tolerance : least;
  }
  return least;
}

void Stagnation::add(double loss, double error, std::int64_t pending) {
  if (pending < m_pending) {  // the others may be off by more than those that were answered
    m_error = std::numeric_limits<double>::infinity();
  }
  m_pending = pending;
  const auto falls = [](double& smallest, double value) {
    const bool is_gain = value < (1.0 - least_gain) * smallest;
    smallest = is_gain ? value : smallest;
    return is_gain;
  };
  const bool loss_falls = falls(m_loss, loss);
  const bool error_falls = falls(m_error, error);
  m_in_vain = loss_falls || error_falls ? 0 : m_in_vain + 1;
}

void Stagnation::state(StateArchive& archive) {
  archive.number("stagnation.loss", m_loss);
  archive.number("stagnation.error", m_error);
  archive.number("stagnation.pending", m_pending);
  archive.number("stagnation.in_vain", m_in_vain);
}

bool is_stagnation(OnStagnation mode, const Stagnation& stagnation, const Trainer& trainer, ConstArray x,
                   std::span<const double> excesses, double tolerance) {
  if (mode == OnStagnation::go_on) {
    return std::ranges::all_of(excesses, [](double of_query) { return std::isnan(of_query); });
  }
  return stagnation.is_reached() || all_beyond_reach(trainer, x, excesses, tolerance);
}

}  // namespace ailoop
