// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/stagnation.hpp>

#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <vector>

namespace ailoop {

namespace {

/// Looks no further than the first that may be helped.
bool all_beyond_reach(const Trainer& trainer, ConstArray x, std::span<const Excess> excesses) {
  constexpr std::int64_t block = 1024;
  std::vector<double> off;
  std::ranges::transform(excesses, std::back_inserter(off),
                         [](const Excess& excess) { return excess.beyond + excess.allowed; });
  std::vector<double> reach;
  for (std::int64_t first = 0; first < x.rows; first += block) {
    const std::int64_t n = std::min(block, x.rows - first);
    reach.resize(as_size(n));
    trainer.reach({x.data + first * x.cols, n, x.cols}, std::span(off).subspan(as_size(first), reach.size()), reach);
    for (std::int64_t i = 0; i < n; ++i) {
      if (excesses[as_size(first + i)].beyond <= reach[as_size(i)]) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

Excess excess_of(const Tolerance& tolerance, std::span<const double> surrogate, std::span<const double> target,
                 std::span<const double> bound) {
  Excess worst{0.0, tolerance.of(0)};
  for (std::size_t i = 0; i < surrogate.size(); ++i) {
    if (!std::isfinite(target[i])) {
      return {std::numeric_limits<double>::quiet_NaN(), tolerance.of(i)};
    }
    const double off = bound.empty() ? 0.0 : bound[i];
    const double allowed = tolerance.allowed(i, std::abs(target[i]) + off);
    const double beyond = std::abs(surrogate[i] - target[i]) - off - allowed;
    if (std::isfinite(beyond) && beyond > worst.beyond) {
      worst = {beyond, allowed};
    }
  }
  return worst;
}

double least_error(std::span<const Excess> excesses) {
  double least = std::numeric_limits<double>::infinity();
  for (const Excess& excess : excesses) {
    least = excess.beyond > 0.0 ? std::min(least, excess.beyond + excess.allowed) : least;
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
                   std::span<const Excess> excesses) {
  if (mode == OnStagnation::go_on) {
    return std::ranges::all_of(excesses, [](const Excess& excess) { return std::isnan(excess.beyond); });
  }
  return stagnation.is_reached() || all_beyond_reach(trainer, x, excesses);
}

}  // namespace ailoop
